"""The genesis document: CometBFT's part with explicit consensus parameters, and the application's state."""

import base64
import hashlib
import json
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chain.node.errors import NodeError
from chain.primitives.coins import Coins
from chain.primitives.ids import Address

APP_VERSION = "1"
"""`version.app` of the consensus parameters, which is that of the application's Info."""
MAX_BYTES = 4 << 20
"""Largest block, bytes: about 15,000 sends, and small enough to spread in a second."""
MAX_GAS = 500_000_000
"""Most gas of a block: some 5,000 sends, which a small machine executes within the pace of blocks."""
EVIDENCE_SECONDS = 21 * 24 * 3600
"""How long misbehaviour can be proven: the unbonding time of the Cosmos SDK."""
EVIDENCE_BLOCKS = 300_000
"""The same in blocks, at a generous pace; evidence expires when both have passed."""
POWER = 10
"""Voting power of a validator in a fresh genesis."""
_CHAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,49}")


@dataclass(frozen=True, slots=True)
class Validator:
    """A validator of the first block."""

    public_key: bytes
    name: str
    power: int = POWER


def check_chain_id(chain_id: str) -> str:
    """Return a usable chain id. Raises: NodeError."""
    if _CHAIN_ID.fullmatch(chain_id) is None:
        raise NodeError(f"{chain_id!r} is no chain id: 1 to 50 letters, digits, and . _ - between them")
    return chain_id


def make_genesis(
    chain_id: str, validators: Sequence[Validator], app_state: Mapping[str, Any], initial_height: int = 1
) -> dict[str, Any]:
    """Return a genesis document that starts now."""
    return {
        "genesis_time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "chain_id": check_chain_id(chain_id),
        "initial_height": str(initial_height),
        "consensus_params": consensus_params(),
        "validators": [validator_entry(validator) for validator in validators],
        "app_hash": "",
        "app_state": dict(app_state),
    }


def consensus_params() -> dict[str, Any]:
    """Return the consensus parameters; all are written out, because CometBFT's defaults differ by version."""
    return {
        "block": {"max_bytes": str(MAX_BYTES), "max_gas": str(MAX_GAS)},
        "evidence": {
            "max_age_num_blocks": str(EVIDENCE_BLOCKS),
            "max_age_duration": str(EVIDENCE_SECONDS * 10**9),
            "max_bytes": str(MAX_BYTES // 16),
        },
        "validator": {"pub_key_types": ["ed25519"]},
        "version": {"app": APP_VERSION},
        "abci": {"vote_extensions_enable_height": "0"},
    }


def validator_entry(validator: Validator) -> dict[str, Any]:
    """Return a validator as CometBFT's part of a genesis document names it."""
    return {
        "address": hashlib.sha256(validator.public_key).hexdigest()[:40].upper(),
        "pub_key": {
            "type": "tendermint/PubKeyEd25519",
            "value": base64.b64encode(validator.public_key).decode(),
        },
        "power": str(validator.power),
        "name": validator.name,
    }


def add_accounts(document: dict[str, Any], accounts: Iterable[tuple[Address, Coins]], *, append: bool = False) -> None:
    """Add accounts with balances to a genesis document; the supply follows. Raises: NodeError.

    An account that is there already is an error, unless `append` says to add to its balance.
    """
    app_state = document.setdefault("app_state", {})
    listed = app_state.setdefault("auth", {}).setdefault("accounts", [])
    bank = app_state.setdefault("bank", {})
    balances = bank.setdefault("balances", [])
    by_address = {entry["address"]: entry for entry in balances}
    known = {entry.get("address") for entry in listed} | set(by_address)
    for address, coins in accounts:
        text = str(address)
        if text in known and not append:
            raise NodeError(f"{text} is in genesis already; --append adds to its balance")
        if text not in known:
            listed.append(_account(text, len(listed)))
            known.add(text)
        if text not in by_address:
            by_address[text] = {"address": text, "coins": []}
            balances.append(by_address[text])
        _add(by_address[text]["coins"], coins)
        if bank.get("supply"):
            _add(bank["supply"], coins)


def _account(address: str, number: int) -> dict[str, Any]:
    return {
        "@type": "/cosmos.auth.v1beta1.BaseAccount",
        "address": address,
        "pub_key": None,
        "account_number": str(number),
        "sequence": "0",
    }


def _add(entries: list[dict[str, str]], coins: Coins) -> None:
    amounts = {entry["denom"]: int(entry["amount"]) for entry in entries}
    for coin in coins:
        amounts[coin.denom] = amounts.get(coin.denom, 0) + coin.amount
    entries[:] = [{"denom": denom, "amount": str(amounts[denom])} for denom in sorted(amounts)]


def validate_document(document: Mapping[str, Any]) -> None:
    """Check CometBFT's part of a genesis document, then every module's section. Raises: NodeError naming the field."""
    known = {"genesis_time", "chain_id", "initial_height", "consensus_params", "validators", "app_hash", "app_state"}
    for name in document:
        if name not in known:
            raise NodeError(f"genesis: unknown field {name}")
    check_chain_id(str(document.get("chain_id", "")))
    params = document.get("consensus_params")
    if not isinstance(params, Mapping) or not isinstance(params.get("block"), Mapping):
        raise NodeError("genesis: consensus_params.block is missing")
    app_version = str((params.get("version") or {}).get("app", "0"))
    if app_version != APP_VERSION:
        raise NodeError(f"genesis: consensus_params.version.app is {app_version}, this program is {APP_VERSION}")
    for index, validator in enumerate(document.get("validators") or []):
        _check_validator(f"genesis: validators[{index}]", validator)
    app_state = document.get("app_state")
    if not isinstance(app_state, Mapping):
        raise NodeError("genesis: app_state is missing")
    _validate_app_state(app_state)


def try_genesis(document: Mapping[str, Any]) -> None:
    """Make the first state of a genesis document in a temporary folder, as InitChain will.

    Finds what no section shows by itself: transactions that fail, accounts that do not add up. Raises: NodeError.
    """
    from chain.app import build_app, open_store
    from chain.pb.tendermint.abci.types_pb2 import RequestInitChain
    from chain.sdk.module import GenesisError

    request = RequestInitChain(
        chain_id=str(document["chain_id"]),
        initial_height=int(document.get("initial_height") or 1),
        app_state_bytes=json.dumps(document["app_state"]).encode(),
    )
    request.time.GetCurrentTime()
    for validator in document.get("validators") or []:
        power = int(validator["power"])
        request.validators.add(power=power).pub_key.ed25519 = base64.b64decode(validator["pub_key"]["value"])
    with tempfile.TemporaryDirectory(prefix="lampd-genesis-") as folder:
        store = open_store(Path(folder) / "state")
        try:
            response = build_app(store).init_chain(request)
        except GenesisError as error:
            raise NodeError(f"genesis: app_state.{error}") from error
        finally:
            store.close()
    if not response.validators and not request.validators:
        raise NodeError("genesis: there are no validators; `lampd genesis collect-gentxs` puts them in")


def _check_validator(path: str, validator: Any) -> None:
    try:
        key = base64.b64decode(validator["pub_key"]["value"], validate=True)
        power = int(validator["power"])
    except (KeyError, TypeError, ValueError) as error:
        raise NodeError(f"{path}: needs pub_key.value in base64 and power ({error})") from error
    if len(key) != 32 or power <= 0:
        raise NodeError(f"{path}: needs an ed25519 key of 32 bytes and a positive power")


def _validate_app_state(app_state: Mapping[str, Any]) -> None:
    from chain.app import validate_genesis
    from chain.sdk.module import GenesisError

    try:
        validate_genesis(json.loads(json.dumps(app_state)))
    except GenesisError as error:
        raise NodeError(f"genesis: app_state.{error}") from error


def parse_amounts(text: str) -> Coins:
    """Read coins such as `5ulamp,1.5lamp`. Raises: NodeError."""
    from chain.client.amounts import parse_coins

    try:
        return parse_coins(text)
    except ValueError as error:
        raise NodeError(str(error)) from error
