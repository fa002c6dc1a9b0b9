"""The client against a node whose application is the real one."""

import socket
from pathlib import Path

import pytest

from chain.client import Client, Keyring, NodeUnreachable, QueryFailed, RpcError, Signer, TxFailed, TxNotFound
from chain.client.client import fee_for
from chain.client.rpc import RpcClient
from chain.client.tx import Fee, SignerData, sign_raw, sign_tx, unsigned_from_raw
from chain.pb.cosmos.bank.v1beta1.query_pb2 import QueryBalanceRequest, QueryBalanceResponse
from chain.pb.cosmos.bank.v1beta1.tx_pb2 import MsgSend
from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin as CoinPb
from chain.primitives.coins import Coin
from chain.primitives.errors import SdkCode
from chain.primitives.ids import Address
from chain.runtime.fees import parse_gas_prices
from chain.testing import CHAIN_ID, TestChain
from tests.chain.client.node import NodeInABox

BOB = str(Address(bytes(range(20))))


@pytest.fixture
def node():
    with TestChain(accounts={"alice": "1000000000ulamp"}) as chain, NodeInABox(chain) as box:
        yield box


@pytest.fixture
def alice(node, tmp_path: Path) -> Keyring:
    keyring = Keyring(tmp_path)
    keyring.add_private_key("alice", node.chain.key("alice").secret)
    return keyring


@pytest.fixture
def client(node, alice):
    with Client(node.url, keyring=alice, timeout=5) as client:
        yield client


def send(client: Client, amount: str, to: str) -> MsgSend:
    sender = str(client.signer("alice").address)
    return MsgSend(from_address=sender, to_address=to, amount=[CoinPb(denom="ulamp", amount=amount)])


def test_coins_are_sent_in_one_line(client, node):
    result = client.send("alice", BOB, "1.5lamp", fees="300ulamp", memo="rent")
    assert (result.code, result.height) == (0, node.chain.height)
    assert ("transfer", {"recipient": BOB, "sender": str(node.chain.address("alice")), "amount": "1500000ulamp",
                         "msg_index": "0"}) in result.events  # fmt: skip
    assert client.balance(BOB) == 1_500_000
    assert client.balance(node.chain.address("alice")) == 1_000_000_000 - 1_500_000 - 300
    assert client.rpc.tx(result.tx_hash) == result
    assert client.rpc.tx_search(f"tx.hash='{result.tx_hash}'") == [result]


def test_the_gas_that_is_asked_for_is_a_little_above_what_is_used(client):
    result = client.send("alice", BOB, "1ulamp")
    assert result.gas_used < result.gas_wanted <= result.gas_used * 13 // 10


def test_sequences_follow_the_chain(client, node):
    address = node.chain.address("alice")
    for sequence in range(3):
        assert client.account(address).sequence == sequence
        client.send("alice", BOB, "1ulamp", gas=200_000)


def test_an_account_that_is_not_there_is_none_and_cannot_sign(client, alice):
    info, _ = alice.create("stranger")
    assert client.account(info.address) is None
    with pytest.raises(TxFailed, match="never received a coin") as caught:
        client.send("stranger", BOB, "1ulamp", gas=100_000)
    assert (caught.value.codespace, caught.value.code) == ("sdk", SdkCode.UNKNOWN_ADDRESS)


def test_a_failed_simulation_says_why(client):
    with pytest.raises(QueryFailed, match="insufficient funds"):
        client.send("alice", BOB, "2000lamp")


def test_a_transaction_that_fails_in_its_block_raises_and_has_a_height(client, node):
    with pytest.raises(TxFailed, match="insufficient funds") as caught:
        client.send("alice", BOB, "2000lamp", gas=200_000)
    assert (caught.value.codespace, caught.value.code) == ("sdk", SdkCode.INSUFFICIENT_FUNDS)
    assert (caught.value.height, len(caught.value.tx_hash)) == (node.chain.height, 64)


def test_a_transaction_that_the_node_refuses_raises_without_a_height(client):
    with pytest.raises(TxFailed, match="account sequence mismatch, expected 0, got 7") as caught:
        client.send("alice", BOB, "1ulamp", gas=200_000, sequence=7)
    assert (caught.value.codespace, caught.value.code) == ("sdk", SdkCode.WRONG_SEQUENCE)
    assert caught.value.height == 0


def test_a_price_of_gas_makes_the_fee(alice, node):
    with Client(node.url, keyring=alice, gas_price="0.025ulamp") as client:
        client.send("alice", BOB, "1ulamp", gas=100_001)
        assert client.balance(node.chain.address("alice")) == 1_000_000_000 - 1 - 2501
        client.send("alice", BOB, "1ulamp", gas=100_000, gas_price="1ulamp")
        client.send("alice", BOB, "1ulamp", gas=100_000, fees="7ulamp")
        assert client.balance(node.chain.address("alice")) == 1_000_000_000 - 3 - 2501 - 100_000 - 7


def test_a_fee_below_the_nodes_price_is_refused(tmp_path):
    with (
        TestChain(accounts={"alice": "1000000ulamp"}, gas_prices=parse_gas_prices("0.025ulamp")) as chain,
        NodeInABox(chain) as node,
    ):
        keyring = Keyring(tmp_path)
        keyring.add_private_key("alice", chain.key("alice").secret)
        with Client(node.url, keyring=keyring) as client, pytest.raises(TxFailed, match="insufficient fee") as caught:
            client.send("alice", BOB, "1ulamp", gas=100_000)
        assert (caught.value.codespace, caught.value.code) == ("sdk", SdkCode.INSUFFICIENT_FEE)


@pytest.mark.parametrize(("gas", "price", "fee"), [(1, "0.025ulamp", 1), (40, "0.025ulamp", 1), (41, "0.025ulamp", 2)])
def test_a_fee_is_rounded_up(gas, price, fee):
    assert fee_for(gas, price) == (Coin("ulamp", fee),)


def test_no_price_is_no_fee():
    assert fee_for(100, "0ulamp") == ()


def test_yesterdays_balance_can_be_asked_for(client, node):
    client.send("alice", BOB, "5ulamp", gas=200_000)
    then = node.chain.height
    client.send("alice", BOB, "6ulamp", gas=200_000)
    assert (client.balance(BOB, height=then), client.balance(BOB)) == (5, 11)


def test_an_unknown_query_fails_with_the_nodes_code(client):
    with pytest.raises(QueryFailed) as caught:
        client.query("/cosmos.bank.v1beta1.Query/Nothing", QueryBalanceRequest(), QueryBalanceResponse)
    assert (caught.value.codespace, caught.value.code) == ("sdk", SdkCode.UNKNOWN_REQUEST)


def test_several_messages_travel_in_one_transaction(client):
    result = client.send_messages([send(client, "1", BOB), send(client, "2", BOB)], "alice")
    assert client.balance(BOB) == 3
    assert len([kind for kind, _ in result.events if kind == "transfer"]) == 2


def test_a_transaction_can_be_signed_elsewhere(client, alice, node):
    """Given an unsigned transaction, when somebody else signs its bytes, then the node takes it."""
    signer = alice.signer("alice")
    prepared = sign_tx([send(client, "9", BOB)], signer, SignerData("another chain", 0, 0), Fee(200_000), "memo")
    account = client.account(signer.address)
    signed = sign_raw(prepared, signer, SignerData(CHAIN_ID, account.account_number, account.sequence))
    assert signed != prepared
    assert client.simulate_raw(unsigned_from_raw(prepared, signer.public_key, 0)) > 0
    assert client.deliver(signed).gas_wanted == 200_000


def test_a_signer_needs_no_keyring(node):
    with Client(node.url) as client:
        signer = Signer.from_private_key(node.chain.key("alice").secret)
        client.send(signer, BOB, "1ulamp")
        with pytest.raises(ValueError, match="needs a keyring"):
            client.send("alice", BOB, "1ulamp")


def test_a_given_chain_id_is_not_asked_for_and_a_wrong_one_is_refused(node, alice):
    with Client(node.url, keyring=alice, chain_id="other-1") as client:
        assert client.chain_id == "other-1"
        with pytest.raises(TxFailed, match="signature verification failed") as caught:
            client.send("alice", BOB, "1ulamp", gas=200_000)
        assert (caught.value.codespace, caught.value.code) == ("sdk", SdkCode.UNAUTHORIZED)


def test_a_node_that_is_away_for_a_moment_is_asked_again(client, node):
    tx = client.sign([send(client, "1", BOB)], "alice", gas=200_000)
    tx_hash = client.rpc.broadcast(tx)
    node.away = 3
    assert client.rpc.wait_for_tx(tx_hash, timeout=5, interval=0.01).tx == tx


def test_waiting_ends_with_what_is_known(client, node):
    node.silent = True
    tx_hash = client.rpc.broadcast(client.sign([send(client, "1", BOB)], "alice", gas=200_000))
    with pytest.raises(TxNotFound, match=r"was not committed within 0\.05 s; it may still be"):
        client.rpc.wait_for_tx(tx_hash, timeout=0.05, interval=0.01)
    node.away = 10_000
    with pytest.raises(NodeUnreachable):
        client.rpc.wait_for_tx(tx_hash, timeout=0.05, interval=0.01)


def test_errors_of_the_rpc_have_their_code(client):
    with pytest.raises(RpcError, match="Method not found") as caught:
        client.rpc.call("nonsense")
    assert caught.value.code == -32601


def test_what_is_no_hash_is_said_to_be_none(client):
    with pytest.raises(ValueError, match="is not the hash of a transaction"):
        client.rpc.tx("lamp1")


def test_a_node_that_is_not_there_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with RpcClient(f"tcp://127.0.0.1:{port}") as rpc, pytest.raises(NodeUnreachable, match=f"http://127.0.0.1:{port}"):
        rpc.status()


@pytest.mark.parametrize("url", ["127.0.0.1:1", "ftp://127.0.0.1", "http://[", "http://127.0.0.1:99999999"])
def test_what_is_no_url_reaches_no_node(url):
    with RpcClient(url) as rpc, pytest.raises(NodeUnreachable):
        rpc.status()
