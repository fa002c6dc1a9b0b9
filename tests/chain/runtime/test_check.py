"""The mempool's view: sequences ahead of the blocks, cheap rechecks, restarts."""

import pytest

from chain.runtime import ante, decode_cache
from chain.runtime.fees import parse_gas_prices
from chain.testing import TestChain
from tests.chain.runtime.transactions import altered, bank_chain, send


def test_a_sender_can_queue_many_and_a_block_takes_them_all() -> None:
    with bank_chain() as chain:
        txs = [chain.tx(send(chain, amount="1"), fee="1ulamp") for _ in range(20)]
        assert [chain.check(tx).code for tx in txs] == [0] * 20
        assert [result.code for result in chain.deliver(*txs).tx_results] == [0] * 20
        assert chain.sequence("alice") == 20


def test_a_gap_in_the_queue_is_refused_until_it_is_filled() -> None:
    with bank_chain() as chain:
        first, second, third = (chain.tx(send(chain)) for _ in range(3))
        assert chain.check(first).code == 0
        assert chain.check(third).code == 32
        assert chain.check(second).code == 0
        assert chain.check(third).code == 0
        assert chain.check(third).code == 32


def test_a_queue_cannot_promise_more_fees_than_the_sender_has() -> None:
    with bank_chain() as chain:
        codes = [chain.check(chain.tx(send(chain), fee="400000ulamp")).code for _ in range(3)]
        assert codes == [0, 0, 5]


def test_a_refused_transaction_leaves_the_check_state_as_it_was() -> None:
    with bank_chain() as chain:
        assert chain.check(altered(chain.tx(send(chain), fee="9ulamp"), lambda b: setattr(b, "memo", "x"))).code == 4
        assert chain.check(chain.tx(send(chain), sequence=0)).code == 0


def test_a_block_resets_the_check_state_and_rechecks_build_it_anew() -> None:
    with bank_chain() as chain:
        first, second, third = (chain.tx(send(chain)) for _ in range(3))
        assert [chain.check(tx).code for tx in (first, second, third)] == [0, 0, 0]
        chain.deliver(first)
        assert chain.check(first, recheck=True).code == 32
        assert chain.check(second, recheck=True).code == 0
        assert chain.check(third, recheck=True).code == 0
        assert chain.check(third, recheck=True).code == 32


def test_a_recheck_verifies_no_signature_and_decodes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with bank_chain() as chain:
        tx = chain.tx(send(chain))
        assert chain.check(tx).code == 0
        chain.deliver()
        called: list[object] = []
        monkeypatch.setattr(ante, "signature_is_good", lambda *args: called.append(args))
        monkeypatch.setattr(decode_cache, "decode", lambda *args: called.append(args))
        assert chain.check(tx, recheck=True).code == 0
        assert called == []


def test_a_recheck_drops_what_has_expired() -> None:
    with bank_chain() as chain:
        tx = chain.tx(send(chain), timeout_height=1)
        assert chain.check(tx).code == 0
        chain.deliver()
        assert chain.check(tx, recheck=True).code == 30


def test_transactions_are_taken_before_the_first_block() -> None:
    with TestChain(accounts={"alice": "10ulamp"}, start=False) as chain:
        tx_before_genesis = b"\x0a\x00"
        assert chain.check(tx_before_genesis).code == 2
        chain.init_chain()
        tx = chain.tx(send(chain, amount="1"))
        assert chain.check(tx).code == 0
        assert chain.deliver(tx).tx_results[0].code == 0


def test_a_check_before_genesis_is_refused_and_not_a_fault() -> None:
    with bank_chain() as other:
        tx = other.tx(send(other))
    with TestChain(accounts={"alice": "10ulamp"}, start=False) as chain:
        answer = chain.check(tx)
        assert (answer.codespace, answer.code) == ("sdk", 26)


def test_a_restarted_node_takes_transactions_before_its_next_block() -> None:
    with bank_chain() as chain:
        chain.ok(send(chain))
        chain.restart()
        tx = chain.tx(send(chain))
        assert chain.check(tx).code == 0
        assert chain.deliver(tx).tx_results[0].code == 0


def test_a_node_that_comes_back_begins_with_a_fresh_check_state() -> None:
    with bank_chain() as chain:
        tx = chain.tx(send(chain))
        assert chain.check(tx).code == 0
        chain.deliver()
        chain.app.connection_reset()
        assert chain.check(tx).code == 0


def test_checking_never_changes_what_a_block_does() -> None:
    with bank_chain() as checked, bank_chain() as unchecked:
        for chain in (checked, unchecked):
            txs = [chain.tx(send(chain, amount=str(amount)), fee="5ulamp") for amount in range(1, 5)]
            if chain is checked:
                for tx in txs:
                    chain.check(tx)
            hashes = [chain.deliver(*txs).app_hash, chain.deliver().app_hash]
            if chain is checked:
                expected = hashes
        assert hashes == expected


def test_the_price_is_asked_again_at_a_recheck() -> None:
    with bank_chain(gas_prices=parse_gas_prices("1ulamp")) as chain:
        tx = chain.tx(send(chain), fee="99999ulamp", gas=100_000)
        assert chain.check(tx, recheck=True).code == 13


def test_what_is_refused_takes_no_memory() -> None:
    with bank_chain() as chain:
        good, bad = chain.tx(send(chain)), chain.tx(send(chain), sign_with="bob", sequence=1)
        assert [chain.check(tx).code for tx in (good, bad)] == [0, 4]
        cache = chain.app._cache
        assert good in cache._young and bad not in cache._young
        assert cache._bytes == len(good)
