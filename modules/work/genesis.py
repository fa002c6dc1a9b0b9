"""The genesis section of work.

Parameters that are missing take their defaults; `clock` null starts epoch 0 at the genesis time. An export has
everything, the running epoch too.
"""

from dataclasses import asdict, dataclass

from chain.primitives.ids import DeviceId
from chain.primitives.ints import Epoch, UnixNano
from chain.sdk.context import Context
from chain.sdk.module import GenesisError, Json
from chain.sdk.sections import Section
from modules.work.audits import genesis as audits
from modules.work.audits.genesis import Entry as AuditEntry
from modules.work.gateways import genesis as gateways
from modules.work.gateways.genesis import Entry as GatewayEntry
from modules.work.keeper import WorkKeeper
from modules.work.params import MAX_EPOCH_SECONDS, Params
from modules.work.state import CLOCK, DEVICES, PARAMS, STORE, Beacon, Clock, DeviceWork, Outcome, Spent


@dataclass(frozen=True, slots=True)
class _Content:
    """A section, read."""

    params: Params
    clock: Clock | None
    devices: tuple[tuple[DeviceId, DeviceWork], ...]
    beacon: Beacon
    audits: tuple[AuditEntry, ...]
    gateways: tuple[GatewayEntry, ...]
    spent: tuple[tuple[int, Spent], ...]


def default() -> Json:
    """Return the section of a new chain."""
    return {
        "params": _write_params(Params()),
        "clock": None,
        "devices": [],
        "beacon": None,
        "audits": [],
        "gateways": [],
        "spent_quotas": [],
    }


def validate(section: Json) -> None:
    """Check a section. Raises: GenesisError."""
    _read(section)


def init(ctx: Context, keeper: WorkKeeper, section: Json) -> None:
    """Write a section into an empty state, behind the ledger's. Raises: GenesisError where the two contradict."""
    content = _read(section)
    clock = content.clock or Clock(Epoch(0), ctx.time, content.params.epoch_seconds)
    closed = keeper.ledger.epochs_closed(ctx)
    if clock.epoch != closed:
        raise GenesisError(f"{STORE}.clock.epoch", f"is {clock.epoch}, but the ledger has closed {closed} epochs")
    PARAMS.set(ctx, content.params)
    CLOCK.set(ctx, clock)
    for device, work in content.devices:
        DEVICES.set(ctx, device, work)
    audits.init(ctx, content.beacon, content.audits)
    gateways.init(ctx, content.gateways)
    gateways.init_spent(ctx, content.spent)


def export(ctx: Context, keeper: WorkKeeper) -> Json:
    """Return the section that makes this state again."""
    clock = keeper.clock(ctx)
    return {
        "params": _write_params(keeper.params(ctx)),
        "clock": {"epoch": str(clock.epoch), "start": str(clock.start), "seconds": str(clock.seconds)},
        "devices": [_write_device(device, work) for device, work in DEVICES.scan(ctx)],
        "beacon": audits.export_beacon(ctx),
        "audits": audits.export(ctx),
        "gateways": gateways.export(ctx),
        "spent_quotas": gateways.export_spent(ctx),
    }


def _read(data: Json) -> _Content:
    section = Section(STORE, data)
    content = _Content(
        _read_params(section.object("params")) if section.has("params") else Params(),
        _read_clock(section.object("clock")) if section.has("clock") else None,
        tuple(_read_device(item) for item in section.objects("devices")),
        audits.read_beacon(section.object("beacon")) if section.has("beacon") else Beacon(0, 0),
        tuple(audits.read(section)),
        tuple(gateways.read(section)),
        tuple(gateways.read_spent(section)),
    )
    section.done()
    for index in range(1, len(content.devices)):
        if content.devices[index][0] <= content.devices[index - 1][0]:
            raise GenesisError(f"{STORE}.devices[{index}].device_id", "devices must be in order of ids, each once")
    _check_epochs(content)
    _check_audits(content)
    return content


def _check_epochs(content: _Content) -> None:
    """Nothing is of an epoch that is still to come."""
    running = content.clock.epoch if content.clock else 0
    found = [
        *((f"devices[{index}].next_epoch", work.next_epoch - 1) for index, (_, work) in enumerate(content.devices)),
        *(
            (f"devices[{index}].question.epoch", work.question.epoch)
            for index, (_, work) in enumerate(content.devices)
            if work.question is not None
        ),
        *((f"audits[{index}].epoch", epoch) for index, (epoch, _, _) in enumerate(content.audits)),
        *((f"gateways[{index}].epoch", gateway.epoch) for index, (_, _, gateway) in enumerate(content.gateways)),
        *((f"spent_quotas[{index}].epoch", spent.epoch) for index, (_, spent) in enumerate(content.spent)),
    ]
    for path, epoch in found:
        if epoch > running:
            raise GenesisError(f"{STORE}.{path}", f"epoch {epoch} is still to come while {running} is running")


def _check_audits(content: _Content) -> None:
    questions = {device: work.question for device, work in content.devices if work.question is not None}
    for index, (epoch, device, audit) in enumerate(content.audits):
        question = questions.get(device)
        asked = question is not None and (question.epoch, question.nonce) == (epoch, audit.nonce)
        if asked != (audit.outcome is Outcome.OPEN):
            raise GenesisError(
                f"{STORE}.audits[{index}].outcome", "an audit is open when it is its device's question, and only then"
            )


def _read_params(section: Section) -> Params:
    usual = Params()
    params = Params(
        section.uint("epoch_seconds", usual.epoch_seconds),
        section.uint("max_receipts", usual.max_receipts, bits=32),
        section.uint("audits_per_epoch", usual.audits_per_epoch, bits=32),
        section.uint("max_strikes", usual.max_strikes, bits=32),
        section.uint("suspension_epochs", usual.suspension_epochs, bits=32),
        section.uint("forfeit_bp", usual.forfeit_bp, bits=32),
        section.uint("max_network_quota", usual.max_network_quota),
    )
    section.done()
    fault = params.fault()
    if fault:
        raise section.fail(*fault)
    return params


def _write_params(params: Params) -> Json:
    # 64-bit integers are texts, as in the Cosmos SDK's JSON.
    texts = ("epoch_seconds", "max_network_quota")
    return {name: str(value) if name in texts else value for name, value in asdict(params).items()}


def _read_clock(section: Section) -> Clock:
    clock = Clock(
        Epoch(section.uint("epoch")), UnixNano(section.uint("start", bits=63)), section.uint("seconds", bits=32)
    )
    section.done()
    # The epoch after a stop is twice as long.
    if not 1 <= clock.seconds <= 2 * MAX_EPOCH_SECONDS:
        raise section.fail("seconds", f"{clock.seconds} is not in 1..{2 * MAX_EPOCH_SECONDS} seconds")
    return clock


def _read_device(section: Section) -> tuple[DeviceId, DeviceWork]:
    device = section.parsed("device_id", DeviceId.parse)
    work = DeviceWork(
        section.uint("sequence"),
        Epoch(section.uint("next_epoch")),
        section.parsed("telemetry_root", audits.read_root),
        section.uint("strikes", 0, bits=7),
        audits.read_question(section.object("question")) if section.has("question") else None,
    )
    section.done()
    if work.sequence == 0:
        raise section.fail("sequence", "must be above 0")
    if work.next_epoch == 0:
        raise section.fail("next_epoch", "must be above 0")
    return device, work


def _write_device(device: DeviceId, work: DeviceWork) -> Json:
    return {
        "device_id": str(device),
        "sequence": str(work.sequence),
        "next_epoch": str(work.next_epoch),
        "telemetry_root": work.root.hex(),
        "strikes": work.strikes,
        "question": audits.write_question(work.question),
    }
