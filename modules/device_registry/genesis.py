"""The registry's section of a genesis file: params, networks, models, devices.

Networks and models are numbered 1, 2, 3 without gaps, because neither ever goes away. What can be derived (indexes,
counts, the list of weights) is not in the section.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from google.protobuf.message import Message as ProtoMessage

from chain.crypto.addresses import device_id, module_address
from chain.pb.lamppost.device_registry.v1 import tx_pb2, types_pb2
from chain.primitives.coins import BASE_DENOM
from chain.primitives.errors import ModuleError
from chain.primitives.ids import DeviceId
from chain.primitives.ints import FULL_BP, BasisPoints
from chain.sdk.context import Context
from chain.sdk.module import GenesisError, Json
from modules.device_registry import checks, state
from modules.device_registry.errors import RegistryCode
from modules.device_registry.keeper import NAME
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.params import BOUNDS, Params, params_from_proto, params_to_proto
from modules.device_registry.types import (
    LEVELS,
    Device,
    DeviceStatus,
    Model,
    ModelStatus,
    Network,
    NetworkKind,
    NetworkStatus,
    ReceiptPolicy,
    Weight,
)
from modules.device_registry.wire import device_to_proto, model_to_proto, network_to_proto

P = TypeVar("P", bound=ProtoMessage)


@dataclass(slots=True)
class Section:
    """A genesis section, read and checked."""

    params: Params
    networks: list[Network] = field(default_factory=list)
    models: list[Model] = field(default_factory=list)
    devices: dict[DeviceId, Device] = field(default_factory=dict)
    network_names: set[str] = field(default_factory=set)
    model_names: set[tuple[int, str]] = field(default_factory=set)


def default() -> Json:
    """Return a section without networks."""
    return {"params": _json(params_to_proto(Params())), "networks": [], "models": [], "devices": []}


def validate(section: Json) -> None:
    """Check a section. Raises: GenesisError naming the field."""
    read(section)


def init(ctx: Context, keeper: Keeper, section: Json) -> None:
    """Write a section into an empty state, behind the bank's. Raises: GenesisError where the two contradict."""
    content = read(section)
    state.params.set(ctx, content.params)
    for network in content.networks:
        keeper.save_new_network(ctx, network)
    for model in content.models:
        keeper.save_new_model(ctx, model)
    for number, device in content.devices.items():
        keeper.save_new_device(ctx, number, device)
    owed = sum(network.deposit for network in content.networks)
    owed += sum(device.bond for device in content.devices.values())
    held = keeper.bank.balance(ctx, module_address(NAME), BASE_DENOM)
    if held < owed:
        reason = f"deposits and bonds are {owed}{BASE_DENOM}, but the module's account has {held}"
        raise GenesisError(f"{NAME}.networks", reason)
    weighted = tuple(Weight(item.id, item.weight_bp) for item in content.networks if item.weight_bp)
    if weighted:
        state.weights.set(ctx, weighted)


def export(ctx: Context, keeper: Keeper) -> Json:
    """Return the section that makes this state."""
    return {
        "params": _json(params_to_proto(keeper.params(ctx))),
        "networks": [_json(network_to_proto(item)) for _, item in state.networks.scan(ctx)],
        "models": [_json(model_to_proto(item)) for _, item in state.models.scan(ctx)],
        "devices": [_json(device_to_proto(number, item)) for number, item in state.devices.scan(ctx)],
    }


def read(section: Json) -> Section:
    """Return a section's content. Raises: GenesisError naming the field."""
    for key in section:
        if key not in ("params", "networks", "models", "devices"):
            raise GenesisError(f"{NAME}.{key}", "unknown field; known are params, networks, models, devices")
    content = Section(_read_params(section.get("params")))
    for path, item in _items(section, "networks"):
        content.networks.append(_read_network(path, _parse(path, item, types_pb2.Network()), content))
    _check_weights(content)
    for path, item in _items(section, "models"):
        _add_model(path, _parse(path, item, types_pb2.Model()), content)
    for path, item in _items(section, "devices"):
        _add_device(path, _parse(path, item, types_pb2.Device()), content)
    return content


def _json(message: ProtoMessage) -> Json:
    return MessageToDict(message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)


def _items(section: Json, key: str) -> Iterator[tuple[str, Any]]:
    items = section.get(key, [])
    if not isinstance(items, list):
        raise GenesisError(f"{NAME}.{key}", "is not a list")
    for number, item in enumerate(items):
        yield f"{NAME}.{key}[{number}]", item


def _parse(path: str, item: Any, message: P) -> P:
    if not isinstance(item, dict):
        raise GenesisError(path, "is not an object")
    try:
        ParseDict(item, message)
    except (ParseError, ValueError, TypeError) as error:
        raise _blamed(path, item, type(message), str(error)) from error
    return message


def _blamed(path: str, item: Json, kind: type[ProtoMessage], reason: str) -> GenesisError:
    # Only a bad item is read field by field: that costs twice as much.
    for key, value in item.items():
        try:
            ParseDict({key: value}, kind())
        except (ParseError, ValueError, TypeError) as error:
            return GenesisError(f"{path}.{key}", str(error))
    return GenesisError(path, reason)


@contextmanager
def _at(path: str) -> Iterator[None]:
    try:
        yield
    except ModuleError as error:
        raise GenesisError(path, error.log) from error


def _require(holds: bool, path: str, reason: str) -> None:
    if not holds:
        raise GenesisError(path, reason)


def _read_params(item: Any) -> Params:
    path = f"{NAME}.params"
    message = _parse(path, item, types_pb2.Params())
    for name, (low, high) in BOUNDS.items():
        _require(low <= getattr(message, name) <= high, f"{path}.{name}", f"must be {low} to {high}")
    return params_from_proto(message)


def _read_network(path: str, item: types_pb2.Network, content: Section) -> Network:
    _require(item.id == len(content.networks) + 1, f"{path}.id", f"must be {len(content.networks) + 1}")
    with _at(f"{path}.name"):
        name = checks.network_name(item.name)
    _require(name not in content.network_names, f"{path}.name", "is taken by another network")
    content.network_names.add(name)
    with _at(f"{path}.kind"):
        kind = checks.member(NetworkKind, item.kind, RegistryCode.INVALID_KIND)
    with _at(f"{path}.unit"):
        unit = checks.label(item.unit, "unit")
    with _at(f"{path}.admin"):
        admin = checks.address(item.admin, "admin")
    with _at(f"{path}.status"):
        status = checks.member(NetworkStatus, item.status, RegistryCode.INVALID_STATUS)
    with _at(f"{path}.receipt_policy"):
        policy = checks.member(ReceiptPolicy, item.receipt_policy, RegistryCode.INVALID_RECEIPT_POLICY)
    with _at(f"{path}.location_caps"):
        caps = checks.location_caps(item.location_caps, kind)
    with _at(f"{path}.level_weights"):
        levels = checks.level_weights(item.level_weights)
    with _at(f"{path}.description"):
        description = checks.description(item.description)
    if status is NetworkStatus.CLOSED:
        _require(item.deposit == 0, f"{path}.deposit", "a closed network has none")
        _require(item.weight_bp == 0, f"{path}.weight_bp", "a closed network has none")
    weight = BasisPoints(item.weight_bp)
    return Network(item.id, name, kind, unit, admin, status, item.deposit, weight, policy, caps, levels, description)


def _check_weights(content: Section) -> None:
    path = f"{NAME}.networks"
    weights = [network.weight_bp for network in content.networks if network.weight_bp]
    _require(sum(weights) <= FULL_BP, path, f"weights sum to {sum(weights)} bp, at most {FULL_BP}")
    highest = BOUNDS["max_weighted_networks"][1]
    _require(len(weights) <= highest, path, f"{len(weights)} networks have a weight, at most {highest}")


def _add_model(path: str, item: types_pb2.Model, content: Section) -> None:
    _require(item.id == len(content.models) + 1, f"{path}.id", f"must be {len(content.models) + 1}")
    _require(1 <= item.network <= len(content.networks), f"{path}.network", "is no network of this file")
    with _at(path):
        spec = checks.model_spec(
            tx_pb2.ModelSpec(name=item.name, hardware_bp=item.hardware_bp, max_units=item.max_units)
        )
    taken = (item.network, spec.name) in content.model_names
    _require(not taken, f"{path}.name", "is taken by another model of the network")
    content.model_names.add((item.network, spec.name))
    _require(item.level < LEVELS, f"{path}.level", f"must be 0 to {LEVELS - 1}")
    with _at(f"{path}.status"):
        status = checks.member(ModelStatus, item.status, RegistryCode.INVALID_STATUS)
    hardware = BasisPoints(spec.hardware_bp)
    content.models.append(Model(item.id, item.network, spec.name, hardware, spec.max_units, item.level, status))
    network = content.networks[item.network - 1]
    content.networks[item.network - 1] = replace(network, models=network.models + 1)


def _add_device(path: str, item: types_pb2.Device, content: Section) -> None:
    with _at(f"{path}.public_key"):
        algorithm = checks.public_key(item.algorithm, item.public_key)
    with _at(f"{path}.id"):
        number = checks.device_id(item.id)
    _require(number == device_id(algorithm, item.public_key), f"{path}.id", "is not the id of this public key")
    _require(number not in content.devices, f"{path}.id", "appears twice")
    _require(1 <= item.model <= len(content.models), f"{path}.model", "is no model of this file")
    _require(content.models[item.model - 1].network == item.network, f"{path}.network", "is not the model's network")
    with _at(f"{path}.status"):
        status = checks.member(DeviceStatus, item.status, RegistryCode.INVALID_STATUS)
    _require(status is not DeviceStatus.RETIRED or item.bond == 0, f"{path}.bond", "a retired device has none")
    network = content.networks[item.network - 1]
    closed = network.status is NetworkStatus.CLOSED
    _require(not closed or status is DeviceStatus.RETIRED, f"{path}.status", f"{network.name} is closed")
    with _at(f"{path}.cell"):
        cell = checks.cell(item.cell)
        checks.require_place(network, cell, item.commitment)
    with _at(f"{path}.commitment"):
        commitment = checks.commitment(item.commitment)
    _require(item.bindings >= 1, f"{path}.bindings", "a registered device was bound at least once")
    _require(item.registered_at >= 0, f"{path}.registered_at", "is negative")
    with _at(f"{path}.owner"):
        owner = checks.address(item.owner, "owner")
    with _at(f"{path}.operator"):
        operator = checks.address(item.operator, "operator")
    with _at(f"{path}.payout"):
        payout = checks.address(item.payout, "payout")
    content.devices[number] = Device(
        algorithm=int(algorithm),
        public_key=item.public_key,
        owner=owner,
        operator_or_none=None if operator == owner else operator,
        payout_or_none=None if payout == owner else payout,
        network=item.network,
        model=item.model,
        status=status,
        cell=cell,
        commitment=commitment,
        bond=item.bond,
        bindings=item.bindings,
        registered_at=item.registered_at,
    )
