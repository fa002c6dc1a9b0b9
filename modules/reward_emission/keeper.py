"""The verbs of reward emission: count units, settle, pay, burn, close an epoch."""

from collections.abc import Sequence

from chain.primitives.coins import BASE_DENOM, Coin
from chain.primitives.ids import Address, DeviceId
from chain.primitives.ints import Epoch
from chain.sdk.context import Context
from modules.reward_emission import closing
from modules.reward_emission.books import OpenBooks
from modules.reward_emission.params import Params
from modules.reward_emission.ports import Bank, Counted, Networks, NoStakers, Stakers
from modules.reward_emission.state import EARNINGS, PARAMS, RESERVE, STORE, Earnings, Reserve, Slot

_NOTHING = Earnings()


class RewardEmissionKeeper:
    """Access to the state of reward emission and to the ports it was given."""

    def __init__(self, bank: Bank, networks: Networks) -> None:
        self.bank = bank
        self.networks = networks
        self._stakers: Stakers = NoStakers()

    def attach(self, stakers: Stakers) -> None:
        """Name who takes the stakers' bucket; after construction, as staking needs this keeper to burn."""
        self._stakers = stakers

    def params(self, ctx: Context) -> Params:
        """Return the parameters."""
        return PARAMS.require(ctx)

    def set_params(self, ctx: Context, params: Params) -> None:
        """Replace the parameters."""
        PARAMS.set(ctx, params)

    def reserve(self, ctx: Context) -> Reserve:
        """Return where the ulamp that are not in circulation are."""
        return RESERVE.require(ctx)

    def epochs_closed(self, ctx: Context) -> int:
        """Return how many epochs were closed: the number of the running one."""
        return self.reserve(ctx).epochs_closed

    def earnings(self, ctx: Context, device: DeviceId) -> Earnings:
        """Return a device's account; an empty one for a device that never worked."""
        return EARNINGS.get(ctx, device) or _NOTHING

    def close_epoch(self, ctx: Context, epoch: Epoch) -> None:
        """End an epoch: emit for it, and count no more units for the epoch before it."""
        closing.close_epoch(ctx, self.bank, self.networks, self._stakers, epoch)

    def record_units(self, ctx: Context, entries: Sequence[Counted]) -> None:
        """Count accepted receipts and settle the devices' final slots.

        Raises: ValueError for an epoch whose units are counted no more.
        """
        reserve = self.reserve(ctx)
        books = OpenBooks(ctx)
        for device, network, epoch, units, *_ in entries:
            if reserve.is_final(epoch):
                raise ValueError(f"units of epoch {epoch} are counted no more")
            if units == 0:
                continue
            earnings, _ = books.settle_final(reserve, self.earnings(ctx, device))
            slots = (*earnings.slots, Slot(epoch, network, units))
            EARNINGS.set(ctx, device, Earnings(earnings.accrued, earnings.paid, slots))
            books.add_units(epoch, network, units)
        books.flush()

    def settle(self, ctx: Context, devices: Sequence[DeviceId]) -> list[int]:
        """Turn the final slots of devices into accrued; return how much that was for each, in order."""
        reserve = self.reserve(ctx)
        books = OpenBooks(ctx)
        amounts = []
        for device in devices:
            before = self.earnings(ctx, device)
            after, amount = books.settle_final(reserve, before)
            if after is not before:
                EARNINGS.set(ctx, device, after)
            amounts.append(amount)
        books.flush()
        return amounts

    def claim(self, ctx: Context, payouts: Sequence[tuple[DeviceId, Address]]) -> dict[Address, int]:
        """Settle devices and pay what they accrued to the address beside each; return the payments above 0.

        Doing it again pays nothing until more is final.
        """
        reserve = self.reserve(ctx)
        books = OpenBooks(ctx)
        payments: dict[Address, int] = {}
        for device, payout in payouts:
            before = self.earnings(ctx, device)
            earnings, _ = books.settle_final(reserve, before)
            if earnings.accrued:
                payments[payout] = payments.get(payout, 0) + earnings.accrued
                earnings = Earnings(0, earnings.paid + earnings.accrued, earnings.slots)
            if earnings is not before:
                EARNINGS.set(ctx, device, earnings)
        books.flush()
        for payout, amount in payments.items():
            self.bank.send_from_module(ctx, STORE, payout, (Coin(BASE_DENOM, amount),))
        return payments

    def burn(self, ctx: Context, module: str, amount: int) -> None:
        """Burn ulamp of a module account; they re-enter slowly with later epochs.

        All burning of the base denomination goes through here, or supply + remaining + burned would miss the cap.
        Raises: ValueError for an amount that is not positive, SdkError(INSUFFICIENT_FUNDS).
        """
        if amount <= 0:
            raise ValueError("what is burned must be positive")
        self.bank.burn(ctx, module, (Coin(BASE_DENOM, amount),))
        reserve = self.reserve(ctx)
        RESERVE.set(
            ctx,
            Reserve(
                reserve.cap,
                reserve.remaining,
                reserve.burned + amount,
                reserve.burned_in_epoch + amount,
                reserve.smoothed_burn,
                reserve.epochs_closed,
            ),
        )
