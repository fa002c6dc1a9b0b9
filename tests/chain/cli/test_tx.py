"""`lampd tx` and `lampd query` against a node in a box: the real application behind CometBFT's JSON-RPC."""

import base64
import json
from pathlib import Path

import pytest

from chain.cli.txjson import tx_from_json, tx_to_json
from tests.chain.cli.shell import Shell
from tests.modules.work.village import Village

SEND = ("tx", "bank", "send", "bob", "1.5lamp", "--from", "alice")
OFFLINE = ("--offline", "--chain-id", "lamppost-test-1", "--account-number", "0", "--sequence", "0")


def balance(town: Shell, name: str) -> int:
    return int(town.json("query", "bank", "balance", name, "ulamp")["balance"]["amount"])


def test_a_send_is_committed_and_shown_with_units(town: Shell) -> None:
    before = balance(town, "bob")
    said = town.ok(*SEND, "--note", "rent", "--fees", "0.001lamp")
    assert "committed in block" in said.out
    assert "amount=1.5 LAMP" in said.out
    assert balance(town, "bob") == before + 1_500_000
    tx_hash = said.out.split("txhash: ")[1].split()[0]
    shown = town.ok("query", "tx", tx_hash).out
    assert "memo:     rent" in shown
    assert "- 1.5 LAMP" in shown
    whole = town.json("query", "tx", tx_hash)
    assert (whole["txhash"], whole["code"], whole["tx"]["body"]["memo"]) == (tx_hash, 0, "rent")
    assert whole["tx"]["auth_info"]["fee"]["amount"] == [{"denom": "ulamp", "amount": "1000"}]
    assert town.json("query", "txs", "--query", f"tx.hash='{tx_hash}'")["txs"][0]["txhash"] == tx_hash
    assert tx_hash in town.ok("query", "txs", "--query", f"tx.hash='{tx_hash}'").out


def test_json_output_is_one_object_with_stable_keys(town: Shell) -> None:
    said = town.ok(*SEND, "-o", "json")
    assert said.err == ""
    assert list(said.json) == [
        "height",
        "txhash",
        "codespace",
        "code",
        "raw_log",
        "data",
        "gas_wanted",
        "gas_used",
        "events",
    ]


def test_the_signer_may_be_the_first_argument_as_simd_has_it(town: Shell) -> None:
    before = balance(town, "bob")
    town.ok("tx", "bank", "send", "alice", "bob", "7ulamp")
    assert balance(town, "bob") == before + 7
    assert "given twice" in town.fails("tx", "bank", "send", "alice", "bob", "7ulamp", "--from", "bob", code=2)
    assert "Missing option '--from'" in town.fails("tx", "bank", "send", "bob", "7ulamp", code=2)
    by_variable = Shell(town.home, town.env | {"LAMPD_FROM": "bob"})
    by_variable.ok("tx", "bank", "send", "alice", "bob", "7ulamp")
    assert balance(town, "bob") == before + 14


def test_a_transaction_is_made_signed_and_sent_in_steps(town: Shell, tmp_path: Path) -> None:
    before = balance(town, "bob")
    unsigned, signed = tmp_path / "unsigned.json", tmp_path / "signed.json"
    made = town.ok(*SEND, "--generate-only", "--gas-prices", "0.01ulamp")
    unsigned.write_text(made.out)
    plain = json.loads(made.out)
    assert (plain["signatures"], plain["auth_info"]["signer_infos"]) == ([], [])
    assert int(plain["auth_info"]["fee"]["amount"][0]["amount"]) > 0
    assert int(town.json("tx", "simulate", str(unsigned), "--from", "alice")["gas_used"]) > 10_000
    signed.write_text(town.ok("tx", "sign", str(unsigned), "--from", "alice").out)
    encoded = town.ok("tx", "encode", str(signed)).out.strip()
    assert json.loads(town.ok("tx", "decode", encoded).out) == json.loads(signed.read_text())
    raw = base64.b64decode(encoded)
    assert json.loads(town.ok("tx", "decode", "--hex", raw.hex()).out) == tx_to_json(raw)
    assert tx_from_json(json.dumps(tx_to_json(raw))) == raw
    town.ok("tx", "broadcast", "-", stdin=signed.read_text())
    assert balance(town, "bob") == before + 1_500_000
    assert "sdk/32" in town.fails("tx", "broadcast", str(signed))


def test_a_dry_run_tells_the_gas_and_sends_nothing(town: Shell, village: Village) -> None:
    height = village.chain.height
    assert int(town.json(*SEND, "--dry-run")["gas_used"]) > 10_000
    assert village.chain.height == height


def test_offline_nothing_is_asked_of_a_node(town: Shell, village: Village, tmp_path: Path) -> None:
    alone = Shell(town.home, {"LAMPD_NODE": "http://127.0.0.1:1"})
    made = alone.ok(*SEND, "--generate-only", "--gas", "90000", "--offline")
    file = tmp_path / "unsigned.json"
    file.write_text(made.out)
    number, sequence = (str(value) for value in _account(town))
    place = ("--offline", "--chain-id", "lamppost-test-1", "--account-number", number, "--sequence", sequence)
    signed = alone.ok("tx", "sign", str(file), "--from", "alice", *place).out
    assert "committed" in town.ok("tx", "broadcast", "-", stdin=signed).out
    assert "needs --chain-id" in alone.fails("tx", "sign", str(file), "--from", "alice", "--offline", code=2)
    assert "needs --gas as a number" in alone.fails(*SEND, *OFFLINE, code=2)


def _account(town: Shell) -> tuple[int, int]:
    shown = town.json("query", "account", "alice")
    return int(shown["account_number"]), int(shown["sequence"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--gas", "1000"), "out of gas"),
        (("--gas", "1000"), "sdk/11"),
        (("--gas", "90000", "--timeout-height", "1"), "sdk/30"),
        (("--gas", "90000", "--sequence", "9999"), "account sequence mismatch"),
        (("--gas", "90000", "--note", "x" * 300), "sdk/12"),
        (("--chain-id", "another"), "is of chain lamppost-test-1, not of another"),
        (("--fees", "99999999999lamp", "--gas", "90000"), "sdk/5"),
    ],
)
def test_a_refused_transaction_ends_with_code_and_reason(town: Shell, arguments: tuple[str, ...], says: str) -> None:
    assert says in town.fails(*SEND, *arguments)


def test_a_transaction_that_fails_in_its_block_ends_with_its_code(town: Shell) -> None:
    arguments = ("tx", "bank", "send", "bob", "999999999lamp", "--from", "alice", "--gas", "90000")
    said = town.run(*arguments)
    assert said.code == 1
    assert "FAILED (sdk/5) in block" in said.out
    assert "insufficient funds (sdk/5)" in said.err
    told = town.run(*arguments, "-o", "json")
    assert (told.code, told.json["codespace"], told.json["code"]) == (1, "sdk", 5)


def test_a_transaction_that_would_fail_is_not_sent(town: Shell, village: Village) -> None:
    height = village.chain.height
    said = town.fails("tx", "bank", "send", "bob", "999999999lamp", "--from", "alice")
    assert said.startswith("Error: the transaction would fail, nothing was sent:")
    assert said.endswith("insufficient funds (sdk/5)")
    assert village.chain.height == height


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("tx", "bank", "send", "bob", "--from", "alice"), 2, "Missing argument 'AMOUNT'"),
        (("tx", "bank", "send", "bob", "1", "--from", "alice"), 2, "expected an amount such as 1.5lamp"),
        (("tx", "bank", "send", "lamp1xyz", "1lamp", "--from", "alice"), 2, "lamp1xyz is no address"),
        (("tx", "bank", "send", "bobb", "1lamp", "--from", "alice"), 1, "did you mean bob?"),
        (("tx", "bank", "send", "bob", "1lamp", "--from", "alic"), 1, "did you mean alice?"),
        (("tx", "bank", "sned"), 2, "Did you mean 'send'?"),
        (("tx", "bnak"), 2, "No such command 'bnak'"),
        (("tx", "bank", "send", "bob", "1lamp", "--form", "alice"), 2, "Did you mean"),
        (("tx", "bank", "send", "bob", "1lamp", "--from", "alice", "--gas", "lots"), 2, "whole number or auto"),
        (("tx", "decode", "!!"), 2, "'!!' is no base64"),
        (("tx", "decode", "--hex", "xy"), 2, "'xy' is no hex"),
        (("tx", "decode", "aGVsbG8="), 1, "not a transaction"),
        (("tx", "encode", "/no/such/file"), 1, "Error: /no/such/file: No such file or directory"),
        (("query", "tx", "xyz"), 2, "not a transaction's hash"),
        (("query", "tx", "00" * 32), 1, "is not in a block known to this node"),
        (("query", "bank", "balances", "alice", "--height", "999999"), 1, "not committed"),
        (("query", "device-registry", "network", "99"), 1, "sdk/22"),
        (("query", "auth", "account", "lamp1qqqsyqcyq5rqwzqfpg9scrgwpugpzysn3s7zh3"), 2, "is no address"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_its_exit_code(
    town: Shell, arguments: tuple[str, ...], code: int, says: str
) -> None:
    assert says in town.fails(*arguments, code=code)


def test_a_node_that_is_not_there_is_named_with_a_hint(shell: Shell) -> None:
    said = shell.fails("query", "work", "epoch")
    assert said.startswith("Error: no answer from http://127.0.0.1:1:")
    assert "--node or LAMPD_NODE" in said


def test_without_waiting_the_hash_is_all(town: Shell) -> None:
    said = town.ok(*SEND, "--no-wait", "-o", "json")
    assert list(said.json) == ["txhash"]
    assert town.json("q", "tx", said.json["txhash"])["code"] == 0
    assert "committed in block" in town.ok("query", "wait-tx", said.json["txhash"]).out
    assert "was not committed within" in town.fails("query", "wait-tx", "00" * 32, "--timeout", "0.1")


def test_a_long_wait_is_told_and_its_end_as_well(town: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chain.cli.sending.QUIET_SECONDS", 0.2)
    monkeypatch.setattr("chain.client.rpc.RpcClient.broadcast", lambda *_: "AB" * 32)
    said = town.run(*SEND, "--wait-timeout", "0.5")
    assert said.code == 1
    assert "not in a block yet, waiting up to 0.3 s more" in said.err
    assert "it may still be" in said.err


def test_accounts_are_shown_by_name_and_address(town: Shell) -> None:
    address = town.ok("keys", "show", "bob", "-a").out.strip()
    by_name = town.json("query", "account", "bob")
    assert by_name == town.json("query", "account", address)
    assert by_name["address"] == address
    assert "LAMP" in town.ok("query", "account", "bob").out


def test_state_of_an_earlier_block_is_answered(town: Shell, village: Village) -> None:
    height, before = village.chain.height, balance(town, "bob")
    town.ok(*SEND)
    past = town.json("query", "bank", "balance", "bob", "ulamp", "--height", str(height))
    assert int(past["balance"]["amount"]) == before


def test_a_long_list_comes_in_pages(town: Shell) -> None:
    first = town.ok("query", "bank", "denom-owners", "ulamp", "--limit", "2").out
    key = first.split("more: --page-key ")[1].strip()
    rest = town.ok("query", "bank", "denom-owners", "ulamp", "--page-key", key).out
    whole = town.ok("query", "bank", "denom-owners", "ulamp").out
    assert first.splitlines()[1:3] + rest.splitlines()[1:] == whole.splitlines()[1:]


def test_store_hashes_name_every_module(town: Shell) -> None:
    shown = town.ok("query", "store-hashes").out
    assert all(name in shown for name in ("auth", "bank", "device_registry", "reward_emission", "work", "runtime"))
    assert town.json("query", "store-hashes")["stores"][0]["root"]


def test_registry_and_rewards_are_shown_for_people(town: Shell, village: Village) -> None:
    device = str(village.id("a"))
    shown = town.ok("query", "device-registry", "device", device).out
    assert "algorithm:" in shown
    assert "KEY_ALGORITHM" not in shown
    assert " LAMP" in shown
    table = town.ok("query", "device-registry", "networks").out
    assert table.splitlines()[0].split() == ["ID", "NAME", "KIND", "UNIT", "WEIGHT", "STATUS", "ADMIN"]
    assert "NETWORK_KIND" not in table
    assert "(none)" in town.ok("query", "reward-emission", "device", device).out
    village.submit(village.receipt("a"))
    village.next_epoch()
    assert "open" in town.ok("query", "reward-emission", "device", device).out
    epoch = town.ok("query", "reward-emission", "epoch", "--latest").out
    assert "emitted:" in epoch
    assert "NETWORK" in epoch
    assert "UTC" in town.ok("query", "work", "epoch").out


def test_secrets_are_never_printed(town: Shell) -> None:
    secret = json.loads((town.home / "keyring-test" / "alice.key").read_text())["private_key"]
    for arguments in (SEND, (*SEND, "-o", "json"), ("keys", "show", "alice"), ("query", "account", "alice")):
        said = town.run(*arguments)
        assert secret not in said.out + said.err
