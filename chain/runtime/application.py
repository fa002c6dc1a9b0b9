"""The application that CometBFT talks to: the order of calls, locks, and which state is whose.

Three states exist: the committed one, that of the block being executed (thrown away by anything but Commit), and the
check state. Consensus calls take one lock, checks another, Commit both; queries take none.
"""

import logging
from collections.abc import Mapping, Sequence
from threading import Lock

from chain.pb.tendermint.abci import types_pb2 as abci
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ints import Height, UnixNano
from chain.runtime import core, genesis, gentxs
from chain.runtime.ante import Ante
from chain.runtime.blocks import BlockRunner, block_info
from chain.runtime.check import Checker
from chain.runtime.decode_cache import DecodeCache
from chain.runtime.execution import SIMULATION_GAS, Executor
from chain.runtime.fees import GasPrice
from chain.runtime.memory import Collector
from chain.runtime.observe import Observer, Silence
from chain.runtime.ports import Accounts, Fees, FreeLane
from chain.runtime.proposals import block_fault, fill_block
from chain.runtime.queries import Queries
from chain.runtime.router import Router
from chain.runtime.session import Session
from chain.sdk.context import BlockInfo, Context
from chain.sdk.gas import GasMeter
from chain.sdk.module import Json, Module
from chain.store import StateStore
from chain.store.overlay import BlockState, Readable

ABCI_VERSION = "2.0."
"""Dialect of ABCI that is spoken, whatever the patch."""

_RECHECK = abci.CheckTxType.RECHECK
_log = logging.getLogger("lamppost.runtime")


class ProtocolError(Exception):
    """CometBFT asked for what it must not at this point; the node stops."""


class Application:
    """Runs any tuple of modules and knows none by name.

    `begin` and `end` are the modules with block hooks in their order; genesis follows the order of `modules`.
    """

    def __init__(
        self,
        store: StateStore,
        modules: Sequence[Module],
        accounts: Accounts,
        fees: Fees,
        *,
        begin: Sequence[Module] = (),
        end: Sequence[Module] = (),
        free_lane: FreeLane | None = None,
        gas_prices: Sequence[GasPrice] = (),
        simulation_gas: int = SIMULATION_GAS,
        observer: Observer | None = None,
        collect_garbage: bool = False,
        retain_blocks: int = 0,
        version: str = "",
    ) -> None:
        self.store = store
        self.modules = (core.core_module(), *modules)
        self.observer: Observer = observer or Silence()
        router = Router(self.modules)
        self._accounts = accounts
        self._cache = DecodeCache(router)
        executor = Executor(Ante(accounts, fees, free_lane), self._cache, simulation_gas)
        self._executor = executor
        self._runner = BlockRunner(executor, begin, end)
        self._checker = Checker(executor.ante, self._cache, self._open_check, gas_prices)
        self._queries = Queries(store, router, executor, accounts, version)
        self._collector = Collector(collect_garbage)
        self._consensus = Lock()
        self._genesis: BlockState | None = None
        self._pending: tuple[int, int] | None = None
        self._version = version
        self._retain_blocks = retain_blocks
        self._committed = (store.height, store.app_hash)
        self._info: core.ChainInfo | None = core.read_chain(store) if store.height else None

    # --- connection -------------------------------------------------------------------------------------------

    def info(self, request: abci.RequestInfo) -> abci.ResponseInfo:
        """Tell the last committed height and hash. Raises: ProtocolError for another dialect of ABCI."""
        if request.abci_version and not request.abci_version.startswith(ABCI_VERSION):
            raise ProtocolError(f"ABCI {request.abci_version} is not spoken here, only {ABCI_VERSION}x")
        height, app_hash = self._committed
        return abci.ResponseInfo(
            data="lamppost",
            version=self._version,
            app_version=core.APP_VERSION,
            last_block_height=height,
            last_block_app_hash=app_hash,
        )

    def connection_reset(self) -> None:
        """Drop what is not committed: the node has restarted and begins anew."""
        with self._consensus, self._checker.lock:
            self._discard()
            self._checker.reset()

    # --- consensus --------------------------------------------------------------------------------------------

    def init_chain(self, request: abci.RequestInitChain) -> abci.ResponseInitChain:
        """Make the state of genesis, in memory until the first Commit. Raises: GenesisError, ProtocolError."""
        with self._consensus, self._checker.lock:
            if self.store.height:
                raise ProtocolError(f"InitChain on a chain of height {self.store.height}")
            self._discard()
            self._genesis, self._info = None, None
            # What is remembered of signatures holds for one chain id.
            self._cache.clear()
            app_state = genesis.parse_app_state(request.app_state_bytes)
            genesis.validate_genesis(self.modules, app_state)
            block = BlockInfo(request.chain_id, Height(request.initial_height or 1), _genesis_time(request))
            state = BlockState(self.store)
            ctx = Context(state, block, GasMeter(), core.read_authority(app_state.get(core.STORE, {})))
            genesis.init_genesis(self.modules, ctx, request, app_state)
            session = Session(state, block, ctx.authority, self._accounts.tx_params(ctx), -1)
            gentxs.deliver(self._executor, session, gentxs.read(app_state.get(gentxs.SECTION, gentxs.default())))
            updates, _ = self._runner.validator_updates(session)
            validators = genesis.first_validators(ctx, request, updates)
            for module in self.modules:
                # Puts the keys in order now: later two threads read this overlay, and none may change it then.
                next(iter(state.iterate(module.name, b"", None)), None)
            self._genesis, self._info = state, core.chain_info.require(ctx)
            self._checker.reset()
            return abci.ResponseInitChain(validators=validators)

    def prepare_proposal(self, request: abci.RequestPrepareProposal) -> abci.ResponsePrepareProposal:
        """Choose transactions for a block."""
        with self._consensus:
            is_free = self._executor.ante.may_be_free
            chosen = fill_block(self._cache, request.txs, request.max_tx_bytes, self._block_limits()[1], is_free)
            return abci.ResponsePrepareProposal(txs=chosen)

    def process_proposal(self, request: abci.RequestProcessProposal) -> abci.ResponseProcessProposal:
        """Accept or reject another's choice."""
        with self._consensus:
            fault = block_fault(self._cache, request.txs, *self._block_limits())
            if fault:
                _log.warning("rejected the proposal of height %d: %s", request.height, fault)
            verdict = abci.ResponseProcessProposal.REJECT if fault else abci.ResponseProcessProposal.ACCEPT
            return abci.ResponseProcessProposal(status=verdict)

    def extend_vote(self, request: abci.RequestExtendVote) -> abci.ResponseExtendVote:
        """Extend no vote."""
        return abci.ResponseExtendVote()

    def verify_vote_extension(self, request: abci.RequestVerifyVoteExtension) -> abci.ResponseVerifyVoteExtension:
        """Accept what `extend_vote` gives, and nothing else."""
        if request.vote_extension:
            return abci.ResponseVerifyVoteExtension(status=abci.ResponseVerifyVoteExtension.REJECT)
        return abci.ResponseVerifyVoteExtension(status=abci.ResponseVerifyVoteExtension.ACCEPT)

    def finalize_block(self, request: abci.RequestFinalizeBlock) -> abci.ResponseFinalizeBlock:
        """Execute a block; the same block again gives the same bytes. Raises: ProtocolError and what hooks raise."""
        with self._consensus:
            self._discard()
            if self._info is None:
                raise ProtocolError("FinalizeBlock before InitChain")
            expected = self.store.height + 1 if self.store.height else self._info.initial_height
            if request.height != expected:
                raise ProtocolError(f"FinalizeBlock of height {request.height}, the next height is {expected}")
            self._collector.pause()
            block = block_info(self._info.chain_id, request, self._committed[1])
            session, response = self._runner.run(block, list(request.txs), self._open)
            response.app_hash = self.store.finalize(self._changes(session.state))
            self._pending = (block.height, block.time)
            self.observer.finalized(block.height, response.tx_results)
            return response

    def commit(self, request: abci.RequestCommit) -> abci.ResponseCommit:
        """Write the executed block to disk, then answer. Raises: ProtocolError when none was executed."""
        with self._consensus, self._checker.lock:
            if self._pending is None:
                raise ProtocolError("Commit without FinalizeBlock")
            height, time = self._pending
            self.store.commit(height, time)
            self._pending, self._genesis = None, None
            self._committed = (height, self.store.app_hash)
            self._checker.reset()
        roots = self.store.roots(height)
        self.observer.committed(height, self._committed[1], roots)
        self._collector.between_blocks()
        retain = height - self._retain_blocks if self._retain_blocks else 0
        return abci.ResponseCommit(retain_height=max(0, retain))

    # --- mempool and queries ----------------------------------------------------------------------------------

    def check_tx(self, request: abci.RequestCheckTx) -> abci.ResponseCheckTx:
        """Judge a transaction for the mempool."""
        response = self._checker.check(request)
        recheck = request.type == _RECHECK
        self.observer.checked(response.codespace, response.code, recheck)
        return response

    def query(self, request: abci.RequestQuery) -> abci.ResponseQuery:
        """Answer from a committed version."""
        return self._queries.answer(request)

    # --- state sync -------------------------------------------------------------------------------------------

    def list_snapshots(self, request: abci.RequestListSnapshots) -> abci.ResponseListSnapshots:
        """Offer no snapshots."""
        return abci.ResponseListSnapshots()

    def offer_snapshot(self, request: abci.RequestOfferSnapshot) -> abci.ResponseOfferSnapshot:
        """Take no snapshot."""
        return abci.ResponseOfferSnapshot(result=abci.ResponseOfferSnapshot.REJECT)

    def load_snapshot_chunk(self, request: abci.RequestLoadSnapshotChunk) -> abci.ResponseLoadSnapshotChunk:
        """Have no chunk."""
        return abci.ResponseLoadSnapshotChunk()

    def apply_snapshot_chunk(self, request: abci.RequestApplySnapshotChunk) -> abci.ResponseApplySnapshotChunk:
        """Take no chunk."""
        return abci.ResponseApplySnapshotChunk(result=abci.ResponseApplySnapshotChunk.ABORT)

    # --- states -----------------------------------------------------------------------------------------------

    def export(self, height: int = 0) -> Json:
        """Return the `app_state` of a committed height, by default the last."""
        with self.store.at(height or self.store.height) as view:
            return genesis.export_genesis(self.modules, self.context(view))

    def context(self, state: Readable | None = None) -> Context:
        """Return a context to read with, by default the last committed state. Raises: ProtocolError before genesis."""
        if self._info is None:
            raise ProtocolError("there is no state before InitChain")
        base = self._base() if state is None else state
        info = self._info
        time = self.store.block_time() if self.store.height else info.genesis_time
        block = BlockInfo(info.chain_id, Height(self.store.height), UnixNano(time))
        return Context(BlockState(base), block, GasMeter(), info.authority)

    def _base(self) -> Readable:
        """The state that the next block starts from; after InitChain it is not on disk yet."""
        return self.store if self._genesis is None else self._genesis

    def _open(self, block: BlockInfo) -> Session:
        ctx = self.context()
        limits = core.read_params(ctx).block
        params = self._accounts.tx_params(ctx)
        return Session(BlockState(self._base()), block, ctx.authority, params, limits.max_gas, limits.max_bytes)

    def _open_check(self) -> Session:
        if self._info is None:
            raise SdkError(SdkCode.INVALID_HEIGHT, "the chain has no state before InitChain")
        ctx = self.context()
        info = core.chain_info.require(ctx)
        height = ctx.height + 1 if ctx.height else info.initial_height
        return self._open(BlockInfo(ctx.chain_id, Height(height), ctx.time))

    def _block_limits(self) -> tuple[int, int]:
        if self._info is None:
            return -1, -1
        params = core.read_params(self.context()).block
        return params.max_bytes, params.max_gas

    def _changes(self, state: BlockState) -> Mapping[str, Mapping[bytes, bytes | None]]:
        changes = state.changes()
        if self._genesis is None:
            return changes
        merged = self._genesis.changes()
        return {name: {**merged.get(name, {}), **changes.get(name, {})} for name in sorted({*merged, *changes})}

    def _discard(self) -> None:
        self._pending = None
        self.store.discard()


def _genesis_time(request: abci.RequestInitChain) -> UnixNano:
    return UnixNano(request.time.ToNanoseconds())
