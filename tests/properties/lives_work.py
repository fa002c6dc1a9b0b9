"""Receipts, audits, gateways, pay and time."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chain.pb.cosmos.base.abci.v1beta1.abci_pb2 import TxMsgData
from chain.pb.lamppost.reward_emission.v1 import tx_pb2 as emission_pb
from chain.pb.lamppost.work.v1 import tx_pb2 as work_pb
from chain.primitives.ints import NANOS
from chain.runtime.ante import FREE_GAS, FREE_GAS_PER_BYTE
from modules.work import handlers as work_handlers
from modules.work.messages import SubmitWork
from modules.work.state import CLOCK, GATEWAYS
from tests.properties.lives_machine import INDEX, MOSTLY, TALLY, WHO, Owners
from tests.properties.lives_receipts import KINDS, make
from tests.properties.lives_things import Made
from tests.properties.lives_world import PEOPLE

UNITS = st.sampled_from((24, 24, 5, 1, 0, 100, 240))
UPTIME = st.sampled_from((10_000, 10_000, 9_999, 3_333, 0))
SAMPLES = st.integers(0, 3)
ORDER = st.randoms(use_true_random=False)
KIND = st.sampled_from(KINDS)
NETWORK = st.integers(1, 3)
DODGING = st.sampled_from((0, 0, 1, 4))
"""How many devices answer nothing when they are asked."""
OPERATIONS_OF_A_CLOSE, OPERATIONS_OF_AN_AUDIT = 150, 6
"""Most store operations of the hooks of a block that closes an epoch of three networks; devices play no part."""


class Workers(Owners):
    """What gateways, providers and time do."""

    # --- work -------------------------------------------------------------------------------------------------

    def hand_in(self, made: list[Made], samples: list[int], by: str) -> None:
        """Hand receipts in; every verdict is the model's, and what gateways use of their quotas, too."""
        message = work_pb.MsgSubmitWork(submitter=self.life.address(by), receipts=[m.receipt.to_proto() for m in made])
        self.use_quota(made, by)
        before = self.life.model.struck_out
        wanted = self.life.model.submit(made)
        TALLY["struck out"] += self.life.model.struck_out - before
        gas = FREE_GAS + FREE_GAS_PER_BYTE * message.ByteSize()
        (result,) = self.life.block(self.life.chain.tx(message, signer=by, gas=gas))
        assert result.code == 0, result.log
        response = work_pb.MsgSubmitWorkResponse()
        assert TxMsgData.FromString(result.data).msg_responses[0].Unpack(response)
        got = [(item.code, item.effective_units, item.why) for item in response.results]
        assert got == wanted, [item.reason for item in response.results]
        for item, count, (code, _, why) in zip(made, samples, wanted, strict=True):
            TALLY[f"receipt code {code} why {why}"] += 1
            if code == 0 and item.unit is not None:
                item.unit.samples[item.receipt.epoch] = count

    def use_quota(self, made: list[Made], by: str) -> None:
        """Count receipts against a gateway's quotas, when all of them fit."""
        presented: dict[int, int] = {}
        for item in made:
            presented[item.receipt.network] = presented.get(item.receipt.network, 0) + 1
        nets, epoch = self.life.model.nets, self.life.model.epoch
        quotas = [nets[network].quotas.get(by) if network in nets else None for network in presented]
        if any(
            quota is None or quota[0] - (quota[1] if quota[2] == epoch else 0) < number
            for quota, number in zip(quotas, presented.values(), strict=True)
        ):
            return
        for quota, number in zip(quotas, presented.values(), strict=True):
            if quota is not None:
                quota[1:] = [(quota[1] if quota[2] == epoch else 0) + number, epoch]

    @precondition(Owners.has_units)
    @rule(index=INDEX, kind=KIND, units=UNITS, uptime=UPTIME, samples=SAMPLES, by=st.sampled_from(PEOPLE))
    def one_receipt(self, index: int, kind: str, units: int, uptime: int, samples: int, by: str) -> None:
        """Any receipt, by anybody."""
        self.life.quiet()
        self.hand_in([make(self.life, self.pick(index), kind, units, uptime, samples)], [samples], by)

    @precondition(Owners.has_units)
    @rule(made=st.lists(st.tuples(INDEX, KIND, UNITS), min_size=2, max_size=6), samples=SAMPLES)
    def several_receipts(self, made: list[tuple[int, str, int]], samples: int) -> None:
        """A message of receipts of all kinds, several of one device among them."""
        self.life.quiet()
        ahead: dict[str, int] = {}
        receipts = []
        for index, kind, units in made:
            unit = self.pick(index)
            receipts.append(make(self.life, unit, kind, units, 10_000, samples, ahead.get(unit.name, 0)))
            ahead[unit.name] = ahead.get(unit.name, 0) + 1
        self.hand_in(receipts, [samples] * len(receipts), "gateway")

    @precondition(Owners.has_units)
    @rule(order=ORDER, dodging=DODGING, units=UNITS)
    def everybody_works(self, order: Any, dodging: int, units: int) -> None:
        """One receipt of each device; in another order the state would be the same, byte by byte."""
        self.life.quiet()
        kinds = ["dodging" if index < dodging else "honest" for index in range(len(self.life.model.units))]
        receipts = [make(self.life, self.pick(index), kind, units, 10_000, 2) for index, kind in enumerate(kinds)]
        shuffled = order.sample(receipts, len(receipts))
        assert self.outcome(shuffled) == self.outcome(receipts), "the order of receipts matters"
        self.hand_in(shuffled, [2] * len(shuffled), "gateway")

    @precondition(Owners.has_units)
    @rule(order=ORDER, dodging=DODGING)
    def a_day_goes_by(self, order: Any, dodging: int) -> None:
        """Everybody works, then the epoch ends."""
        self.everybody_works(order, dodging, 24)
        self.epochs_pass(1)

    @precondition(Owners.has_units)
    @rule(order=ORDER, late=st.booleans(), who=WHO)
    def a_day_with_pay(self, order: Any, late: bool, who: str) -> None:
        """An epoch ends before all receipts are there, or after, and somebody claims."""
        if not late:
            self.everybody_works(order, 0, 20)
        self.epochs_pass(1)
        if late:
            self.several_receipts([(index, "late", 7) for index in range(len(self.life.model.units))], 1)
        self.claim(who, False)

    @precondition(Owners.has_units)
    @rule(index=INDEX, days=st.integers(2, 5))
    def a_lazy_device(self, index: int, days: int) -> None:
        """A device answers no audit for some epochs, until it is struck out perhaps."""
        for _ in range(days):
            self.life.quiet()
            self.hand_in([make(self.life, self.pick(index), "dodging", 24, 10_000, 1)], [1], "gateway")
            self.epochs_pass(1)

    @precondition(Owners.has_units)
    @rule(index=INDEX, place=INDEX, order=ORDER, days=st.sampled_from((1, 1, 8)))
    def days_after_a_move(self, index: int, place: int, order: Any, days: int) -> None:
        """A device moves and works on; late receipts count where it stood."""
        self.move(index, True, place, False, 2**40)
        self.one_receipt(index, "late", 24, 10_000, 1, "gateway")
        for _ in range(days):
            self.a_day_goes_by(order, 0)

    def outcome(self, made: Sequence[Made]) -> Any:
        """Return what receipts would write, without writing it."""
        ctx = self.life.chain.ctx()
        message = SubmitWork(self.life.chain.address("gateway"), tuple(item.receipt for item in made))
        work_handlers.submit_work(ctx, self.life.keepers["work"], message)
        return ctx.state.changes()  # type: ignore[attr-defined]

    @rule(network=NETWORK, quota=st.sampled_from((1, 3, 8, 0)), mine=MOSTLY)
    def gateway(self, network: int, quota: int, mine: bool) -> None:
        """Register a gateway, change its quota, or revoke it with a quota of 0."""
        self.life.quiet()
        quotas, signer = self.life.model.nets[network].quotas, self.life.model.nets[network].admin if mine else "maker"
        fields = {"admin": self.life.address(signer), "network": network, "gateway": self.life.address("gateway")}
        message: Any
        if quota == 0:
            message = work_pb.MsgRevokeGateway(**fields)
        elif "gateway" in quotas:
            message = work_pb.MsgUpdateGateway(**fields, quota=quota)
        else:
            message = work_pb.MsgRegisterGateway(**fields, quota=quota)
        is_open = self.life.model.nets[network].is_open
        works = mine and is_open and (quota > 0 or "gateway" in quotas)
        assert (self.run(message, signer).code == 0) is works
        if works and quota == 0:
            del quotas["gateway"]
        elif works:
            quotas["gateway"] = [quota, *quotas.get("gateway", [0, 0, 0])[1:]]
        ctx = self.life.chain.ctx()
        for (number, _), found in GATEWAYS.scan(ctx):
            assert [found.quota, found.used, found.epoch] == self.life.model.nets[number].quotas["gateway"]

    # --- pay --------------------------------------------------------------------------------------------------

    @precondition(Owners.has_units)
    @rule(who=WHO, stranger=st.sampled_from((False, False, False, True)))
    def claim(self, who: str, stranger: bool) -> None:
        """Claim all that is somebody's, twice: the second time nothing comes. A stranger gets nothing at all."""
        self.life.quiet()
        mine = [index for index, unit in enumerate(self.life.model.units.values()) if unit.owner == who]
        if not mine:
            return
        units = [self.pick(index) for index in mine]
        signer = "maker" if stranger else who
        ids = [str(unit.id) for unit in units]
        message = emission_pb.MsgClaim(owner=self.life.address(signer), device_ids=ids)
        refusal, amount = self.life.model.claim(units, signer)
        result = self.run(message, signer)
        self.expect("claim", result, refusal)
        if refusal is None:
            TALLY["claims above 0"] += amount > 0
            assert self.amount(result, emission_pb.MsgClaimResponse) == amount
            self.life.quiet()
            refusal, again = self.life.model.claim(units, signer)
            assert self.amount(self.run(message, signer), emission_pb.MsgClaimResponse) == again

    def amount(self, result: Any, kind: Any) -> int:
        """Return the amount of a response."""
        assert result.code == 0, result.log
        response = kind()
        assert TxMsgData.FromString(result.data).msg_responses[0].Unpack(response)
        return int(response.amount)

    @precondition(Owners.has_units)
    @rule(indexes=st.sets(INDEX, min_size=1, max_size=5))
    def settle(self, indexes: set[int]) -> None:
        """A stranger settles devices."""
        self.life.quiet()
        units = {unit.name: unit for unit in map(self.pick, sorted(indexes))}
        ids = [str(unit.id) for unit in units.values()]
        result = self.run(emission_pb.MsgSettle(sender=self.life.address("maker"), device_ids=ids), "maker")
        assert result.code == 0, result.log
        for name in units:
            self.life.model.books.settle(name)

    @rule(customer=WHO, provider=WHO, amount=st.sampled_from((1, 999, 10**9, 3 * 10**11)))
    def spend(self, customer: str, provider: str, amount: int) -> None:
        """A customer pays a provider in credits, which burns."""
        self.life.quiet()
        if self.life.model.cash[customer] < amount:
            return
        people = self.life.chain.address
        self.life.demand.orders.append((people(customer), people(provider), amount))
        self.life.block()

    @rule(who=WHO)
    def claim_usage(self, who: str) -> None:
        """A provider is paid, and nothing the second time."""
        self.life.quiet()
        message = emission_pb.MsgClaimUsage(provider=self.life.address(who))
        amount = self.life.model.books.take_usage(who)  # type: ignore[arg-type]
        self.life.model.cash[who] += amount
        TALLY["usage above 0"] += amount > 0
        assert self.amount(self.run(message, who), emission_pb.MsgClaimUsageResponse) == amount
        assert (
            self.life.keepers["reward_emission"].claim_usage(self.life.chain.ctx(), self.life.chain.address(who)) == []
        )

    @rule(who=WHO, other=WHO, amount=st.sampled_from((10**6, 10**11)), epochs=st.sampled_from((1, 2, 9)))
    def a_day_with_demand(self, who: str, other: str, amount: int, epochs: int) -> None:
        """Two customers spend, epochs end, and a provider is paid in time or comes too late."""
        self.spend("carol", who, amount)
        self.spend(who, other, 7)
        self.epochs_pass(epochs)
        self.claim_usage(who)

    @rule(who=WHO, share=st.integers(0, 3))
    def spend_treasury(self, who: str, share: int) -> None:
        """The authority spends a part of the treasury."""
        self.life.quiet()
        amount = self.life.model.books.treasury * share // 3
        if amount == 0:
            return
        message = emission_pb.MsgSpendTreasury(
            authority=self.life.address("council"), recipient=self.life.address(who), amount=amount
        )
        result = self.run(message, "council")
        assert result.code == 0, result.log
        self.life.model.books.treasury -= amount
        self.life.model.cash[who] += amount

    # --- time -------------------------------------------------------------------------------------------------

    @rule(epochs=st.sampled_from((1, 1, 1, 2, 3, 7)))
    def epochs_pass(self, epochs: int) -> None:
        """Some epochs end, one per block, and what that costs is bounded."""
        cost = self.life.cost_of_a_close()
        TALLY["most operations of a close"] = max(TALLY["most operations of a close"], cost)
        assert cost <= OPERATIONS_OF_A_CLOSE + OPERATIONS_OF_AN_AUDIT * self.life.model.rules.audits
        for _ in range(epochs):
            left = CLOCK.require(self.life.chain.ctx()).end - self.life.chain.time
            self.life.block(seconds=max(-(-left // NANOS), 1))
            TALLY["epochs"] += 1

    @rule(seconds=st.integers(1, 900))
    def time_passes(self, seconds: int) -> None:
        """Time passes."""
        self.life.block(seconds=seconds)

    @rule(epochs=st.integers(2, 12))
    def halt(self, epochs: int) -> None:
        """The chain stands still."""
        self.life.block(seconds=epochs * self.life.model.rules.epoch_seconds)
