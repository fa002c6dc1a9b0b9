"""The verbs of reward emission: count units, settle, pay, forfeit, burn, count usage, close an epoch."""

from collections.abc import Sequence

from chain.crypto.addresses import module_address
from chain.primitives.coins import BASE_DENOM, Coin
from chain.primitives.ids import Address, DeviceId
from chain.primitives.ints import FULL_BP, Epoch
from chain.sdk.context import Context
from modules.reward_emission import closing, usage
from modules.reward_emission.accounts import Account, Slot, forfeited, paid_out, release, remember
from modules.reward_emission.books import OpenBooks
from modules.reward_emission.params import Params
from modules.reward_emission.ports import Bank, Counted, Networks, Nobody, Taker
from modules.reward_emission.state import ACCOUNTS, PARAMS, RESERVE, STORE, TREASURY, Reserve

_NOTHING = Account()


class RewardEmissionKeeper:
    """Access to the state of reward emission and to the ports it was given."""

    def __init__(self, bank: Bank, networks: Networks) -> None:
        self.bank = bank
        self.networks = networks
        self._takers = closing.Takers(Nobody(), Nobody(), Nobody())

    def attach(
        self, stakers: Taker | None = None, attesters: Taker | None = None, delegators: Taker | None = None
    ) -> None:
        """Name who takes buckets; after construction, as staking needs this keeper to burn. None changes nothing."""
        before = self._takers
        self._takers = closing.Takers(
            stakers or before.stakers, attesters or before.attesters, delegators or before.delegators
        )

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

    def account(self, ctx: Context, device: DeviceId) -> Account:
        """Return a device's account; an empty one for a device that never worked."""
        return ACCOUNTS.get(ctx, device) or _NOTHING

    def close_epoch(self, ctx: Context, epoch: Epoch) -> None:
        """End an epoch: emit for it, and count no more units for the epoch before it."""
        closing.close_epoch(ctx, self.bank, self.networks, self._takers, epoch)

    def record_units(self, ctx: Context, entries: Sequence[Counted]) -> None:
        """Count accepted receipts and settle the devices' final slots.

        A receipt of 0 units is remembered for the explanation alone. Raises: ValueError for an epoch whose units are
        counted no more.
        """
        books, reserve = self._open(ctx)
        for entry in entries:
            device, network, epoch, units, cell, _, *story = entry
            if reserve.is_final(epoch):
                raise ValueError(f"units of epoch {epoch} are counted no more")
            account, _ = books.settle(self.account(ctx, device))
            ACCOUNTS.set(ctx, device, remember(account, Slot(epoch, network, units, cell, *story)))
            if units:
                books.count(entry)
        books.flush()

    def settle(self, ctx: Context, devices: Sequence[DeviceId]) -> list[int]:
        """Settle the final slots of devices; return how much that was for each, in order, before any is held back."""
        books, _ = self._open(ctx)
        amounts = []
        for device in devices:
            before = self.account(ctx, device)
            after, amount = books.settle(before)
            if after is not before:
                ACCOUNTS.set(ctx, device, after)
            amounts.append(amount)
        books.flush()
        return amounts

    def claim(self, ctx: Context, payouts: Sequence[tuple[DeviceId, Address]]) -> dict[Address, int]:
        """Settle devices, release what is due, and pay all that is free to the address beside each.

        Returns the payments above 0. Doing it again pays nothing until more is final or due.
        """
        books, reserve = self._open(ctx)
        params = self.params(ctx)
        payments: dict[Address, int] = {}
        for device, payout in payouts:
            before = self.account(ctx, device)
            account = release(books.settle(before)[0], reserve.epochs_closed, params)
            if account.accrued:
                payments[payout] = payments.get(payout, 0) + account.accrued
                account = paid_out(account)
            if account is not before:
                ACCOUNTS.set(ctx, device, account)
        books.flush()
        for payout, amount in payments.items():
            self._pay(ctx, STORE, payout, amount)
        return payments

    def pay_out(self, ctx: Context, device: DeviceId, payout: Address) -> int:
        """Settle a device and pay all that is free to an address; return the ulamp paid.

        For transfers and retirement. What is locked stays with the device and drips out to whoever owns it.
        """
        amount = self.claim(ctx, [(device, payout)]).get(payout, 0)
        if amount:
            ctx.emit("device_paid_out", device=device, payout=payout, amount=amount)
        return amount

    def forfeit(self, ctx: Context, device: DeviceId, bp: int) -> int:
        """Settle a device and burn a part of what is locked; return the ulamp burned.

        Raises: ValueError for a part that is not 0 to 10,000 bp.
        """
        if not 0 <= bp <= FULL_BP:
            raise ValueError(f"{bp} is not in 0..{FULL_BP} basis points")
        self.settle(ctx, [device])
        before = self.account(ctx, device)
        account, cut = forfeited(before, bp, self.epochs_closed(ctx), self.params(ctx))
        if account is not before:
            ACCOUNTS.set(ctx, device, account)
        if cut:
            self.burn(ctx, STORE, cut)
            ctx.emit("rewards_forfeited", device=device, amount=cut)
        return cut

    def record_burn_value(self, ctx: Context, provider: Address, amount: int) -> None:
        """Count a value that a provider's customers burned in the running epoch, in ulamp.

        The caller burns through `burn`, and counts nothing twice. Raises: ValueError for what is not positive.
        """
        if amount <= 0:
            raise ValueError("a burned value must be positive")
        usage.record(ctx, self.epochs_closed(ctx), provider, amount)

    def claim_usage(self, ctx: Context, provider: Address) -> list[tuple[int, int, int]]:
        """Pay a provider his shares of all closed epochs; return (epoch, value burned, ulamp) of each."""
        shares = usage.take(ctx, provider, self.epochs_closed(ctx))
        total = sum(amount for _, _, amount in shares)
        if total:
            self._pay(ctx, STORE, provider, total)
        return shares

    def treasury(self, ctx: Context) -> int:
        """Return what the treasury holds, in ulamp."""
        return self.bank.balance(ctx, module_address(TREASURY), BASE_DENOM)

    def spend_treasury(self, ctx: Context, recipient: Address, amount: int) -> None:
        """Pay out of the treasury. Raises: SdkError(INSUFFICIENT_FUNDS)."""
        self._pay(ctx, TREASURY, recipient, amount)

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

    def _open(self, ctx: Context) -> tuple[OpenBooks, Reserve]:
        reserve = self.reserve(ctx)
        return OpenBooks(ctx, reserve, self.params(ctx)), reserve

    def _pay(self, ctx: Context, source: str, recipient: Address, amount: int) -> None:
        self.bank.send_from_module(ctx, source, recipient, (Coin(BASE_DENOM, amount),))
