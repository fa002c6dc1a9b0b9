"""Transactions without a fee: who may send them, what they may hold, and that they push out nobody who pays."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.crypto import keys
from chain.crypto.algorithms import Algorithm
from chain.primitives.errors import SdkCode, SdkError
from chain.runtime import decode_cache, signatures, tx
from chain.runtime.ante import FREE_GAS, FREE_GAS_PER_BYTE, FREE_TX_BYTES
from chain.runtime.router import Router
from chain.runtime.tx import Tx
from chain.runtime.waiting import MAX_JUNK
from chain.testing import TestChain
from tests.chain.runtime.lanes import lane_chain, used_of
from tests.chain.runtime.modules import trouble
from tests.chain.runtime.test_proposals import prepare, process
from tests.chain.runtime.transactions import ACCOUNTS, altered, bank_chain, send

JUNK = SdkError(SdkCode.NOT_FOUND, "receipt 3")
FULL = ("sdk", int(SdkCode.MEMPOOL_FULL))
UNPAID = ("sdk", int(SdkCode.INSUFFICIENT_FEE))
FINE = ("", 0)


def free(chain: TestChain, signer: str = "alice", *names: str, **options: Any) -> bytes:
    """A transaction without a fee of a message or more."""
    messages = [trouble(chain.address(signer), name) for name in names or ("n",)]
    return chain.tx(*messages, signer=signer, **{"gas": 100_000, **options})


def offer(chain: TestChain, tx: bytes, recheck: bool = False) -> tuple[str, int]:
    answer = chain.check(tx, recheck)
    return answer.codespace, answer.code


def used(chain: TestChain, name: str = "alice") -> int:
    return used_of(chain.ctx(), chain.address(name))


def test_a_quota_is_free_and_past_it_the_price_is_asked() -> None:
    """Given a quota of 4 messages, when 2, 2 and 1 come without a fee, then the last is refused until it pays."""
    with lane_chain() as (chain, _, _):
        first, second, third = (free(chain, "alice", *names) for names in (("a", "b"), ("c", "d"), ("e",)))
        assert [offer(chain, tx) for tx in (first, second, third)] == [FINE, FINE, UNPAID]
        paid = free(chain, "alice", "e", sequence=2, fee="100000ulamp")
        assert offer(chain, paid) == FINE
        assert [result.code for result in chain.deliver(first, second, paid).tx_results] == [0, 0, 0]
        assert used(chain) == 4


def test_a_stranger_a_stranger_message_and_a_fee_are_as_they_always_were() -> None:
    with lane_chain() as (chain, lane, _):
        assert offer(chain, free(chain, "bob")) == UNPAID
        assert offer(chain, chain.tx(send(chain), gas=100_000)) == UNPAID
        mixed = chain.tx(trouble(chain.address("alice")), send(chain), gas=100_000, sequence=0)
        assert offer(chain, mixed) == UNPAID
        two = chain.tx(
            trouble(chain.address("alice")), trouble(chain.address("carol")), signer=("alice", "carol"), sequence=0
        )
        assert offer(chain, two) == UNPAID
        paid = free(chain, "alice", sequence=0, fee="100000ulamp")
        assert offer(chain, paid) == FINE
        chain.deliver(paid)
        assert (used(chain), lane.screened) == (0, [])


def test_a_free_transaction_may_ask_for_the_gas_of_its_bytes_and_no_more() -> None:
    with lane_chain() as (chain, _, _):
        size = len(free(chain, gas=100_000, sequence=0))
        most = FREE_GAS + FREE_GAS_PER_BYTE * size
        assert offer(chain, free(chain, gas=most + 1, sequence=0)) == UNPAID
        assert offer(chain, free(chain, gas=most, sequence=0)) == FINE


def test_a_free_transaction_has_a_longest_length() -> None:
    with lane_chain() as (chain, _, _):
        few, many = ["x" * 60_000] * 2, ["x" * 70_000] * 2
        assert len(free(chain, "alice", *few, sequence=0)) < FREE_TX_BYTES
        assert offer(chain, free(chain, "alice", *many, sequence=0, gas=10_000_000)) == UNPAID
        assert offer(chain, free(chain, "alice", *few, sequence=0, gas=10_000_000)) == FINE


def test_what_is_too_long_to_be_free_is_not_decoded_before_it_offers_a_fee(monkeypatch: pytest.MonkeyPatch) -> None:
    with lane_chain() as (chain, _, _):
        long = free(chain, "alice", "x" * FREE_TX_BYTES, gas=10_000_000, sequence=0)
        monkeypatch.setattr(decode_cache, "decode", lambda *_: pytest.fail("it was decoded"))
        assert offer(chain, long) == UNPAID
        assert offer(chain, b"\xff" * (FREE_TX_BYTES + 1)) == ("sdk", int(SdkCode.TX_DECODE))
        monkeypatch.undo()
        paid = free(chain, "alice", "x" * FREE_TX_BYTES, gas=10_000_000, sequence=0, fee="10000000ulamp")
        assert offer(chain, paid) == ("sdk", int(SdkCode.INSUFFICIENT_FUNDS))


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What was decoded."""
    seen: list[bytes] = []

    def decode(raw: bytes, router: Router) -> Tx:
        seen.append(raw)
        return tx.decode(raw, router)

    monkeypatch.setattr(decode_cache, "decode", decode)
    return seen


LONG = "x" * 3_000


def test_what_nobody_genuine_signed_for_nothing_is_not_decoded_and_nobody_is_blamed(decoded: list[bytes]) -> None:
    with lane_chain() as (chain, _, _):
        forged = free(chain, "alice", LONG, gas=1_000_000, sign_with="bob", sequence=0)
        assert offer(chain, forged) == ("sdk", int(SdkCode.UNAUTHORIZED))
        assert offer(chain, free(chain, "nobody", LONG, gas=1_000_000)) == ("sdk", int(SdkCode.UNKNOWN_ADDRESS))
        early = free(chain, "alice", LONG, gas=1_000_000, sequence=7)
        assert offer(chain, early) == ("sdk", int(SdkCode.WRONG_SEQUENCE))
        hidden = altered(early, auth=lambda auth: auth.signer_infos[0].ClearField("public_key"))
        assert offer(chain, hidden) == ("sdk", int(SdkCode.NO_SIGNATURES))
        assert decoded == []
        good = free(chain, "alice", LONG, gas=1_000_000, sequence=0)
        assert offer(chain, good) == FINE
        assert offer(chain, good) == ("sdk", int(SdkCode.WRONG_SEQUENCE))
        assert decoded == [good]


def test_who_signs_more_than_the_quota_is_decoded_once_a_block(decoded: list[bytes]) -> None:
    with lane_chain(quota=0) as (chain, _, _):
        txs = [free(chain, "alice", LONG, str(number), gas=1_000_000, sequence=0) for number in range(3)]
        assert [offer(chain, tx) for tx in txs] == [UNPAID, FULL, FULL]
        assert decoded == txs[:1]
        paid = free(chain, "alice", LONG, gas=200_000, sequence=0, fee="200000ulamp")
        assert offer(chain, paid) == FINE
        chain.deliver()
        assert offer(chain, txs[1]) == UNPAID
        assert decoded == [txs[0], paid, txs[1]]


def test_a_signature_that_was_glanced_at_is_not_verified_again(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[bytes] = []

    def verify(algorithm: Algorithm, key: bytes, message: bytes, signature: bytes) -> bool:
        verified.append(signature)
        return keys.verify(algorithm, key, message, signature)

    monkeypatch.setattr(signatures, "verify", verify)
    with lane_chain() as (chain, _, _):
        long = free(chain, "alice", LONG, gas=1_000_000)
        assert offer(chain, long) == FINE
        assert offer(chain, free(chain, "alice")) == FINE
        assert len(verified) == 2
        assert chain.deliver(long).tx_results[0].codespace == "undefined"  # its name is too long a key
        assert len(verified) == 2


def test_a_check_and_a_block_use_up_the_same_quota() -> None:
    """Given the same blocks, when one node checked what is in them, then both have the same state."""
    hashes = []
    for checked in (False, True):
        with lane_chain() as (chain, _, _):
            txs = [free(chain, "alice", f"{number}") for number in range(6)]
            if checked:
                assert [offer(chain, tx) for tx in txs] == [FINE] * 4 + [UNPAID] * 2
            hashes.append([chain.deliver(*txs).app_hash, chain.deliver().app_hash])
            assert used(chain) == 4
    assert hashes[0] == hashes[1]


def test_what_is_not_admitted_uses_up_nothing_and_what_fails_does() -> None:
    with lane_chain() as (chain, _, plan):
        forged = free(chain, "alice", sign_with="bob", sequence=0)
        assert offer(chain, forged) == ("sdk", int(SdkCode.UNAUTHORIZED))
        assert chain.deliver(forged).tx_results[0].code == SdkCode.UNAUTHORIZED
        assert used(chain) == 0
        plan.message = SdkError(SdkCode.NOT_FOUND, "no such thing")
        assert chain.deliver(free(chain)).tx_results[0].code == SdkCode.NOT_FOUND
        assert used(chain) == 1


def test_what_a_block_would_reject_never_enters_the_mempool() -> None:
    with lane_chain() as (chain, lane, _):
        lane.junk["bad"] = JUNK
        answer = chain.check(free(chain, "alice", "good", "bad", sequence=0))
        assert (answer.codespace, answer.code, answer.log) == ("sdk", 38, JUNK.log)
        assert lane.screened == ["good", "bad"]
        chain.deliver()
        poor = free(chain, "alice", "good", gas=30_000, sequence=0)
        assert offer(chain, poor) == ("sdk", int(SdkCode.OUT_OF_GAS))


def test_who_sent_junk_is_heard_again_after_the_next_block() -> None:
    with lane_chain() as (chain, lane, _):
        lane.junk["bad"] = JUNK
        good = free(chain, "alice", "good", sequence=0)
        assert offer(chain, free(chain, "alice", "bad", sequence=0)) == ("sdk", 38)
        assert offer(chain, good) == FULL
        assert offer(chain, free(chain, "carol")) == FINE
        assert offer(chain, free(chain, "alice", "paid", sequence=0, fee="100000ulamp")) == FINE
        chain.deliver()
        assert offer(chain, good) == FINE


def test_what_waits_stays_when_its_sender_is_no_longer_heard() -> None:
    with lane_chain() as (chain, lane, _):
        lane.junk["bad"] = JUNK
        good = free(chain, "alice", "good")
        assert offer(chain, good) == FINE
        for turn in range(3):
            assert offer(chain, free(chain, "alice", "bad", sequence=1)) == (("sdk", 38) if turn < 2 else FULL)
            chain.deliver()
            assert offer(chain, good, recheck=True) == FINE


def test_nobody_can_make_a_payer_unheard_by_forging_or_repeating() -> None:
    with lane_chain() as (chain, lane, _):
        lane.junk["bad"] = JUNK
        first, second = free(chain), free(chain)
        assert offer(chain, free(chain, "alice", "bad", sign_with="bob", sequence=0)) == ("sdk", 4)
        assert offer(chain, first) == FINE
        assert offer(chain, first) == ("sdk", int(SdkCode.WRONG_SEQUENCE))
        assert offer(chain, second) == FINE


def test_after_some_junk_nothing_free_is_looked_at_before_the_next_block() -> None:
    names = [f"gateway{number}" for number in range(MAX_JUNK + 1)]
    accounts = ACCOUNTS | dict.fromkeys(names, "1000000ulamp")
    with lane_chain(accounts=accounts) as (chain, lane, _):
        lane.quotas = {chain.address(name): 4 for name in (*names, "carol")}
        lane.junk["bad"] = JUNK
        assert [offer(chain, free(chain, name, "bad", sequence=0)) for name in names] == [("sdk", 38)] * MAX_JUNK + [
            FULL
        ]
        assert offer(chain, free(chain, "carol", sequence=0)) == FULL
        assert offer(chain, free(chain, "carol", sequence=0, fee="100000ulamp")) == FINE


def test_who_has_credit_is_heard_however_many_others_sent_junk() -> None:
    """Given gateways that fill each block's runs of junk, when one that was let in before comes, then it is heard."""
    names = [f"gateway{number}" for number in range(2 * MAX_JUNK)]
    accounts = ACCOUNTS | dict.fromkeys(names, "1000000ulamp")
    with lane_chain(accounts=accounts) as (chain, lane, _):
        lane.quotas = {chain.address(name): 9 for name in (*names, "carol", "alice")}
        lane.junk["bad"] = JUNK
        chain.deliver(*(tx for tx in [free(chain, "carol")] if offer(chain, tx) == FINE))
        for block in range(2):
            for name in names[block * MAX_JUNK : (block + 1) * MAX_JUNK]:
                assert offer(chain, free(chain, name, "bad", sequence=0)) == ("sdk", 38)
            assert offer(chain, free(chain, "alice", sequence=0)) == FULL
            assert offer(chain, free(chain, "carol", str(block))) == FINE
            chain.deliver()


def test_free_ones_wait_up_to_a_quarter_of_a_block_and_of_that_each_payer_a_quarter() -> None:
    """Given blocks of 1.6 M gas, when each free transaction wants 50,000, then 8 may wait, of one payer 2."""
    names = [f"gateway{number}" for number in range(8)]
    accounts = ACCOUNTS | dict.fromkeys(names, "1000000ulamp")
    with lane_chain(max_gas=1_600_000, accounts=accounts) as (chain, lane, _):
        lane.quotas = {chain.address(name): 100 for name in names}
        txs = {name: [free(chain, name, gas=50_000) for _ in range(3)] for name in names}
        assert [offer(chain, tx) for tx in txs["gateway0"]] == [FINE, FINE, FULL]
        assert [offer(chain, txs[name][0]) for name in names[1:]] == [FINE] * 6 + [FULL]
        assert offer(chain, txs["gateway1"][1]) == FULL
        paying = [chain.tx(send(chain, "carol"), signer="carol", fee="100000ulamp", gas=100_000) for _ in range(9)]
        assert [offer(chain, tx) for tx in paying] == [FINE] * 9

        # What a block took leaves room; what it did not take is checked again first.
        chain.deliver(txs["gateway0"][0], *(txs[name][0] for name in names[1:4]))
        assert offer(chain, txs["gateway0"][1], recheck=True) == FINE
        assert [offer(chain, txs[name][0], recheck=True) for name in names[4:7]] == [FINE] * 3
        assert offer(chain, txs["gateway0"][2]) == FINE
        assert [offer(chain, txs[name][1]) for name in names[1:4]] == [FINE] * 3
        assert offer(chain, txs["gateway7"][0]) == FULL


def test_one_of_each_payer_may_wait_even_if_it_is_more_than_the_payers_part() -> None:
    with lane_chain(max_gas=1_000_000) as (chain, _, _):
        assert offer(chain, free(chain, "alice", gas=120_000)) == FINE
        assert offer(chain, free(chain, "carol", gas=120_000)) == FINE
        assert offer(chain, free(chain, "alice", gas=40_000)) == FULL


def test_bytes_count_as_gas_does() -> None:
    with lane_chain(max_bytes=4_000) as (chain, _, _):
        small = free(chain, "alice", "x" * 300)
        assert offer(chain, small) == FINE
        assert offer(chain, free(chain, "alice", "x" * 300)) == FULL
        assert offer(chain, free(chain, "carol", "x" * 700)) == FULL


def test_what_has_become_junk_leaves_at_the_recheck_and_its_sender_is_still_heard() -> None:
    with lane_chain() as (chain, lane, _):
        tx = free(chain, "alice", "stale")
        assert offer(chain, tx) == FINE
        chain.deliver()
        lane.junk["stale"] = JUNK
        assert offer(chain, tx, recheck=True) == ("sdk", 38)
        assert offer(chain, free(chain, "alice", "fresh", sequence=0)) == FINE


def test_a_proposal_has_those_who_pay_first_and_free_ones_in_the_room_that_is_left() -> None:
    with lane_chain(max_gas=400_000) as (chain, _, _):
        unpaid = [free(chain, name) for name in ("alice", "carol")]
        paying = [chain.tx(send(chain, "bob"), signer="bob", fee="1ulamp", gas=100_000) for _ in range(3)]
        chosen = prepare(chain, [unpaid[0], paying[0], unpaid[1], *paying[1:]])
        assert chosen == [*paying, unpaid[0]]
        assert process(chain, chosen) == 1
        assert [result.code for result in chain.deliver(*chosen).tx_results] == [0] * 4


def test_what_follows_a_free_one_of_the_same_signer_stays_behind_it() -> None:
    with lane_chain() as (chain, _, _):
        first = free(chain)
        second = chain.tx(send(chain), fee="1ulamp", gas=100_000)
        third = free(chain)
        other = chain.tx(send(chain, "bob"), signer="bob", fee="1ulamp", gas=100_000)
        chosen = prepare(chain, [first, second, third, other])
        assert chosen == [other, first, second, third]
        assert [result.code for result in chain.deliver(*chosen).tx_results] == [0] * 4


def test_a_free_one_that_finds_no_room_keeps_its_signers_next_ones_back() -> None:
    with lane_chain(max_gas=250_000) as (chain, _, _):
        first = free(chain)
        second = chain.tx(send(chain), fee="1ulamp", gas=20_000)
        other = chain.tx(send(chain, "bob"), signer="bob", fee="1ulamp", gas=200_000)
        assert prepare(chain, [first, second, other]) == [other]


def test_a_simulation_takes_no_quota_and_tells_the_gas() -> None:
    with lane_chain() as (chain, lane, _):
        chain.deliver()
        tx = free(chain)
        estimate = chain.simulate(tx).gas_info.gas_used
        assert (used(chain), lane.screened) == (0, [])
        result = chain.deliver(tx).tx_results[0]
        assert (result.code, used(chain)) == (0, 1)
        assert abs(estimate - result.gas_used) < 1_000


def test_where_nothing_is_free_everybody_pays() -> None:
    with bank_chain() as chain:
        tx = chain.tx(send(chain))
        assert not chain.app._executor.ante.may_be_free(chain.app._cache.decode(tx))


def test_a_node_without_a_price_still_counts_what_is_free() -> None:
    with lane_chain(quota=1, prices="") as (chain, lane, _):
        first, second = free(chain, "alice", "a"), free(chain, "alice", "b")
        assert [offer(chain, tx) for tx in (first, second)] == [FINE, FINE]
        assert lane.screened == ["a"]
        chain.deliver(first, second)
        assert used(chain) == 1


NAMES = ("alice", "bob", "carol")


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.booleans(), st.integers(1, 4)), max_size=9),
    st.integers(1, 12),
)
@settings(max_examples=40)
def test_a_proposal_with_free_ones_succeeds_and_holds_what_pays_as_if_there_were_none(
    queue: list[tuple[str, bool, int]], room: int
) -> None:
    """Given any queue, when a block is built of it, then all in it succeed, and what pays is in it as if nothing free
    was in the queue, but for what its own signer sent after something free."""
    with lane_chain(max_gas=room * 40_000, quota=100, invariants=False) as (chain, lane, _):
        lane.quotas = {chain.address(name): 100 for name in NAMES}
        made, front, givers = [], [], set()
        for name, is_free, size in queue:
            fee = "" if is_free else "1ulamp"
            made.append(chain.tx(trouble(chain.address(name)), signer=name, fee=fee, gas=size * 40_000))
            givers.update([name] if is_free else [])
            front.extend([] if name in givers else made[-1:])
        chosen = prepare(chain, made)
        assert process(chain, chosen) == 1
        assert [tx for tx in chosen if tx in front] == prepare(chain, front)
        assert not any(result.code for result in chain.deliver(*chosen).tx_results)
