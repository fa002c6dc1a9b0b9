"""What the assertions of a device's place come to: prices, and where and how much its work counts."""

from chain.primitives.ints import NANOS, UnixNano
from modules.device_registry.types import Device, Moves

FREE_ASSERTS = 2
"""Assertions of a device's place that cost nothing; registration is the first."""
YEAR = UnixNano(365 * 86_400 * NANOS)
"""Time without an assertion, in nanoseconds, after which the price is back at its first step."""
WEIGHTLESS_EPOCHS = 7
"""Epochs for which the work of a device counts nothing after it moved."""
MOST_STEPS = 40
"""Doublings, at most, so that numbers stay bounded where moving is free."""
MAX_PRICE = 10**15
"""Highest price of an assertion, in ulamp: all that can ever exist."""


def place_at(device: Device, epoch: int) -> tuple[int, bool]:
    """Return the cell at which a device's work of an epoch counts, and whether it counts nothing.

    Receipts can be of the running epoch or the one before, so one cell before the last move is enough.
    """
    moves = device.moves
    if moves is None:
        return device.cell, False
    if epoch < moves.since:
        return moves.cell_before, epoch < moves.weightless_before
    return device.cell, epoch < moves.weightless_until


def steps_now(device: Device, now: UnixNano) -> int:
    """Return how often the price of the next assertion is doubled; 0 when a year has passed without one."""
    moves = device.moves
    if moves is None or moves.asserts <= FREE_ASSERTS or now - moves.asserted_at >= YEAR:
        return 0
    return min(moves.steps + 1, MOST_STEPS)


def next_price(device: Device, now: UnixNano, first: int) -> int:
    """Return what the next assertion of a device's place costs in ulamp; `first` is the price of the third one."""
    if asserts(device) < FREE_ASSERTS:
        return 0
    return min(first << steps_now(device, now), MAX_PRICE)


def asserts(device: Device) -> int:
    """Return how often a device's place was asserted, registration included."""
    return 1 if device.moves is None else device.moves.asserts


def moved(device: Device, cell: int, epoch: int, now: UnixNano) -> Moves:
    """Return what a device's moves are after it asserted a cell in a running epoch.

    Receipts of epochs before it count where they would have counted, and as much.
    """
    old = device.moves or Moves(1, 0, UnixNano(0), 0, 0, 0, 0)
    steps = steps_now(device, now)
    if cell == device.cell:
        return Moves(
            old.asserts + 1, steps, now, old.since, old.cell_before, old.weightless_until, old.weightless_before
        )
    # Of two moves in one epoch the first says where earlier receipts count.
    again = old.weightless_until == epoch + WEIGHTLESS_EPOCHS
    before = old.cell_before if again else device.cell
    weightless_before = old.weightless_before if again else old.weightless_until
    return Moves(old.asserts + 1, steps, now, epoch, before, epoch + WEIGHTLESS_EPOCHS, weightless_before)
