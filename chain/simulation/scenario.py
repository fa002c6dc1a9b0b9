"""What is simulated: the networks, how many devices work in them, what is burned, and the chain's parameters.

    years = 10
    burn = "50000"                # LAMP per epoch
    networks = ["weather.toml"]   # beside this file

    [devices]
    weather = 2000
    [params]
    usage_bp = 5000

Such a file is a scenario; a network file alone is one, too, with everything else as the command line says.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from chain.codec.networks import NetworkFile, NetworkModel, load_network
from chain.primitives.ints import FULL_BP
from modules.reward_emission.params import Params
from modules.work.receipts import OVERCLAIM, weigh

LAMP = 10**6
"""One LAMP in ulamp."""
DEFAULT_CAP = 1_000_000_000 * LAMP
"""Most ulamp that can ever exist, as the default genesis has it."""
DEFAULT_SUPPLY = 400_000_000 * LAMP
"""Circulating at genesis, as on a localnet."""
HOURS_OF_YEAR = 365 * 24
"""A year of 365 days, as `decline_epochs` counts it."""
MAX_YEARS = 100
"""Longest simulation."""
MAX_EPOCHS = 1_000_000
"""Most epochs, about ten seconds of computing for each network."""
DEFAULT_DEVICES = "1000"
"""Devices of each network unless told otherwise."""
MAX_DEVICES = 10**12
"""Most devices in one network."""
_CHOICES = ("devices", "growth", "units", "uptime", "model", "level", "crowd")
"""What a scenario says by network: one value for all, or a table from the network's name to its value."""
_FIELDS = ("years", "epoch_hours", "burn", "burn_growth", "supply", "cap", "networks", "params", *_CHOICES)


class ScenarioError(ValueError):
    """Something that can't be simulated, in one sentence."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """How devices of a PRN stand: so many in an H3 cell of resolution 8, such cells in one of 7, and those in one of 6.

    Each group stands alone; `1,1,1` is a device in every 36 km2, whom no cap touches that one device does not reach.
    """

    devices: int = 1
    fine: int = 1
    middle: int = 1

    @classmethod
    def parse(cls, text: str) -> "Crowd":
        """Read `5`, `5,3` or `5,3,2`. Raises: ScenarioError."""
        try:
            numbers = [int(part) for part in str(text).split(",")]
        except ValueError:
            numbers = []
        if not 1 <= len(numbers) <= 3 or min(numbers) < 1 or any(number > 7 for number in numbers[1:]):
            raise ScenarioError(
                f"crowd is {text!r}, must be D[,C8[,C7]]: D devices in a cell of resolution 8, 1 to 7 such cells in "
                "one of resolution 7, 1 to 7 of those in one of resolution 6"
            )
        return cls(*numbers)


@dataclass(frozen=True, slots=True)
class Plan:
    """One network and the devices that work in it."""

    network: NetworkFile
    model: NetworkModel
    devices: int
    """At the start."""
    growth: float = 1.0
    """Yearly factor of the number of devices: 1.0 is none."""
    units: int | None = None
    """What each device measures in an epoch; None is the model's maximum."""
    uptime_bp: int = FULL_BP
    level: int = 0
    """How well the devices are attested, 0 to 3."""
    crowd: Crowd = Crowd()

    def devices_at(self, years: float) -> int:
        """Return how many devices work some years after the start, rounded down."""
        if self.growth == 1.0:
            return self.devices
        return min(int(self.devices * self.growth**years), MAX_DEVICES)

    def effective_units(self) -> int:
        """Return what a receipt of each device counts."""
        units = self.model.max_units if self.units is None else self.units
        level_bp = self.network.level_weights[self.level]
        return weigh(units, self.model.max_units, self.uptime_bp, self.model.hardware_bp, level_bp)

    def caps(self) -> tuple[int, ...]:
        """Return the caps of cells of resolutions 8, 7, 6; none in a DRN."""
        return tuple(cap for _, cap in self.network.location_caps)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything a simulation depends on; amounts in ulamp."""

    name: str
    plans: tuple[Plan, ...]
    params: Params
    epochs: int
    epoch_hours: int = 24
    burn: int = 0
    """Burned by customers in an epoch, at the start."""
    burn_growth: float = 1.0
    """Yearly factor of what is burned."""
    cap: int = DEFAULT_CAP
    supply: int = DEFAULT_SUPPLY
    staked: bool = True
    """Whether anybody takes the stakers' bucket."""

    def years_at(self, epoch: int) -> float:
        """Return the years from the start to an epoch."""
        return epoch * self.epoch_hours / HOURS_OF_YEAR

    def burn_at(self, epoch: int) -> int:
        """Return what customers burn in an epoch, rounded down."""
        if self.burn_growth == 1.0 or not self.burn:
            return self.burn
        return min(int(self.burn * self.burn_growth ** self.years_at(epoch)), self.cap)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says, unread; the choices by network are lists of VALUE or NETWORK=VALUE."""

    networks: tuple[str, ...] = ()
    years: int = 10
    epoch_hours: int = 24
    burn: str = "0"
    burn_growth: str = "0"
    supply: str = "400000000"
    cap: str = "1000000000"
    params: tuple[tuple[str, str], ...] = ()
    devices: tuple[str, ...] = ()
    growth: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    uptime: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    crowd: tuple[str, ...] = ()


def make_scenario(options: Options, name: str = "") -> Scenario:
    """Return what options describe. Raises: ScenarioError, NetworkFileError."""
    if not options.networks:
        raise ScenarioError("nothing to simulate: name a network file with --network")
    files = [load_network(path) for path in options.networks]
    names = [file.name for file in files]
    if len(set(names)) < len(names):
        raise ScenarioError(f"two files name the same network: {', '.join(sorted(names))}")
    if not any(file.weight_bp for file in files):
        raise ScenarioError("no network has an [emission] weight_bp above 0: nothing would be paid for work")
    if not 1 <= options.years <= MAX_YEARS:
        raise ScenarioError(f"years is {options.years}, must be 1 to {MAX_YEARS}")
    if not 1 <= options.epoch_hours <= HOURS_OF_YEAR:
        raise ScenarioError(f"an epoch of {options.epoch_hours} hours: must be 1 to {HOURS_OF_YEAR}")
    epochs = options.years * HOURS_OF_YEAR // options.epoch_hours
    if not 1 <= epochs <= MAX_EPOCHS:
        raise ScenarioError(f"{epochs:,} epochs are more than {MAX_EPOCHS:,}: fewer years or longer epochs")
    cap, supply = lamp(options.cap, "cap"), lamp(options.supply, "supply")
    if supply > cap:
        raise ScenarioError(f"a supply of {options.supply} LAMP is above the cap of {options.cap} LAMP")
    return Scenario(
        name=name or ", ".join(names),
        plans=_plans(files, options),
        params=_params(options.params),
        epochs=epochs,
        epoch_hours=options.epoch_hours,
        burn=lamp(options.burn, "burn"),
        burn_growth=_growth(options.burn_growth, "burn growth"),
        cap=cap,
        supply=supply,
    )


def load_scenario(path: str, options: Options) -> Scenario:
    """Return what a scenario or network file describes; what it leaves open, the options say.

    A network file is simulated beside the networks of the options and takes the place of one of the same name.
    Raises: ScenarioError, NetworkFileError.
    """
    file = Path(path)
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioError(f"{path}: can't be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: is no TOML: {error}") from error
    if "network" in document:
        name = load_network(path).name
        others = tuple(other for other in options.networks if load_network(other).name != name)
        return make_scenario(replace(options, networks=(*others, path)), file.stem)
    for key in document:
        if key not in _FIELDS:
            raise ScenarioError(f"{path}: {key}: unknown key; known are {', '.join(_FIELDS)}")
    try:
        return make_scenario(replace(options, **_overrides(document, file.parent)), file.stem)
    except ScenarioError as error:
        raise ScenarioError(f"{path}: {error}") from error


def _overrides(document: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for key, value in document.items():
        if key == "networks":
            if not isinstance(value, list):
                raise ScenarioError("networks must be a list of files")
            changes[key] = tuple(str(folder / str(item)) for item in value)
        elif key == "params":
            changes[key] = tuple((str(name), str(item)) for name, item in _table(key, value).items())
        elif key in _CHOICES:
            rows = _table(key, value) if isinstance(value, dict) else {"": value}
            changes[key] = tuple(f"{name}={item}" if name else str(item) for name, item in rows.items())
        elif key in ("years", "epoch_hours"):
            if not isinstance(value, int):
                raise ScenarioError(f"{key} must be a whole number, got {value!r}")
            changes[key] = value
        else:
            changes[key] = str(value)
    return changes


def _table(key: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ScenarioError(f"{key} must be a table: write [{key}]")
    return value


def _plans(files: Sequence[NetworkFile], options: Options) -> tuple[Plan, ...]:
    names = [file.name for file in files]
    chosen = {key: _by_network(getattr(options, key), key, names) for key in _CHOICES}
    return tuple(
        _plan(file, {key: values[file.name] for key, values in chosen.items() if file.name in values}) for file in files
    )


def _plan(file: NetworkFile, said: Mapping[str, str]) -> Plan:
    uptime = _number(said.get("uptime", "100"), "uptime", 0, 100) * FULL_BP / 100
    model = _model(file, said.get("model", ""))
    # Above that the chain takes receipts for no measurement at all.
    most = model.max_units * OVERCLAIM
    return Plan(
        network=file,
        model=model,
        devices=_whole(said.get("devices", DEFAULT_DEVICES), "devices", 0, MAX_DEVICES),
        growth=_growth(said.get("growth", "0"), "growth"),
        units=_whole(said["units"], "units", 0, most) if "units" in said else None,
        uptime_bp=int(uptime),
        level=_whole(said.get("level", str(model.level)), "level", 0, len(file.level_weights) - 1),
        crowd=Crowd.parse(said.get("crowd", "1")),
    )


def _by_network(values: Sequence[str], key: str, names: Sequence[str]) -> dict[str, str]:
    """Return the value of each network out of a list of VALUE (for all others) and NETWORK=VALUE."""
    chosen: dict[str, str] = {}
    others = ""
    for text in values:
        name, equals, value = text.partition("=")
        if equals and name not in names:
            raise ScenarioError(f"{key}: there is no network {name!r} among {', '.join(names)}")
        if equals:
            chosen[name] = value
        else:
            others = text
    return dict.fromkeys(names, others) | chosen if others else chosen


def _model(file: NetworkFile, name: str) -> NetworkModel:
    for model in file.models:
        if not name or model.name == name:
            return model
    raise ScenarioError(
        f"network {file.name} has no model {name!r}, only {', '.join(model.name for model in file.models)}"
    )


def _params(pairs: Sequence[tuple[str, str]]) -> Params:
    known = [field.name for field in fields(Params)]
    changes: dict[str, Any] = {}
    for name, value in pairs:
        if name not in known:
            raise ScenarioError(f"params: there is no parameter {name!r}; known are {', '.join(known)}")
        changes[name] = _whole(value, name, 0, 2**64 - 1)
    params = replace(Params(), **changes)
    fault = params.fault()
    if fault:
        raise ScenarioError(f"params: {': '.join(fault)}")
    return params


def lamp(text: str, what: str) -> int:
    """Return an amount of LAMP in ulamp. Raises: ScenarioError."""
    amount = _number(text, what, 0, DEFAULT_CAP * 1000) * LAMP
    if amount != amount.to_integral_value():
        raise ScenarioError(f"{what} is {text} LAMP, finer than a ulamp (6 decimals)")
    return int(amount)


def _number(text: str, what: str, low: int, high: int) -> Decimal:
    try:
        value = Decimal(text.replace("_", "").replace(",", ""))
    except InvalidOperation as error:
        raise ScenarioError(f"{what} is {text!r}, must be a number") from error
    if not value.is_finite() or not low <= value <= high:
        raise ScenarioError(f"{what} is {text}, must be {low} to {high:,}")
    return value


def _whole(text: str, what: str, low: int, high: int) -> int:
    value = _number(text, what, low, high)
    if value != value.to_integral_value():
        raise ScenarioError(f"{what} is {text}, must be a whole number")
    return int(value)


def _growth(text: str, what: str) -> float:
    return 1 + float(_number(text.removesuffix("%"), what, -99, 10_000)) / 100
