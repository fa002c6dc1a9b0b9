"""A chain of four made from four machines' transactions, as validators do it."""

import json
import shutil
from pathlib import Path

import pytest

from chain.client.keyring import Keyring
from chain.node.toml import set_in_file
from tests.localnet.nodes import Node, lampd
from tests.localnet.stakers import consensus_hex, powers, signs, wait_until


def test_four_machines_transactions_make_a_chain_of_four(tmp_path: Path) -> None:
    # Given four machines with keys of their own, and a genesis in which the first gives each operator coins.
    machines = [Node(tmp_path / f"machine{index}").init(chain_id="gentx-1") for index in range(4)]
    first = machines[0].home
    for machine in machines:
        account = Keyring(machine.home.path).create("operator")[0].address
        lampd("genesis", "add-genesis-account", str(account), "1000lamp", "--home", str(first.path))

    # When each declares itself with that genesis, and the first collects what they send.
    for index, machine in enumerate(machines):
        if index:
            shutil.copy(first.genesis, machine.home.genesis)
        stake = f"{100 + index}lamp"
        lampd(
            *("genesis", "gentx", "operator", stake, "--chain-id", "gentx-1"),
            *("--moniker", f"m{index}", "--home", str(machine.home.path)),
        )
        made = next((machine.home.config / "gentx").glob("gentx-*.json"))
        if index:
            shutil.copy(made, first.config / "gentx")
    assert "3 peers" in lampd("genesis", "collect-gentxs", "--home", str(first.path)).stdout
    assert "valid genesis" in lampd("genesis", "validate", "--home", str(first.path)).stdout
    peers = first.comet_config()["p2p.persistent_peers"]
    assert len(peers.split(",")) == 3
    for machine in machines:
        if machine is not machines[0]:
            shutil.copy(first.genesis, machine.home.genesis)
        settings = {"p2p.persistent_peers": peers, "p2p.addr_book_strict": False, "p2p.allow_duplicate_ip": True}
        set_in_file(machine.home.config_toml, settings)

    # Then all four sign, with the powers that they staked.
    try:
        for machine in machines:
            machine.start()
        for machine in machines:
            machine.wait_height(4, seconds=90)
        with machines[3].client() as client:
            assert powers(client) == {
                consensus_hex(machine.home): 100 + index for index, machine in enumerate(machines)
            }
            for machine in machines:
                wait_until("it signs", lambda home=machine.home: signs(client, home))
            shown = json.loads(lampd("query", "staking", "validators", "--node", machines[0].url, "-o", "json").stdout)
            assert sorted(row["description"]["moniker"] for row in shown["validators"]) == ["m0", "m1", "m2", "m3"]
    finally:
        for machine in machines:
            machine.stop()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("operator", "2000lamp"), "less than the 2000000000ulamp it would stake"),
        (("operator", "5other"), "validators stake ulamp, not other"),
        (("operator", "1lamp,2other"), "expected one amount"),
        (("nobody", "1lamp"), "no key named nobody"),
        (("operator", "1lamp", "--commission-rate", "x"), "is no decimal"),
        (("operator", "1lamp", "--pubkey", "x"), "is not what `lampd comet show-validator` prints"),
    ],
)
def test_a_bad_declaration_says_what_is_wrong(machine: Node, arguments: tuple[str, ...], text: str) -> None:
    done = lampd("genesis", "gentx", *arguments, "--home", str(machine.home.path), check=False)
    assert done.returncode != 0
    assert text in done.stdout + done.stderr


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Node:
    made = Node(tmp_path_factory.mktemp("machine") / "home").init(chain_id="gentx-1")
    Keyring(made.home.path).create("operator")
    lampd("genesis", "add-genesis-account", "operator", "1000lamp", "--home", str(made.home.path))
    return made


@pytest.mark.parametrize(
    ("content", "text"),
    [("", "there are no transactions"), ("{", "is not JSON"), ("{}", "is no transaction")],
)
def test_what_cannot_be_collected_says_so(machine: Node, tmp_path: Path, content: str, text: str) -> None:
    if content:
        (tmp_path / "gentx-x.json").write_text(content)
    before = machine.home.genesis.read_bytes()
    arguments = ("--gentx-dir", str(tmp_path), "--home", str(machine.home.path))
    done = lampd("genesis", "collect-gentxs", *arguments, check=False)
    assert done.returncode != 0
    assert text in done.stdout + done.stderr
    assert machine.home.genesis.read_bytes() == before


def test_a_transaction_that_another_changed_is_not_collected(machine: Node, tmp_path: Path) -> None:
    path = tmp_path / "gentx-x.json"
    lampd("genesis", "gentx", "operator", "5lamp", "--output-document", str(path), "--home", str(machine.home.path))
    changed = json.loads(path.read_text())
    changed["body"]["memo"] = "elsewhere"
    path.write_text(json.dumps(changed))
    arguments = ("--gentx-dir", str(tmp_path), "--home", str(machine.home.path))
    done = lampd("genesis", "collect-gentxs", *arguments, check=False)
    assert "genutil.gen_txs[0]: signature verification failed" in done.stdout + done.stderr
