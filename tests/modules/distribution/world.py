"""Stake over an empty state, with its real keepers, for tests that need no transactions."""

from dataclasses import replace
from hashlib import sha256

from chain.crypto.addresses import module_address
from chain.primitives.coins import Coin
from chain.primitives.decimals import ONE
from chain.primitives.ids import Address, ConsensusAddress
from chain.primitives.ints import NANOS, Height, UnixNano
from chain.sdk.context import BlockInfo, Context, Misbehavior, Vote
from chain.sdk.gas import GasMeter
from chain.store.overlay import BlockState
from modules.auth import genesis as auth_genesis
from modules.auth.keeper import AuthKeeper
from modules.bank import genesis as bank_genesis
from modules.bank.keeper import BankKeeper
from modules.distribution import genesis as distribution_genesis
from modules.distribution import invariants as distribution_invariants
from modules.distribution.keeper import DistributionKeeper
from modules.evidence import invariants as evidence_invariants
from modules.evidence.keeper import EvidenceKeeper
from modules.slashing import genesis as slashing_genesis
from modules.slashing import invariants as slashing_invariants
from modules.slashing.keeper import SlashingKeeper
from modules.staking import delegations
from modules.staking.keeper import StakingKeeper
from modules.staking.params import Params as StakingParams
from modules.staking.validator import Commission, Description, Status, Validator
from tests.modules.auth.world import AUTHORITY, Nothing, address

PERMISSIONS: dict[str, tuple[str, ...]] = {
    "bonded_tokens_pool": ("burner",),
    "distribution": (),
    "fee_collector": (),
    "gov": (),
    "not_bonded_tokens_pool": ("burner",),
    "source": ("minter",),
}
LAMP = 10**6
"""One lamp in ulamp."""
DAY = 24 * 3600
AGES = (100, 100 * NANOS)
"""Largest ages of evidence: blocks and nanoseconds."""


class BankBurner:
    """Burns with the bank alone; the books of reward emission have tests of their own."""

    def __init__(self, bank: BankKeeper) -> None:
        self.bank = bank

    def burn(self, ctx: Context, module: str, amount: int) -> None:
        """Burn ulamp of a module account."""
        self.bank.burn(ctx, module, (Coin("ulamp", amount),))


def operator(number: int) -> Address:
    """Return the account of validator 0, 1, ..."""
    return address(1_000 + number)


class World:
    """Validators of 100 lamps each and accounts 1 to 9 of 1,000 lamps, at height 10."""

    def __init__(self, validators: int = 2, rate: int = ONE // 10) -> None:
        block = BlockInfo("lamppost-test-1", Height(10), UnixNano(10_000 * NANOS))
        self.ctx = Context(BlockState(Nothing()), block, GasMeter(), AUTHORITY)
        auth = AuthKeeper(PERMISSIONS)
        self.bank = BankKeeper(auth)
        self.staking = StakingKeeper(self.bank, BankBurner(self.bank))
        self.distribution = DistributionKeeper(self.bank, self.staking)
        self.slashing = SlashingKeeper(self.staking, self.distribution)
        self.evidence = EvidenceKeeper(self.staking, self.slashing, lambda ctx: AGES)
        self.staking.attach(rewards=self.distribution, signing=self.slashing)
        auth_genesis.init(self.ctx, auth, auth_genesis.default())
        bank_genesis.init(self.ctx, self.bank, bank_genesis.default())
        distribution_genesis.init(self.ctx, self.distribution, distribution_genesis.default())
        slashing_genesis.init(self.ctx, self.slashing, slashing_genesis.default())
        self.staking.stake.set_params(self.ctx, StakingParams())
        for number in range(1, 10):
            self.fund(address(number), 1_000 * LAMP)
        for number in range(validators):
            self.fund(operator(number), 1_000 * LAMP)
            self.create(number, 100 * LAMP, rate)
        self.ctx.events.clear()

    def fund(self, account: Address, amount: int, denom: str = "ulamp") -> None:
        """Give an account coins."""
        self.bank.mint(self.ctx, "source", (Coin(denom, amount),))
        self.bank.send_from_module(self.ctx, "source", account, (Coin(denom, amount),))

    def create(self, number: int, amount: int, rate: int) -> None:
        """Make a validator with self-delegation, and elect it."""
        key = sha256(b"validator" + number.to_bytes(4, "big")).digest()
        made = Validator(
            operator(number),
            key,
            ConsensusAddress(sha256(key).digest()[:20]),
            0,
            0,
            Status.BONDED,
            False,
            Description(f"val{number}"),
            Commission(rate, ONE, ONE, self.ctx.time),
            1,
        )
        stake = self.staking.stake
        stake.create(self.ctx, made)
        delegations.delegate(self.ctx, stake, made.operator, amount, made, "")
        self.slashing.validator_bonded(self.ctx, made.consensus_address)

    def validator(self, number: int) -> Validator:
        """Return a validator as it is now."""
        return self.staking.stake.require(self.ctx, operator(number))

    def consensus(self, number: int) -> ConsensusAddress:
        """Return a validator's address in votes."""
        return self.validator(number).consensus_address

    def delegate(self, account: Address, number: int, amount: int) -> None:
        """Delegate ulamp."""
        delegations.delegate(self.ctx, self.staking.stake, account, amount, self.validator(number), "")

    def unbond(self, account: Address, number: int, shares: int | None = None) -> None:
        """Take shares, or all of them, out of a delegation."""
        held = self.staking.delegation(self.ctx, account, operator(number))
        delegations.undelegate(
            self.ctx, self.staking.stake, account, self.validator(number), held if shares is None else shares
        )

    def block(
        self,
        *absent: int,
        seconds: int = 5,
        votes: tuple[int, ...] = (0, 1),
        power: int = 100,
        misbehavior: tuple[Misbehavior, ...] = (),
    ) -> None:
        """Begin the next block, whose last commit has the votes of these validators but the absent."""
        commit = tuple(Vote(self.consensus(number), power, number not in absent) for number in votes)
        self.ctx.block = replace(
            self.ctx.block,
            height=Height(self.ctx.height + 1),
            time=UnixNano(self.ctx.time + seconds * NANOS),
            last_commit=commit,
            misbehavior=misbehavior,
        )
        self.ctx.events.clear()

    def powers(self, *powers: int) -> None:
        """Give the votes of the last commit other powers."""
        votes = zip(self.ctx.block.last_commit, powers, strict=True)
        commit = tuple(Vote(vote.address, power, vote.signed) for vote, power in votes)
        self.ctx.block = replace(self.ctx.block, last_commit=commit)

    def collect(self, amount: int, denom: str = "ulamp") -> None:
        """Put a fee into the fee collector."""
        self.bank.mint(self.ctx, "source", (Coin(denom, amount),))
        self.bank.send_between_modules(self.ctx, "source", "fee_collector", (Coin(denom, amount),))

    def balance(self, account: Address, denom: str = "ulamp") -> int:
        """Return what an account has."""
        return self.bank.balance(self.ctx, account, denom)

    def held(self) -> int:
        """Return the ulamp of distribution's account."""
        return self.balance(module_address("distribution"))

    def events(self, kind: str) -> list[dict[str, str]]:
        """Return the attributes of the events of one type."""
        return [dict(event.attributes) for event in self.ctx.events if event.type == kind]

    def check(self) -> None:
        """Check all invariants of the three modules."""
        checks = (
            (distribution_invariants.the_account_is_outstanding_and_pool, self.distribution),
            (distribution_invariants.outstanding_covers_claims, self.distribution),
            (distribution_invariants.accounts_are_of_delegations, self.distribution),
            (slashing_invariants.counters_are_the_bits, self.slashing),
            (slashing_invariants.the_tombstoned_are_jailed, self.slashing),
            (evidence_invariants.evidence_is_under_its_hash, self.evidence),
            (evidence_invariants.the_named_are_tombstoned, self.evidence),
        )
        for check, keeper in checks:
            assert check(self.ctx, keeper) is None  # type: ignore[operator]  # pairs of a check and its own keeper
