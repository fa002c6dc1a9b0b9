"""Where transactions run: a state with a block around it, and the limits that hold in it."""

from dataclasses import dataclass

from chain.primitives.ids import Address
from chain.runtime.ports import TxParams
from chain.sdk.context import BlockInfo, Context
from chain.sdk.gas import GasMeter
from chain.store.overlay import BlockState


@dataclass(slots=True)
class Session:
    """One block's execution, the check state between two blocks, or one simulation.

    `params` and `max_gas` are read once, so a change by a message holds from the next session on.
    `max_gas` and `max_bytes` are -1 where nothing limits a block.
    """

    state: BlockState
    block: BlockInfo
    authority: Address
    params: TxParams
    max_gas: int
    max_bytes: int = -1

    def context(self, gas: GasMeter | None = None) -> Context:
        """Return a context on this state with its own events, and without a limit unless a meter is given."""
        return Context(self.state, self.block, gas if gas is not None else GasMeter(), self.authority)
