"""The free lane: whose receipts go without fees."""

from collections.abc import Sequence

from chain.primitives.ids import Address
from chain.sdk.context import Context
from modules.work.errors import WorkError
from modules.work.gateways import verbs
from modules.work.handlers import judge_message
from modules.work.keeper import WorkKeeper
from modules.work.messages import SubmitWork
from modules.work.recording import record
from modules.work.state import GATEWAYS, Gateway


class WorkLane:
    """Waives the fees of gateways within their quotas; the runtime asks before it takes a fee."""

    def __init__(self, keeper: WorkKeeper) -> None:
        self._keeper = keeper

    def covers(self, messages: Sequence[object]) -> bool:
        """Tell whether all messages hand in receipts."""
        return all(isinstance(message, SubmitWork) for message in messages)

    def waive(self, ctx: Context, payer: Address, messages: Sequence[object]) -> bool:
        """Tell whether a transaction of these messages goes without a fee, and count its receipts against the quotas.

        It does when each message hands in receipts in the payer's own name, and the payer is a gateway of the networks
        of all these receipts with enough left of its quota in the running epoch. Every receipt counts, also one that
        is rejected later. Nothing is written when the answer is no.
        """
        presented = _presented(payer, messages)
        if not presented:
            return False
        epoch = self._keeper.clock(ctx).epoch
        used: list[tuple[int, Gateway, int]] = []
        for network, number in presented.items():
            gateway = GATEWAYS.get(ctx, (network, payer))
            if gateway is None or number > verbs.left(ctx, self._keeper, network, gateway, epoch):
                return False
            used.append((network, gateway, number))
        for network, gateway, number in used:
            verbs.use(ctx, network, payer, gateway, epoch, number)
        return True

    def screen(self, ctx: Context, messages: Sequence[object]) -> None:
        """Judge and record waived messages as a block would. Raises: ModuleError of a message or its first bad receipt.

        A block takes a message with bad receipts; who pays nothing has to hand in good ones only.
        """
        for message in messages:
            if isinstance(message, SubmitWork):
                accepted = []
                for verdict in judge_message(ctx, self._keeper, message):
                    if isinstance(verdict, WorkError):
                        raise verdict
                    accepted.append(verdict)
                record(ctx, self._keeper, accepted)


def _presented(payer: Address, messages: Sequence[object]) -> dict[int, int]:
    """Return the number of receipts by network in order of appearance; empty when a message is no work of the payer."""
    presented: dict[int, int] = {}
    for message in messages:
        if not isinstance(message, SubmitWork) or message.submitter != payer:
            return {}
        for receipt in message.receipts:
            presented[receipt.network] = presented.get(receipt.network, 0) + 1
    return presented
