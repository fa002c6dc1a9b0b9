"""The two ways of a receipt to the chain: through a gateway, or in a transaction of one's own."""

from typing import Any

from chain.client.agent.agent import Fate, Outcome
from chain.client.client import Client
from chain.client.errors import ClientError, NodeUnreachable
from chain.client.rpc import TxResult
from chain.pb.cosmos.base.abci.v1beta1.abci_pb2 import TxMsgData
from chain.pb.lamppost.work.v1 import query_pb2
from chain.pb.lamppost.work.v1.tx_pb2 import MsgSubmitWork, MsgSubmitWorkResponse
from chain.pb.lamppost.work.v1.types_pb2 import Receipt, ReceiptResult
from chain.primitives.ids import DeviceId

_MAYBE_TAKEN = (10, 11, 12)
"""Codes of codespace `work` that a receipt gets when it is handed in again: window, sequence, epoch reported."""

_WHY = {1: "an audit was missed", 2: "the device has moved"}
"""Why an accepted receipt counts nothing."""


def receipt_results(result: TxResult) -> list[ReceiptResult]:
    """Return what the chain said of each receipt of a committed MsgSubmitWork."""
    answers = TxMsgData.FromString(result.data).msg_responses
    return list(MsgSubmitWorkResponse.FromString(answers[0].value).results)


def to_outcome(result: ReceiptResult) -> Outcome:
    """Return a chain's verdict on a receipt as an outcome."""
    if result.code:
        return Outcome(Fate.REJECTED, result.reason)
    return Outcome(Fate.ACCEPTED, _WHY.get(result.why, ""), result.effective_units)


def fate_of(client: Client, receipt: Receipt, result: ReceiptResult) -> Outcome:
    """Return the outcome of a receipt that may have been handed in before.

    When its first transaction was committed and nobody heard of it, the second is rejected; the device's last epoch
    and sequence tell. Raises: ClientError.
    """
    outcome = to_outcome(result)
    if outcome.fate is not Fate.REJECTED or result.code not in _MAYBE_TAKEN:
        return outcome
    request = query_pb2.QueryDeviceWorkRequest(device_id=str(DeviceId(receipt.device)))
    known = client.query("/lamppost.work.v1.Query/DeviceWork", request, query_pb2.QueryDeviceWorkResponse)
    if known.has_worked and (known.last_epoch, known.sequence) == (receipt.epoch, receipt.sequence):
        return Outcome(Fate.ACCEPTED, "taken by an earlier transaction")
    return outcome


class ChainSubmitter:
    """Submits each receipt in a transaction of its own; `signer` pays its fee."""

    def __init__(self, client: Client, signer: str, **options: Any) -> None:
        self._client = client
        self._signer = signer
        self._options = options

    def submit(self, receipt: Receipt) -> Outcome:
        """Submit a receipt and wait for the block. Raises: ClientError."""
        address = self._client.signer(self._signer).address
        message = MsgSubmitWork(submitter=str(address), receipts=[receipt])
        result = self._client.send_messages([message], self._signer, **self._options)
        return fate_of(self._client, receipt, receipt_results(result)[0])


class GatewaySubmitter:
    """Hands receipts to a gateway over HTTP; the gateway pays."""

    def __init__(self, url: str, timeout: float = 5.0) -> None:
        import httpx

        self._url = url.rstrip("/")
        self._http = httpx.Client(timeout=timeout, trust_env=False)
        self._failure = httpx.HTTPError

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def submit(self, receipt: Receipt) -> Outcome:
        """Hand in a receipt, or ask for its fate if the gateway has it. Raises: NodeUnreachable, ClientError."""
        try:
            answer = self._http.post(
                f"{self._url}/v1/receipts",
                content=receipt.SerializeToString(deterministic=True),
                headers={"Content-Type": "application/x-protobuf"},
            )
            told = answer.json()
        except (self._failure, ValueError) as error:
            raise NodeUnreachable(f"no answer from gateway {self._url}: {error or type(error).__name__}") from error
        if answer.status_code == 400:
            return Outcome(Fate.REJECTED, told.get("reason", ""))
        if answer.status_code not in (200, 202):
            raise ClientError(f"gateway {self._url} answers {answer.status_code}: {told.get('reason', '')}")
        return Outcome(Fate(told["fate"]), told.get("reason", ""), int(told.get("effective_units", 0)))
