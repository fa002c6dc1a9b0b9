"""Real keepers of auth, bank and reward emission over an overlay, driven by hand: time without blocks."""

from collections.abc import Iterator

from chain.primitives.coins import BASE_DENOM, Coin
from chain.primitives.ids import Address, DeviceId
from chain.primitives.ints import NANOS, Epoch, Height, UnixNano
from chain.sdk.context import BlockInfo, Context
from chain.sdk.gas import GasMeter
from chain.store.overlay import BlockState, Readable
from modules.auth.keeper import AuthKeeper
from modules.bank.keeper import BankKeeper
from modules.reward_emission import invariants
from modules.reward_emission.keeper import RewardEmissionKeeper
from modules.reward_emission.params import Params
from modules.reward_emission.state import PARAMS, RESERVE, STORE, TREASURY, Reserve

CAP = 1_000_000_000_000_000
SUPPLY = 400_000_000_000_000
PERMISSIONS = {STORE: ("burner", "minter"), TREASURY: (), "furnace": ("burner", "minter")}
START = 1_700_000_000 * NANOS


class Nothing:
    """An empty store."""

    def get(self, name: str, key: bytes) -> bytes | None:
        return None

    def iterate(
        self, name: str, start: bytes, end: bytes | None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        return iter(())


class CountingState(BlockState):
    """An overlay that counts operations."""

    def __init__(self, base: Readable | None = None) -> None:
        super().__init__(base or Nothing())
        self.operations = 0

    def get(self, name: str, key: bytes) -> bytes | None:
        self.operations += 1
        return super().get(name, key)

    def set(self, name: str, key: bytes, value: bytes) -> None:
        self.operations += 1
        super().set(name, key, value)

    def delete(self, name: str, key: bytes) -> None:
        self.operations += 1
        super().delete(name, key)

    def iterate(
        self, name: str, start: bytes, end: bytes | None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        for pair in super().iterate(name, start, end, reverse):
            self.operations += 1
            yield pair


class Weights:
    """The registry's part: weights that tests set, and payees made from the device id."""

    def __init__(self) -> None:
        self.weights: tuple[tuple[int, int], ...] = ()

    def emission_weights(self, ctx: Context) -> tuple[tuple[int, int], ...]:
        return self.weights

    def payees(self, ctx: Context, device: DeviceId) -> tuple[Address, Address] | None:
        return Address(bytes(device)), payout_of(device)


def device(number: int) -> DeviceId:
    """Return a device id."""
    return DeviceId(number.to_bytes(20, "big"))


def payout_of(device_id: DeviceId) -> Address:
    """Return the payout address that the stand-in of the registry names."""
    return Address(bytes(device_id[:19]) + bytes([device_id[19] ^ 0xFF]))


def account_of(provider: int) -> Address:
    """Return a provider's address."""
    return Address(b"provider" + provider.to_bytes(12, "big"))


class World:
    """A state with its keepers; `close` ends the running epoch."""

    def __init__(self, params: Params | None = None) -> None:
        self.state = CountingState()
        self.auth = AuthKeeper(PERMISSIONS)
        self.bank = BankKeeper(self.auth)
        self.networks = Weights()
        self.keeper = RewardEmissionKeeper(self.bank, self.networks)
        self.ctx = Context(
            self.state, BlockInfo("lamppost-test-1", Height(1), UnixNano(START)), GasMeter(), Address(bytes(20))
        )
        PARAMS.set(self.ctx, params or Params())
        RESERVE.set(self.ctx, Reserve(CAP, CAP - SUPPLY, 0, 0, 0, 0))
        self.bank.mint(self.ctx, "furnace", (Coin(BASE_DENOM, SUPPLY),))
        self.epoch = 0

    def work(
        self,
        number: int,
        network: int,
        units: int,
        epoch: int | None = None,
        cell: int = 0,
        caps: tuple[int, ...] = (),
        why: int = 0,
    ) -> None:
        """Count one receipt."""
        self.record((number, network, units, epoch, cell, caps, why))

    def record(self, *receipts: tuple[int, int, int, int | None, int, tuple[int, ...], int]) -> None:
        """Count receipts in one message: (device, network, units, epoch or None, cell, caps, why)."""
        entries = []
        for number, network, units, epoch, cell, caps, why in receipts:
            at = Epoch(self.epoch if epoch is None else epoch)
            entries.append((device(number), network, at, units, cell, caps, units, units, 10_000, 10_000, 10_000, why))
        self.keeper.record_units(self.ctx, entries)

    def spend(self, provider: int, value: int) -> None:
        """Burn a value of a provider's customers and count it for him, as a module of credits will."""
        self.keeper.burn(self.ctx, "furnace", value)
        self.keeper.record_burn_value(self.ctx, account_of(provider), value)

    def claim_usage(self, provider: int) -> int:
        """Pay a provider and return the sum."""
        return sum(amount for _, _, amount in self.keeper.claim_usage(self.ctx, account_of(provider)))

    def close(self) -> None:
        """End the running epoch."""
        self.keeper.close_epoch(self.ctx, Epoch(self.epoch))
        self.epoch += 1

    def claim(self, *numbers: int) -> int:
        """Claim for devices and return the sum."""
        payouts = [(device(number), payout_of(device(number))) for number in numbers]
        return sum(self.keeper.claim(self.ctx, payouts).values())

    def settle(self, *numbers: int) -> list[int]:
        """Settle devices."""
        return self.keeper.settle(self.ctx, [device(number) for number in numbers])

    def held(self, name: str) -> int:
        """Return a module account's balance."""
        return self.bank.balance(self.ctx, self.auth.module_address(name), BASE_DENOM)

    def check(self) -> None:
        """Check all invariants, and that the account holds exactly what is owed."""
        for rule in (
            invariants.cap_is_kept,
            invariants.liabilities_are_covered,
            invariants.buckets_are_exact,
            invariants.totals_are_clipped_cells,
            invariants.books_cover_slots,
            invariants.locked_is_sound,
            invariants.usage_stays_below_what_was_burned,
        ):
            wrong = rule(self.ctx, self.keeper)
            assert wrong is None, wrong
        assert self.held(STORE) == invariants.liabilities(self.ctx)
