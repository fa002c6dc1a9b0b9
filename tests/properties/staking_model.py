"""Stake, slashes and rewards as plain as they can be said: eager, in exact fractions, delegator by delegator.

Nothing of the modules is used here. A reward is given to every delegator at once, a slash taken from every delegator at
once; there are no shares and no accumulators. Only what ends in an account is rounded, down to whole ulamp.
The model is told what CometBFT knows - votes and their powers, who signed twice - and which messages were accepted.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

LAMP = 10**6
"""Stake of one unit of power."""
DUST = 3
"""Ulamp that an entry of the chain may have less than the same one here, as the chain rounds twice."""


def fine(amount: Fraction) -> Fraction:
    """Return a fraction of a denominator that stays small: rounded at 10^-30 ulamp, which never sums up."""
    return Fraction(round(amount * 10**30), 10**30)


@dataclass
class Entry:
    """Tokens that left a validator and wait, or are liable still; `price` is the target's when they came there."""

    height: int
    due: int
    initial: Fraction
    balance: Fraction
    price: Fraction = Fraction(1)


@dataclass
class ModelValidator:
    """Stake and rewards of one validator, delegator by delegator."""

    rate: Fraction
    stakes: dict[str, Fraction] = field(default_factory=dict)
    rewards: dict[str, Fraction] = field(default_factory=dict)
    commission: Fraction = Fraction(0)
    price: Fraction = Fraction(1)
    operations: int = 0

    @property
    def tokens(self) -> Fraction:
        """All stake."""
        return sum(self.stakes.values(), Fraction(0))


class Model:
    """The rules. Amounts are ulamp, times unix nanoseconds."""

    def __init__(self, tax: Fraction, unbonding: int) -> None:
        self.tax = tax
        self.unbonding = unbonding
        self.validators: dict[str, ModelValidator] = {}
        self.cash: defaultdict[str, int] = defaultdict(int)
        self.pool = Fraction(0)
        self.burned = Fraction(0)
        self.entries: dict[tuple[str, str], list[Entry]] = {}
        self.moves: dict[tuple[str, str, str], list[Entry]] = {}
        self.addresses: dict[str, str] = {}
        self.closed = 0

    # --- what blocks do ---------------------------------------------------------------------------------------

    def share_out(self, amount: int, votes: dict[str, int]) -> None:
        """Give fees to the community pool and to validators by power."""
        total = sum(votes.values())
        shared = amount * (1 - self.tax)
        self.pool += amount
        for name, power in votes.items():
            if self.validators[name].tokens:
                part = fine(shared * power / total)
                self.pool -= part
                self.reward(name, part)

    def reward(self, name: str, amount: Fraction) -> None:
        """Give a validator's operator its commission, and each delegator its part of the rest."""
        validator = self.validators[name]
        commission = fine(amount * validator.rate)
        validator.commission += commission
        each = (amount - commission) / validator.tokens
        for delegator, stake in validator.stakes.items():
            validator.rewards[delegator] += fine(stake * each)

    def slash(self, name: str, height: int, power: int, fraction: Fraction, now: int) -> None:
        """Take a fraction of the stake at a height from everybody who had it then."""
        due = Fraction(floor(power * LAMP * fraction))
        for (_, source), entries in self.entries.items():
            if source == name:
                for entry in self._liable(entries, height, now):
                    part = Fraction(floor(entry.initial * fraction))
                    due -= part
                    self._take(entry, part)
        for (delegator, source, target), entries in self.moves.items():
            if source == name:
                for entry in self._liable(entries, height, now):
                    part = Fraction(floor(entry.initial * fraction))
                    due -= part
                    self._slash_move(delegator, target, entry, part, height, now, fraction)
        validator = self.validators[name]
        tokens = validator.tokens
        lost = min(max(due, Fraction(0)), tokens)
        if lost:
            keep = 1 - lost / tokens
            validator.price = fine(validator.price * keep)
            validator.stakes = {delegator: fine(stake * keep) for delegator, stake in validator.stakes.items()}
            self.burned += lost

    def mature(self, now: int) -> None:
        """Pay what has waited long enough."""
        for (delegator, _), entries in self.entries.items():
            for entry in entries:
                if entry.due <= now:
                    self.cash[delegator] += floor(entry.balance)
            entries[:] = [entry for entry in entries if entry.due > now]
        for entries in self.moves.values():
            entries[:] = [entry for entry in entries if entry.due > now]

    def close(self, name: str) -> None:
        """Forget a validator that was removed: its operator has the commission, the community pool the fraction."""
        commission = self.validators.pop(name).commission
        self._pay(name, floor(commission))
        self.pool += commission - floor(commission)

    # --- what messages do -------------------------------------------------------------------------------------

    def delegate(self, delegator: str, name: str, amount: int) -> None:
        """Stake cash."""
        self.cash[delegator] -= amount
        self._add(delegator, name, Fraction(amount))

    def undelegate(self, delegator: str, name: str, amount: int, height: int, now: int) -> None:
        """Let stake wait for its time."""
        taken = self._leave(delegator, name, Fraction(amount))
        entries = self.entries.setdefault((delegator, name), [])
        for entry in entries:
            if (entry.height, entry.due) == (height, now + self.unbonding):  # one entry for all of a block
                entry.initial += taken
                entry.balance += taken
                return
        entries.append(Entry(height, now + self.unbonding, taken, taken))

    def redelegate(self, delegator: str, source: str, target: str, amount: int, height: int, due: int) -> None:
        """Move stake; it is liable for the source's deeds until its time, where there is one."""
        taken = self._leave(delegator, source, Fraction(amount))
        self._add(delegator, target, taken)
        if due:
            entries = self.moves.setdefault((delegator, source, target), [])
            entries.append(Entry(height, due, taken, taken, self.validators[target].price))

    def cancel(self, delegator: str, name: str, height: int, amount: int) -> None:
        """Stake again what waits."""
        open_entries = (entry for entry in self.entries[delegator, name] if entry.height == height)
        entry = next(entry for entry in open_entries if entry.balance + DUST >= amount)
        taken = min(Fraction(amount), entry.balance)
        entry.balance -= taken
        entry.initial -= taken
        self._add(delegator, name, taken)

    def withdraw(self, delegator: str, name: str) -> None:
        """Pay what a delegation earned, but for the fraction."""
        rewards = self.validators[name].rewards
        whole = floor(rewards.get(delegator, Fraction(0)))
        if whole:
            rewards[delegator] -= whole
            self._pay(delegator, whole)

    def withdraw_commission(self, name: str) -> None:
        """Pay a commission, but for the fraction."""
        validator = self.validators[name]
        whole = floor(validator.commission)
        validator.commission -= whole
        self._pay(name, whole)

    # --- within -----------------------------------------------------------------------------------------------

    def _add(self, delegator: str, name: str, amount: Fraction) -> None:
        validator = self.validators[name]
        validator.operations += 1
        self.withdraw(delegator, name)
        validator.stakes[delegator] = validator.stakes.get(delegator, Fraction(0)) + amount
        validator.rewards.setdefault(delegator, Fraction(0))

    def _leave(self, delegator: str, name: str, amount: Fraction) -> Fraction:
        """Take stake; what is left below the dust of the chain's roundings is a delegation that was closed."""
        validator = self.validators[name]
        validator.operations += 1
        self.withdraw(delegator, name)
        stake = validator.stakes[delegator]
        taken = min(amount, stake)
        validator.stakes[delegator] = stake - taken
        return taken

    def settle_closed(self, delegator: str, name: str) -> None:
        """Close a delegation that the chain has closed: its fraction is the pool's, its dust everybody else's."""
        validator = self.validators[name]
        self.withdraw(delegator, name)
        dust = validator.stakes.pop(delegator)
        self.pool += validator.rewards.pop(delegator)
        self.closed += 1
        rest = validator.tokens
        if dust and rest:
            validator.stakes = {name: fine(stake * (1 + dust / rest)) for name, stake in validator.stakes.items()}

    def _pay(self, delegator: str, amount: int) -> None:
        self.cash[self.addresses.get(delegator, delegator)] += amount

    def _liable(self, entries: list[Entry], height: int, now: int) -> list[Entry]:
        return [entry for entry in entries if entry.height >= height and entry.due > now]

    def _take(self, entry: Entry, wanted: Fraction) -> Fraction:
        gone = min(wanted, entry.balance)
        entry.balance -= gone
        self.burned += gone
        return gone

    def _slash_move(
        self, delegator: str, target: str, entry: Entry, part: Fraction, height: int, now: int, fraction: Fraction
    ) -> None:
        left = part
        for waiting in self._liable(self.entries.get((delegator, target), []), height, now):
            left -= self._take(waiting, left)
        validator = self.validators.get(target)
        if left and validator is not None and delegator in validator.stakes:
            self.withdraw(delegator, target)
            validator.operations += 1
            worth = fine(entry.initial * fraction * validator.price / entry.price * left / part)
            taken = min(worth, validator.stakes[delegator])
            validator.stakes[delegator] -= taken
            self.burned += taken
