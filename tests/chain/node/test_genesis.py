"""The genesis document: made, changed, checked."""

import hashlib
from typing import Any

import pytest

from chain.app import default_genesis
from chain.node.errors import NodeError
from chain.node.genesis import Validator, add_accounts, make_genesis, parse_amounts, validate_document
from chain.node.testnet import merge
from chain.primitives.coins import Coin
from chain.primitives.ids import Address

ALICE = Address(b"a" * 20)
BOB = Address(b"b" * 20)


def document() -> dict[str, Any]:
    return make_genesis("test-1", [Validator(b"k" * 32, "one")], default_genesis())


def test_a_fresh_document_is_valid_and_writes_out_every_consensus_parameter() -> None:
    made = document()
    validate_document(made)
    params = made["consensus_params"]
    assert set(params) == {"block", "evidence", "validator", "version", "abci"}
    assert params["version"]["app"] == "1"
    assert made["validators"][0]["address"] == hashlib.sha256(b"k" * 32).hexdigest()[:40].upper()


def test_accounts_are_added_with_their_balances() -> None:
    made = document()
    add_accounts(made, [(ALICE, (Coin("ulamp", 5),)), (BOB, parse_amounts("1.5lamp"))])
    validate_document(made)
    balances = {entry["address"]: entry["coins"] for entry in made["app_state"]["bank"]["balances"]}
    assert balances == {
        str(ALICE): [{"denom": "ulamp", "amount": "5"}],
        str(BOB): [{"denom": "ulamp", "amount": "1500000"}],
    }
    assert [account["address"] for account in made["app_state"]["auth"]["accounts"]] == [str(ALICE), str(BOB)]


def test_an_account_is_added_once_unless_it_is_appended() -> None:
    made = document()
    add_accounts(made, [(ALICE, (Coin("ulamp", 5),))])
    with pytest.raises(NodeError, match="is in genesis already"):
        add_accounts(made, [(ALICE, (Coin("ulamp", 5),))])
    add_accounts(made, [(ALICE, (Coin("uother", 1), Coin("ulamp", 2)))], append=True)
    assert made["app_state"]["bank"]["balances"][0]["coins"] == [
        {"denom": "ulamp", "amount": "7"},
        {"denom": "uother", "amount": "1"},
    ]
    assert len(made["app_state"]["auth"]["accounts"]) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"chain_id": "no spaces"}, "'no spaces' is no chain id"),
        ({"extra": 1}, "unknown field extra"),
        ({"consensus_params": None}, "consensus_params.block is missing"),
        ({"consensus_params": {"version": {"app": "9"}}}, "version.app is 9, this program is 1"),
        ({"validators": [{"power": "1"}]}, "validators[0]: needs pub_key.value"),
        ({"validators": [{"power": "0", "pub_key": {"value": "QUFB"}}]}, "validators[0]: needs an ed25519 key"),
        ({"app_state": None}, "app_state is missing"),
        ({"app_state": {"nothing": {}}}, "app_state.nothing: there is no such module"),
        ({"app_state": {"bank": {"balances": [{"address": "x", "coins": []}]}}}, "app_state.bank.balances[0].address"),
    ],
)
def test_a_mistake_is_named_with_its_path(changes: dict[str, Any], message: str) -> None:
    made = merge(document(), changes)
    with pytest.raises(NodeError) as caught:
        validate_document(made)
    assert message in str(caught.value)


def test_merging_lays_objects_over_objects_and_replaces_all_else() -> None:
    assert merge({"a": {"b": 1, "c": [1]}, "d": 2}, {"a": {"c": [2]}, "e": 3}) == {
        "a": {"b": 1, "c": [2]},
        "d": 2,
        "e": 3,
    }
