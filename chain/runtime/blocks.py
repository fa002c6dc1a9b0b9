"""A block: hooks, then each transaction in order, then hooks. Nothing is written to disk here."""

from collections.abc import Callable, Sequence
from typing import Any

from chain.pb.tendermint.abci.types_pb2 import Misbehavior as MisbehaviorPb
from chain.pb.tendermint.abci.types_pb2 import RequestFinalizeBlock, ResponseFinalizeBlock
from chain.pb.tendermint.types.validator_pb2 import BlockIDFlag
from chain.primitives.errors import ModuleError
from chain.primitives.events import Event
from chain.primitives.ints import NANOS, Height, UnixNano
from chain.runtime.events import BLOCK_FIELD, encode_events
from chain.runtime.execution import Executor
from chain.runtime.genesis import validator_update
from chain.runtime.session import Session
from chain.runtime.tx import Tx
from chain.sdk.context import BlockInfo, Context, Misbehavior, Vote
from chain.sdk.module import Module, ValidatorPower

Hook = tuple[Callable[[Context, Any], None], Any]
"""A block hook and its module's keeper."""

_ABSENT = BlockIDFlag.BLOCK_ID_FLAG_ABSENT


class BlockRunner:
    """Executes blocks of any modules, with the order of their hooks."""

    def __init__(self, executor: Executor, begin: Sequence[Module], end: Sequence[Module]) -> None:
        self.executor = executor
        self.begin: list[Hook] = [(module.begin_block, module.keeper) for module in begin if module.begin_block]
        self.end: list[Hook] = [(module.end_block, module.keeper) for module in end if module.end_block]
        self.updates = [(module.validator_updates, module.keeper) for module in end if module.validator_updates]

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
        updates, events = self.validator_updates(session)
        response.MergeFromString(encode_events(BLOCK_FIELD, events, (("mode", "EndBlock"),)))
        response.validator_updates.extend(map(validator_update, updates))
        return session, response

    def validator_updates(self, session: Session) -> tuple[list[ValidatorPower], list[Event]]:
        """Return what the modules want CometBFT to know of validators, and the events of finding it out."""
        ctx = session.context()
        return [update for ask, keeper in self.updates for update in ask(ctx, keeper)], ctx.events

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


def block_info(chain_id: str, request: RequestFinalizeBlock, app_hash: bytes = b"") -> BlockInfo:
    """Return what modules may know of a block; `app_hash` is that of the state before it."""
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
        tuple(map(_misbehavior, request.misbehavior)),
        request.next_validators_hash,
        app_hash,
    )


def _misbehavior(item: MisbehaviorPb) -> Misbehavior:
    return Misbehavior(
        item.type,
        item.validator.address,
        item.validator.power,
        item.height,
        UnixNano(item.time.seconds * NANOS + item.time.nanos),
        item.total_voting_power,
    )
