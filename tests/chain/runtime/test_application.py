"""The application as a whole: handshake, commit, threads, and the calls it answers without doing much."""

import threading
from collections.abc import Mapping, Sequence

import pytest

from chain.app import build_app
from chain.pb.cosmos.bank.v1beta1.query_pb2 import QueryBalanceRequest, QueryBalanceResponse
from chain.pb.tendermint.abci import types_pb2 as abci
from chain.runtime.application import ProtocolError
from chain.runtime.core import APP_VERSION
from chain.testing import TestChain
from tests.chain.runtime.modules import Plan, module, trouble
from tests.chain.runtime.transactions import ACCOUNTS, bank_chain, send


def test_info_tells_the_last_commit_and_nothing_else() -> None:
    with bank_chain() as chain:
        info = chain.app.info(abci.RequestInfo(abci_version="2.0.0"))
        assert (info.last_block_height, info.last_block_app_hash, info.app_version) == (0, b"", APP_VERSION)
        chain.app.finalize_block(chain.block())
        assert chain.app.info(abci.RequestInfo(abci_version="2.0.1")) == info
        chain.app.commit(abci.RequestCommit())
        later = chain.app.info(abci.RequestInfo())
        assert (later.last_block_height, later.last_block_app_hash) == (1, chain.store.app_hash)
        chain.restart()
        assert chain.app.info(abci.RequestInfo()) == later


@pytest.mark.parametrize("version", ["2.1.0", "2.3.0", "1.0.0", "0.17.0", "20.0"])
def test_another_dialect_of_abci_is_refused_by_name(version: str) -> None:
    with bank_chain() as chain, pytest.raises(ProtocolError, match=f"ABCI {version} is not spoken here, only 2.0.x"):
        chain.app.info(abci.RequestInfo(abci_version=version))


def test_a_block_out_of_order_is_refused() -> None:
    with bank_chain() as chain:
        chain.deliver()
        for height in (0, 1, 3):
            request = chain.block()
            request.height = height
            with pytest.raises(ProtocolError, match=f"FinalizeBlock of height {height}, the next height is 2"):
                chain.app.finalize_block(request)


def test_a_commit_needs_a_finalized_block() -> None:
    with bank_chain() as chain:
        with pytest.raises(ProtocolError, match="Commit without FinalizeBlock"):
            chain.app.commit(abci.RequestCommit())
        chain.deliver()
        with pytest.raises(ProtocolError, match="Commit without FinalizeBlock"):
            chain.app.commit(abci.RequestCommit())


def test_a_node_that_comes_back_finalizes_its_block_again() -> None:
    with bank_chain() as chain:
        chain.deliver()
        request = chain.block(chain.tx(send(chain)))
        first = chain.app.finalize_block(request)
        chain.app.connection_reset()
        with pytest.raises(ProtocolError, match="Commit without FinalizeBlock"):
            chain.app.commit(abci.RequestCommit())
        assert chain.app.finalize_block(request) == first
        chain.restart()
        assert chain.app.finalize_block(request) == first
        chain.app.commit(abci.RequestCommit())
        assert chain.height == 2


def test_votes_are_not_extended_and_extensions_are_rejected() -> None:
    with bank_chain() as chain:
        assert chain.app.extend_vote(abci.RequestExtendVote()).vote_extension == b""
        verify = chain.app.verify_vote_extension
        status = abci.ResponseVerifyVoteExtension
        assert verify(abci.RequestVerifyVoteExtension()).status == status.ACCEPT
        assert verify(abci.RequestVerifyVoteExtension(vote_extension=b"x")).status == status.REJECT


def test_snapshots_are_neither_given_nor_taken() -> None:
    with bank_chain() as chain:
        assert list(chain.app.list_snapshots(abci.RequestListSnapshots()).snapshots) == []
        offered = chain.app.offer_snapshot(abci.RequestOfferSnapshot())
        assert offered.result == abci.ResponseOfferSnapshot.REJECT
        assert chain.app.load_snapshot_chunk(abci.RequestLoadSnapshotChunk()).chunk == b""
        applied = chain.app.apply_snapshot_chunk(abci.RequestApplySnapshotChunk())
        assert applied.result == abci.ResponseApplySnapshotChunk.ABORT


def test_the_node_may_drop_old_blocks_only_where_that_was_asked_for() -> None:
    with bank_chain() as chain:
        for expected, blocks in ((0, 0), (0, 5), (1, 2)):
            chain.app = build_app(chain.store, wiring=chain.wiring, retain_blocks=blocks)
            if not chain.height:
                chain.init_chain()
            chain.app.finalize_block(chain.block())
            assert chain.app.commit(abci.RequestCommit()).retain_height == expected


class Diary:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.lines: list[object] = []

    def checked(self, codespace: str, code: int, recheck: bool) -> None:
        self.lines.append(("checked", codespace, code, recheck))

    def finalized(self, height: int, results: Sequence[abci.ExecTxResult]) -> None:
        self.lines.append(("finalized", height, [result.code for result in results]))

    def committed(self, height: int, app_hash: bytes, roots: Mapping[str, bytes]) -> None:
        self.lines.append(("committed", height, app_hash, sorted(roots)))


def test_an_observer_is_told_what_happened() -> None:
    with bank_chain() as chain:
        diary = Diary()
        chain.app = build_app(chain.store, wiring=chain.wiring, observer=diary)
        chain.init_chain()
        good, bad = chain.tx(send(chain)), b"junk"
        chain.check(good)
        chain.check(bad, recheck=True)
        result = chain.deliver(good, bad, process=False)
        assert diary.lines == [
            ("checked", "", 0, False),
            ("checked", "sdk", 2, True),
            ("finalized", 1, [0, 2]),
            ("committed", 1, result.app_hash, sorted(module.name for module in chain.app.modules)),
        ]


def test_checks_and_queries_are_answered_while_a_block_executes() -> None:
    """Given a block that takes until it is told to end, when others ask meanwhile, then they get their answers."""
    plan = Plan()
    with TestChain(accounts=ACCOUNTS, modules=[module(plan)]) as chain:
        chain.deliver()
        inside, leave = threading.Event(), threading.Event()

        class Slow(Exception):
            """Raised by the message after it was told to go on."""

        def wait(ctx: object, keeper: object, msg: object) -> None:
            inside.set()
            leave.wait(20)
            raise Slow

        route = chain.app._cache._router.routes["/cosmos.base.v1beta1.Coin"]
        route.handle = wait  # type: ignore[assignment]
        block = chain.block(chain.tx(trouble(chain.address("alice"))))
        tx = chain.tx(send(chain, "bob", "alice"), signer="bob")
        thread = threading.Thread(target=chain.app.finalize_block, args=(block,))
        thread.start()
        try:
            assert inside.wait(20)
            assert chain.check(tx).code == 0
            asked = QueryBalanceRequest(address=str(chain.address("bob")), denom="ulamp")
            answer = chain.query("/cosmos.bank.v1beta1.Query/Balance", asked, QueryBalanceResponse)
            assert answer.balance.amount == "1000"
            assert chain.app.info(abci.RequestInfo()).last_block_height == 1
        finally:
            leave.set()
            thread.join()
        chain.app.commit(abci.RequestCommit())


def test_checks_queries_and_blocks_at_once_disturb_nothing() -> None:
    with bank_chain() as chain, bank_chain() as quiet:
        blocks = [[chain.tx(send(chain, amount=str(10 * block + tx))) for tx in range(1, 6)] for block in range(12)]
        stop = threading.Event()
        wrong: list[object] = []

        def ask() -> None:
            while not stop.is_set():
                for txs in blocks:
                    for tx in txs:
                        if chain.check(tx, recheck=True).code not in (0, 32):
                            wrong.append("check")
                answer = chain.app.query(abci.RequestQuery(path="/lamppost.runtime.v1.Query/StoreHashes"))
                if answer.code not in (0, 26):
                    wrong.append(answer)

        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        try:
            hashes = [chain.deliver(*txs).app_hash for txs in blocks]
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert wrong == []
        assert hashes == [quiet.deliver(*txs).app_hash for txs in blocks]


def test_another_genesis_on_the_same_process_takes_no_signature_of_the_first_chain() -> None:
    with bank_chain() as chain:
        tx = chain.tx(send(chain))
        assert chain.check(tx).code == 0
        request = chain.init_request()
        request.chain_id = "another-1"
        chain.app.init_chain(request)
        assert chain.check(tx).code == 4
