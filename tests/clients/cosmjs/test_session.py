"""CosmJS, which nobody here wrote, against a real node: it does not notice that the chain is Python."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from chain.client.keyring import Keyring
from chain.primitives.ids import Address
from tests.localnet.nodes import Node, lampd

HERE = Path(__file__).parent
INSTALLED = Path(__file__).resolve().parents[3] / "build" / "clients" / "cosmjs"
WORDS = " ".join(["abandon"] * 11 + ["about"])
OTHER = str(Address(bytes(range(20))))
PRICE = 25, 1000


def install() -> Path:
    """Return a folder with CosmJS in it; npm fills it once."""
    wanted = hashlib.sha256((HERE / "package.json").read_bytes()).hexdigest()
    stamp = INSTALLED / "stamp"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(INSTALLED, ignore_errors=True)
        INSTALLED.mkdir(parents=True)
        shutil.copy(HERE / "package.json", INSTALLED)
        npm = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--silent"]
        subprocess.run(npm, cwd=INSTALLED, check=True, timeout=240)
        stamp.write_text(wanted)
    shutil.copy(HERE / "session.mjs", INSTALLED)
    return INSTALLED


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What CosmJS was answered in one session."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("CosmJS needs Node.js and npm")
    folder = install()
    with Node(tmp_path_factory.mktemp("cosmjs") / "home").init() as node:
        home = ["--home", str(node.home.path)]
        Keyring(node.home.path).recover("wallet", WORDS)
        lampd("genesis", "add-genesis-account", "wallet", "1000lamp", *home)
        node.start("--minimum-gas-prices", "0.025ulamp").wait_height(2)
        session = ["node", "session.mjs", node.url]
        done = subprocess.run(session, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def events(result: dict[str, Any], kind: str) -> list[dict[str, str]]:
    found = [event["attributes"] for event in result["events"] if event["type"] == kind]
    return [{pair["key"]: pair["value"] for pair in attributes} for attributes in found]


def test_it_connects_and_sees_its_account(said):
    assert said["chainId"] == "test-1"
    assert said["account"] == {"address": said["address"], "pubkey": None, "accountNumber": "0", "sequence": 0}
    assert said["balance"] == {"denom": "ulamp", "amount": "1000000000"}


def test_an_account_that_is_not_there_is_null(said):
    assert said["nobody"] is None


def test_its_estimate_of_gas_suffices(said):
    assert said["sent"]["code"] == 0
    assert int(said["sent"]["gasUsed"]) <= int(said["sent"]["gasWanted"])
    assert said["simulated"] > 20_000


def test_a_send_has_the_response_and_the_events_that_it_looks_for(said):
    result, sender = said["sent"], said["address"]
    assert result["msgResponses"] == [{"typeUrl": "/cosmos.bank.v1beta1.MsgSendResponse", "value": ""}]
    assert {"recipient": OTHER, "sender": sender, "amount": "5ulamp", "msg_index": "0"} in events(result, "transfer")
    assert {"spender": sender, "amount": "5ulamp", "msg_index": "0"} in events(result, "coin_spent")
    assert {"receiver": OTHER, "amount": "5ulamp", "msg_index": "0"} in events(result, "coin_received")
    fee = -(-int(result["gasWanted"]) * PRICE[0] // PRICE[1])
    assert {"fee": f"{fee}ulamp", "fee_payer": sender} in events(result, "tx")
    assert {"acc_seq": f"{sender}/0"} in events(result, "tx")


def test_two_messages_in_one_transaction_have_two_responses(said):
    assert said["sentTwo"]["code"] == 0
    assert len(said["sentTwo"]["msgResponses"]) == 2


def test_a_failed_simulation_says_why(said):
    assert "insufficient funds" in said["tooMuchSimulated"]["error"]


def test_a_failed_transaction_has_the_cosmos_code_and_text(said):
    assert (said["tooMuch"]["code"], said["outOfGas"]["code"]) == (5, 11)
    assert said["tooMuch"]["rawLog"].endswith("insufficient funds")
    assert "out of gas in location: " in said["outOfGas"]["rawLog"]
    assert said["outOfGas"]["rawLog"].endswith("out of gas")


def test_a_fee_below_the_nodes_price_is_refused_at_the_door(said):
    assert "insufficient fees; got:  required: 5000ulamp: insufficient fee" in said["noFee"]["error"]
    assert "code 13" in said["noFee"]["error"]


def test_failed_transactions_count_and_cost(said):
    assert said["sequence"] == {"accountNumber": "0", "sequence": 4}
    assert said["balances"] == [{"denom": "ulamp", "amount": "8"}]


def test_transactions_are_found_by_what_they_did(said):
    assert said["found"] == [said["sent"]["transactionHash"], said["sentTwo"]["transactionHash"]]


def test_blocks_supply_and_metadata_can_be_read(said):
    assert said["header"]["chainId"] == "test-1"
    assert said["supply"] == [{"denom": "ulamp", "amount": "1000000000"}]
    assert (said["metadata"]["base"], said["metadata"]["display"]) == ("ulamp", "lamp")


def test_a_bad_address_is_an_error_that_names_it_so(said):
    assert "InvalidArgument" in said["badAddress"]["error"]
