"""Devices with real keys over the real keepers of work, reward emission, bank and auth; a registry that tests set."""

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from coincurve import PrivateKey
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chain.crypto.addresses import device_id
from chain.crypto.keys import Algorithm
from chain.primitives.events import Event
from chain.primitives.ids import Address, DeviceId
from chain.primitives.ints import NANOS, Epoch, Height, UnixNano
from chain.sdk.context import BlockInfo, Context
from chain.sdk.gas import UNLIMITED, GasMeter
from modules.reward_emission.params import Params as EmissionParams
from modules.work import blocks, handlers
from modules.work.errors import WorkCode
from modules.work.keeper import WorkKeeper
from modules.work.messages import SubmitWork
from modules.work.params import Params
from modules.work.receipts import Receipt
from modules.work.state import CLOCK, PARAMS, Clock
from tests.modules.reward_emission.world import START, World

CHAIN_ID = "lamppost-test-1"
EPOCH_SECONDS = 100
ADMIN = Address(bytes([6]) * 20)
SUBMITTER = Address(bytes([7]) * 20)
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class DeviceKey:
    """A device's key of any scheme, made from a number."""

    def __init__(self, number: int, algorithm: Algorithm = Algorithm.ED25519) -> None:
        seed = sha256(b"device" + bytes([algorithm]) + number.to_bytes(8, "big")).digest()
        self.algorithm = algorithm
        self.secret: Any
        if algorithm is Algorithm.ED25519:
            self.secret = Ed25519PrivateKey.from_private_bytes(seed)
            self.public = self.secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        elif algorithm is Algorithm.SECP256K1:
            self.secret = PrivateKey(seed)
            self.public = self.secret.public_key.format()
        else:
            self.secret = ec.derive_private_key(int.from_bytes(seed, "big") % P256_ORDER, ec.SECP256R1())
            self.public = self.secret.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        self.id = DeviceId(device_id(algorithm, self.public))

    def sign(self, message: bytes) -> bytes:
        """Return 64 bytes of signature."""
        if self.algorithm is Algorithm.ED25519:
            return bytes(self.secret.sign(message))
        if self.algorithm is Algorithm.SECP256K1:
            return bytes(self.secret.sign_recoverable(message)[:64])
        r, s = decode_dss_signature(self.secret.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + min(s, P256_ORDER - s).to_bytes(32, "big")


@dataclass(frozen=True)
class Registered:
    """What the registry says of a device."""

    network: int
    algorithm: int
    public_key: bytes
    usable: bool = True
    reason: str = ""
    max_units: int = 1_000
    hardware_bp: int = 10_000
    level_bp: int = 10_000
    registered_at: int = 0
    cell: int = 0
    caps: tuple[int, ...] = ()
    weightless: bool = False


@dataclass(frozen=True)
class OpenNetwork:
    """What the registry says of a network."""

    admin: Address
    name: str


class Registry:
    """Devices by id, as tests set them."""

    def __init__(self) -> None:
        self.devices: dict[bytes, Registered] = {}

    def active_count(self, ctx: Context) -> int:
        return len(self.devices)

    def active_at(self, ctx: Context, index: int) -> DeviceId:
        return DeviceId(list(self.devices)[index])

    def suspend(self, ctx: Context, device: DeviceId, until_epoch: Epoch) -> None:
        self.devices[device] = replace(self.devices[device], usable=False, reason=f"suspended until {until_epoch}")

    def open_network(self, ctx: Context, number: int) -> "OpenNetwork":
        return OpenNetwork(ADMIN, f"network-{number}")

    def work_device(self, ctx: Context, device: DeviceId, epoch: Epoch) -> Registered | None:
        return self.devices.get(device)


class Fleet:
    """Devices, keepers and a clock of epochs of 100 s; network 1 has all the weight."""

    def __init__(self, params: Params | None = None) -> None:
        self.world = World(EmissionParams(2**64 // 1_000_000, 0, 10_000, 0, 0, 0, 0, 0))
        self.world.networks.weights = ((1, 1),)
        self.registry = Registry()
        self.keeper = WorkKeeper(self.registry, self.world.keeper, self.world.auth)
        self.ctx = self.world.ctx
        PARAMS.set(self.ctx, params or Params(epoch_seconds=EPOCH_SECONDS, audits_per_epoch=0))
        CLOCK.set(self.ctx, Clock(Epoch(0), UnixNano(START), EPOCH_SECONDS))

    def add(self, number: int, algorithm: Algorithm = Algorithm.ED25519, **facts: Any) -> DeviceKey:
        """Register a device and return its key."""
        key = DeviceKey(number, algorithm)
        self.registry.devices[key.id] = Registered(
            **{"network": 1, **facts}, algorithm=algorithm, public_key=key.public
        )
        return key

    def receipt(self, key: DeviceKey, *, chain_id: str = CHAIN_ID, **fields: Any) -> Receipt:
        """Return a signed receipt; by default a good one for the running epoch."""
        made = replace(Receipt(1, key.id, self.epoch, self.epoch + 1, 100, 10_000, bytes(32), b"", b""), **fields)
        return replace(made, signature=key.sign(made.sign_bytes(chain_id)))

    def submit(self, *receipts: Receipt) -> list[tuple[int, int]]:
        """Hand receipts in; return (code, effective units) of each."""
        response = handlers.submit_work(self.ctx, self.keeper, SubmitWork(SUBMITTER, receipts))
        assert len(response.results) == len(receipts)
        assert all(bool(result.code) == bool(result.reason) for result in response.results)
        return [(result.code, result.effective_units) for result in response.results]

    def codes(self, *receipts: Receipt) -> list[int]:
        """Hand receipts in; return the code of each."""
        return [code for code, _ in self.submit(*receipts)]

    @property
    def epoch(self) -> int:
        """The running epoch."""
        return self.keeper.clock(self.ctx).epoch

    def block(self, seconds: int) -> list[Event]:
        """Begin a block some seconds after the start of epoch 0 and return its events."""
        block = BlockInfo(CHAIN_ID, Height(2), UnixNano(START + seconds * NANOS))
        self.ctx = Context(self.world.state, block, GasMeter(), self.ctx.authority)
        blocks.begin_block(self.ctx, self.keeper)
        return self.ctx.events

    def with_gas(self, limit: int = UNLIMITED) -> GasMeter:
        """Start counting gas anew."""
        self.ctx = Context(self.world.state, self.ctx.block, GasMeter(limit), self.ctx.authority)
        return self.ctx.gas


REJECTED = {code.name: int(code) for code in WorkCode}
"""Numbers of the codes by name."""
