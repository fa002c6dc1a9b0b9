"""CheckTx: may a transaction enter, or stay in, the mempool?

The check state is an overlay over the last committed state in which admitted transactions have used up their
sequences and fees, so that a sender can have many pending. It is thrown away at each Commit.

Free transactions pay nothing when they fail in a block, so they are run here: only what a block would take enters.
"""

from collections.abc import Callable, Sequence
from threading import Lock

from chain.pb.tendermint.abci.types_pb2 import CheckTxType, RequestCheckTx, ResponseCheckTx
from chain.primitives.errors import ModuleError, SdkError
from chain.runtime.ante import FREE_TX_BYTES, Ante, Mode
from chain.runtime.decode_cache import DecodeCache
from chain.runtime.faults import guarded
from chain.runtime.fees import GasPrice, require_fee
from chain.runtime.session import Session
from chain.runtime.tx import Head, Tx, read_head
from chain.runtime.waiting import Waiting
from chain.sdk.gas import GasMeter

GLANCE_BYTES = 2_048
"""Transactions above this size, in bytes, are glanced at before they are decoded if they pay too little."""
_RECHECK = CheckTxType.RECHECK


class Checker:
    """Owns the check state; `lock` guards it."""

    def __init__(
        self, ante: Ante, cache: DecodeCache, open_session: Callable[[], Session], prices: Sequence[GasPrice]
    ) -> None:
        self.lock = Lock()
        self._ante = ante
        self._cache = cache
        self._open = open_session
        self._prices = prices
        self._session: Session | None = None
        self._waiting = Waiting()

    def reset(self) -> None:
        """Forget the check state; the caller holds the lock."""
        self._session = None
        self._waiting.next_block()

    def check(self, request: RequestCheckTx) -> ResponseCheckTx:
        """Admit a transaction to the check state, or say why not."""
        response = ResponseCheckTx()
        mode = Mode.RECHECK if request.type == _RECHECK else Mode.CHECK
        gas = GasMeter(0)
        head: Head | None = None
        try:
            if mode is Mode.CHECK and self._prices and len(request.tx) > GLANCE_BYTES:
                head = self._glance(request.tx)
            tx = self._cache.decode(request.tx)
            if head is not None and head.signer is not None:
                # It is verified already, over the same bytes.
                tx.signers[0].verdict = head.signer.verdict
            gas.limit = tx.gas_limit
            response.gas_wanted = tx.gas_limit
            with self.lock:
                session = self._opened()
                start = session.state.mark()
                try:
                    guarded("ante", self._admit, session, tx, gas, mode)
                except ModuleError:
                    session.state.revert(start)
                    # Nobody pays for it, so it must not take memory either.
                    self._cache.forget(request.tx)
                    raise
        except ModuleError as error:
            response.code = int(error.code)
            response.codespace = error.codespace
            response.log = error.log
            if head is not None and head.signer is not None:
                with self.lock:
                    self._waiting.mute(head.signer.address)
        response.gas_used = gas.used
        return response

    def _opened(self) -> Session:
        if self._session is None:
            self._session = self._open()
        return self._session

    def _glance(self, raw: bytes) -> Head | None:
        """Refuse a long transaction that offers too little before it is decoded, unless its one signer is genuine.

        None when it pays. Decoding is the dearest part of what is refused later: nobody is to have it for nothing again
        and again, and nobody is to be blamed for what another made or repeated.
        """
        head = read_head(raw)
        try:
            require_fee(head.fee, head.gas_limit, self._prices)
        except SdkError:
            if head.fee or self._ante.free_lane is None or len(raw) > FREE_TX_BYTES:
                raise
            with self.lock:
                self._waiting.require_heard(head.signer.address if head.signer else None)
                self._ante.glance(self._opened(), head)
            return head
        return None

    def _admit(self, session: Session, tx: Tx, gas: GasMeter, mode: Mode) -> None:
        terms = self._terms if mode is Mode.CHECK else self._terms_of_waiting
        if not self._ante.admit(session, session.context(), tx, gas, mode, terms):
            return
        try:
            self._ante.screen(session.context(gas), tx)
        except ModuleError:
            if mode is Mode.CHECK:
                self._waiting.note_junk(tx)
            raise
        self._waiting.add(tx)
        if mode is Mode.CHECK:
            self._waiting.give_credit(tx.payer)

    def _terms(self, session: Session, tx: Tx, waived: bool) -> None:
        if waived:
            self._waiting.require_heard(tx.payer)
        self._terms_of_waiting(session, tx, waived)

    def _terms_of_waiting(self, session: Session, tx: Tx, waived: bool) -> None:
        # What waits was good when it came: its sender's later junk does not count against it.
        if waived:
            self._waiting.require_room(tx, session.max_bytes, session.max_gas)
        elif self._prices:
            require_fee(tx.fee, tx.gas_limit, self._prices)
