"""What a local network consists of, and where it lies on the disk."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "localnet" / "data"
"""State of the local network; `make localnet-reset` removes it."""
NETWORKS = ROOT / "localnet" / "networks"
"""Presets of networks, in TOML."""
CHAIN_ID = "lamppost-local"
FLEET = ("weather", "hotspots", "storage")
"""Networks that the simulated devices work for."""
MAKER = "maker"
"""Name of the key that owns the manufacturers which network files name."""
READINGS_A_DAY = 24
"""An epoch stands for a day of hourly readings."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Folders and sizes of one local network."""

    data: Path = DATA
    validators: int = 4
    devices: int = 60
    gateways: int = 2
    epoch_seconds: int = 30

    @property
    def testnet(self) -> Path:
        """Home folders of the validators."""
        return self.data / "testnet"

    @property
    def keys(self) -> Path:
        """Home of the keyring: founder, maker, owners, gateways, alice and bob."""
        return self.data / "accounts"

    @property
    def devices_dir(self) -> Path:
        """Device keys and journals."""
        return self.data / "devices"

    @property
    def logs(self) -> Path:
        """Logs of gateways and fleet."""
        return self.data / "logs"

    def names_of(self, network: str) -> list[str]:
        """Return the names of a network's devices: the networks share them in turn."""
        index = FLEET.index(network)
        return [f"{network}-{number:02d}" for number in range(1, len(range(index, self.devices, len(FLEET))) + 1)]


def owner_of(network: str) -> str:
    """Return the name of the key that owns a network's devices."""
    return f"{network}-owner"


def gateway_name(index: int) -> str:
    """Return the name of a gateway's key."""
    return f"gateway-{index}"
