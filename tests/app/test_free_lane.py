"""The free lane of the whole application: gateways of a network, their quotas, receipts that no block would take."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chain.pb.lamppost.work.v1.tx_pb2 import MsgRegisterGateway, MsgSubmitWork
from chain.primitives.errors import SdkCode
from chain.runtime.fees import parse_gas_prices
from modules.work.receipts import Receipt
from tests.modules.work.village import Village

FINE = ("", 0)
UNPAID = ("sdk", int(SdkCode.INSUFFICIENT_FEE))


@pytest.fixture
def village() -> Iterator[Village]:
    """A village whose node wants to be paid; `gateway` and `bob` hand in without fees, 2 receipts an epoch each."""
    with Village() as village:
        chain = village.chain
        chain._gas_prices = parse_gas_prices("0.001ulamp")
        chain.reopen()
        admin = str(chain.address("founder"))
        for name in ("gateway", "bob"):
            for network in (1, 2):
                message = MsgRegisterGateway(
                    admin=admin, network=network, gateway=str(chain.address(name)), quota=3 - network
                )
                chain.ok(message, signer="founder")
        village.next_epoch()
        yield village


def handed_in(village: Village, *receipts: Receipt, by: str = "gateway", fee: str = "") -> bytes:
    message = MsgSubmitWork(
        submitter=str(village.chain.address(by)), receipts=[receipt.to_proto() for receipt in receipts]
    )
    return village.chain.tx(message, signer=by, gas=100_000 + 50_000 * len(receipts), fee=fee)


def offer(village: Village, tx: bytes, recheck: bool = False) -> tuple[str, int]:
    answer = village.chain.check(tx, recheck)
    return answer.codespace, answer.code


def test_each_network_has_its_quota_which_comes_back_with_the_next_epoch(village: Village) -> None:
    """Given quotas of 2 and 1, when receipts of all three devices come without a fee, then no fourth one does."""
    all_three = handed_in(village, *(village.receipt(name) for name in "abc"))
    assert offer(village, all_three) == FINE
    village.chain.deliver(all_three)
    assert offer(village, handed_in(village, village.receipt("a", sequence=99))) == UNPAID
    village.next_epoch()
    assert offer(village, handed_in(village, *(village.receipt(name) for name in "abc"))) == FINE


def test_more_receipts_than_the_quota_are_not_free_not_even_in_part(village: Village) -> None:
    receipts = [village.receipt("c"), village.receipt("c", sequence=50)]
    assert offer(village, handed_in(village, *receipts)) == UNPAID
    village.chain._sequences.clear()
    assert offer(village, handed_in(village, *receipts, fee="1000ulamp")) == FINE


def test_who_is_no_gateway_pays(village: Village) -> None:
    assert offer(village, handed_in(village, village.receipt("a"), by="alice")) == UNPAID


def test_a_receipt_that_waits_already_is_not_taken_a_second_time(village: Village) -> None:
    """Given two gateways with the same receipt, when both hand it in, then the second is refused, before and after."""
    receipt = village.receipt("a")
    first, second = handed_in(village, receipt), handed_in(village, receipt, by="bob")
    assert offer(village, first) == FINE
    assert offer(village, second) == ("work", 11)
    village.chain.deliver(first)
    village.chain.deliver()
    assert offer(village, second) == ("work", 11)


def test_what_another_gateway_brought_into_a_block_leaves_the_mempool(village: Village) -> None:
    receipt = village.receipt("a")
    mine, other = handed_in(village, receipt), handed_in(village, receipt, by="bob")
    assert offer(village, mine) == FINE
    village.chain.deliver(other)
    assert offer(village, mine, recheck=True) == ("work", 11)


def test_receipts_that_nobody_signed_never_enter_and_a_block_that_has_them_uses_the_quota(village: Village) -> None:
    bad = replace(village.receipt("a"), signature=bytes(64))
    tx = handed_in(village, bad, village.receipt("b"))
    assert offer(village, tx) == ("work", 15)
    assert village.chain.deliver(tx).tx_results[0].code == 0
    village.chain.deliver()
    assert offer(village, handed_in(village, village.receipt("a"))) == UNPAID


def test_nodes_that_checked_and_nodes_that_did_not_agree() -> None:
    hashes = []
    for checked in (True, False):
        with Village() as village:
            chain = village.chain
            admin, gateway = str(chain.address("founder")), str(chain.address("gateway"))
            chain.ok(MsgRegisterGateway(admin=admin, network=1, gateway=gateway, quota=2), signer="founder")
            village.next_epoch()
            txs = [handed_in(village, village.receipt(name)) for name in "abc"]
            if checked:
                assert [offer(village, tx) for tx in txs] == [FINE] * 3
            hashes.append([chain.deliver(*txs).app_hash, chain.advance(200).app_hash, chain.deliver().app_hash])
    assert hashes[0] == hashes[1]
