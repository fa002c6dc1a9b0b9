"""The bank on a running chain: real transactions, a real store, answers over ABCI."""

from collections.abc import Iterator
from typing import Any

import pytest

from chain.pb.cosmos.bank.v1beta1 import query_pb2, tx_pb2
from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin
from chain.primitives.coins import MAX_AMOUNT
from chain.testing import QueryFailed, TestChain

QUERY = "/cosmos.bank.v1beta1.Query/"


@pytest.fixture
def chain() -> Iterator[TestChain]:
    with TestChain(accounts={"alice": "1000000ulamp,50uother", "bob": "500ulamp"}, authority="gov-key") as made:
        made.advance(1)
        yield made


def send(chain: TestChain, amount: str, denom: str = "ulamp", to: str = "bob") -> tx_pb2.MsgSend:
    return tx_pb2.MsgSend(
        from_address=str(chain.address("alice")),
        to_address=str(chain.address(to)),
        amount=[Coin(denom=denom, amount=amount)],
    )


def balance(chain: TestChain, name: str, denom: str = "ulamp", height: int = 0) -> int:
    request = query_pb2.QueryBalanceRequest(address=str(chain.address(name)), denom=denom)
    return int(chain.query(QUERY + "Balance", request, query_pb2.QueryBalanceResponse, height).balance.amount)


def test_a_send_is_committed_and_the_past_stays_readable(chain: TestChain) -> None:
    chain.ok(send(chain, "100"), response=tx_pb2.MsgSendResponse)
    assert (balance(chain, "alice"), balance(chain, "bob")) == (999_900, 600)
    before = chain.height
    chain.ok(send(chain, "50", to="carol"))
    assert (balance(chain, "carol"), balance(chain, "carol", height=before)) == (50, 0)
    chain.restart()
    assert balance(chain, "carol") == 50


def test_a_fee_goes_to_the_collector_and_stays_charged_when_the_message_fails(chain: TestChain) -> None:
    result = chain.run(send(chain, "5000000"), fee="70ulamp")
    assert (result.codespace, result.code) == ("sdk", 5)
    assert "spendable balance 999930ulamp is smaller than 5000000ulamp: insufficient funds" in result.log
    assert balance(chain, "alice") == 999_930
    collector = chain.wiring.accounts.module_address("fee_collector")  # type: ignore[attr-defined]  # auth's keeper
    request = query_pb2.QueryBalanceRequest(address=str(collector), denom="ulamp")
    answer = chain.query(QUERY + "Balance", request, query_pb2.QueryBalanceResponse)
    assert answer.balance.amount == "70"


def test_a_transaction_of_two_messages_is_all_or_nothing(chain: TestChain) -> None:
    result = chain.run(send(chain, "100"), send(chain, "51", "uother"))
    assert (result.codespace, result.code) == ("sdk", 5)
    assert (balance(chain, "alice"), balance(chain, "bob")) == (1_000_000, 500)


@pytest.mark.parametrize(
    ("amount", "denom", "code"),
    [
        ("0", "ulamp", ("sdk", 10)),
        ("-1", "ulamp", ("sdk", 10)),
        (str(MAX_AMOUNT), "ulamp", ("sdk", 5)),
        (str(MAX_AMOUNT + 1), "ulamp", ("sdk", 10)),
        ("1", "unknown", ("sdk", 5)),
        ("1", "x", ("sdk", 10)),
    ],
)
def test_a_bad_amount_is_refused_with_its_code(chain: TestChain, amount: str, denom: str, code: Any) -> None:
    tx = chain.tx(send(chain, amount, denom))
    # What needs no state is refused by CheckTx; a proposer who lets it through anyway gets it no further.
    result = chain.deliver(tx, process=False).tx_results[0]
    assert (result.codespace, result.code) == code
    assert balance(chain, "bob") == 500
    assert chain.check(chain.tx(send(chain, amount, denom))).code == (0 if code == ("sdk", 5) else code[1])


def test_events_of_a_send_are_the_cosmos_sdks(chain: TestChain) -> None:
    result = chain.run(send(chain, "7"))
    kinds = [event.type for event in result.events]
    for kind in ("coin_spent", "coin_received", "transfer", "message"):
        assert kind in kinds
    transfer = next(event for event in result.events if event.type == "transfer" and len(event.attributes) >= 3)
    found = {attribute.key: attribute.value for attribute in transfer.attributes}
    assert found["amount"] == "7ulamp"
    assert (found["sender"], found["recipient"]) == (str(chain.address("alice")), str(chain.address("bob")))


def test_sending_can_be_turned_off_by_the_authority_only(chain: TestChain) -> None:
    def turn_off(name: str) -> tx_pb2.MsgSetSendEnabled:
        message = tx_pb2.MsgSetSendEnabled(authority=str(chain.address(name)))
        message.send_enabled.add(denom="uother", enabled=False)
        return message

    result = chain.run(turn_off("alice"))
    assert (result.codespace, result.code) == ("sdk", 4)
    chain.ok(send(chain, "1", to="gov-key"))
    chain.ok(turn_off("gov-key"), signer="gov-key")
    result = chain.run(send(chain, "1", "uother"))
    assert (result.codespace, result.code) == ("bank", 5)


def test_a_bad_query_is_answered_as_cosmos_clients_expect(chain: TestChain) -> None:
    with pytest.raises(QueryFailed) as caught:
        request = query_pb2.QueryDenomMetadataRequest(denom="uother")
        chain.query(QUERY + "DenomMetadata", request, query_pb2.QueryDenomMetadataResponse)
    assert (caught.value.codespace, caught.value.code) == ("sdk", 22)
    assert caught.value.log == ("rpc error: code = NotFound desc = client metadata for denom uother: key not found")
    with pytest.raises(QueryFailed) as caught:
        chain.query(QUERY + "Balance", query_pb2.QueryBalanceRequest(), query_pb2.QueryBalanceResponse)
    assert (caught.value.codespace, caught.value.code) == ("sdk", 18)


def test_the_export_of_a_chain_starts_the_same_chain(chain: TestChain) -> None:
    chain.ok(send(chain, "100", to="carol"), fee="5ulamp")
    exported = chain.export()
    with TestChain(genesis=exported, authority="gov-key") as again:
        again.advance(1)
        assert again.export()["bank"] == exported["bank"]
        assert again.export()["auth"] == exported["auth"]
