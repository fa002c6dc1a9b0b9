"""Transactions by which validators enter genesis: made on each machine, collected by whoever coordinates."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message

from chain.node.errors import NodeError
from chain.node.home import Home, node_id
from chain.node.toml import set_in_file, write_atomically
from chain.primitives.coins import BASE_DENOM, Coin
from chain.primitives.ids import Address

FOLDER = "gentx"
"""Folder of such transactions in the configuration's, as simd has it."""
GAS = 1_000_000
"""Gas limit of the transactions; nobody pays for it in genesis."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a validator of genesis declares; rates are texts from 0 to 1."""

    amount: Coin
    moniker: str
    consensus_key: bytes
    rate: str = "0.1"
    max_rate: str = "0.2"
    max_change_rate: str = "0.01"
    min_self_delegation: int = 1
    texts: Mapping[str, str] | None = None


def make_gentx(candidate: Candidate, signer: Any, chain_id: str, memo: str) -> dict[str, Any]:
    """Return a signed transaction as JSON. Raises: NodeError for a bad rate."""
    from chain.client.tx import Fee, SignerData, sign_tx
    from chain.pb.cosmos.tx.v1beta1.tx_pb2 import AuthInfo, Tx, TxBody, TxRaw
    from modules.staking.commands import create_validator_message

    rates = {
        "rate": candidate.rate,
        "max_rate": candidate.max_rate,
        "max_change_rate": candidate.max_change_rate,
    }
    try:
        message: Message = create_validator_message(
            str(signer.address),
            candidate.consensus_key,
            candidate.amount,
            {"moniker": candidate.moniker, **(candidate.texts or {})},
            rates,
            candidate.min_self_delegation,
        )
    except ValueError as error:
        raise NodeError(f"gentx: {error}") from error
    # Account numbers are not known before genesis is complete, so the chain takes 0 for all of them.
    raw = TxRaw.FromString(sign_tx([message], signer, SignerData(chain_id, 0, 0), Fee(GAS), memo))
    whole = Tx(
        body=TxBody.FromString(raw.body_bytes),
        auth_info=AuthInfo.FromString(raw.auth_info_bytes),
        signatures=raw.signatures,
    )
    made: dict[str, Any] = json_format.MessageToDict(whole, preserving_proto_field_name=True)
    return made


def require_funds(document: Mapping[str, Any], account: Address, amount: Coin) -> None:
    """Check that genesis gives an account what it wants to stake. Raises: NodeError."""
    if amount.denom != BASE_DENOM:
        raise NodeError(f"validators stake {BASE_DENOM}, not {amount.denom}")
    balances = document.get("app_state", {}).get("bank", {}).get("balances", [])
    coins: list[dict[str, str]] = next((one["coins"] for one in balances if one.get("address") == str(account)), [])
    held = sum(int(coin["amount"]) for coin in coins if coin["denom"] == amount.denom)
    if held < amount.amount:
        raise NodeError(f"{account} has {held}{amount.denom} at genesis, less than the {amount} it would stake")


def gentx_path(home: Home) -> Path:
    """Return where a home's own transaction is written."""
    return home.config / FOLDER / f"gentx-{node_id(home)}.json"


def write_gentx(path: Path, gentx: Mapping[str, Any]) -> None:
    """Write a transaction to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, (json.dumps(gentx, indent=2) + "\n").encode())


def read_gentxs(folder: Path) -> list[dict[str, Any]]:
    """Return the transactions of a folder's files, in order of their names. Raises: NodeError."""
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            content = json.loads(path.read_text())
        except ValueError as error:
            raise NodeError(f"{path} is not JSON: {error}") from error
        if not isinstance(content, dict) or "body" not in content:
            raise NodeError(f"{path} is no transaction")
        found.append(content)
    if not found:
        raise NodeError(f"there are no transactions in {folder}; `lampd genesis gentx` makes one")
    return found


def put_gentxs(document: dict[str, Any], gentxs: Sequence[Mapping[str, Any]]) -> None:
    """Make transactions the source of a genesis document's validators, in place of any that it names."""
    document["validators"] = []
    document.setdefault("app_state", {})["genutil"] = {"gen_txs": [dict(item) for item in gentxs]}


def collect(home: Home, folder: Path) -> list[str]:
    """Put a folder's transactions into a home's genesis, and their nodes among its peers; return these.

    The whole genesis is tried before it is written. Raises: NodeError.
    """
    from chain.node.genesis import try_genesis, validate_document

    gentxs = read_gentxs(folder)
    document = home.read_genesis()
    put_gentxs(document, gentxs)
    validate_document(document)
    try_genesis(document)
    own = node_id(home)
    memos = [str(item["body"].get("memo", "")) for item in gentxs]
    peers = [memo for memo in memos if "@" in memo and not memo.startswith(own)]
    set_in_file(home.config_toml, {"p2p.persistent_peers": ",".join(peers)})
    home.write_genesis(document)
    return peers
