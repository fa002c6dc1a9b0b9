"""Running one transaction: admission, then all of its messages or none."""

from itertools import pairwise

from chain.codec.values import write_uvarint
from chain.pb.tendermint.abci.types_pb2 import ExecTxResult
from chain.primitives.errors import ModuleError, SdkCode
from chain.primitives.events import Event
from chain.runtime.ante import Ante, Mode
from chain.runtime.decode_cache import DecodeCache
from chain.runtime.events import RESULT_FIELD, encode_events
from chain.runtime.faults import guarded
from chain.runtime.router import Call
from chain.runtime.session import Session
from chain.runtime.tx import Tx
from chain.sdk.context import Context
from chain.sdk.gas import GasMeter

SIMULATION_GAS = 50_000_000
"""Most gas of a simulation, which nobody pays for, unless the node says otherwise; 256 receipts take a tenth of it."""


class Executor:
    """Runs transactions of blocks and of simulations."""

    def __init__(self, ante: Ante, cache: DecodeCache, simulation_gas: int = SIMULATION_GAS) -> None:
        self.ante = ante
        self.cache = cache
        self.simulation_gas = simulation_gas

    def run(self, session: Session, raw: bytes, result: ExecTxResult, mode: Mode = Mode.DELIVER) -> None:
        """Run a transaction and fill in its result.

        What admission wrote stays when the messages fail: the fee is paid and the sequence used up.
        """
        try:
            tx = self.cache.decode(raw)
        except ModuleError as error:
            reject(result, error)
            return
        gas = GasMeter(tx.gas_limit if mode is Mode.DELIVER else self.simulation_limit(session))
        admission = session.context()
        start = session.state.mark()
        try:
            guarded("ante", self.ante.admit, session, admission, tx, gas, mode)
        except ModuleError as error:
            session.state.revert(start)
            reject(result, error)
        else:
            events = encode_events(RESULT_FIELD, admission.events)
            result.MergeFromString(events + self._run_messages(session, tx, gas, result))
        result.gas_wanted = tx.gas_limit
        result.gas_used = gas.used

    def simulation_limit(self, session: Session) -> int:
        """Return the most gas of a simulation: this node's own limit or a block's."""
        return self.simulation_gas if session.max_gas < 0 else min(session.max_gas, self.simulation_gas)

    def _run_messages(self, session: Session, tx: Tx, gas: GasMeter, result: ExecTxResult) -> bytes:
        """Run all messages or none, and return their events as a field of the result."""
        state = session.state
        start = state.mark()
        ctx = session.context(gas)
        data = bytearray()
        ends = []
        for index, call in enumerate(tx.calls):
            try:
                _run_message(ctx, call, data)
            except ModuleError as error:
                state.revert(start)
                # Clients read the gas out of this text, which the Cosmos SDK gives without naming the message.
                out_of_gas = (error.codespace, error.code) == ("sdk", SdkCode.OUT_OF_GAS)
                reject(result, error, "" if out_of_gas else f"failed to execute message; message index: {index}: ")
                return b""
            ends.append(len(ctx.events))
        result.data = bytes(data)
        return b"".join(
            encode_events(RESULT_FIELD, ctx.events[begin:end], (("msg_index", str(index)),))
            for index, (begin, end) in enumerate(pairwise((0, *ends)))
        )


def _run_message(ctx: Context, call: Call, data: bytearray) -> None:
    """Run one message and append its response as a field of TxMsgData."""
    route = call.route
    sender = str(call.parsed.signers[0])
    ctx.events.append(Event("message", (("action", route.type_url), ("sender", sender), ("module", route.module))))
    response = guarded(route.type_url, route.handle, ctx, route.keeper, call.parsed)
    packed = bytearray(_response_head(f"/{response.DESCRIPTOR.full_name}"))
    body = response.SerializeToString(deterministic=True)
    if body:
        packed.append(0x12)
        write_uvarint(len(body), packed)
        packed += body
    data.append(0x12)
    write_uvarint(len(packed), data)
    data += packed


_heads: dict[str, bytes] = {}


def _response_head(type_url: str) -> bytes:
    """Return field 1 of google.protobuf.Any."""
    head = _heads.get(type_url)
    if head is None:
        out = bytearray(b"\x0a")
        write_uvarint(len(type_url), out)
        head = _heads[type_url] = bytes(out) + type_url.encode()
    return head


def reject(result: ExecTxResult, error: ModuleError, before: str = "") -> None:
    """Fill in a result with a rejection."""
    result.code = int(error.code)
    result.codespace = error.codespace
    result.log = before + error.log
