"""Network files: a network and its models in TOML, as founders write them, and the one message that creates them.

    [network]
    name = "weather"
    kind = "PRN"
    unit = "station-hour"

    [location_caps]
    res_8 = 24
    ...

Errors name the table and the key, and suggest the right key for an unknown one. Amounts and bounds that depend on the
chain's parameters are judged by the chain.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from chain.pb.lamppost.device_registry.v1.tx_pb2 import ModelSpec, MsgAddModel, MsgCreateNetwork
from chain.pb.lamppost.device_registry.v1.types_pb2 import LocationCap, NetworkKind, ReceiptPolicy

_KINDS = {"PRN": NetworkKind.NETWORK_KIND_PRN, "DRN": NetworkKind.NETWORK_KIND_DRN}
_RECEIPTS = {"direct": ReceiptPolicy.RECEIPT_POLICY_DIRECT}
_CAP_KEYS = {"res_8": 8, "res_7": 7, "res_6": 6}
_LEVEL_KEYS = ("level_0", "level_1", "level_2", "level_3")
_NETWORK_KEYS = ("name", "kind", "unit", "description", "receipts")
_MODEL_KEYS = ("name", "hardware_bp", "max_units", "level", "manufacturer")
_HIGHEST_LEVEL = 3
_PLACE_KEYS = ("name", "latitude", "longitude")
_TABLES = ("network", "location_caps", "level_weights", "emission", "model", "place")
MAX_FILE_BYTES = 1 << 20
"""Larger files are no network files."""
_MANUFACTURER = re.compile(r"[a-z][a-z0-9-]{2,31}")
_MAX_U32 = 2**32 - 1
_MAX_U64 = 2**64 - 1
_FULL_BP = 10_000


class NetworkFileError(ValueError):
    """A mistake in a network file; `table` and `key` say where, either may be empty."""

    def __init__(self, reason: str, table: str = "", key: str = "", file: str = "network file") -> None:
        where = ": ".join(part for part in (file, f"[{table}]" if table else "", key) if part)
        super().__init__(f"{where}: {reason}")
        self.reason = reason
        self.table = table
        self.key = key
        self.file = file


@dataclass(frozen=True, slots=True)
class Place:
    """A place where the localnet puts a simulated device; degrees, north and east positive."""

    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class NetworkModel:
    """A model of devices: weight of the hardware in basis points, most units in an epoch, attestation level.

    `manufacturer` is the name or the number of who vouches for the devices; 0 for nobody.
    """

    name: str
    hardware_bp: int
    max_units: int
    level: int = 0
    manufacturer: str | int = 0


@dataclass(frozen=True, slots=True)
class NetworkFile:
    """A network file's content.

    `weight_bp` (the share of the emission that the founders ask the authority for) and `places` (where a localnet puts
    simulated devices) are for people and tools; they are no part of the message.
    """

    name: str
    kind: str
    unit: str
    description: str
    receipts: str
    location_caps: tuple[tuple[int, int], ...]
    level_weights: tuple[int, ...]
    models: tuple[NetworkModel, ...]
    weight_bp: int
    places: tuple[Place, ...]

    @property
    def manufacturers(self) -> tuple[str, ...]:
        """The names of manufacturers that models have, each once."""
        names = (model.manufacturer for model in self.models if isinstance(model.manufacturer, str))
        return tuple(dict.fromkeys(names))

    def message(self, admin: str, manufacturers: Mapping[str, int] = MappingProxyType({})) -> MsgCreateNetwork:
        """Return the one message that creates the network with all its models.

        `manufacturers` are the numbers of those that the file names. Raises: NetworkFileError for a name without one.
        """
        return MsgCreateNetwork(
            admin=admin,
            name=self.name,
            kind=_KINDS[self.kind],
            unit=self.unit,
            description=self.description,
            receipt_policy=_RECEIPTS[self.receipts],
            location_caps=[LocationCap(resolution=resolution, cap=cap) for resolution, cap in self.location_caps],
            level_weights=self.level_weights,
            models=[
                ModelSpec(
                    name=model.name,
                    hardware_bp=model.hardware_bp,
                    max_units=model.max_units,
                    level=model.level,
                    manufacturer=_number(number, model, manufacturers),
                )
                for number, model in enumerate(self.models)
            ],
        )

    def model_messages(
        self,
        admin: str,
        network: int,
        present: Iterable[str] = (),
        manufacturers: Mapping[str, int] = MappingProxyType({}),
    ) -> list[MsgAddModel]:
        """Return the messages that add the models that a network does not have yet, by their names.

        Raises: NetworkFileError for a manufacturer's name without a number in `manufacturers`.
        """
        known = frozenset(present)
        spec = {model.name: model for model in self.message(admin, manufacturers).models}
        return [
            MsgAddModel(admin=admin, network=network, model=spec[model.name])
            for model in self.models
            if model.name not in known
        ]


def _number(place: int, model: NetworkModel, manufacturers: Mapping[str, int]) -> int:
    if isinstance(model.manufacturer, int):
        return model.manufacturer
    if model.manufacturer not in manufacturers:
        raise NetworkFileError(
            f"no manufacturer is named {model.manufacturer!r}: it registers first", f"model[{place}]", "manufacturer"
        )
    return manufacturers[model.manufacturer]


def parse_network(text: str, file: str = "network file") -> NetworkFile:
    """Read the text of a network file. Raises: NetworkFileError naming file, table and key."""
    try:
        return _Reader(file).network_file(text)
    except tomllib.TOMLDecodeError as error:
        raise NetworkFileError(f"is no TOML: {error}", file=file) from error


def load_network(path: str | os.PathLike[str]) -> NetworkFile:
    """Read a network file. Raises: NetworkFileError naming file, table and key, also when it can't be read."""
    file = Path(path)
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise NetworkFileError(f"is larger than {MAX_FILE_BYTES} bytes", file=str(file))
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise NetworkFileError(f"can't be read: {error.strerror}", file=str(file)) from error
    except UnicodeDecodeError as error:
        raise NetworkFileError(f"is not UTF-8 at byte {error.start}", file=str(file)) from error
    return parse_network(text, str(file))


class _Reader:
    """Turns tables into dataclasses and knows the file's name for its errors."""

    def __init__(self, file: str) -> None:
        self.file = file

    def network_file(self, text: str) -> NetworkFile:
        document = tomllib.loads(text)
        self.known(document, _TABLES, "", "table")
        network = self.table(document, "network", _NETWORK_KEYS)
        kind = self.choice(network, "network", "kind", _KINDS)
        models = self.rows(document, "model", _MODEL_KEYS)
        if not models:
            raise self.error("at least one [[model]] is needed: every device is of a model", "model")
        return NetworkFile(
            name=self.text(network, "network", "name"),
            kind=kind,
            unit=self.text(network, "network", "unit"),
            description=self.text(network, "network", "description", ""),
            receipts=self.choice(network, "network", "receipts", _RECEIPTS, "direct"),
            location_caps=self.location_caps(document, kind),
            level_weights=self.level_weights(document),
            models=self.models(models),
            weight_bp=self.weight(document),
            places=tuple(self.place(name, row) for name, row in self.rows(document, "place", _PLACE_KEYS)),
        )

    def location_caps(self, document: Mapping[str, Any], kind: str) -> tuple[tuple[int, int], ...]:
        if kind == "DRN":
            if "location_caps" in document:
                raise self.error("a DRN has no caps: leave the table out", "location_caps")
            return ()
        table = self.table(document, "location_caps", tuple(_CAP_KEYS))
        caps = tuple(
            (number, self.integer(table, "location_caps", key, 1, _MAX_U64)) for key, number in _CAP_KEYS.items()
        )
        for (key, (_, cap)), (_, finer) in zip(list(zip(_CAP_KEYS, caps, strict=True))[1:], caps, strict=False):
            if cap < finer:
                raise self.error(f"{cap} is below the cap of the finer cells it holds, {finer}", "location_caps", key)
        return caps

    def level_weights(self, document: Mapping[str, Any]) -> tuple[int, ...]:
        table = self.table(document, "level_weights", _LEVEL_KEYS)
        weights = tuple(self.integer(table, "level_weights", key, 0, _MAX_U32) for key in _LEVEL_KEYS)
        for key, weight, lower in zip(_LEVEL_KEYS[1:], weights[1:], weights, strict=False):
            if weight < lower:
                raise self.error(f"{weight} is below the weight of the level before, {lower}", "level_weights", key)
        if weights[-1] == 0:
            raise self.error("at least one level must weigh more than 0", "level_weights", _LEVEL_KEYS[-1])
        return weights

    def models(self, rows: list[tuple[str, Mapping[str, Any]]]) -> tuple[NetworkModel, ...]:
        models: list[NetworkModel] = []
        for where, row in rows:
            name = self.text(row, where, "name")
            if any(name == model.name for model in models):
                raise self.error(f"two models are named {name!r}", where, "name")
            hardware = self.integer(row, where, "hardware_bp", 1, _MAX_U32)
            units = self.integer(row, where, "max_units", 1, _MAX_U64)
            level = self.integer(row, where, "level", 0, _HIGHEST_LEVEL) if "level" in row else 0
            models.append(NetworkModel(name, hardware, units, level, self.manufacturer(row, where, level)))
        return tuple(models)

    def manufacturer(self, row: Mapping[str, Any], where: str, level: int) -> str | int:
        if "manufacturer" not in row:
            if level:
                raise self.error(f"{level} needs a manufacturer: nobody else vouches for devices", where, "level")
            return 0
        if isinstance(row["manufacturer"], str):
            name = self.text(row, where, "manufacturer")
            if not _MANUFACTURER.fullmatch(name):
                raise self.error(
                    f"{name!r} is not 3 to 32 of a-z, 0-9 and hyphen, a letter first", where, "manufacturer"
                )
            return name
        return self.integer(row, where, "manufacturer", 1, _MAX_U64)

    def weight(self, document: Mapping[str, Any]) -> int:
        if "emission" not in document:
            return 0
        table = self.table(document, "emission", ("weight_bp",))
        return self.integer(table, "emission", "weight_bp", 0, _FULL_BP)

    def place(self, where: str, row: Mapping[str, Any]) -> Place:
        name = self.text(row, where, "name")
        return Place(name, self.degrees(row, where, "latitude", 90), self.degrees(row, where, "longitude", 180))

    def table(self, document: Mapping[str, Any], name: str, keys: tuple[str, ...]) -> Mapping[str, Any]:
        if name not in document:
            raise self.error("this table is missing", name)
        table = document[name]
        if not isinstance(table, dict):
            raise self.error(f"is not a table: write [{name}]", name)
        self.known(table, keys, name, "key")
        return table

    def rows(
        self, document: Mapping[str, Any], name: str, keys: tuple[str, ...]
    ) -> list[tuple[str, Mapping[str, Any]]]:
        rows = document.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self.error(f"is not a list of tables: write [[{name}]]", name)
        named = [(f"{name}[{number}]", row) for number, row in enumerate(rows)]
        for where, row in named:
            self.known(row, keys, where, "key")
        return named

    def known(self, table: Mapping[str, Any], keys: tuple[str, ...], where: str, what: str) -> None:
        for key in table:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, 1)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(keys)}"
                raise self.error(f"unknown {what}; {hint}", where, key)

    def required(self, table: Mapping[str, Any], where: str, key: str) -> Any:
        if key not in table:
            raise self.error("this key is missing", where, key)
        return table[key]

    def text(self, table: Mapping[str, Any], where: str, key: str, default: str | None = None) -> str:
        value = self.required(table, where, key) if default is None else table.get(key, default)
        if not isinstance(value, str) or (default is None and not value):
            raise self.error("must be a text in quotes, not empty", where, key)
        return value

    def choice(
        self, table: Mapping[str, Any], where: str, key: str, options: Mapping[str, Any], default: str | None = None
    ) -> str:
        value = self.text(table, where, key, default)
        if value not in options:
            raise self.error(f"{value!r} is none of {', '.join(options)}", where, key)
        return value

    def integer(self, table: Mapping[str, Any], where: str, key: str, low: int, high: int) -> int:
        value = self.required(table, where, key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(f"must be a whole number, got {value!r}", where, key)
        if not low <= value <= high:
            raise self.error(f"is {value}, must be {low} to {high}", where, key)
        return value

    def degrees(self, table: Mapping[str, Any], where: str, key: str, limit: int) -> float:
        value: float = self.required(table, where, key)
        if not isinstance(value, int | float) or isinstance(value, bool) or not -limit <= value <= limit:
            raise self.error(f"must be degrees from -{limit} to {limit}, got {value!r}", where, key)
        return value

    def error(self, reason: str, table: str = "", key: str = "") -> NetworkFileError:
        return NetworkFileError(reason, table, key, self.file)
