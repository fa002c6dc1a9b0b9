"""The genesis section of work.

Parameters that are missing take their defaults; `clock` null starts epoch 0 at the genesis time. An export has
everything, the running epoch too.
"""

from chain.primitives.ids import DeviceId
from chain.primitives.ints import Epoch, UnixNano
from chain.sdk.context import Context
from chain.sdk.module import GenesisError, Json
from chain.sdk.sections import Section
from modules.work.keeper import WorkKeeper
from modules.work.params import MAX_EPOCH_SECONDS, Params
from modules.work.state import CLOCK, DEVICES, PARAMS, STORE, Clock, DeviceWork


def default() -> Json:
    """Return the section of a new chain."""
    return _write(Params(), None, [])


def validate(section: Json) -> None:
    """Check a section. Raises: GenesisError."""
    _read(section)


def init(ctx: Context, keeper: WorkKeeper, section: Json) -> None:
    """Write a section into an empty state, behind the ledger's. Raises: GenesisError where the two contradict."""
    params, clock, devices = _read(section)
    clock = clock or Clock(Epoch(0), ctx.time, params.epoch_seconds)
    closed = keeper.ledger.epochs_closed(ctx)
    if clock.epoch != closed:
        raise GenesisError(f"{STORE}.clock.epoch", f"is {clock.epoch}, but the ledger has closed {closed} epochs")
    PARAMS.set(ctx, params)
    CLOCK.set(ctx, clock)
    for device, work in devices:
        DEVICES.set(ctx, device, work)


def export(ctx: Context, keeper: WorkKeeper) -> Json:
    """Return the section that makes this state again."""
    return _write(keeper.params(ctx), keeper.clock(ctx), list(DEVICES.scan(ctx)))


def _read(data: Json) -> tuple[Params, Clock | None, list[tuple[DeviceId, DeviceWork]]]:
    section = Section(STORE, data)
    params = _read_params(section.object("params")) if section.has("params") else Params()
    clock = _read_clock(section.object("clock")) if section.has("clock") else None
    devices = [_read_device(item) for item in section.objects("devices")]
    section.done()
    for index in range(1, len(devices)):
        if devices[index][0] <= devices[index - 1][0]:
            raise GenesisError(f"{STORE}.devices[{index}].device_id", "devices must be in order of ids, each once")
    return params, clock, devices


def _read_params(section: Section) -> Params:
    usual = Params()
    params = Params(
        section.uint("epoch_seconds", usual.epoch_seconds), section.uint("max_receipts", usual.max_receipts, bits=32)
    )
    section.done()
    fault = params.fault()
    if fault:
        raise section.fail(*fault)
    return params


def _read_clock(section: Section) -> Clock:
    clock = Clock(
        Epoch(section.uint("epoch")), UnixNano(section.uint("start", bits=63)), section.uint("seconds", bits=32)
    )
    section.done()
    if not 1 <= clock.seconds <= MAX_EPOCH_SECONDS:
        raise section.fail("seconds", f"{clock.seconds} is not in 1..{MAX_EPOCH_SECONDS} seconds")
    return clock


def _read_device(section: Section) -> tuple[DeviceId, DeviceWork]:
    device = section.parsed("device_id", DeviceId.parse)
    work = DeviceWork(section.uint("sequence"), Epoch(section.uint("next_epoch")))
    section.done()
    if work.sequence == 0:
        raise section.fail("sequence", "must be above 0")
    if work.next_epoch == 0:
        raise section.fail("next_epoch", "must be above 0")
    return device, work


def _write(params: Params, clock: Clock | None, devices: list[tuple[DeviceId, DeviceWork]]) -> Json:
    return {
        "params": {"epoch_seconds": str(params.epoch_seconds), "max_receipts": params.max_receipts},
        "clock": None
        if clock is None
        else {"epoch": str(clock.epoch), "start": str(clock.start), "seconds": str(clock.seconds)},
        "devices": [
            {"device_id": str(device), "sequence": str(work.sequence), "next_epoch": str(work.next_epoch)}
            for device, work in devices
        ],
    }
