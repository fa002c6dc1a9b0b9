"""CometBFT's JSON-RPC, as far as clients of this chain need it.

Methods, parameters and encodings are those of CometBFT 0.38 to 0.40: integers as text, bytes as base64, hashes as
upper-case hex.
"""

import base64
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chain.client.errors import NodeUnreachable, QueryFailed, RpcError, TxFailed, TxNotFound
from chain.primitives.errors import SdkCode

DEFAULT_NODE = "http://127.0.0.1:26657"
"""Where a node's RPC listens unless told otherwise."""


@dataclass(frozen=True, slots=True)
class AbciAnswer:
    """The answer to a query: value, the height it was taken at, and proof operations as (type, key, data)."""

    value: bytes
    height: int
    proof: tuple[tuple[str, bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class TxResult:
    """A committed transaction: where, with which result, and what it emitted as (type, {key: value})."""

    tx_hash: str
    height: int
    code: int
    codespace: str
    log: str
    data: bytes
    gas_wanted: int
    gas_used: int
    events: tuple[tuple[str, dict[str, str]], ...]
    tx: bytes = b""


class RpcClient:
    """A connection to a node's RPC; safe to use from several threads, to be closed after use.

    Raises from every call: NodeUnreachable, RpcError.
    """

    def __init__(self, url: str = DEFAULT_NODE, timeout: float = 10.0) -> None:
        import httpx  # imported here because it costs a quarter of the start-up time of a command

        self.url = (url if "://" in url else f"http://{url}").replace("tcp://", "http://", 1).rstrip("/")
        self._http = httpx.Client(timeout=timeout, trust_env=False)
        self._failures = (httpx.HTTPError, httpx.InvalidURL)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def __enter__(self) -> "RpcClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, method: str, **params: Any) -> Any:
        """Call a method by its JSON-RPC name and return `result`."""
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        try:
            answer = self._http.post(self.url, json=request).json()
        except self._failures as error:
            raise NodeUnreachable(f"no answer from {self.url}: {str(error) or type(error).__name__}") from error
        except ValueError as error:
            raise NodeUnreachable(f"{self.url} does not answer as a CometBFT node does") from error
        if not isinstance(answer, dict) or not ("result" in answer or "error" in answer):
            raise NodeUnreachable(f"{self.url} does not answer as a CometBFT node does")
        failed = answer.get("error")
        if failed:
            raise RpcError(failed.get("code", 0), failed.get("message", ""), str(failed.get("data", "")))
        return answer["result"]

    def status(self) -> dict[str, Any]:
        """Return the node's own view: node_info, sync_info, validator_info."""
        result: dict[str, Any] = self.call("status")
        return result

    def signed_lately(self, status: Mapping[str, Any], blocks: int = 3) -> bool:
        """Tell of a node's status whether its validator has a seat and signed one of the last blocks."""
        validator, newest = status["validator_info"], int(status["sync_info"]["latest_block_height"])
        if not int(validator["voting_power"]):
            return False
        for height in range(max(newest - blocks + 1, 1), newest + 1):
            commit = self.call("commit", height=str(height))["signed_header"]["commit"]
            if any(vote["validator_address"] == validator["address"] for vote in commit["signatures"]):
                return True
        return False

    def chain_id(self) -> str:
        """Return the name of the node's chain."""
        return str(self.status()["node_info"]["network"])

    def height(self) -> int:
        """Return the newest block's height."""
        return int(self.status()["sync_info"]["latest_block_height"])

    def abci_query(self, path: str, data: bytes, height: int = 0, prove: bool = False) -> AbciAnswer:
        """Ask the application. `height` 0 is the newest committed one. Raises: QueryFailed."""
        result = self.call("abci_query", path=path, data=data.hex(), height=str(height), prove=prove)["response"]
        if result.get("code"):
            raise QueryFailed(
                result.get("codespace", ""), int(result["code"]), result.get("log", ""), result.get("info", "")
            )
        ops = (result.get("proofOps") or {}).get("ops") or []
        proof = tuple((op["type"], _unbase64(op["key"]), _unbase64(op["data"])) for op in ops)
        return AbciAnswer(_unbase64(result.get("value")), int(result.get("height", 0)), proof)

    def broadcast(self, tx: bytes, wait_for_check: bool = True) -> str:
        """Hand in a transaction and return its hash. Raises: TxFailed when the node's check refuses it."""
        method = "broadcast_tx_sync" if wait_for_check else "broadcast_tx_async"
        try:
            result = self.call(method, tx=base64.b64encode(tx).decode())
        except RpcError as error:
            if "already exists in cache" in error.data:
                tx_hash = hashlib.sha256(tx).hexdigest().upper()
                raise TxFailed(
                    "sdk", SdkCode.TX_IN_MEMPOOL_CACHE, f"transaction {tx_hash} was handed in before", tx_hash
                ) from error
            raise
        if result.get("code"):
            raise TxFailed(result.get("codespace", ""), int(result["code"]), result.get("log", ""), result["hash"])
        return str(result["hash"])

    def tx(self, tx_hash: str) -> TxResult:
        """Return a committed transaction by its hash in hex. Raises: TxNotFound, ValueError for what is no hash."""
        try:
            wanted = bytes.fromhex(tx_hash)
        except ValueError as error:
            raise ValueError(f"{tx_hash!r} is not the hash of a transaction: 64 hex digits") from error
        encoded = base64.b64encode(wanted).decode()
        try:
            return _tx_result(self.call("tx", hash=encoded, prove=False))
        except RpcError as error:
            if "not found" in error.data or "not found" in str(error):
                raise TxNotFound(f"transaction {tx_hash} is not in a block known to this node") from error
            raise

    def wait_for_tx(self, tx_hash: str, timeout: float = 60.0, interval: float = 0.2) -> TxResult:
        """Return a transaction once it is committed; a node that is away for a moment is asked again.

        Raises: TxNotFound after `timeout` seconds, NodeUnreachable when the node is away then.
        """
        deadline = time.monotonic() + timeout
        while True:
            try:
                return self.tx(tx_hash)
            except TxNotFound:
                if time.monotonic() > deadline:
                    raise TxNotFound(
                        f"transaction {tx_hash} was not committed within {timeout:g} s; it may still be"
                    ) from None
            except NodeUnreachable:
                if time.monotonic() > deadline:
                    raise
            time.sleep(interval)

    def tx_search(self, query: str, page: int = 1, per_page: int = 30, newest_first: bool = True) -> list[TxResult]:
        """Return committed transactions that match, such as `transfer.recipient='lamp1...'`."""
        order = "desc" if newest_first else "asc"
        found = self.call("tx_search", query=query, prove=False, page=str(page), per_page=str(per_page), order_by=order)
        return [_tx_result(item) for item in found["txs"]]

    def block(self, height: int = 0) -> dict[str, Any]:
        """Return a block with its id; 0 is the newest."""
        result: dict[str, Any] = self.call("block", **_at(height))
        return result

    def block_results(self, height: int = 0) -> dict[str, Any]:
        """Return what the application answered to a block; 0 is the newest."""
        result: dict[str, Any] = self.call("block_results", **_at(height))
        return result

    def validators(self, height: int = 0) -> list[dict[str, Any]]:
        """Return the validators of a height (the first hundred); 0 is the newest."""
        result: list[dict[str, Any]] = self.call("validators", per_page="100", **_at(height))["validators"]
        return result


def _at(height: int) -> dict[str, str]:
    return {"height": str(height)} if height else {}


def _unbase64(text: str | None) -> bytes:
    return base64.b64decode(text) if text else b""


def _tx_result(item: dict[str, Any]) -> TxResult:
    result = item["tx_result"]
    events = tuple(
        (event["type"], {pair["key"]: pair.get("value") or "" for pair in event.get("attributes") or []})
        for event in result.get("events") or []
    )
    return TxResult(
        tx_hash=item["hash"],
        height=int(item["height"]),
        code=int(result.get("code", 0)),
        codespace=result.get("codespace", ""),
        log=result.get("log", ""),
        data=_unbase64(result.get("data")),
        gas_wanted=int(result.get("gas_wanted", 0)),
        gas_used=int(result.get("gas_used", 0)),
        events=events,
        tx=_unbase64(item.get("tx")),
    )
