"""Transactions without a fee that wait in this node's mempool: how many it lets in.

A local rule, which other nodes need not share. CometBFT offers a proposer what came first, so free transactions could
only push out paying ones by filling the mempool in front of them: together they get a quarter of a block, each payer
a quarter of that. And they could keep the node busy with what turns out to be junk: whoever sent some is not listened
to before the next block, and if it goes on then, twice as long each time.

Counts begin anew with each block, because what still waits then is checked again, before anything new.
"""

from typing import NamedTuple

from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from chain.runtime.tx import Tx

SHARE = 4
"""Free transactions that wait take at most this part of a block, and each payer this part of theirs."""
MAX_WAITING_BYTES = 1 << 20
"""Most bytes of free transactions that wait, however large blocks are; decoded they take some times that."""
MAX_WAITING = 1_000
"""Most free transactions that wait, a fifth of what CometBFT's mempool holds by default."""
MAX_JUNK = 8
"""Refused free transactions between two blocks after which no more are looked at, but of who has credit."""
MAX_CREDIT = 4
"""Most credit of a payer: one for each free transaction that was let in, less one for each that was refused."""
MAX_MUTED = 4_096
"""Most accounts that are remembered as not to be listened to, and as having credit."""
MAX_DOUBLINGS = 6
"""So often is the time doubled for which an account is not listened to: up to 64 blocks."""


class Usage:
    """Bytes and gas of waiting transactions."""

    __slots__ = ("count", "gas", "size")

    def __init__(self) -> None:
        self.count = 0
        self.size = 0
        self.gas = 0

    def add(self, tx: Tx) -> None:
        """Count one more."""
        self.count += 1
        self.size += tx.size
        self.gas += tx.gas_limit


class Muted(NamedTuple):
    """Until which block an account is not listened to, and how often that time was doubled."""

    until: int
    doublings: int


class Waiting:
    """Counts what waits since the last block; its owner's lock guards it."""

    __slots__ = ("_all", "_blocks", "_credit", "_junk", "_muted", "_payers")

    def __init__(self) -> None:
        self._blocks = 0
        self._muted: dict[Address, Muted] = {}
        self._credit: dict[Address, int] = {}
        self.next_block()

    def next_block(self) -> None:
        """Begin to count anew; who was muted stays so for its time, and is remembered for as long again."""
        self._all = Usage()
        self._payers: dict[Address, Usage] = {}
        self._junk: set[Address] = set()
        self._blocks += 1
        over = [payer for payer, (until, doublings) in self._muted.items() if until + (1 << doublings) < self._blocks]
        for payer in over:
            del self._muted[payer]

    def require_heard(self, payer: Address | None) -> None:
        """Refuse who is not listened to for now. Raises: SdkError(MEMPOOL_FULL)."""
        muted = self._muted.get(payer) if payer is not None else None
        # Else many gateways of a hostile network, in turns, could shut out everybody else's for good.
        crowded = len(self._junk) >= MAX_JUNK and payer not in self._credit
        if crowded or (muted is not None and self._blocks < muted.until):
            blocks = muted.until - self._blocks if muted is not None else 1
            raise SdkError(SdkCode.MEMPOOL_FULL, f"nothing more without a fee is looked at for {max(1, blocks)} blocks")

    def require_room(self, tx: Tx, max_bytes: int, max_gas: int) -> None:
        """Refuse a free transaction that there is no room for; the limits are a block's, -1 where it has none.

        Raises: SdkError(MEMPOOL_FULL).
        """
        size = min(MAX_WAITING_BYTES, max_bytes // SHARE) if max_bytes >= 0 else MAX_WAITING_BYTES
        gas = max_gas // SHARE if max_gas >= 0 else -1
        if not _fits(self._all, tx, MAX_WAITING, size, gas):
            raise SdkError(SdkCode.MEMPOOL_FULL, "too many transactions without a fee are waiting")
        mine = self._payers.get(tx.payer)
        # One may wait whatever its size: a payer's part may be less than a whole batch takes.
        if mine is not None and not _fits(
            mine, tx, MAX_WAITING // SHARE, size // SHARE, gas if gas < 0 else gas // SHARE
        ):
            raise SdkError(SdkCode.MEMPOOL_FULL, f"too many transactions without a fee of {tx.payer} are waiting")

    def add(self, tx: Tx) -> None:
        """Count a transaction that was let in."""
        self._all.add(tx)
        self._payers.setdefault(tx.payer, Usage()).add(tx)

    def give_credit(self, payer: Address) -> None:
        """Remember that a new free transaction of a payer was let in."""
        credit = self._credit.pop(payer, 0)
        if len(self._credit) >= MAX_MUTED:
            del self._credit[next(iter(self._credit))]
        self._credit[payer] = min(credit + 1, MAX_CREDIT)

    def note_junk(self, tx: Tx) -> None:
        """Remember whose signed transaction without a fee turned out to hold something that a block would reject."""
        self._junk.add(tx.payer)
        credit = self._credit.pop(tx.payer, 0)
        if credit > 1:
            self._credit[tx.payer] = credit - 1
        self.mute(tx.payer)

    def mute(self, payer: Address) -> None:
        """Listen no more for a while to who signed what was refused; what it pays for is taken as ever."""
        muted = self._muted.get(payer)
        if muted is not None and self._blocks < muted.until:
            return
        if muted is not None or len(self._muted) < MAX_MUTED:
            doublings = min(muted.doublings + 1, MAX_DOUBLINGS) if muted is not None else 0
            self._muted[payer] = Muted(self._blocks + (1 << doublings), doublings)


def _fits(usage: Usage, tx: Tx, count: int, size: int, gas: int) -> bool:
    return usage.count < count and usage.size + tx.size <= size and (gas < 0 or usage.gas + tx.gas_limit <= gas)
