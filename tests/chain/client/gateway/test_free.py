"""Receipts without fees: how a gateway uses its quota, and what it does when there is none left."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chain.client.agent.agent import Fate
from chain.client.gateway.quota import FeeMode, cut
from chain.client.keyring import Signer
from chain.pb.lamppost.device_registry.v1.tx_pb2 import MsgPauseDevice
from chain.pb.lamppost.work.v1.tx_pb2 import MsgRegisterGateway, MsgRevokeGateway
from chain.pb.lamppost.work.v1.types_pb2 import Receipt
from chain.runtime.fees import parse_gas_prices
from tests.chain.client.gateway.gate import Gate
from tests.modules.work.village import Village

PRICE = "0.001ulamp"


@pytest.fixture
def village() -> Iterator[Village]:
    """A village whose node wants to be paid, and in which nobody is a gateway yet."""
    with Village() as village:
        village.chain._gas_prices = parse_gas_prices(PRICE)
        village.chain.reopen()
        village.next_epoch()
        yield village


def register(village: Village, quota: int, network: int = 1) -> None:
    chain = village.chain
    admin, gateway = str(chain.address("founder")), str(chain.address("gateway"))
    chain.ok(MsgRegisterGateway(admin=admin, network=network, gateway=gateway, quota=quota), signer="founder")


def post(gate: Gate, *names: str) -> None:
    for name in names:
        assert gate.post(gate.receipt(name))[0] == 202


def fates(gate: Gate, *names: str) -> list[str]:
    return [str(gate.post(gate.receipt(name))[1]["fate"]) for name in names]


def committed(gate: Gate) -> list[tuple[int, bool]]:
    """Return the number of receipts of each committed batch, and whether it was free."""
    return [(fields["receipts"], fields["free"]) for event, fields in gate.log.lines if event == "batch_committed"]


def test_a_registered_gateway_hands_in_without_a_fee_and_shows_what_is_left(village: Village, tmp_path: Path) -> None:
    register(village, 10)
    register(village, 5, network=2)
    with Gate(village, tmp_path) as gate:
        before = village.balance("gateway")
        post(gate, "a", "b", "c")
        assert gate.submit_all()
        assert fates(gate, "a", "b", "c") == ["accepted"] * 3
        assert committed(gate) == [(3, True)]
        assert village.balance("gateway") == before
        assert gate.ask("GET", "/health")[1]["free_left"] == {"1": 10, "2": 5}
        village.next_epoch()
        post(gate, "a")
        assert gate.submit_all()
        assert gate.ask("GET", "/health")[1] == {"waiting": 0, "free_left": {"1": 10, "2": 5}}


def test_past_its_quota_a_gateway_pays(village: Village, tmp_path: Path) -> None:
    register(village, 1)
    with Gate(village, tmp_path, gas_price=PRICE) as gate:
        before = village.balance("gateway")
        post(gate, "a", "b", "c")
        assert gate.submit_all()
        assert committed(gate) == [(1, True), (2, False)]
        assert village.balance("gateway") < before
        assert fates(gate, "a", "b", "c") == ["accepted"] * 3


def test_a_stranger_pays_and_a_gateway_that_always_pays_does(village: Village, tmp_path: Path) -> None:
    with Gate(village, tmp_path, gas_price=PRICE) as gate:
        post(gate, "a")
        assert gate.submit_all()
        register(village, 10)
        gate.batches._mode = FeeMode.ALWAYS
        post(gate, "b")
        assert gate.submit_all()
        assert committed(gate) == [(1, False), (1, False)]


def test_a_gateway_that_was_revoked_pays_again(village: Village, tmp_path: Path) -> None:
    register(village, 10)
    with Gate(village, tmp_path, gas_price=PRICE) as gate:
        post(gate, "a")
        assert gate.submit_all()
        admin, gateway = str(village.chain.address("founder")), str(village.chain.address("gateway"))
        village.chain.ok(MsgRevokeGateway(admin=admin, network=1, gateway=gateway), signer="founder")
        post(gate, "b")
        assert gate.submit_all()
        assert committed(gate) == [(1, True), (1, False)]


def test_a_gateway_that_never_pays_waits_for_its_quota_and_serves_other_networks(
    village: Village, tmp_path: Path
) -> None:
    register(village, 1)
    register(village, 5, network=2)
    with Gate(village, tmp_path, mode=FeeMode.NEVER) as gate:
        post(gate, "a", "b")
        assert gate.batches._submit_waiting()
        post(gate, "c")
        assert gate.batches._submit_waiting()
        assert fates(gate, "a", "b", "c") == ["accepted", "waiting", "accepted"]
        assert gate.log.events.count("quota_used_up") == 1
        held = gate.receipt("b")
        village.next_epoch()
        gate.batches._dry.clear()
        assert gate.batches._submit_waiting()
        assert gate.post(held)[1]["fate"] == "accepted" or gate.queue.waiting == 0
        assert committed(gate) == [(1, True)] * 3


def test_what_the_chain_would_reject_is_not_sent(village: Village, tmp_path: Path) -> None:
    register(village, 10)
    with Gate(village, tmp_path) as gate:
        post(gate, "a", "b")
        alice = str(village.chain.address("alice"))
        village.chain.ok(MsgPauseDevice(signer=alice, device_id=str(village.id("b"))), signer="alice", fee="10000ulamp")
        assert gate.submit_all()
        assert fates(gate, "a", "b") == ["accepted", "rejected"]
        assert "paused" in gate.post(gate.receipt("b"))[1]["reason"]
        assert committed(gate) == [(1, True)]
        assert gate.log.events.count("receipts_dropped") == 1


def test_a_batch_of_nothing_good_is_no_transaction(village: Village, tmp_path: Path) -> None:
    register(village, 10)
    with Gate(village, tmp_path) as gate:
        post(gate, "b")
        alice = str(village.chain.address("alice"))
        village.chain.ok(MsgPauseDevice(signer=alice, device_id=str(village.id("b"))), signer="alice")
        height = village.chain.height
        assert gate.submit_all()
        assert (village.chain.height, committed(gate), gate.queue.waiting) == (height, [], 0)


def test_a_receipt_of_an_epoch_that_no_block_has_begun_waits(village: Village, tmp_path: Path) -> None:
    register(village, 10)
    with Gate(village, tmp_path) as gate:
        epoch = village.epoch()
        early = village.receipt("a", epoch=epoch + 1, sequence=epoch + 2).to_proto()
        gate.queue.put(early)
        gate.queue.put(village.receipt("b").to_proto())
        assert not gate.submit_all()
        assert committed(gate) == [(1, True)]
        assert gate.queue.waiting == 1
        village.next_epoch()
        assert gate.submit_all()
        outcome = gate.queue.find(early.device, early.epoch)
        assert outcome is not None and outcome.fate is Fate.ACCEPTED


def test_while_too_much_waits_a_gateway_waits_and_then_pays_if_it_may(village: Village, tmp_path: Path) -> None:
    register(village, 10)
    with Gate(village, tmp_path) as gate:
        post(gate, "a")
        village.chain.app._checker._waiting.mute(village.chain.address("gateway"))
        assert [gate.submit_all() for _ in range(4)] == [False] * 4
        assert gate.queue.waiting == 1
        gate.batches._options["gas_price"] = PRICE
        assert gate.submit_all()
        assert committed(gate) == [(1, False)]
        post(gate, "b")
        assert gate.submit_all()
        assert committed(gate) == [(1, False), (1, True)]


def test_a_quota_that_what_waits_has_used_up_is_paid_for(
    village: Village, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Gate(village, tmp_path, gas_price=PRICE) as gate:
        monkeypatch.setattr(gate.batches.quota, "split", lambda receipts: (receipts, []))
        post(gate, "a")
        assert gate.submit_all()
        assert committed(gate) == [(1, False)]
        gate.batches._mode = FeeMode.NEVER
        post(gate, "b")
        assert not gate.submit_all()
        assert gate.queue.waiting == 1


def test_pauses_grow_while_nothing_is_taken(village: Village, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Gate(village, tmp_path) as gate:
        pauses: list[float] = []
        done = iter([False] * 10 + [True])

        def wait(seconds: float) -> bool:
            pauses.append(seconds)
            return len(pauses) > 12

        monkeypatch.setattr(gate.batches._stopping, "wait", wait)
        monkeypatch.setattr(gate.batches, "_submit_waiting", lambda: next(done, True))
        gate.batches.run()
        assert pauses[:3] == [0.1, 0.2, 0.4]
        assert max(pauses) == 30.0
        assert pauses[-2:] == [0.1, 0.1]


def test_a_gateway_that_has_no_account_keeps_its_receipts(village: Village, tmp_path: Path) -> None:
    with Gate(village, tmp_path) as gate:
        gate.batches._signer = Signer.from_private_key(bytes(range(1, 33)))
        post(gate, "a", "b")
        assert not gate.submit_all()
        assert gate.queue.waiting == 2
        assert gate.log.events == ["batch_refused"]


def test_a_key_that_was_rotated_is_asked_for_again(village: Village, tmp_path: Path) -> None:
    with Gate(village, tmp_path) as gate:
        post(gate, "b")
        intake: Any = gate.server._server.desk.intake
        device, other = bytes(village.id("a")), intake._keys[bytes(village.id("b"))]
        intake._keys[device] = (time.monotonic(), *other[1:])
        assert gate.post(gate.receipt("a"))[0] == 400
        intake._keys[device] = (time.monotonic() - 11, *other[1:])
        assert gate.post(gate.receipt("a"))[0] == 202


@pytest.mark.parametrize(("most", "first"), [(0, 1), (29, 1), (60, 2), (10_000, 5)])
def test_a_batch_is_cut_at_its_bytes_and_never_empty(most: int, first: int) -> None:
    receipts = [Receipt(network=1, device=bytes([number] * 20)) for number in range(5)]
    assert receipts[0].ByteSize() == 24
    taken, rest = cut(receipts, most)
    assert (len(taken), taken + rest) == (first, receipts)
