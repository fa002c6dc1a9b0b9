"""A day of random staking traffic: the modules and a plain model of the rules come to the same, but for the dust."""

from collections import Counter
from fractions import Fraction
from hashlib import sha256
from random import Random
from typing import Any

import pytest

from chain.crypto.addresses import module_address
from chain.pb.cosmos.base.abci.v1beta1.abci_pb2 import TxMsgData
from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin
from chain.pb.cosmos.distribution.v1beta1 import tx_pb2 as distribution_pb
from chain.pb.cosmos.slashing.v1beta1 import tx_pb2 as slashing_pb
from chain.pb.cosmos.staking.v1beta1 import tx_pb2 as staking_pb
from chain.pb.tendermint.abci import types_pb2 as abci
from chain.primitives.decimals import ONE
from chain.primitives.ids import ConsensusAddress
from chain.primitives.ints import NANOS
from chain.testing import BlockResult, TestChain
from chain.testing_votes import consensus_key
from modules.distribution.state import POOL, REWARDS
from modules.reward_emission.state import EPOCHS
from modules.staking.state import DELEGATIONS, UNBONDINGS, VALIDATORS
from tests.properties.staking_model import LAMP, Model, ModelValidator

OPERATIONS = 10_000
PER_BLOCK = 40
DELEGATORS = [f"d{number}" for number in range(200)]
VALIDATORS_OF_GENESIS = [f"v{number}" for number in range(20)]
ANCHOR = "anchor"
"""A validator that nobody else delegates to and that stays, because the last one cannot leave."""
SET = 16
"""Size of the active set."""
UNBONDING = 7_200
"""Seconds: a twelfth of the day."""
TWICE, ABSENT = Fraction(1, 20), Fraction(1, 100)
DOUBLE_SIGNERS = {40: "v19", 90: "v13", 140: "v16"}
"""Who signs twice, by the block that brings the evidence."""
KINDS = {
    "delegate": 28,
    "undelegate": 18,
    "redelegate": 15,
    "withdraw": 22,
    "cancel": 6,
    "commission": 4,
    "address": 3,
    "unjail": 3,
    "deposit": 1,
}
"""What happens, with its weight."""
GENESIS = {
    "staking": {
        "params": {
            "unbonding_time": f"{UNBONDING}s",
            "max_validators": SET,
            "max_entries": 7,
            "historical_entries": 0,
            "bond_denom": "ulamp",
            "min_commission_rate": "0",
        }
    },
    "slashing": {"params": {"signed_blocks_window": "10", "downtime_jail_duration": "600s"}},
}


class Operation:
    """One message: its kind, who signs it, and what the model needs to do the same."""

    def __init__(self, kind: str, signer: str, message: Any, *arguments: Any) -> None:
        self.kind = kind
        self.signer = signer
        self.message = message
        self.arguments = arguments


class Day:
    """The chain, the model, and the traffic between them."""

    def __init__(self) -> None:
        self.random = Random(20_261_124)
        stakes = {name: (2_000 + 37 * number) * LAMP for number, name in enumerate(VALIDATORS_OF_GENESIS)}
        stakes[ANCHOR] = 5_000 * LAMP
        cash = dict.fromkeys(DELEGATORS, 10_000 * LAMP) | dict.fromkeys(stakes, 100 * LAMP)
        accounts = {name: f"{amount}ulamp" for name, amount in cash.items()}
        self.chain = TestChain(accounts, GENESIS, validators=stakes, invariants=False)
        self.model = Model(Fraction(1, 50), UNBONDING * NANOS)
        self.model.cash.update(cash)
        for name, amount in stakes.items():
            self.model.validators[name] = ModelValidator(Fraction(1, 10), {name: Fraction(amount)}, {name: Fraction(0)})
        self.names = {self.chain.address(name): name for name in cash}
        self.consensus = {sha256(consensus_key(name)).digest()[:20]: name for name in stakes}
        self.fees = 0
        self.accepted: Counter[str] = Counter()
        self.refused: Counter[tuple[str, str, int]] = Counter()
        self.slashes: Counter[str] = Counter()
        self.opened = len(stakes)

    def address(self, name: str) -> str:
        return str(self.chain.address(name))

    def operator(self, name: str) -> str:
        return self.chain.address(name).operator

    # --- traffic ----------------------------------------------------------------------------------------------

    def operation(self) -> Operation:
        """Return a random operation. Everybody deals with four validators, which makes hundreds of delegations."""
        delegator = self.random.choice(DELEGATORS)
        number = DELEGATORS.index(delegator)
        near = [VALIDATORS_OF_GENESIS[(number + step) % 20] for step in (0, 1, 5, 12)]
        name, other = self.random.sample(near, 2)
        kind = self.random.choices(list(KINDS), list(KINDS.values()))[0]
        if kind in ("undelegate", "redelegate"):
            held = max(1, self.worth(delegator, name))
            amount = self.random.choice([held, self.random.randint(1, held), self.random.randint(1, held)])
            if kind == "undelegate":
                return self.undelegate(delegator, name, amount)
            return self.redelegate(delegator, name, other, amount)
        if kind == "delegate":
            amount = self.random.randint(1, self.random.choice([10, 10**4, 10**8]))
            made: Any = staking_pb.MsgDelegate(
                delegator_address=self.address(delegator), validator_address=self.operator(name), amount=coin(amount)
            )
            return Operation(kind, delegator, made, delegator, name, amount)
        if kind == "cancel":
            return self.cancel(delegator, name)
        if kind == "withdraw":
            return self.withdraw(delegator, name)
        if kind == "commission":
            return self.commission(name)
        return self.rare(kind, delegator, name)

    def undelegate(self, delegator: str, name: str, amount: int) -> Operation:
        made = staking_pb.MsgUndelegate(
            delegator_address=self.address(delegator), validator_address=self.operator(name), amount=coin(amount)
        )
        return Operation("undelegate", delegator, made, delegator, name, amount)

    def redelegate(self, delegator: str, name: str, other: str, amount: int) -> Operation:
        made = staking_pb.MsgBeginRedelegate(
            delegator_address=self.address(delegator),
            validator_src_address=self.operator(name),
            validator_dst_address=self.operator(other),
            amount=coin(amount),
        )
        return Operation("redelegate", delegator, made, delegator, name, other, amount)

    def cancel(self, delegator: str, name: str) -> Operation:
        entries = UNBONDINGS.get(self.chain.ctx(), (self.chain.address(delegator), self.chain.address(name)))
        entry = self.random.choice(entries) if entries else None
        height = entry.creation_height if entry else 1
        amount = self.random.randint(1, max(1, entry.balance if entry else 1))
        made = staking_pb.MsgCancelUnbondingDelegation(
            delegator_address=self.address(delegator),
            validator_address=self.operator(name),
            amount=coin(amount),
            creation_height=height,
        )
        return Operation("cancel", delegator, made, delegator, name, height, amount)

    def withdraw(self, delegator: str, name: str) -> Operation:
        made = distribution_pb.MsgWithdrawDelegatorReward(
            delegator_address=self.address(delegator), validator_address=self.operator(name)
        )
        return Operation("withdraw", delegator, made, delegator, name)

    def commission(self, name: str) -> Operation:
        made = distribution_pb.MsgWithdrawValidatorCommission(validator_address=self.operator(name))
        return Operation("commission", name, made, name)

    def rare(self, kind: str, delegator: str, name: str) -> Operation:
        if kind == "address":
            other = self.random.choice(DELEGATORS)
            made: Any = distribution_pb.MsgSetWithdrawAddress(
                delegator_address=self.address(delegator), withdraw_address=self.address(other)
            )
            return Operation(kind, delegator, made, delegator, other)
        if kind == "unjail":
            jailed = [self.names[key] for key, found in VALIDATORS.scan(self.chain.ctx()) if found.jailed]
            name = self.random.choice(jailed) if jailed else name
            return Operation(kind, name, slashing_pb.MsgUnjail(validator_addr=self.operator(name)))
        amount = self.random.randint(1, 10**6)
        made = distribution_pb.MsgDepositValidatorRewardsPool(
            depositor=self.address(delegator), validator_address=self.operator(name), amount=[coin(amount)]
        )
        return Operation(kind, delegator, made, delegator, name, amount)

    def worth(self, delegator: str, name: str) -> int:
        """Return what a delegation is worth on the chain, ulamp."""
        ctx = self.chain.ctx()
        shares = DELEGATIONS.get(ctx, (self.chain.address(delegator), self.chain.address(name)))
        found = VALIDATORS.get(ctx, self.chain.address(name))
        return found.worth(shares) if shares and found else 0

    # --- blocks -----------------------------------------------------------------------------------------------

    def block(self, operations: list[Operation], seconds: int, most: int = 20_000) -> None:
        """Run operations in a block, tell the model the same, and check what must hold after every block.

        Each operation pays a fee of up to `most` ulamp.
        """
        chain, height = self.chain, self.chain.height + 1
        votes = chain.comet.commit_of(height, ()).votes
        powers = {self.consensus[vote.validator.address]: vote.validator.power for vote in votes}
        evidence = self.evidence(height, powers)
        since = {self.names[key]: found.unbonding_height for key, found in VALIDATORS.scan(chain.ctx())}
        fees = [self.random.randint(0, most) for _ in operations]
        pairs = list(zip(operations, fees, strict=True))
        txs = [chain.tx(made.message, signer=made.signer, fee=f"{fee}ulamp" if fee else "") for made, fee in pairs]
        result = chain.deliver(*txs, seconds=seconds, misbehavior=evidence)
        if powers:
            self.model.share_out(self.fees, powers)
            self.fees = 0
        self.punish(result, height, evidence)
        for (made, fee), tx in zip(pairs, result.tx_results, strict=True):
            self.account(made, fee, tx, height, since)
        self.model.mature(chain.time)
        self.close_what_the_chain_closed()
        self.emit(result)
        self.check()

    def evidence(self, height: int, powers: dict[str, int]) -> list[abci.Misbehavior]:
        name = DOUBLE_SIGNERS.get(height, "")
        if name not in powers:
            return []
        made = abci.Misbehavior(type=1, height=height - 2, total_voting_power=sum(powers.values()))
        made.validator.address = sha256(consensus_key(name)).digest()[:20]
        made.validator.power = powers[name]
        made.time.FromNanoseconds(self.chain.time)
        return [made]

    def punish(self, result: BlockResult, height: int, evidence: list[abci.Misbehavior]) -> None:
        """Tell the model who was slashed and why; it knows by itself what that costs whom."""
        texts = {str(ConsensusAddress(key)): name for key, name in self.consensus.items()}
        for event in result.events:
            if event.type == "slash":
                found = {attribute.key: attribute.value for attribute in event.attributes}
                twice = found["reason"] == "double_sign"
                since = evidence[0].height - 1 if twice else height - 2
                fraction = TWICE if twice else ABSENT
                name, power = texts[found["address"]], int(found["power"])
                self.model.slash(name, since, power, fraction, self.chain.time)
                self.slashes[found["reason"]] += 1

    def account(self, made: Operation, fee: int, tx: abci.ExecTxResult, height: int, since: dict[str, int]) -> None:
        """Tell the model of a transaction: its fee, and what it did."""
        model, now = self.model, self.chain.time
        if tx.code == 0 or tx.events:  # without events it was not admitted and paid nothing
            self.fees += fee
            model.cash[made.signer] -= fee
        if tx.code:
            self.refused[made.kind, tx.codespace, tx.code] += 1
            return
        self.accepted[made.kind] += 1
        if made.kind == "delegate":
            model.delegate(*made.arguments)
        elif made.kind == "undelegate":
            model.undelegate(*made.arguments, height, now)
        elif made.kind == "redelegate":
            answer = staking_pb.MsgBeginRedelegateResponse()
            TxMsgData.FromString(tx.data).msg_responses[0].Unpack(answer)
            due = answer.completion_time.ToNanoseconds()
            begun = height if due == now + UNBONDING * NANOS else since[made.arguments[1]]
            model.redelegate(*made.arguments, begun, due if due > now else 0)
        elif made.kind == "cancel":
            model.cancel(*made.arguments)
        elif made.kind == "withdraw":
            model.withdraw(*made.arguments)
        elif made.kind == "commission":
            model.withdraw_commission(*made.arguments)
        elif made.kind == "address":
            model.addresses[made.arguments[0]] = made.arguments[1]
        elif made.kind == "deposit":
            depositor, name, amount = made.arguments
            model.cash[depositor] -= amount
            model.reward(name, Fraction(amount))

    def close_what_the_chain_closed(self) -> None:
        ctx = self.chain.ctx()
        here = {(self.names[delegator], self.names[operator]) for (delegator, operator), _ in DELEGATIONS.scan(ctx)}
        standing = {self.names[operator] for operator, _ in VALIDATORS.scan(ctx)}
        for name in list(self.model.validators):
            for delegator in list(self.model.validators[name].stakes):
                if (delegator, name) not in here:
                    self.model.settle_closed(delegator, name)
            if name not in standing:
                self.model.close(name)

    def emit(self, result: BlockResult) -> None:
        """Count the stakers' bucket of an epoch that this block closed among the fees of the next."""
        for event in result.events:
            if event.type == "epoch_emission":
                epoch = next(int(pair.value) for pair in event.attributes if pair.key == "epoch")
                closed = EPOCHS.get(self.chain.ctx(), epoch)
                assert closed is not None
                self.fees += closed.buckets.stakers

    # --- what must hold ---------------------------------------------------------------------------------------

    def check(self) -> None:
        """Check the modules' invariants, the set that CometBFT was told, and the model's money as a whole."""
        chain, ctx = self.chain, self.chain.ctx()
        chain.check_invariants()
        validators = [found for _, found in VALIDATORS.scan(ctx)]
        able = sorted((-found.power, found.operator) for found in validators if not found.jailed and found.power)[:SET]
        chosen = {operator for _, operator in able}
        assert {found.operator for found in validators if found.bonded} == chosen
        told = chain.comet.at(chain.height + 2)
        assert told == {found.consensus_key: found.power for found in validators if found.bonded}
        assert self.balance(module_address("fee_collector")) == self.fees
        bonded = sum(found.tokens for found in validators if found.bonded)
        assert self.balance(module_address("bonded_tokens_pool")) == bonded

    def balance(self, address: Any) -> int:
        return int(self.chain.wiring.fees.balance(self.chain.ctx(), address, "ulamp"))  # type: ignore[attr-defined]

    def differences(self) -> dict[str, int]:
        """Return what accounts have on the chain less what they have in the model."""
        return {name: self.balance(address) - self.model.cash[name] for address, name in self.names.items()}


def coin(amount: int) -> Coin:
    return Coin(denom="ulamp", amount=str(amount))


def absences(day: Day) -> None:
    """Let somebody be away for some blocks now and then, and come back."""
    here = [name for name in VALIDATORS_OF_GENESIS if name not in day.chain.absent]
    if day.random.random() < 0.08 and len(day.chain.absent) < 3:
        day.chain.absent.add(day.random.choice(here))
    for name in sorted(day.chain.absent):
        if day.random.random() < 0.07:
            day.chain.absent.discard(name)


def everybody_leaves(day: Day) -> None:
    """Let all entries mature, then take every commission, reward and stake but the anchor's, and wait again.

    Without fees: shared among a last ulamp or two of stake they would make a lot of the dust that is measured.
    """
    day.block([], UNBONDING + 1)
    ctx = day.chain.ctx()
    pairs = [(day.names[delegator], day.names[operator]) for (delegator, operator), _ in DELEGATIONS.scan(ctx)]
    todo = [day.withdraw(*pair) for pair in pairs]
    names = sorted({name for _, name in pairs} - {ANCHOR})
    todo += [day.commission(name) for name in names]
    for begin in range(0, len(todo), 200):
        day.block(todo[begin : begin + 200], 5, most=0)
    # Who leaves may move another's worth by an ulamp within the block; then that one is refused and tries again.
    for _ in range(4):
        left = [pair for pair in pairs if pair[1] != ANCHOR and day.worth(*pair)]
        for begin in range(0, len(left), 100):
            day.block([day.undelegate(*pair, day.worth(*pair)) for pair in left[begin : begin + 100]], 5, most=0)
    day.block([], UNBONDING + 1)
    # A block completes a bounded number of entries, so that some more blocks may be needed.
    for _ in range(20):
        if next(UNBONDINGS.scan(day.chain.ctx()), None) is None:
            break
        day.block([], 1)
    day.block([], UNBONDING + 1)


@pytest.mark.timeout(600)
def test_a_day_of_random_traffic_agrees_with_the_plain_model() -> None:
    # Given 200 delegators, 20 validators of which 16 are elected, and one that stays
    day = Day()
    chain, model = day.chain, day.model
    day.block([], 1)
    # When a day of 10,000 operations goes by, with absences and three who sign twice
    for _ in range(OPERATIONS // PER_BLOCK):
        absences(day)
        day.block([day.operation() for _ in range(PER_BLOCK)], day.random.randint(60, 630))
    done, refused = sum(day.accepted.values()), sum(day.refused.values())
    assert done + refused == OPERATIONS
    assert set(day.accepted) == set(KINDS)
    assert day.slashes["double_sign"] == len(DOUBLE_SIGNERS)
    assert day.slashes["missing_signature"] >= 5
    # And everybody leaves
    everybody_leaves(day)
    # Then what cannot be taken back is less than an ulamp per delegation
    ctx = chain.ctx()
    rest = {operator: found for operator, found in VALIDATORS.scan(ctx) if day.names[operator] != ANCHOR}
    stuck = [pair for pair, _ in DELEGATIONS.scan(ctx) if pair[1] in rest]
    assert sum(found.tokens for found in rest.values()) <= len(stuck)
    # And the pool has the model's part of it and less than an ulamp more per delegation that was closed
    dust = Fraction(POOL.get(ctx, "ulamp") or 0, ONE) - model.pool
    assert abs(dust) <= model.closed
    outstanding = sum(found.outstanding for operator, found in REWARDS.scan(ctx) if operator in rest)
    assert outstanding <= 2 * ONE * max(1, len(stuck))
    # And everybody has what the model says, but for an ulamp or two per operation of the chain's roundings
    differences = day.differences()
    print(f"\naccepted {dict(day.accepted)}\nrefused {dict(day.refused)}\nslashes {dict(day.slashes)}")
    print(f"dust of the pool {float(dust):.3f}, closed {model.closed}, stuck {len(stuck)}")
    print(f"differences {min(differences.values())}..{max(differences.values())}, sum {sum(differences.values())}")
    assert max(map(abs, differences.values())) <= 50
    chain.close()
