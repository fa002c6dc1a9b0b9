"""A network changes hands in two steps."""

from collections.abc import Iterator

import pytest

from chain.pb.lamppost.device_registry.v1 import networks_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import query_pb2, tx_pb2
from chain.testing import TestChain
from modules.device_registry.errors import RegistryCode as Code
from tests.modules.device_registry.world import DEPOSIT, network_message, start

QUERY = "/lamppost.device_registry.v1.Query/"


@pytest.fixture
def chain() -> Iterator[TestChain]:
    with start() as made:
        made.ok(network_message(made), signer="founder")
        yield made


def roles(chain: TestChain) -> tuple[str, str]:
    """Return admin and whom the network is offered to."""
    request = query_pb2.QueryNetworkRequest(network=1)
    found = chain.query(QUERY + "Network", request, query_pb2.QueryNetworkResponse).network
    return found.admin, found.offered_to


def offer(chain: TestChain, to: str, by: str = "founder") -> pb.MsgOfferNetwork:
    return pb.MsgOfferNetwork(admin=str(chain.address(by)), network=1, new_admin=str(chain.address(to)))


def accept(chain: TestChain, by: str) -> pb.MsgAcceptNetwork:
    return pb.MsgAcceptNetwork(new_admin=str(chain.address(by)), network=1)


def cancel(chain: TestChain, by: str) -> pb.MsgCancelNetworkOffer:
    return pb.MsgCancelNetworkOffer(signer=str(chain.address(by)), network=1)


def test_the_new_admin_accepts_and_has_the_say_and_the_deposit(chain: TestChain) -> None:
    founder, alice = str(chain.address("founder")), str(chain.address("alice"))
    chain.ok(offer(chain, "alice"), signer="founder")
    assert roles(chain) == (founder, alice)
    chain.ok(accept(chain, "alice"), signer="alice")
    assert roles(chain) == (alice, "")
    close = tx_pb2.MsgCloseNetwork(admin=founder, network=1)
    assert chain.run(close, signer="founder").code == Code.NOT_ADMIN
    bank = next(module.keeper for module in chain.wiring.modules if module.name == "bank")
    before = bank.balance(chain.ctx(), chain.address("alice"), "ulamp")
    chain.ok(tx_pb2.MsgCloseNetwork(admin=alice, network=1), signer="alice")
    assert bank.balance(chain.ctx(), chain.address("alice"), "ulamp") - before == DEPOSIT


def test_an_offer_replaces_the_one_before(chain: TestChain) -> None:
    chain.ok(offer(chain, "alice"), signer="founder")
    chain.ok(offer(chain, "bob"), signer="founder")
    assert chain.run(accept(chain, "alice"), signer="alice").code == Code.NOT_BUYER
    chain.ok(accept(chain, "bob"), signer="bob")


@pytest.mark.parametrize("by", ["founder", "alice"])
def test_the_admin_and_the_one_who_was_asked_may_cancel(chain: TestChain, by: str) -> None:
    chain.ok(offer(chain, "alice"), signer="founder")
    chain.ok(cancel(chain, by), signer=by)
    assert roles(chain)[1] == ""
    assert chain.run(accept(chain, "alice"), signer="alice").code == Code.NO_OFFER


def test_an_offer_survives_an_export(chain: TestChain) -> None:
    chain.ok(offer(chain, "alice"), signer="founder")
    with TestChain(genesis=chain.export()) as again:
        again.advance(1)
        assert roles(again) == roles(chain)


def test_closing_ends_an_offer(chain: TestChain) -> None:
    chain.ok(offer(chain, "alice"), signer="founder")
    chain.ok(tx_pb2.MsgCloseNetwork(admin=str(chain.address("founder")), network=1), signer="founder")
    assert chain.run(accept(chain, "alice"), signer="alice").code == Code.NETWORK_CLOSED
    assert roles(chain)[1] == ""
