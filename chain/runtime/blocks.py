"""A block: hooks, then each transaction in order, then hooks. Nothing is written to disk here."""

from collections.abc import Callable, Sequence
from typing import Any

from chain.pb.tendermint.abci.types_pb2 import RequestFinalizeBlock, ResponseFinalizeBlock
from chain.pb.tendermint.types.validator_pb2 import BlockIDFlag
from chain.primitives.errors import ModuleError
from chain.primitives.ints import NANOS, Height, UnixNano
from chain.runtime.events import BLOCK_FIELD, encode_events
from chain.runtime.execution import Executor
from chain.runtime.session import Session
from chain.runtime.tx import Tx
from chain.sdk.context import BlockInfo, Context, Vote
from chain.sdk.module import Module

Hook = tuple[Callable[[Context, Any], None], Any]
"""A block hook and its module's keeper."""

_ABSENT = BlockIDFlag.BLOCK_ID_FLAG_ABSENT


class BlockRunner:
    """Executes blocks of any modules, with the order of their hooks."""

    def __init__(self, executor: Executor, begin: Sequence[Module], end: Sequence[Module]) -> None:
        self.executor = executor
        self.begin: list[Hook] = [(module.begin_block, module.keeper) for module in begin if module.begin_block]
        self.end: list[Hook] = [(module.end_block, module.keeper) for module in end if module.end_block]

    def run(
        self, block: BlockInfo, txs: Sequence[bytes], open_session: Callable[[BlockInfo], Session]
    ) -> tuple[Session, ResponseFinalizeBlock]:
        """Execute a block; the session's state then holds its writes.

        An exception of a hook is not caught: a block that cannot begin or end must stop the chain.
        """
        response = ResponseFinalizeBlock()
        session = open_session(block)
        self.executor.ante.verify_ahead(session, self._decodable(txs))
        _run_hooks(self.begin, session, response, "BeginBlock")
        for raw in txs:
            self.executor.run(session, raw, response.tx_results.add())
        _run_hooks(self.end, session, response, "EndBlock")
        return session, response

    def _decodable(self, txs: Sequence[bytes]) -> list[Tx]:
        decoded = []
        for raw in txs:
            try:
                decoded.append(self.executor.cache.decode(raw))
            except ModuleError:
                continue  # its result will say so
        return decoded


def _run_hooks(hooks: Sequence[Hook], session: Session, response: ResponseFinalizeBlock, mode: str) -> None:
    for hook, keeper in hooks:
        ctx = session.context()
        hook(ctx, keeper)
        response.MergeFromString(encode_events(BLOCK_FIELD, ctx.events, (("mode", mode),)))


def block_info(chain_id: str, request: RequestFinalizeBlock) -> BlockInfo:
    """Return what modules may know of a block."""
    return BlockInfo(
        chain_id,
        Height(request.height),
        UnixNano(request.time.seconds * NANOS + request.time.nanos),
        request.hash,
        request.proposer_address,
        tuple(
            Vote(vote.validator.address, vote.validator.power, vote.block_id_flag != _ABSENT)
            for vote in request.decided_last_commit.votes
        ),
    )
