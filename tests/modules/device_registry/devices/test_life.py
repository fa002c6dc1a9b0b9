"""Any sequence of messages keeps the invariants, and a model of the devices' lives says which succeed."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.pb.lamppost.device_registry.v1 import query_pb2
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from chain.pb.lamppost.device_registry.v1 import types_pb2 as types
from chain.pb.lamppost.device_registry.v1.transfers_pb2 import MsgReturnBond, MsgReturnBondResponse
from chain.testing import TestChain
from modules.device_registry.errors import RegistryCode
from tests.modules.device_registry.world import BOND, PARAMS, device_key, device_message, network_message, start

PEOPLE = ("alice", "bob")
DEVICES = tuple(range(4))
ACTIONS = ("register", "pause", "resume", "retire", "operator", "payout")

action = st.tuples(st.sampled_from(ACTIONS), st.sampled_from(DEVICES), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE))


@dataclass
class Life:
    """What a device's state should be: the plainest program that could be right."""

    owner: str = ""
    operator: str = ""
    status: int = 0

    def allows(self, what: str, by: str) -> bool:
        """Tell whether the chain should accept a message."""
        active, paused = types.DEVICE_STATUS_ACTIVE, types.DEVICE_STATUS_PAUSED
        if what == "register":
            return self.status == 0
        if self.status == 0:
            return False
        if what == "pause":
            return by in (self.owner, self.operator) and self.status == active
        if what == "resume":
            return by in (self.owner, self.operator) and self.status == paused
        if what == "payout":
            return by == self.owner
        return by == self.owner and self.status in (active, paused)

    def apply(self, what: str, by: str, other: str) -> None:
        """Follow an accepted message."""
        if what == "register":
            self.owner, self.operator, self.status = by, other, types.DEVICE_STATUS_ACTIVE
        elif what == "operator":
            self.operator = other
        elif what != "payout":
            self.status = {
                "pause": types.DEVICE_STATUS_PAUSED,
                "resume": types.DEVICE_STATUS_ACTIVE,
                "retire": types.DEVICE_STATUS_RETIRED,
            }[what]


@dataclass
class Fleet:
    """A chain and what it should hold."""

    chain: TestChain
    lives: dict[int, Life] = field(default_factory=lambda: {number: Life() for number in DEVICES})

    def send(self, what: str, number: int, by: str, other: str) -> None:
        """Send one message and hold the outcome against the model."""
        expected = self.lives[number].allows(what, by)
        before = self.chain.export()["device_registry"]
        result = self.chain.run(self.message(what, number, by, other), signer=by)
        assert (result.code == 0) == expected, result.log
        if expected:
            self.lives[number].apply(what, by, other)
        else:
            assert self.chain.export()["device_registry"] == before

    def message(self, what: str, number: int, by: str, other: str) -> object:
        """Return the message of an action."""
        signer, named = str(self.chain.address(by)), str(self.chain.address(other))
        device = str(device_key(f"life {number}").device_id)
        if what == "register":
            return device_message(self.chain, f"life {number}", by, operator=named)
        if what == "operator":
            return pb.MsgSetOperator(owner=signer, device_id=device, operator=named)
        if what == "payout":
            return pb.MsgSetPayout(owner=signer, device_id=device, payout=named)
        if what == "retire":
            return pb.MsgRetireDevice(owner=signer, device_id=device)
        kind = pb.MsgPauseDevice if what == "pause" else pb.MsgResumeDevice
        return kind(signer=signer, device_id=device)

    def check(self) -> None:
        """Hold all devices and counts against the model."""
        for number, life in self.lives.items():
            if life.status == 0:
                continue
            request = query_pb2.QueryDeviceRequest(device_id=str(device_key(f"life {number}").device_id))
            path = "/lamppost.device_registry.v1.Query/Device"
            found = self.chain.query(path, request, query_pb2.QueryDeviceResponse).device
            people = (str(self.chain.address(life.owner)), str(self.chain.address(life.operator)))
            assert (found.owner, found.operator, found.status) == (*people, life.status)


@settings(max_examples=25)
@given(st.lists(action, min_size=5, max_size=25))
def test_devices_live_as_the_model_says_and_invariants_hold(actions: list[tuple[str, int, str, str]]) -> None:
    with start() as chain:
        chain.ok(network_message(chain), signer="founder")
        fleet = Fleet(chain)
        for step in actions:
            fleet.send(*step)
        fleet.check()


@pytest.mark.parametrize("retired", [1, 5])
def test_all_deposits_and_bonds_come_back_when_everything_ends(retired: int) -> None:
    """Given a network with devices, when all retire and it closes, then everybody has what they started with."""
    with start() as chain:
        chain.advance(1)
        before = chain.export()["bank"]["balances"]
        chain.ok(network_message(chain), signer="founder")
        for number in range(retired):
            chain.ok(device_message(chain, f"life {number}"), signer="alice")
        alice = str(chain.address("alice"))
        for number in range(retired):
            device = str(device_key(f"life {number}").device_id)
            chain.ok(pb.MsgRetireDevice(owner=alice, device_id=device), signer="alice")
        chain.ok(pb.MsgCloseNetwork(admin=str(chain.address("founder")), network=1), signer="founder")
        assert chain.export()["bank"]["balances"] == before


def test_a_retired_devices_bond_stays_for_its_time_so_that_it_stands_for_one_device_only() -> None:
    """Given a hold of 100 s, when a device has retired, then its bond comes back after them, by anybody."""
    with start(device_registry={"params": {**PARAMS, "bond_seconds": "100"}}) as chain:
        chain.ok(network_message(chain), signer="founder")
        chain.advance(1)
        before = chain.export()["bank"]["balances"]
        chain.ok(device_message(chain, "a", "alice"), signer="alice", seconds=500)
        device = str(device_key("a").device_id)
        chain.ok(pb.MsgRetireDevice(owner=str(chain.address("alice")), device_id=device), signer="alice")
        assert chain.export()["bank"]["balances"] != before
        ask = MsgReturnBond(signer=str(chain.address("bob")), device_id=device)
        result = chain.run(ask, signer="bob", seconds=99)
        assert (result.codespace, result.code) == ("device_registry", RegistryCode.BOND_LOCKED)
        assert "locked for 1 more seconds" in result.log
        again = chain.export()
        assert chain.ok(ask, signer="bob", seconds=1, response=MsgReturnBondResponse).amount == BOND
        assert chain.export()["bank"]["balances"] == before
        assert chain.run(ask, signer="bob").code == RegistryCode.NO_BOND
    with TestChain(genesis=again) as chain:
        chain.advance(1)
        chain.ok(ask, signer="bob", seconds=1_000)
        assert chain.export()["bank"]["balances"] == before
