"""Random lives of devices on the real app; after every step invariants hold and all money is where the model says."""

from collections import Counter
from time import time
from typing import Any

from google.protobuf.message import Message as ProtoMessage
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chain.client.devices import accept_message, recovery_message, register_message, rotate_message
from chain.client.manufacturers import claim_message
from chain.pb.lamppost.device_registry.v1 import places_pb2, transfers_pb2, tx_pb2
from chain.pb.lamppost.device_registry.v1 import types_pb2 as types
from chain.primitives.ids import DeviceId
from chain.primitives.ints import NANOS
from chain.testing import CHAIN_ID
from modules.device_registry.errors import RegistryCode
from modules.reward_emission.errors import EmissionCode
from modules.work.errors import WorkCode
from tests.properties.lives_model import Refusal
from tests.properties.lives_things import Unit
from tests.properties.lives_world import (
    ALGORITHMS,
    BATCH_KEYS,
    BATCH_SIZE,
    CELLS,
    OWNERS,
    PEOPLE,
    Life,
    device_key,
    place_in_batch,
)

CODESPACES = {RegistryCode: "device_registry", WorkCode: "work", EmissionCode: "reward_emission"}
TALLY: Counter[str] = Counter()
"""Steps of this process, by what was done and what became of it."""

INDEX = st.integers(0, 20)
WHO = st.sampled_from(OWNERS)
MOSTLY = st.sampled_from((True, True, True, True, False))
"""Whether the one who may does it."""


class Owners(RuleBasedStateMachine):
    """What owners do with devices; each rule is one step."""

    @initialize()
    def begin(self) -> None:
        self.life = Life()
        self.touched: dict[str, None] = {}
        self.names = self.seen = 0
        for number, model in enumerate((1, 1, 2)):
            who = OWNERS[number % 2]
            self.register(who=who, operator="bob", place=number, model=model, again=True)
            self.claim_of_batch(who=who, index=number, batch=1 + number % 2, place=number + 1)

    def teardown(self) -> None:
        if hasattr(self, "life"):
            self.life.close()

    @invariant()
    def money_is_where_the_model_says(self) -> None:
        if not hasattr(self, "life"):
            return
        if self.life.blocks == self.seen:
            return
        self.seen = self.life.blocks
        TALLY["steps"] += 1
        if TALLY["steps"] % 2_000 == 0:
            print(f"{time():.0f}: {TALLY['steps']} steps", flush=True)
        self.life.check()
        for name in self.life.model.units if TALLY["steps"] % 20 == 0 else self.touched:
            self.life.check_unit(name)
        self.touched = {}

    # --- helpers ----------------------------------------------------------------------------------------------

    def pick(self, index: int) -> Unit:
        """Return a device, and look at its account after the step."""
        unit = list(self.life.model.units.values())[index % len(self.life.model.units)]
        self.touched[unit.name] = None
        return unit

    def has_units(self) -> bool:
        """Tell whether there is any device."""
        return hasattr(self, "life") and bool(self.life.model.units)

    def expect(self, what: str, result: Any, refusal: Refusal) -> None:
        """Compare what became of a message with what the model says."""
        wanted = ("", 0) if refusal is None else (CODESPACES[type(refusal)], int(refusal))
        assert (result.codespace, result.code) == wanted, f"{what}: {result.log}, expected {refusal!r}"
        TALLY[f"{what} {'ok' if refusal is None else refusal.name}"] += 1

    def run(self, message: ProtoMessage, signer: str) -> Any:
        """Run a message; `quiet` must have been called before the model was asked."""
        return self.life.run(message, signer=signer)

    # --- lives ------------------------------------------------------------------------------------------------

    @rule(who=WHO, operator=st.sampled_from(PEOPLE), place=INDEX, model=st.sampled_from((1, 1, 2, 5, 3)), again=MOSTLY)
    def register(self, who: str, operator: str, place: int, model: int, again: bool) -> None:
        """A device without a manufacturer; sometimes with a key that was a device's already."""
        if len(self.life.model.units) >= 12:
            return
        self.life.quiet()
        if again or not self.life.model.units:
            self.names += 1
            name = f"life {self.names}"
            key = device_key(name, ALGORITHMS[self.names % 3])
        else:
            name, key = "twin", self.pick(place).key
        network = self.life.model.models[model].network
        cell = 0 if network == 2 else CELLS[place % len(CELLS)]
        bond = self.life.model.rules.device_bond
        unit = self.new_unit(name, key, who, operator, model, 0, bond, cell)
        message = register_message(
            key,
            chain_id=CHAIN_ID,
            owner=self.life.address(who),
            network=network,
            model=model,
            operator=self.life.address(operator),
            cell=cell,
        )
        refusal = self.life.model.join(unit)
        self.expect("register", self.run(message, who), refusal)

    def new_unit(
        self, name: str, key: Any, owner: str, operator: str, model: int, batch: int, bond: int, cell: int
    ) -> Unit:
        """Return a device that may come to be in the next block."""
        network, epoch = self.life.model.models[model].network, self.life.model.epoch
        device = DeviceId(key.device_id)
        return Unit(
            name, key, device, owner, operator, owner, network, model, batch, bond, self.life.now, [(epoch, cell)]
        )

    @rule(who=WHO, index=st.integers(0, BATCH_SIZE - 1), batch=st.integers(1, 4), place=INDEX)
    def claim_of_batch(self, who: str, index: int, batch: int, place: int) -> None:
        """A device of a batch."""
        lots = self.life.model.lots
        batch = (batch - 1) % len(lots) + 1
        if len(self.life.model.units) >= 12:
            return
        self.life.quiet()
        model = lots[batch].model
        network = self.life.model.models[model].network
        cell = 0 if network == 2 else CELLS[place % len(CELLS)]
        unit = self.new_unit(f"unit {index}", BATCH_KEYS[index], who, who, model, batch, 0, cell)
        message = claim_message(
            unit.key,
            place_in_batch(index),
            chain_id=CHAIN_ID,
            owner=self.life.address(who),
            batch=batch,
            network=network,
            cell=cell,
        )
        refusal = self.life.model.join(unit)
        self.expect("claim of batch", self.run(message, who), refusal)

    @precondition(has_units)
    @rule(index=INDEX, by=st.sampled_from(("owner", "operator", "operator", "maker")), pause=st.booleans())
    def switch(self, index: int, by: str, pause: bool) -> None:
        """Pause or resume."""
        self.life.quiet()
        unit = self.pick(index)
        signer = {"owner": unit.owner, "operator": unit.operator}.get(by, by)
        kind = tx_pb2.MsgPauseDevice if pause else tx_pb2.MsgResumeDevice
        message = kind(signer=self.life.address(signer), device_id=str(unit.id))
        before, after = ("active", "paused") if pause else ("paused", "active")
        refusal = self.life.model.switch(unit, signer, before, after)
        self.expect("pause" if pause else "resume", self.run(message, signer), refusal)

    @precondition(has_units)
    @rule(index=INDEX, mine=MOSTLY, other=st.sampled_from(PEOPLE), payout=st.booleans())
    def name(self, index: int, mine: bool, other: str, payout: bool) -> None:
        """Name an operator or a payout address."""
        self.life.quiet()
        unit = self.pick(index)
        signer = unit.owner if mine else "maker"
        message: ProtoMessage
        device, owner = str(unit.id), self.life.address(signer)
        if payout:
            message = tx_pb2.MsgSetPayout(owner=owner, device_id=device, payout=self.life.address(other))
            refusal = self.life.model.name_payout(unit, signer, other)
        else:
            message = tx_pb2.MsgSetOperator(owner=owner, device_id=device, operator=self.life.address(other))
            refusal = self.life.model.name_operator(unit, signer, other)
        self.expect("set payout" if payout else "set operator", self.run(message, signer), refusal)

    @precondition(has_units)
    @rule(index=INDEX, mine=MOSTLY, place=INDEX, hidden=st.booleans(), limit=st.sampled_from((2**40, 2**40, 0)))
    def move(self, index: int, mine: bool, place: int, hidden: bool, limit: int) -> None:
        """Assert a place: another cell, or another commitment in the same."""
        self.life.quiet()
        unit = self.pick(index)
        signer = unit.owner if mine else "maker"
        cell = 0 if unit.network == 2 else (0, unit.cell, *CELLS)[place % (len(CELLS) + 2)]
        commitment = bytes([place]) * 32 if hidden and cell else b""
        message = places_pb2.MsgAssertLocation(
            owner=self.life.address(signer), device_id=str(unit.id), cell=cell, commitment=commitment, max_price=limit
        )
        refusal = self.life.model.move(unit, signer, cell, commitment, limit)
        self.expect("move", self.run(message, signer), refusal)

    @precondition(has_units)
    @rule(index=INDEX, mine=MOSTLY, buyer=WHO, price=st.sampled_from((0, 1, 5_000_000)), seconds=st.integers(1, 3_000))
    def offer(self, index: int, mine: bool, buyer: str, price: int, seconds: int) -> None:
        """Offer a device."""
        self.life.quiet()
        unit = self.pick(index)
        signer = unit.owner if mine else "maker"
        if buyer == signer:
            return
        expires = self.life.now + (seconds - 1) * NANOS
        message = transfers_pb2.MsgOfferTransfer(
            owner=self.life.address(signer),
            device_id=str(unit.id),
            buyer=self.life.address(buyer),
            price=price,
            expires_at=expires,
        )
        refusal = self.life.model.offer(unit, signer, buyer, price, expires, self.life.now)
        self.expect("offer", self.run(message, signer), refusal)

    @precondition(has_units)
    @rule(index=INDEX, right=MOSTLY, cancel=MOSTLY)
    def answer_offer(self, index: int, right: bool, cancel: bool) -> None:
        """Accept an offer, at the right price or another, or cancel it."""
        self.life.quiet()
        offered = [n for n, unit in enumerate(self.life.model.units.values()) if unit.offer is not None]
        unit = self.pick(offered[index % len(offered)] if offered else index)
        buyer, price, _ = unit.offer or ("bob", 0, 0)
        if not cancel:
            signer = buyer if right else "carol"
            message: ProtoMessage = transfers_pb2.MsgCancelTransfer(
                signer=self.life.address(signer), device_id=str(unit.id)
            )
            refusal = self.life.model.cancel(unit, signer)
            self.expect("cancel offer", self.run(message, signer), refusal)
            return
        price += not right
        shown = types.Device(id=str(unit.id), network=unit.network, bindings=unit.bindings)
        address = self.life.address(buyer)
        message = accept_message(unit.key, chain_id=CHAIN_ID, buyer=address, device=shown, price=price)
        refusal = self.life.model.accept(unit, buyer, price, self.life.now)
        self.expect("accept", self.run(message, buyer), refusal)

    @precondition(has_units)
    @rule(index=INDEX, buyer=WHO, price=st.sampled_from((0, 7, 10**9)), right=MOSTLY)
    def sell(self, index: int, buyer: str, price: int, right: bool) -> None:
        """Offer a device and accept the offer."""
        alive = [n for n, unit in enumerate(self.life.model.units.values()) if unit.status != "retired"]
        if alive:
            at = alive[index % len(alive)]
            self.offer(at, True, buyer, price, 100)
            self.answer_offer(at, right, True)

    @precondition(has_units)
    @rule(index=INDEX, mine=MOSTLY, fresh=MOSTLY)
    def rotate(self, index: int, mine: bool, fresh: bool) -> None:
        """Replace a key, by a new one or one that is taken."""
        self.life.quiet()
        unit = self.pick(index)
        signer = unit.owner if mine else "maker"
        self.names += 1
        new = device_key(f"key {self.names}", ALGORITHMS[self.names % 3]) if fresh else unit.key
        shown = types.Device(
            id=str(unit.id), owner=self.life.address(signer), network=unit.network, bindings=unit.bindings
        )
        message = rotate_message(unit.key, new, chain_id=CHAIN_ID, device=shown)
        refusal = self.life.model.rotate(unit, signer, new)
        self.expect("rotate", self.run(message, signer), refusal)

    @precondition(has_units)
    @rule(index=INDEX, fresh=MOSTLY, by=st.sampled_from(("maker", "maker", "alice")), seconds=st.sampled_from((1, 60)))
    def recover(self, index: int, fresh: bool, by: str, seconds: int) -> None:
        """A lost key: the owner asks for another, the manufacturer agrees, time passes, and it takes effect."""
        life, unit = self.life, self.pick(index)
        device, owner = str(unit.id), life.address(unit.owner)
        if unit.recovery is None:
            life.quiet()
            self.names += 1
            new = device_key(f"key {self.names}", ALGORITHMS[self.names % 3]) if fresh else unit.key
            shown = types.Device(id=device, owner=owner, bindings=unit.bindings)
            message: ProtoMessage = recovery_message(new, chain_id=CHAIN_ID, device=shown)
            refusal = life.model.ask_for_key(unit, unit.owner, new)
            self.expect("ask for key", self.run(message, unit.owner), refusal)
        life.quiet()
        public_key = unit.recovery[0].public_key if unit.recovery else unit.key.public_key
        message = transfers_pb2.MsgApproveRecovery(signer=life.address(by), device_id=device, public_key=public_key)
        refusal = life.model.approve_key(unit, by, life.now)
        self.expect("approve key", self.run(message, by), refusal)
        life.block(seconds=seconds)
        life.quiet()
        message = transfers_pb2.MsgCompleteRecovery(owner=owner, device_id=device)
        refusal = life.model.complete_recovery(unit, unit.owner, life.now)
        self.expect("complete recovery", self.run(message, unit.owner), refusal)

    @precondition(has_units)
    @rule(index=INDEX, sure=st.sampled_from((True, False, False)))
    def retire(self, index: int, sure: bool) -> None:
        """End a device; not too often, or nobody works."""
        self.life.quiet()
        unit = self.pick(index)
        signer = unit.owner if sure else "maker"
        message = tx_pb2.MsgRetireDevice(owner=self.life.address(signer), device_id=str(unit.id))
        refusal = self.life.model.retire(unit, signer, self.life.now)
        self.expect("retire", self.run(message, signer), refusal)

    @precondition(has_units)
    @rule(index=INDEX)
    def return_bond(self, index: int) -> None:
        """Ask for a bond."""
        self.life.quiet()
        held = [n for n, unit in enumerate(self.life.model.units.values()) if unit.held is not None]
        unit = self.pick(held[index % len(held)] if held else index)
        message = transfers_pb2.MsgReturnBond(signer=self.life.address("carol"), device_id=str(unit.id))
        refusal = self.life.model.return_bond(unit, self.life.now)
        self.expect("return bond", self.run(message, "carol"), refusal)
