"""What a node proposes, and what it accepts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.pb.tendermint.abci import types_pb2 as abci
from chain.runtime.proposals import wire_size
from chain.testing import TestChain
from tests.chain.runtime.transactions import bank_chain, send

ACCEPT, REJECT = abci.ResponseProcessProposal.ACCEPT, abci.ResponseProcessProposal.REJECT


def prepare(chain: TestChain, txs: list[bytes], max_bytes: int = 1 << 20) -> list[bytes]:
    request = abci.RequestPrepareProposal(txs=txs, max_tx_bytes=max_bytes, height=chain.height + 1)
    return list(chain.app.prepare_proposal(request).txs)


def process(chain: TestChain, txs: list[bytes]) -> Any:
    return chain.app.process_proposal(abci.RequestProcessProposal(txs=txs, height=chain.height + 1)).status


@given(st.binary(max_size=400))
def test_the_size_of_a_transaction_is_what_protobuf_takes_for_it(raw: bytes) -> None:
    two = abci.RequestPrepareProposal(txs=[raw, raw]).ByteSize()
    assert two == 2 * wire_size(raw)


def test_a_proposal_is_cut_at_the_bytes_that_protobuf_takes() -> None:
    with bank_chain() as chain:
        txs = [
            chain.tx(send(chain, name), signer=name, memo="m" * size)
            for name, size in (("alice", 0), ("bob", 50), ("carol", 200))
        ]
        whole = sum(map(wire_size, txs))
        assert prepare(chain, txs, whole) == txs
        assert prepare(chain, txs, whole - 1) == txs[:2]
        assert prepare(chain, txs, sum(map(len, txs))) == txs[:2]
        assert prepare(chain, [txs[2], txs[0]], wire_size(txs[0])) == [txs[0]]
        assert prepare(chain, txs, 0) == []


def test_no_limit_of_bytes_is_the_consensus_engines_own() -> None:
    with bank_chain(max_bytes=-1) as chain:
        txs = [chain.tx(send(chain))]
        assert prepare(chain, txs, -1) == txs
        assert process(chain, txs) == ACCEPT


def test_a_proposal_is_cut_at_the_gas_of_a_block() -> None:
    with bank_chain(max_gas=1_000_000) as chain:
        txs = [
            chain.tx(send(chain, name), signer=name, gas=gas)
            for name, gas in (("alice", 600_000), ("bob", 500_000), ("carol", 400_000))
        ]
        chosen = prepare(chain, txs)
        assert chosen == [txs[0], txs[2]]
        assert process(chain, chosen) == ACCEPT
        assert process(chain, txs[:2]) == REJECT


def test_what_follows_a_transaction_that_does_not_fit_waits_with_it() -> None:
    """Given a queue of one sender whose second does not fit, when a block is built, then the third waits, too."""
    with bank_chain(max_gas=1_000_000) as chain:
        first, second, third, fourth = (chain.tx(send(chain), gas=gas) for gas in (600_000, 500_000, 100_000, 100_000))
        other = chain.tx(send(chain, "carol"), signer="carol", gas=100_000)
        chosen = prepare(chain, [first, second, third, other, fourth])
        assert chosen == [first, other]
        assert [result.code for result in chain.deliver(*chosen).tx_results] == [0, 0]
        rest = prepare(chain, [second, third, fourth])
        assert [result.code for result in chain.deliver(*rest).tx_results] == [0, 0, 0]


def test_undecodable_and_repeated_transactions_are_dropped_and_rejected() -> None:
    with bank_chain() as chain:
        tx = chain.tx(send(chain))
        assert prepare(chain, [b"", b"junk", tx, tx, tx[:-1]]) == [tx]
        assert process(chain, [tx]) == ACCEPT
        assert process(chain, []) == ACCEPT
        for bad in ([tx, tx], [tx, b"junk"], [b""], [tx[:-1]]):
            assert process(chain, bad) == REJECT


def test_a_block_beyond_the_limit_of_bytes_is_rejected() -> None:
    with bank_chain(max_bytes=1_000) as chain:
        txs = [chain.tx(send(chain), memo="m" * 100) for _ in range(4)]
        assert process(chain, txs) == REJECT
        assert process(chain, txs[:2]) == ACCEPT


def test_transactions_that_will_fail_are_accepted() -> None:
    with bank_chain() as chain:
        assert process(chain, [chain.tx(send(chain), sequence=9), chain.tx(send(chain), sign_with="bob")]) == ACCEPT


@pytest.mark.parametrize("max_gas", [-1, 0, 500_000])
@given(data=st.data())
def test_what_one_node_builds_every_node_accepts(max_gas: int, data: st.DataObject) -> None:
    with bank_chain(max_gas=max_gas, invariants=False) as chain:
        good = [chain.tx(send(chain), gas=gas) for gas in (0, 100_000, 300_000, 2**62)]
        pool = data.draw(st.lists(st.sampled_from(good) | st.binary(max_size=50), max_size=8))
        limit = data.draw(st.integers(-1, 2_000))
        chosen = prepare(chain, pool, limit)
        if limit >= 0:
            assert sum(map(wire_size, chosen)) <= limit
        assert process(chain, chosen) == ACCEPT
