"""What is true of the registry's whole state; each check visits everything and is for tests and `lampd verify`."""

from collections import Counter

from chain.crypto.addresses import module_address
from chain.primitives.coins import BASE_DENOM
from chain.primitives.ids import Address
from chain.sdk.context import Context
from chain.sdk.module import Invariant
from modules.device_registry import state
from modules.device_registry.h3 import place
from modules.device_registry.keeper import NAME
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.manufacturers.types import BatchStatus
from modules.device_registry.networks.verbs import find_model
from modules.device_registry.types import Counts, Device, DeviceStatus


def funds(ctx: Context, keeper: Keeper) -> str | None:
    """Check that the module account holds all deposits and bonds."""
    deposits = sum(network.deposit for _, network in state.networks.scan(ctx))
    bonds = sum(device.bond for _, device in state.devices.scan(ctx))
    bonds += sum(held.amount for _, held in state.held_bonds.scan(ctx))
    bonds += sum(manufacturer.bond for _, manufacturer in state.manufacturers.scan(ctx))
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
    batches: dict[int, Counts] = {}
    makers: dict[int, Counts] = {}
    for _, device in state.devices.scan(ctx):
        total = total.moved(None, device.status)
        networks[device.network] = networks.get(device.network, Counts()).moved(None, device.status)
        models[device.model] = models.get(device.model, Counts()).moved(None, device.status)
        if device.batch:
            maker = find_model(ctx, device.model).manufacturer
            batches[device.batch] = batches.get(device.batch, Counts()).moved(None, device.status)
            makers[maker] = makers.get(maker, Counts()).moved(None, device.status)
        owners[device.owner] = owners.get(device.owner, Counts()).moved(None, device.status)
    for name, kept, counted in (
        ("totals", state.totals.get(ctx) or Counts(), total),
        ("network_devices", dict(state.network_devices.scan(ctx)), networks),
        ("model_devices", dict(state.model_devices.scan(ctx)), models),
        ("owner_devices", dict(state.owner_devices.scan(ctx)), owners),
        ("batch_devices", dict(state.batch_devices.scan(ctx)), batches),
        ("manufacturer_devices", dict(state.manufacturer_devices.scan(ctx)), makers),
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
            [(d.operator, n) for n, d in devices.items() if d.operator != d.owner],
        ),
        (
            "devices_by_model",
            list(state.devices_by_model.scan(ctx)),
            [((d.network, d.model, d.batch), n) for n, d in devices.items()],
        ),
        ("living", list(state.living.scan(ctx)), [(d.position, n) for n, d in devices.items() if _is_alive(d)]),
        (
            "devices_by_cell",
            list(state.devices_by_cell.scan(ctx)),
            [(place(d.cell), n) for n, d in devices.items() if d.cell and _is_alive(d)],
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


def _is_alive(device: Device) -> bool:
    return device.status is not DeviceStatus.RETIRED


def belongings(ctx: Context, keeper: Keeper) -> str | None:
    """Check that the dense index has no gap, and that what belongs to devices fits them and is counted."""
    devices = dict(state.devices.scan(ctx))
    positions = [position for position, _ in state.living.scan(ctx)]
    if positions != list(range(1, keeper.active_count(ctx) + 1)):
        return f"the dense index has {len(positions)} positions, not 1 to {keeper.active_count(ctx)}"
    for name, numbers, alive in (
        ("offers", [number for number, _ in state.offers.scan(ctx)], True),
        ("recoveries", [number for number, _ in state.recoveries.scan(ctx)], True),
        ("held_bonds", [number for number, _ in state.held_bonds.scan(ctx)], False),
    ):
        if any(number not in devices or _is_alive(devices[number]) is not alive for number in numbers):
            return f"{name} names a device that is unknown or in the wrong status"
    for name, kept, places in (
        ("credential_counts", state.credential_counts, [key[0] for key, _ in state.credentials.scan(ctx)]),
        ("consent_counts", state.consent_counts, [key[0] for key, _ in state.consents.scan(ctx)]),
    ):
        if dict(kept.scan(ctx)) != Counter(places):
            return f"{name} is not what counting gives"
    for key_id, number in state.rotated_keys.scan(ctx):
        if key_id in devices or number not in devices:
            return f"rotated key {key_id} is a device itself, or of an unknown one"
    return None


def weights(ctx: Context, keeper: Keeper) -> str | None:
    """Check that the list of emission weights is what the networks say, and at most the whole."""
    listed = keeper.emission_weights(ctx)
    wanted = tuple((number, item.weight_bp) for number, item in state.networks.scan(ctx) if item.weight_bp)
    if listed != wanted:
        return f"weights are listed as {listed}, networks say {wanted}"
    total = sum(weight for _, weight in listed)
    return f"weights sum to {total} bp" if total > 10_000 else None


def manufacturers(ctx: Context, keeper: Keeper) -> str | None:
    """Check numbers and indexes of manufacturers and batches, and that no batch has more devices than keys."""
    makers = dict(state.manufacturers.scan(ctx))
    batches = dict(state.batches.scan(ctx))
    models = dict(state.models.scan(ctx))
    maker_of = {number: models[item.model].manufacturer for number, item in batches.items()}
    for name, kept, wanted in (
        ("manufacturer_count", [state.manufacturer_count.get(ctx) or 0], [len(makers)]),
        ("batch_count", [state.batch_count.get(ctx) or 0], [len(batches)]),
        ("manufacturer_names", list(state.manufacturer_names.scan(ctx)), [(x.name, n) for n, x in makers.items()]),
        (
            "manufacturers_by_owner",
            list(state.manufacturers_by_owner.scan(ctx)),
            [(x.owner, n) for n, x in makers.items()],
        ),
        (
            "manufacturer_models",
            list(state.manufacturer_models.scan(ctx)),
            [(x.manufacturer, n) for n, x in models.items() if x.manufacturer],
        ),
        ("model_batches", list(state.model_batches.scan(ctx)), [(x.model, n) for n, x in batches.items()]),
        ("manufacturer_batches", list(state.manufacturer_batches.scan(ctx)), [(m, n) for n, m in maker_of.items()]),
    ):
        if sorted(kept) != sorted(wanted):
            return f"{name} has {len(kept)} entries that are not the {len(wanted)} wanted"
    for number, maker in makers.items():
        opened = sum(1 for n, m in maker_of.items() if m == number and batches[n].status is BatchStatus.ACTIVE)
        if maker.open_batches != opened:
            return f"manufacturer {number} says it has {maker.open_batches} open batches, counting gives {opened}"
    for number, counts in state.batch_devices.scan(ctx):
        if counts.active + counts.paused + counts.retired > batches[number].count:
            return f"batch {number} has more devices than its {batches[number].count} keys"
    return None


INVARIANTS = (
    Invariant("funds", funds),
    Invariant("counts", counts),
    Invariant("indexes", indexes),
    Invariant("weights", weights),
    Invariant("belongings", belongings),
    Invariant("manufacturers", manufacturers),
)
