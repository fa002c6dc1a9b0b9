"""Bytes from strangers: whatever comes, each call answers by code and the chain goes on."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.pb.cosmos.tx.v1beta1.tx_pb2 import AuthInfo, TxBody, TxRaw
from chain.pb.tendermint.abci import types_pb2 as abci
from chain.runtime.proposals import wire_size
from chain.testing import TestChain
from tests.chain.runtime.transactions import bank_chain, send

EXAMPLES = 150


@pytest.fixture(scope="module")
def chain() -> Iterator[TestChain]:
    with bank_chain() as made:
        made.ok(send(made))
        yield made


@st.composite
def almost(draw: st.DrawFn, raw: bytes) -> bytes:
    """Return a transaction with some bytes changed, cut out or put in, in the envelope or in one of its parts."""

    def spoil(data: bytes) -> bytes:
        at = draw(st.integers(0, len(data)))
        end = draw(st.integers(at, min(len(data), at + 4)))
        return data[:at] + draw(st.binary(max_size=4)) + data[end:]

    where = draw(st.integers(0, 3))
    if where == 0:
        return spoil(raw)
    tx = TxRaw.FromString(raw)
    if where == 1:
        tx.body_bytes = spoil(tx.body_bytes)
    elif where == 2:
        tx.auth_info_bytes = spoil(tx.auth_info_bytes)
    else:
        tx.signatures[0] = spoil(tx.signatures[0])
    return tx.SerializeToString(deterministic=True)


def hostile(chain: TestChain) -> st.SearchStrategy[bytes]:
    """Return a strategy of anything, and of what is nearly a transaction."""
    good = chain.tx(send(chain), fee="3ulamp", sequence=0)
    parts = st.builds(
        lambda body, auth, signatures: TxRaw(
            body_bytes=body, auth_info_bytes=auth, signatures=signatures
        ).SerializeToString(),
        st.binary(max_size=60),
        st.binary(max_size=60),
        st.lists(st.binary(max_size=66), max_size=3),
    )
    empty = TxRaw(body_bytes=TxBody(memo="x").SerializeToString(), auth_info_bytes=AuthInfo().SerializeToString())
    return almost(good) | almost(good) | parts | st.binary(max_size=200) | st.just(empty.SerializeToString())


def test_any_bytes_are_checked_by_code(chain: TestChain) -> None:
    @settings(max_examples=EXAMPLES)
    @given(hostile(chain), st.booleans())
    def check(raw: bytes, recheck: bool) -> None:
        answer = chain.check(raw, recheck)
        if answer.code:
            assert answer.codespace == "sdk" and answer.log
            assert len(answer.log) < 2_000

    check()


def test_any_bytes_may_be_in_a_block(chain: TestChain) -> None:
    @settings(max_examples=EXAMPLES)
    @given(st.lists(hostile(chain), max_size=4))
    def check(txs: list[bytes]) -> None:
        request = chain.block(*txs, seconds=0)
        response = chain.app.finalize_block(request)
        assert len(response.tx_results) == len(txs)
        assert all(result.codespace == "sdk" for result in response.tx_results if result.code)
        again = chain.app.finalize_block(request)
        assert again.SerializeToString(deterministic=True) == response.SerializeToString(deterministic=True)
        chain.app.commit(abci.RequestCommit())

    check()
    chain.check_invariants()


def test_any_bytes_may_be_proposed(chain: TestChain) -> None:
    @settings(max_examples=EXAMPLES)
    @given(st.lists(hostile(chain), max_size=6), st.integers(-1, 800))
    def check(txs: list[bytes], room: int) -> None:
        chosen = chain.app.prepare_proposal(abci.RequestPrepareProposal(txs=txs, max_tx_bytes=room)).txs
        assert room < 0 or sum(map(wire_size, chosen)) <= room
        status = abci.ResponseProcessProposal
        assert chain.app.process_proposal(abci.RequestProcessProposal(txs=chosen)).status == status.ACCEPT
        assert chain.app.process_proposal(abci.RequestProcessProposal(txs=txs)).status in (status.ACCEPT, status.REJECT)

    check()


@pytest.mark.parametrize("path", ["/app/simulate", "/store/bank/key", "/cosmos.tx.v1beta1.Service/Simulate"])
def test_any_bytes_may_be_asked(chain: TestChain, path: str) -> None:
    @settings(max_examples=EXAMPLES)
    @given(hostile(chain), st.integers(-1, 5), st.booleans())
    def check(data: bytes, height: int, prove: bool) -> None:
        answer = chain.app.query(abci.RequestQuery(path=path, data=data, height=height, prove=prove))
        assert not answer.code or (answer.codespace == "sdk" and answer.log)

    check()


@given(st.text(max_size=60), st.binary(max_size=60))
def test_any_path_may_be_asked(chain: TestChain, path: str, data: bytes) -> None:
    for asked in (path, "/" + path, f"/store/{path}/key", f"/{path}/Query/Params"):
        answer = chain.app.query(abci.RequestQuery(path=asked, data=data))
        assert answer.code and answer.codespace == "sdk"
