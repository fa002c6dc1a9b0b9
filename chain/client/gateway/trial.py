"""What the chain would say of receipts now, asked before anything is handed in."""

from collections.abc import Sequence
from typing import NamedTuple

from chain.client.client import Client
from chain.client.keyring import Signer
from chain.client.tx import unsigned_tx
from chain.pb.cosmos.tx.v1beta1 import service_pb2
from chain.pb.lamppost.work.v1.tx_pb2 import MsgSubmitWork, MsgSubmitWorkResponse
from chain.pb.lamppost.work.v1.types_pb2 import Receipt, ReceiptResult


class Trial(NamedTuple):
    """A simulated transaction: the gas it would use and the verdict on each receipt."""

    gas: int
    verdicts: list[ReceiptResult]


def submission(signer: Signer, receipts: Sequence[Receipt]) -> MsgSubmitWork:
    """Return the message that hands receipts in."""
    return MsgSubmitWork(submitter=str(signer.address), receipts=receipts)


def try_out(client: Client, signer: Signer, receipts: Sequence[Receipt]) -> Trial:
    """Simulate the handing in of receipts. Raises: QueryFailed, ClientError."""
    account = client.account(signer.address)
    tx = unsigned_tx([submission(signer, receipts)], signer.public_key, account.sequence if account else 0)
    request = service_pb2.SimulateRequest(tx_bytes=tx)
    answer = client.query("/cosmos.tx.v1beta1.Service/Simulate", request, service_pb2.SimulateResponse)
    response = MsgSubmitWorkResponse.FromString(answer.result.msg_responses[0].value)
    return Trial(int(answer.gas_info.gas_used), list(response.results))
