"""The node's commands on a home folder that does not run."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chain.cli.node.commands import node_commands
from chain.client.keyring import Keyring
from chain.node.errors import NodeError
from chain.node.home import Home

COMMANDS = {command.name: command for command in node_commands}


def run(*arguments: str, home: Path | None = None) -> Result:
    """Run a command; an error that `lampd` would print is raised."""
    name, *rest = arguments
    given = [*rest, "--home", str(home)] if home is not None else rest
    result = CliRunner().invoke(COMMANDS[name], given, env={"LAMPD_HOME": "", "COLUMNS": "200"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, cometbft: Path) -> Path:
    path = tmp_path_factory.mktemp("node") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMETBFT", str(cometbft / "cometbft"))
        assert run("init", "tester", "--chain-id", "cli-1", home=path).exit_code == 0
    return path


@pytest.fixture
def pinned(cometbft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMETBFT", str(cometbft / "cometbft"))


def test_init_makes_private_files_and_a_valid_genesis(home: Path) -> None:
    for name in ("app.toml", "config.toml", "genesis.json", "node_key.json", "priv_validator_key.json"):
        assert (home / "config" / name).stat().st_mode & 0o077 == 0, name
    assert "is a valid genesis of chain cli-1" in run("genesis", "validate", home=home).output
    document = json.loads((home / "config" / "genesis.json").read_text())
    assert document["validators"][0]["name"] == "tester"
    assert document["consensus_params"]["version"] == {"app": "1"}


def test_init_does_not_overwrite_genesis_unless_told(home: Path, pinned: None) -> None:
    with pytest.raises(NodeError, match="--overwrite replaces it"):
        run("init", "tester", "--chain-id", "cli-1", home=home)
    key = (home / "config" / "priv_validator_key.json").read_text()
    run("config", "set", "config", "rpc.laddr", "tcp://127.0.0.1:1234", home=home)
    run("init", "tester", "--chain-id", "cli-1", "--overwrite", home=home)
    assert (home / "config" / "priv_validator_key.json").read_text() == key
    assert run("config", "get", "config", "rpc.laddr", home=home).output == "tcp://127.0.0.1:1234\n"


def test_comet_shows_ids_in_the_forms_of_cosmos(home: Path) -> None:
    assert len(bytes.fromhex(run("comet", "show-node-id", home=home).output.strip())) == 20
    shown = json.loads(run("comet", "show-validator", home=home).output)
    document = Home.at(home).read_genesis()
    assert shown == {
        "@type": "/cosmos.crypto.ed25519.PubKey",
        "key": document["validators"][0]["pub_key"]["value"],
    }
    address = run("comet", "show-address", home=home).output.strip()
    assert address.startswith("lampvalcons1")
    assert document["validators"][0]["address"] in run("debug", "addr", address).output


def test_settings_are_read_and_changed(home: Path) -> None:
    assert run("config", "get", "app", "state.keep-versions", home=home).output == "100\n"
    run("config", "set", "app", "state.keep-versions", "7", home=home)
    run("config", "set", "app", "metrics.enabled", "false", home=home)
    viewed = json.loads(run("config", "view", "app", home=home).output)
    assert (viewed["state.keep-versions"], viewed["metrics.enabled"]) == (7, False)
    assert "# Heights whose state can be queried and proven." in (home / "config" / "app.toml").read_text()
    run("config", "set", "config", "mempool.size", "77", home=home)
    assert run("config", "get", "config", "mempool.size", home=home).output == "77\n"
    assert run("config", "home", home=home).output == f"{home}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("get", "app", "state.keep-version"), "did you mean state.keep-versions?"),
        (("set", "app", "halt-hight", "1"), "did you mean halt-height?"),
        (("set", "app", "halt-height", "many"), "'many' is no integer"),
        (("set", "app", "state.keep-versions", "1"), "must be at least 2"),
        (("get", "config", "rpc.ladr"), "did you mean rpc.laddr?"),
        (("set", "config", "rpc.ladr", "x"), "did you mean rpc.laddr?"),
        (("set", "config", "mempool.size", "x"), "is no integer"),
        (("set", "config", "mempool.recheck", "maybe"), "neither true nor false"),
    ],
)
def test_a_wrong_setting_is_refused(home: Path, arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(NodeError) as caught:
        run("config", *arguments[:1], *arguments[1:], home=home)
    assert message in str(caught.value)


def test_accounts_are_added_to_genesis_by_name_and_in_bulk(home: Path, tmp_path: Path) -> None:
    info, _ = Keyring(home).create("alice")
    run("genesis", "add-genesis-account", "alice", "5lamp", home=home)
    with pytest.raises(NodeError, match="is in genesis already"):
        run("genesis", "add-genesis-account", str(info.address), "5lamp", home=home)
    bulk = tmp_path / "accounts.json"
    bulk.write_text(json.dumps([{"address": str(info.address), "coins": [{"denom": "ulamp", "amount": "1"}]}]))
    run("genesis", "bulk-add-genesis-account", str(bulk), "--append", home=home)
    balances = Home.at(home).read_genesis()["app_state"]["bank"]["balances"]
    assert balances == [{"address": str(info.address), "coins": [{"denom": "ulamp", "amount": "5000001"}]}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("nothing", "is not JSON"),
        ("[]", "is not a JSON object"),
        ('{"chain_id": "x", "consensus_params": {"block": {}, "version": {"app": "1"}}}', "app_state is missing"),
    ],
)
def test_a_bad_genesis_file_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "genesis.json"
    path.write_text(content)
    with pytest.raises(NodeError, match=message):
        run("genesis", "validate", str(path))


@pytest.mark.parametrize("command", ["export", "rollback", "verify"])
def test_a_home_without_state_says_so(home: Path, command: str) -> None:
    with pytest.raises(NodeError, match="has no state yet"):
        run(command, home=home)


def test_testnet_files_have_the_layout_of_simd(tmp_path: Path, pinned: None) -> None:
    net = tmp_path / "net"
    flags = ["--v", "2", "--output-dir", str(net), "--chain-id", "net-1", "--starting-ip-address", "10.0.0.9"]
    run("testnet", "init-files", *flags)
    homes = [Home.at(net / f"node{index}" / "lampd") for index in range(2)]
    assert homes[0].read_genesis() == homes[1].read_genesis()
    gentxs = homes[0].read_genesis()["app_state"]["genutil"]["gen_txs"]
    messages = [gentx["body"]["messages"][0] for gentx in gentxs]
    assert [message["description"]["moniker"] for message in messages] == ["node0", "node1"]
    assert gentxs == [json.loads((net / "gentxs" / f"node{index}.json").read_text()) for index in range(2)]
    assert len(homes[0].read_genesis()["app_state"]["bank"]["balances"]) == 2
    assert "@10.0.0.10:26656" in homes[0].comet_config()["p2p.persistent_peers"]
    assert "@10.0.0.9:26656" in homes[1].comet_config()["p2p.persistent_peers"]
    words = json.loads((homes[1].path / "key_seed.json").read_text())["secret"].split()
    assert len(words) == 24
    assert Keyring(homes[1].path).show("node1").address
    with pytest.raises(NodeError, match="is there already"):
        run("testnet", "init-files", *flags)


def test_a_testnet_on_one_host_has_ports_of_its_own(tmp_path: Path, pinned: None) -> None:
    run("testnet", "init-files", "--v", "3", "--output-dir", str(tmp_path / "net"), "--single-host")
    addresses = [
        Home.at(tmp_path / "net" / f"node{index}" / "lampd").comet_config()[key]
        for index in range(3)
        for key in ("rpc.laddr", "p2p.laddr")
    ]
    assert len(set(addresses)) == 6
    assert all(address.startswith("tcp://127.0.0.1:") for address in addresses)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--v", "0"), "a testnet has 1 to 100 validators"),
        (("--chain-id", "a b"), "is no chain id"),
        (("--starting-ip-address", "somewhere"), "--starting-ip-address"),
    ],
)
def test_a_testnet_that_cannot_be_is_refused(tmp_path: Path, flags: tuple[str, ...], message: str) -> None:
    with pytest.raises(NodeError, match=message):
        run("testnet", "init-files", "--output-dir", str(tmp_path / "net"), *flags)


def test_debug_shows_addresses_keys_and_bytes() -> None:
    shown = run("debug", "addr", "00" * 20).output
    assert "account: lamp1" in shown
    assert "hex: " + "00" * 20 in shown
    key = "02" + "79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798"
    # The address of the generator point: ripemd160(sha256(key)), known from Bitcoin as that of private key 1.
    assert "751E76E8199196D454941C45D1B3A323F1433BD6" in run("debug", "pubkey", key).output
    assert run("debug", "raw-bytes", "[72 101 108 108 111]").output == "48656C6C6F\n"
    assert "account:   lamp\n" in run("debug", "prefixes").output
    assert run("debug", "pubkey", "00").exit_code == 2


def test_version_in_short_and_long() -> None:
    short = run("version").output.strip()
    facts = json.loads(run("version", "--long", "--output", "json").output)
    assert facts["version"] == short
    assert {"python", "cometbft", "protobuf", "plyvel"} <= set(facts)
