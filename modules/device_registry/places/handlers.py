"""What each message about places does: check, apply, emit."""

from dataclasses import replace

from chain.codec.devices import location_commitment
from chain.pb.lamppost.device_registry.v1 import places_pb2 as pb
from chain.sdk.context import Context
from modules.device_registry import checks, state
from modules.device_registry.devices import verbs as devices
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.h3 import parent, place, resolution
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.networks import verbs as networks
from modules.device_registry.places import messages as msgs
from modules.device_registry.places import verbs


def assert_location(ctx: Context, keeper: Keeper, msg: msgs.AssertLocation) -> pb.MsgAssertLocationResponse:
    """Write where a device stands now and burn the price; after a move its work counts nothing for 7 epochs.

    Raises: RegistryError(UNKNOWN_DEVICE, NOT_OWNER, WRONG_STATUS, CELL_REQUIRED, CELL_NOT_ALLOWED, INVALID_CELL,
    SAME_PLACE, PRICE_ABOVE_LIMIT), SdkError(INSUFFICIENT_FUNDS).
    """
    device = devices.find_device(ctx, msg.device)
    devices.require_owner(device, msg.signer)
    devices.require_alive(device)
    checks.require_place(networks.find_network(ctx, device.network), msg.cell, msg.commitment)
    if (msg.cell, msg.commitment) == (device.cell, device.commitment):
        raise RegistryError(RegistryCode.SAME_PLACE, f"the device stands in {device.cell:x} already")
    price = verbs.next_price(device, ctx.time, keeper.params(ctx).move_price)
    if price > msg.max_price:
        raise RegistryError(RegistryCode.PRICE_ABOVE_LIMIT, f"the price is {price}, above {msg.max_price}")

    keeper.take(ctx, msg.signer, price)
    keeper.burn(ctx, price)
    moves = verbs.moved(device, msg.cell, keeper.running_epoch(ctx), ctx.time)
    moved = msg.cell != device.cell
    if moved:
        state.devices_by_cell.remove(ctx, (place(device.cell), msg.device))
        state.devices_by_cell.add(ctx, (place(msg.cell), msg.device))
    changed = replace(device, cell=msg.cell, commitment=msg.commitment, moves=moves, revealed=False)
    state.devices.set(ctx, msg.device, changed)

    ctx.emit("device_location_asserted", device=msg.device, cell=f"{msg.cell:x}", moved=moved, price=price)
    return pb.MsgAssertLocationResponse(price=price, weightless_until=moves.weightless_until if moved else 0)


def reveal_location(ctx: Context, keeper: Keeper, msg: msgs.RevealLocation) -> pb.MsgRevealLocationResponse:
    """Open the commitment to a finer cell: it must lie in the published one and be what was committed to.

    Raises: RegistryError(UNKNOWN_DEVICE, NOT_OPERATOR, NO_COMMITMENT, CELL_OUTSIDE, COMMITMENT_DIFFERS).
    """
    device = devices.find_device(ctx, msg.device)
    devices.require_operator(device, msg.signer)
    if not device.commitment:
        raise RegistryError(RegistryCode.NO_COMMITMENT, "the device has no commitment")
    coarse = resolution(device.cell)
    if resolution(msg.fine_cell) < coarse or parent(msg.fine_cell, coarse) != device.cell:
        raise RegistryError(RegistryCode.CELL_OUTSIDE, f"{msg.fine_cell:x} is not in {device.cell:x}")
    if location_commitment(msg.device, msg.fine_cell, msg.salt) != device.commitment:
        raise RegistryError(RegistryCode.COMMITMENT_DIFFERS, "cell and salt are not what was committed to")

    state.devices.set(ctx, msg.device, replace(device, revealed=True))

    ctx.emit("device_location_revealed", device=msg.device, fine_cell=f"{msg.fine_cell:x}", by=msg.signer)
    return pb.MsgRevealLocationResponse()
