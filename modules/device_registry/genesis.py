"""The registry's section of a genesis file: params, manufacturers, networks, models, batches, devices.

Manufacturers, networks, models and batches are numbered 1, 2, 3 without gaps, because none ever goes away. What can be
derived (indexes, counts, the list of weights) is not in the section.
"""

from typing import Any

from chain.crypto.addresses import module_address
from chain.pb.lamppost.device_registry.v1 import manufacturers_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import types_pb2
from chain.primitives.coins import BASE_DENOM
from chain.sdk.context import Context
from chain.sdk.module import GenesisError, Json
from modules.device_registry import belongings, state
from modules.device_registry.devices import genesis as devices
from modules.device_registry.devices.verbs import save_new_device
from modules.device_registry.keeper import NAME
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.manufacturers import genesis as manufacturers
from modules.device_registry.manufacturers import verbs as makers
from modules.device_registry.networks import genesis as networks
from modules.device_registry.networks.verbs import save_new_model, save_new_network
from modules.device_registry.params import BOUNDS, Params, params_from_proto, params_to_proto
from modules.device_registry.sections import Section, items, parse, require, to_json
from modules.device_registry.types import Weight
from modules.device_registry.wire import (
    batch_to_proto,
    device_to_proto,
    manufacturer_to_proto,
    model_to_proto,
    network_in_genesis,
)

_LISTS = ("manufacturers", "networks", "models", "batches", "devices", *belongings.LISTS)


def default() -> Json:
    """Return a section without networks."""
    return {"params": to_json(params_to_proto(Params())), **{key: [] for key in _LISTS}}


def validate(section: Json) -> None:
    """Check a section. Raises: GenesisError naming the field."""
    read(section)


def init(ctx: Context, keeper: Keeper, section: Json) -> None:
    """Write a section into an empty state, behind the bank's. Raises: GenesisError where the two contradict."""
    content = read(section)
    state.params.set(ctx, content.params)
    for manufacturer in content.manufacturers:
        makers.save_new_manufacturer(ctx, manufacturer)
    for network in content.networks:
        save_new_network(ctx, network)
    for model in content.models:
        save_new_model(ctx, model)
    for batch in content.batches:
        makers.save_new_batch(ctx, batch, content.models[batch.model - 1])
    for number, device in content.devices.items():
        save_new_device(ctx, number, device)
    belongings.init(ctx, content.belongings)
    owed = sum(network.deposit for network in content.networks)
    owed += sum(manufacturer.bond for manufacturer in content.manufacturers)
    owed += sum(device.bond for device in content.devices.values())
    owed += sum(bond.amount for bond in content.belongings.held_bonds.values())
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
        "params": to_json(params_to_proto(keeper.params(ctx))),
        "manufacturers": [to_json(manufacturer_to_proto(item)) for _, item in state.manufacturers.scan(ctx)],
        "networks": [to_json(network_in_genesis(item)) for _, item in state.networks.scan(ctx)],
        "models": [to_json(model_to_proto(item)) for _, item in state.models.scan(ctx)],
        "batches": [to_json(batch_to_proto(item)) for _, item in state.batches.scan(ctx)],
        "devices": [to_json(device_to_proto(number, item)) for number, item in state.devices.scan(ctx)],
        **belongings.export(ctx),
    }


def read(section: Json) -> Section:
    """Return a section's content. Raises: GenesisError naming the field."""
    for key in section:
        if key not in ("params", *_LISTS):
            raise GenesisError(f"{NAME}.{key}", f"unknown field; known are params, {', '.join(_LISTS)}")
    content = Section(_read_params(section.get("params")))
    listed = [(path, parse(path, item, pb.Manufacturer())) for path, item in items(section, "manufacturers")]
    for path, manufacturer in listed:
        manufacturers.add_manufacturer(path, manufacturer, content)
    for path, item in items(section, "networks"):
        content.networks.append(networks.read_network(path, parse(path, item, types_pb2.Network()), content))
    networks.check_weights(content)
    for path, item in items(section, "models"):
        networks.add_model(path, parse(path, item, types_pb2.Model()), content)
    for path, item in items(section, "batches"):
        manufacturers.add_batch(path, parse(path, item, pb.Batch()), content)
    manufacturers.check_open_batches(f"{NAME}.manufacturers", [item for _, item in listed], content)
    belongings.read_rotated_keys(section, content)
    for path, item in items(section, "devices"):
        devices.add_device(path, parse(path, item, types_pb2.Device()), content)
    devices.check_positions(content)
    belongings.read_rest(section, content)
    return content


def _read_params(item: Any) -> Params:
    path = f"{NAME}.params"
    message = parse(path, item, types_pb2.Params())
    for name, (low, high) in BOUNDS.items():
        require(low <= getattr(message, name) <= high, f"{path}.{name}", f"must be {low} to {high}")
    return params_from_proto(message)
