"""Transactions of genesis, by which the first validators declare themselves: `app_state.genutil.gen_txs`.

They are the Cosmos SDK's: JSON of signed transactions with account number 0 and sequence 0, executed after all modules
have written their state.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf import json_format

from chain.pb.cosmos.tx.v1beta1.tx_pb2 import Tx, TxRaw
from chain.pb.tendermint.abci.types_pb2 import ExecTxResult
from chain.runtime.ante import Mode
from chain.runtime.execution import Executor
from chain.runtime.session import Session
from chain.sdk.module import GenesisError, Json

SECTION = "genutil"
"""Name of the section in `app_state`."""
MAX_GENTXS = 1_000
"""Most transactions of genesis."""


def default() -> Json:
    """Return a section without transactions."""
    return {"gen_txs": []}


def read(section: Any) -> list[bytes]:
    """Return the transactions of a section as bytes. Raises: GenesisError."""
    if not isinstance(section, Mapping):
        raise GenesisError(SECTION, "not a JSON object")
    for name in section:
        if name != "gen_txs":
            raise GenesisError(f"{SECTION}.{name}", "unknown field")
    listed = section.get("gen_txs") or []
    if not isinstance(listed, Sequence) or isinstance(listed, str) or len(listed) > MAX_GENTXS:
        raise GenesisError(f"{SECTION}.gen_txs", f"must be a list of at most {MAX_GENTXS}")
    return [_bytes(f"{SECTION}.gen_txs[{index}]", item) for index, item in enumerate(listed)]


def deliver(executor: Executor, session: Session, txs: Sequence[bytes]) -> None:
    """Run all transactions; none may fail. Raises: GenesisError with the reason."""
    for index, raw in enumerate(txs):
        result = ExecTxResult()
        executor.run(session, raw, result, Mode.GENESIS)
        if result.code:
            raise GenesisError(f"{SECTION}.gen_txs[{index}]", f"{result.log} ({result.codespace}/{result.code})")


def _bytes(path: str, item: Any) -> bytes:
    try:
        whole = json_format.Parse(json.dumps(item), Tx())
    except (TypeError, ValueError, json_format.ParseError) as error:
        raise GenesisError(path, f"not a transaction in JSON: {error}") from error
    raw = TxRaw(
        body_bytes=whole.body.SerializeToString(deterministic=True),
        auth_info_bytes=whole.auth_info.SerializeToString(deterministic=True),
        signatures=whole.signatures,
    )
    return raw.SerializeToString(deterministic=True)
