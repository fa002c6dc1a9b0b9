"""What is true of the registry's whole state; each check visits everything and is for tests and `lampd verify`."""

from chain.crypto.addresses import module_address
from chain.primitives.coins import BASE_DENOM
from chain.primitives.ids import Address
from chain.sdk.context import Context
from chain.sdk.module import Invariant
from modules.device_registry import state
from modules.device_registry.keeper import NAME
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.types import Counts


def funds(ctx: Context, keeper: Keeper) -> str | None:
    """Check that the module account holds all deposits and bonds."""
    deposits = sum(network.deposit for _, network in state.networks.scan(ctx))
    bonds = sum(device.bond for _, device in state.devices.scan(ctx))
    balance = keeper.bank.balance(ctx, module_address(NAME), BASE_DENOM)
    if balance < deposits + bonds:
        return f"the account holds {balance}{BASE_DENOM}, deposits are {deposits} and bonds {bonds}"
    return None


def counts(ctx: Context, keeper: Keeper) -> str | None:
    """Check that counts of networks, models and devices are what counting gives."""
    total = Counts()
    networks: dict[int, Counts] = {}
    models: dict[int, Counts] = {}
    owners: dict[Address, Counts] = {}
    for _, device in state.devices.scan(ctx):
        total = total.moved(None, device.status)
        networks[device.network] = networks.get(device.network, Counts()).moved(None, device.status)
        models[device.model] = models.get(device.model, Counts()).moved(None, device.status)
        owners[device.owner] = owners.get(device.owner, Counts()).moved(None, device.status)
    for name, kept, counted in (
        ("totals", state.totals.get(ctx) or Counts(), total),
        ("network_devices", dict(state.network_devices.scan(ctx)), networks),
        ("model_devices", dict(state.model_devices.scan(ctx)), models),
        ("owner_devices", dict(state.owner_devices.scan(ctx)), owners),
        ("network_count", state.network_count.get(ctx) or 0, sum(1 for _ in state.networks.scan(ctx))),
        ("model_count", state.model_count.get(ctx) or 0, sum(1 for _ in state.models.scan(ctx))),
    ):
        if kept != counted:
            return f"{name} says {kept}, counting gives {counted}"
    return None


def indexes(ctx: Context, keeper: Keeper) -> str | None:
    """Check that each index names exactly what is there."""
    devices = dict(state.devices.scan(ctx))
    networks = dict(state.networks.scan(ctx))
    models = dict(state.models.scan(ctx))
    for name, kept, wanted in (
        ("devices_by_owner", list(state.devices_by_owner.scan(ctx)), [(d.owner, n) for n, d in devices.items()]),
        (
            "devices_by_operator",
            list(state.devices_by_operator.scan(ctx)),
            [(d.operator, n) for n, d in devices.items()],
        ),
        (
            "devices_by_model",
            list(state.devices_by_model.scan(ctx)),
            [((d.network, d.model), n) for n, d in devices.items()],
        ),
        ("network_names", list(state.network_names.scan(ctx)), [(x.name, n) for n, x in networks.items()]),
        ("network_models", list(state.network_models.scan(ctx)), [(x.network, n) for n, x in models.items()]),
        ("model_names", list(state.model_names.scan(ctx)), [((x.network, x.name), n) for n, x in models.items()]),
    ):
        if sorted(kept) != sorted(wanted):
            return f"{name} has {len(kept)} entries that are not the {len(wanted)} wanted"
    numbers = [model.network for model in models.values()]
    for number, network in networks.items():
        if network.models != numbers.count(number):
            return f"network {number} says it has {network.models} models, counting gives {numbers.count(number)}"
    return None


def weights(ctx: Context, keeper: Keeper) -> str | None:
    """Check that the list of emission weights is what the networks say, and at most the whole."""
    listed = keeper.emission_weights(ctx)
    wanted = tuple((number, item.weight_bp) for number, item in state.networks.scan(ctx) if item.weight_bp)
    if listed != wanted:
        return f"weights are listed as {listed}, networks say {wanted}"
    total = sum(weight for _, weight in listed)
    return f"weights sum to {total} bp" if total > 10_000 else None


INVARIANTS = (
    Invariant("funds", funds),
    Invariant("counts", counts),
    Invariant("indexes", indexes),
    Invariant("weights", weights),
)
