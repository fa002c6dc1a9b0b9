"""Verbs of distribution: share out, settle, pay; shared by messages, blocks, and the modules that stake and emit.

Every validator has one accumulator of what a share earned. Rewards raise it, slashes do not touch it, and a delegation
remembers its value when it was last settled, so nothing here ever walks over delegators.
"""

from chain.crypto.addresses import module_address
from chain.primitives.coins import BASE_DENOM, Coin, Coins
from chain.primitives.decimals import ONE, mul_floor, show_decimal
from chain.primitives.ids import Address
from chain.primitives.ints import mul_div_floor
from chain.sdk.context import Context
from modules.distribution.errors import DistributionCode, DistributionError
from modules.distribution.params import PARAMS, Params
from modules.distribution.ports import Bank, Staking, Validator
from modules.distribution.state import (
    ADDRESS_KEY,
    PARAMETERS,
    POOL,
    RATE,
    REWARDS,
    SLASHES,
    STAKES,
    STORE,
    WITHDRAW_ADDRESSES,
    Rewards,
    Stake,
)

FEE_COLLECTOR = "fee_collector"
"""Module account that fees, and the stakers' part of emission, wait in for the next block."""

_NOTHING = Rewards()


class DistributionKeeper:
    """Rewards of stakers, and the community pool."""

    def __init__(self, bank: Bank, staking: Staking) -> None:
        self.bank = bank
        self.staking = staking
        # Decoding is a function of the bytes alone, so the last result serves all states that hold the same bytes.
        self._decoded: tuple[bytes, Params] = (b"", Params())

    def params(self, ctx: Context) -> Params:
        """Return the parameters. Raises: LookupError before genesis."""
        raw = PARAMETERS.raw(ctx)
        if raw is None:
            raise LookupError("distribution parameters are not set")
        # One read of the pair: a query of an older height may replace it on another thread.
        known, params = self._decoded
        if raw != known:
            params = PARAMS.read(raw, 0)[0]
            self._decoded = (raw, params)
        return params

    def rewards(self, ctx: Context, operator: Address) -> Rewards:
        """Return a validator's account; an empty one for an unknown validator."""
        return REWARDS.get(ctx, operator) or _NOTHING

    def withdraw_address(self, ctx: Context, delegator: Address) -> Address:
        """Return the address that a delegator's rewards go to."""
        return WITHDRAW_ADDRESSES.get(ctx, delegator) or delegator

    def pending(self, ctx: Context, delegator: Address, operator: Address) -> int | None:
        """Return what a delegation earned and was not paid, a decimal; None when there is no such delegation.

        Rounded down to 10^-18 ulamp; the dust stays with the validator's outstanding rewards.
        """
        stake = STAKES.get(ctx, (delegator, operator))
        if stake is None:
            return None
        return self._earned(ctx, delegator, operator, stake, self.rewards(ctx, operator))

    # --- coming in --------------------------------------------------------------------------------------------

    def share_out(self, ctx: Context) -> None:
        """Share out what the fee collector holds: the community tax, then validators by their power in the last commit.

        Other denominations than the chain's own go to the community pool as they are. Without a last commit everything
        waits. What divisions leave goes to the community pool, as does the part of validators that are gone.
        """
        votes = ctx.block.last_commit
        total = sum(vote.power for vote in votes)
        collected = self.bank.balances(ctx, module_address(FEE_COLLECTOR)) if total else ()
        if not collected:
            return
        self.bank.send_between_modules(ctx, FEE_COLLECTOR, STORE, collected)
        for coin in collected:
            left = coin.amount * ONE
            if coin.denom == BASE_DENOM:
                shared = left - mul_floor(left, self.params(ctx).community_tax)
                for vote in votes:
                    validator = self.staking.validator_by_consensus(ctx, vote.address)
                    if validator is not None and validator.shares:
                        part = mul_div_floor(shared, vote.power, total)
                        self.reward(ctx, validator, part)
                        left -= part
            self.add_to_pool(ctx, coin.denom, left)

    def reward(self, ctx: Context, validator: Validator, amount: int) -> None:
        """Give a decimal of ulamp, which the module holds, to a validator with shares.

        The commission is rounded down in favour of the delegators; what the division by shares leaves stays
        outstanding until the validator is removed, and then goes to the community pool.
        """
        commission = mul_floor(amount, validator.commission.rate)
        before = self.rewards(ctx, validator.operator)
        rise = mul_div_floor(amount - commission, RATE, validator.shares)
        REWARDS.set(
            ctx,
            validator.operator,
            Rewards(before.per_share + rise, before.outstanding + amount, before.commission + commission),
        )
        operator = validator.operator.operator
        ctx.emit("commission", amount=_show(commission), validator=operator)
        ctx.emit("rewards", amount=_show(amount), validator=operator)

    def take_bucket(self, ctx: Context, source: str, amount: int) -> bool:
        """Take the stakers' part of an epoch's emission out of a module's account; False when nobody stakes.

        It waits with the fees and is shared out with them in the next block.
        """
        if self.staking.last_total_power(ctx) == 0:
            return False
        self.bank.send_between_modules(ctx, source, FEE_COLLECTOR, (Coin(BASE_DENOM, amount),))
        return True

    def add_to_pool(self, ctx: Context, denom: str, amount: int) -> None:
        """Count a decimal of what the module holds as the community pool's."""
        if amount:
            POOL.set(ctx, denom, (POOL.get(ctx, denom) or 0) + amount)

    def take_from_pool(self, ctx: Context, amount: Coins) -> None:
        """Count coins out of the community pool. Raises: DistributionError(POOL_TOO_SMALL)."""
        left = [(coin.denom, (POOL.get(ctx, coin.denom) or 0) - coin.amount * ONE) for coin in amount]
        if any(rest < 0 for _, rest in left):
            raise DistributionError(DistributionCode.POOL_TOO_SMALL)
        for denom, rest in left:
            if rest:
                POOL.set(ctx, denom, rest)
            else:
                POOL.delete(ctx, denom)

    # --- going out --------------------------------------------------------------------------------------------

    def settle(self, ctx: Context, delegator: Address, operator: Address, stake: Stake) -> int:
        """Pay what a delegation earned to the delegator's withdraw address; return the ulamp.

        Rounded down to whole ulamp; the delegation keeps the fraction for the next time.
        """
        rewards = self.rewards(ctx, operator)
        earned = self._earned(ctx, delegator, operator, stake, rewards)
        whole, fraction = earned // ONE, earned % ONE
        after = Stake(rewards.per_share, fraction)
        if after != stake:
            STAKES.set(ctx, (delegator, operator), after)
        if whole:
            outstanding = rewards.outstanding - whole * ONE
            REWARDS.set(ctx, operator, Rewards(rewards.per_share, outstanding, rewards.commission))
            self._pay(ctx, delegator, whole)
        return whole

    def withdraw_commission(self, ctx: Context, operator: Address) -> int:
        """Pay a validator's commission in whole ulamp; the fraction stays. Raises: DistributionError(NO_COMMISSION)."""
        rewards = self.rewards(ctx, operator)
        whole = rewards.commission // ONE
        if whole == 0:
            raise DistributionError(DistributionCode.NO_COMMISSION)
        paid = whole * ONE
        REWARDS.set(ctx, operator, Rewards(rewards.per_share, rewards.outstanding - paid, rewards.commission - paid))
        self._pay(ctx, operator, whole)
        ctx.emit("withdraw_commission", amount=f"{whole}{BASE_DENOM}")
        return whole

    # --- what staking tells -----------------------------------------------------------------------------------

    def validator_created(self, ctx: Context, operator: Address) -> None:
        """Open a validator's account, unless genesis brought one."""
        if not REWARDS.has(ctx, operator):
            REWARDS.set(ctx, operator, _NOTHING)

    def validator_removed(self, ctx: Context, operator: Address) -> None:
        """Close the account of a validator without delegations: pay its commission, and give the rest to the pool."""
        if self.rewards(ctx, operator).commission >= ONE:
            self.withdraw_commission(ctx, operator)
        self.add_to_pool(ctx, BASE_DENOM, self.rewards(ctx, operator).outstanding)
        REWARDS.delete(ctx, operator)

    def before_shares_change(self, ctx: Context, delegator: Address, operator: Address) -> None:
        """Settle a delegation whose shares are about to change: what it earned was earned by the old ones."""
        stake = STAKES.get(ctx, (delegator, operator))
        if stake is None:
            return
        paid = self.settle(ctx, delegator, operator, stake)
        if paid:
            _emit_withdrawal(ctx, delegator, operator, paid)

    def after_shares_change(self, ctx: Context, delegator: Address, operator: Address, shares: int) -> None:
        """Open a new delegation's account, or close that of one without shares.

        A closed delegation's fraction of a ulamp goes to the community pool.
        """
        key = (delegator, operator)
        stake = STAKES.get(ctx, key)
        if stake is None and shares:
            STAKES.set(ctx, key, Stake(self.rewards(ctx, operator).per_share))
        if stake is not None and not shares:
            STAKES.delete(ctx, key)
            if stake.owed:
                rewards = self.rewards(ctx, operator)
                outstanding = rewards.outstanding - stake.owed
                REWARDS.set(ctx, operator, Rewards(rewards.per_share, outstanding, rewards.commission))
                self.add_to_pool(ctx, BASE_DENOM, stake.owed)

    def record_slash(self, ctx: Context, operator: Address, fraction: int) -> None:
        """Remember that a validator lost a fraction of its stake in this block."""
        within = ADDRESS_KEY.encode(operator) + ctx.height.to_bytes(8, "big")
        number = sum(1 for _ in SLASHES.scan(ctx, within))
        SLASHES.set(ctx, (operator, ctx.height, number), fraction)

    def _earned(self, ctx: Context, delegator: Address, operator: Address, stake: Stake, rewards: Rewards) -> int:
        rise = rewards.per_share - stake.per_share
        if rise == 0:
            return stake.owed
        return stake.owed + mul_div_floor(self.staking.delegation(ctx, delegator, operator), rise, RATE)

    def _pay(self, ctx: Context, delegator: Address, amount: int) -> None:
        recipient = self.withdraw_address(ctx, delegator)
        self.bank.send_from_module(ctx, STORE, recipient, (Coin(BASE_DENOM, amount),))


def _emit_withdrawal(ctx: Context, delegator: Address, operator: Address, amount: int) -> None:
    ctx.emit("withdraw_rewards", amount=f"{amount}{BASE_DENOM}", validator=operator.operator, delegator=delegator)


def _show(amount: int) -> str:
    return f"{show_decimal(amount)}{BASE_DENOM}" if amount else ""
