"""CheckTx: may a transaction enter, or stay in, the mempool?

The check state is an overlay over the last committed state in which admitted transactions have used up their
sequences and fees, so that a sender can have many pending. It is thrown away at each Commit.

Free transactions pay nothing when they fail in a block, so they are run here: only what a block would take enters.
"""

from collections.abc import Callable, Sequence
from threading import Lock

from chain.pb.tendermint.abci.types_pb2 import CheckTxType, RequestCheckTx, ResponseCheckTx
from chain.primitives.errors import ModuleError
from chain.runtime.ante import FREE_TX_BYTES, Ante, Mode
from chain.runtime.decode_cache import DecodeCache
from chain.runtime.faults import guarded
from chain.runtime.fees import GasPrice, require_fee
from chain.runtime.session import Session
from chain.runtime.tx import Tx, offered_fee
from chain.runtime.waiting import Waiting
from chain.sdk.gas import GasMeter

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
        self._waiting = Waiting()

    def check(self, request: RequestCheckTx) -> ResponseCheckTx:
        """Admit a transaction to the check state, or say why not."""
        response = ResponseCheckTx()
        mode = Mode.RECHECK if request.type == _RECHECK else Mode.CHECK
        gas = GasMeter(0)
        try:
            if len(request.tx) > FREE_TX_BYTES and self._prices:
                # Too long to be free: whoever pays nothing for it is not to have it decoded.
                require_fee(*offered_fee(request.tx), self._prices)
            tx = self._cache.decode(request.tx)
            gas.limit = tx.gas_limit
            response.gas_wanted = tx.gas_limit
            with self.lock:
                session = self._session
                if session is None:
                    session = self._session = self._open()
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
        response.gas_used = gas.used
        return response

    def _admit(self, session: Session, tx: Tx, gas: GasMeter, mode: Mode) -> None:
        if not self._ante.admit(session, session.context(), tx, gas, mode, self._terms):
            return
        try:
            self._ante.screen(session.context(gas), tx)
        except ModuleError:
            if mode is Mode.CHECK:
                self._waiting.note_junk(tx)
            raise
        self._waiting.add(tx)

    def _terms(self, session: Session, tx: Tx, waived: bool) -> None:
        if waived:
            self._waiting.require_room(tx, session.max_bytes, session.max_gas)
        elif self._prices:
            require_fee(tx.fee, tx.gas_limit, self._prices)
