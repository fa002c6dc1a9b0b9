"""Simulation: run a transaction on a copy of the last state and tell what gas it takes."""

from chain.pb.cosmos.base.abci.v1beta1.abci_pb2 import SimulationResponse, TxMsgData
from chain.pb.cosmos.tx.v1beta1.tx_pb2 import Tx as TxPb
from chain.pb.cosmos.tx.v1beta1.tx_pb2 import TxRaw
from chain.pb.tendermint.abci.types_pb2 import ExecTxResult
from chain.runtime.ante import Mode
from chain.runtime.execution import Executor, reject
from chain.runtime.session import Session
from chain.sdk.gas import out_of_gas


class SimulationError(Exception):
    """The transaction would fail; carries the result."""

    def __init__(self, result: ExecTxResult) -> None:
        super().__init__(f"{result.log} with gas used: '{result.gas_used}'")
        self.result = result


def simulate(executor: Executor, session: Session, raw: bytes) -> SimulationResponse:
    """Return gas and result of a transaction whose signatures and sequences may be missing or wrong.

    Raises: SimulationError.
    """
    result = ExecTxResult()
    limit, size_gas = executor.simulation_limit(session), len(raw) * session.params.tx_size_cost_per_byte
    if size_gas > limit:
        # Known before it is decoded, which is the dearest part of a long one.
        reject(result, out_of_gas("txSize", limit, size_gas))
    else:
        executor.run(session, raw, result, Mode.SIMULATE)
        # Without its signatures nobody will see it again, and nobody paid for the memory.
        executor.cache.forget(raw)
    if result.code:
        raise SimulationError(result)
    response = SimulationResponse()
    response.gas_info.gas_wanted = result.gas_wanted
    response.gas_info.gas_used = result.gas_used
    response.result.data = result.data
    response.result.log = result.log
    response.result.events.extend(result.events)
    response.result.msg_responses.extend(TxMsgData.FromString(result.data).msg_responses)
    return response


def raw_bytes(tx: TxPb) -> bytes:
    """Return the bytes of a transaction given in its parts, as older clients ask for simulations."""
    raw = TxRaw(
        body_bytes=tx.body.SerializeToString(deterministic=True),
        auth_info_bytes=tx.auth_info.SerializeToString(deterministic=True),
        signatures=tx.signatures,
    )
    return raw.SerializeToString(deterministic=True)
