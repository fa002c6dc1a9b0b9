"""The genesis section of work: read back what was written, and name the path of what is wrong."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from chain.primitives.ids import Address, DeviceId
from chain.sdk.module import GenesisError
from chain.testing import TestChain
from modules.reward_emission.state import RESERVE
from modules.work import genesis, invariants
from modules.work.params import Params
from modules.work.state import Clock
from tests.modules.reward_emission.world import START
from tests.modules.work.fleet import Fleet

GOOD: dict[str, Any] = {
    "params": {
        "epoch_seconds": "30",
        "max_receipts": 100,
        "audits_per_epoch": 5,
        "max_strikes": 2,
        "suspension_epochs": 3,
        "forfeit_bp": 100,
        "max_network_quota": "1000",
    },
    "clock": {"epoch": "7", "start": "1700000000000000000", "seconds": "60"},
    "devices": [
        {
            "device_id": str(DeviceId(bytes(19) + b"\x01")),
            "sequence": "3",
            "next_epoch": "8",
            "telemetry_root": "0a" * 32,
            "strikes": 2,
            "question": {"epoch": "7", "nonce": "99", "telemetry_root": "0b" * 32, "root_epoch": "6"},
        },
        {
            "device_id": str(DeviceId(bytes(19) + b"\x02")),
            "sequence": "1",
            "next_epoch": "1",
            "telemetry_root": "0c" * 32,
            "strikes": 0,
            "question": None,
        },
    ],
    "beacon": {"bits": str(2**64 - 2), "devices": "3"},
    "audits": [
        {"epoch": "6", "device_id": str(DeviceId(bytes(19) + b"\x02")), "nonce": "98", "outcome": "answered"},
        {"epoch": "7", "device_id": str(DeviceId(bytes(19) + b"\x01")), "nonce": "99", "outcome": "open"},
    ],
    "gateways": [
        {"network": "1", "address": str(Address(bytes(20))), "quota": "100", "used": "3", "epoch": "7"},
        {"network": "2", "address": str(Address(bytes(20))), "quota": "1", "used": "0", "epoch": "0"},
    ],
    "spent_quotas": [
        {"network": "1", "used": "103", "epoch": "7"},
        {"network": "2", "used": "9", "epoch": "3"},
    ],
}

BAD: list[tuple[str, Any, str]] = [
    ("params", 7, "work.params"),
    ("params.epoch_seconds", "0", "work.params.epoch_seconds"),
    ("params.epoch_seconds", "31536001", "work.params.epoch_seconds"),
    ("params.max_receipts", 1_025, "work.params.max_receipts"),
    ("params.max_receipts", "many", "work.params.max_receipts"),
    ("params.speed", 1, "work.params.speed"),
    ("clock.epoch", -1, "work.clock.epoch"),
    ("clock.start", str(2**63), "work.clock.start"),
    ("clock.seconds", "0", "work.clock.seconds"),
    ("devices", {}, "work.devices"),
    ("devices.0.device_id", "lamp1nonsense", "work.devices[0].device_id"),
    ("devices.0.sequence", "0", "work.devices[0].sequence"),
    ("devices.1.next_epoch", "0", "work.devices[1].next_epoch"),
    ("devices.1.device_id", str(DeviceId(bytes(19) + b"\x01")), "work.devices[1].device_id"),
    ("params.audits_per_epoch", 1_025, "work.params.audits_per_epoch"),
    ("params.max_strikes", 0, "work.params.max_strikes"),
    ("params.suspension_epochs", 0, "work.params.suspension_epochs"),
    ("params.forfeit_bp", 10_001, "work.params.forfeit_bp"),
    ("params.max_network_quota", "1000000001", "work.params.max_network_quota"),
    ("devices.0.telemetry_root", "0a", "work.devices[0].telemetry_root"),
    ("devices.0.telemetry_root", "x", "work.devices[0].telemetry_root"),
    ("devices.0.strikes", 128, "work.devices[0].strikes"),
    ("devices.0.question", 7, "work.devices[0].question"),
    ("devices.0.question.nonce", "0", "work.devices[0].question.nonce"),
    ("devices.0.question.telemetry_root", "", "work.devices[0].question.telemetry_root"),
    ("beacon.bits", str(2**64), "work.beacon.bits"),
    ("beacon.speed", 1, "work.beacon.speed"),
    ("audits.0.outcome", "perhaps", "work.audits[0].outcome"),
    ("audits.0.device_id", "lamp1nonsense", "work.audits[0].device_id"),
    ("audits.1.epoch", "5", "work.audits[1]"),
    ("audits.1.nonce", "100", "work.audits[1].outcome"),
    ("audits.1.outcome", "missed", "work.audits[1].outcome"),
    ("audits.0.outcome", "open", "work.audits[0].outcome"),
    ("gateways", {}, "work.gateways"),
    ("spent_quotas", {}, "work.spent_quotas"),
    ("spent_quotas.0.network", "x", "work.spent_quotas[0].network"),
    ("spent_quotas.0.used", "-1", "work.spent_quotas[0].used"),
    ("spent_quotas.0.epoch", "8", "work.spent_quotas[0].epoch"),
    ("spent_quotas.0.speed", 1, "work.spent_quotas[0].speed"),
    ("spent_quotas.1.network", "1", "work.spent_quotas[1]"),
    ("gateways.0.address", "lampdev1nonsense", "work.gateways[0].address"),
    ("gateways.0.quota", "0", "work.gateways[0].quota"),
    ("gateways.0.used", "-1", "work.gateways[0].used"),
    ("gateways.0.speed", 1, "work.gateways[0].speed"),
    ("gateways.1.network", "1", "work.gateways[1]"),
    ("devices.0.next_epoch", "9", "work.devices[0].next_epoch"),
    ("devices.0.question.epoch", "8", "work.devices[0].question.epoch"),
    ("audits.1.epoch", "8", "work.audits[1].epoch"),
    ("gateways.0.epoch", "8", "work.gateways[0].epoch"),
    ("clock", None, "work.devices[0].next_epoch"),
    ("relays", [], "work.relays"),
]


def changed(path: str, value: Any) -> dict[str, Any]:
    section = deepcopy(GOOD)
    at: Any = section
    *parents, last = path.split(".")
    for name in parents:
        at = at[int(name)] if isinstance(at, list) else at[name]
    at[last] = value
    return section


@pytest.mark.parametrize(("path", "value", "named"), BAD)
def test_a_bad_field_is_named_by_its_path(path: str, value: Any, named: str) -> None:
    with pytest.raises(GenesisError) as caught:
        genesis.validate(changed(path, value))
    assert caught.value.path == named


def test_an_export_equals_what_was_imported() -> None:
    fleet = Fleet()
    RESERVE.set(fleet.ctx, replace(fleet.world.keeper.reserve(fleet.ctx), epochs_closed=7))
    genesis.init(fleet.ctx, fleet.keeper, GOOD)
    assert genesis.export(fleet.ctx, fleet.keeper) == GOOD
    assert invariants.open_audits_are_questions(fleet.ctx, fleet.keeper) is None


def test_what_is_missing_takes_its_default() -> None:
    fleet = Fleet()
    genesis.init(fleet.ctx, fleet.keeper, {"params": {"epoch_seconds": "30"}})
    assert fleet.keeper.params(fleet.ctx) == Params(epoch_seconds=30)
    genesis.init(fleet.ctx, fleet.keeper, {})
    assert fleet.keeper.params(fleet.ctx) == Params()


def test_the_default_starts_epoch_0_at_the_genesis_time() -> None:
    fleet = Fleet()
    genesis.validate(genesis.default())
    genesis.init(fleet.ctx, fleet.keeper, genesis.default())
    assert fleet.keeper.clock(fleet.ctx) == Clock(0, START, 86_400)  # type: ignore[arg-type]
    assert genesis.export(fleet.ctx, fleet.keeper) == {
        **genesis.default(),
        "clock": {"epoch": "0", "start": str(START), "seconds": "86400"},
        "beacon": {"bits": "0", "devices": "0"},
    }


def test_a_clock_that_the_ledger_contradicts_is_refused() -> None:
    with pytest.raises(GenesisError) as caught, TestChain(genesis={"work": GOOD}):
        pass
    assert caught.value.path == "work.clock.epoch"
