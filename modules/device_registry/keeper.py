"""What the registry is for other modules, and what its own handlers need of others.

The verbs for one kind of object are in its folder's `verbs.py`.
"""

from dataclasses import replace

from chain.primitives.coins import BASE_DENOM, Coin
from chain.primitives.ids import Address, DeviceId
from chain.sdk.context import Context
from modules.device_registry import state
from modules.device_registry.devices import verbs as devices
from modules.device_registry.devices.living import living_at, living_count
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.networks import verbs as networks
from modules.device_registry.params import Params
from modules.device_registry.places.verbs import place_at
from modules.device_registry.ports import Bank, NoRewards, Rewards
from modules.device_registry.types import DeviceStatus, Network, WorkDevice

NAME = "device_registry"
"""Name of the module, of its store and of the account that holds deposits and bonds."""


class DeviceRegistryKeeper:
    """Reads and writes the registry; holds no state of its own."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.rewards: Rewards = NoRewards()

    def attach(self, *, rewards: Rewards) -> None:
        """Hand in what was made after this keeper."""
        self.rewards = rewards

    def params(self, ctx: Context) -> Params:
        """Return the parameters."""
        return state.params.require(ctx)

    def running_epoch(self, ctx: Context) -> int:
        """Return the number of the running epoch."""
        return self.rewards.epochs_closed(ctx)

    def require_authority(self, ctx: Context, signer: Address) -> None:
        """Refuse anybody but the chain's authority. Raises: RegistryError(NOT_AUTHORITY)."""
        if signer != ctx.authority:
            raise RegistryError(RegistryCode.NOT_AUTHORITY, f"expected {ctx.authority}, got {signer}")

    def open_network(self, ctx: Context, number: int) -> Network:
        """Return a network that is not closed. Raises: RegistryError(UNKNOWN_NETWORK, NETWORK_CLOSED)."""
        return networks.open_network(ctx, number)

    def emission_weights(self, ctx: Context) -> tuple[tuple[int, int], ...]:
        """Return (network, basis points) of the open networks with a weight above 0, in order of id: one read."""
        return networks.emission_weights(ctx)

    def work_device(self, ctx: Context, number: DeviceId, epoch: int) -> WorkDevice | None:
        """Return what judging a device's receipt of an epoch needs, or None for an unknown one; no loop."""
        device = state.devices.get(ctx, number)
        if device is None:
            return None
        model, network = networks.find_model(ctx, device.model), networks.find_network(ctx, device.network)
        reason = devices.reason(ctx, device, model, network, epoch)
        cell, weightless = place_at(device, epoch)
        terms = network.terms_at(epoch)
        return WorkDevice(
            number,
            device.network,
            device.algorithm,
            device.public_key,
            device.owner,
            device.operator,
            device.payout,
            not reason,
            reason,
            model.max_units,
            model.hardware_bp,
            terms.level_weights[model.level],
            device.registered_at,
            cell,
            terms.location_caps,
            weightless,
        )

    def active_count(self, ctx: Context) -> int:
        """Return how many devices the dense index holds: all that are not retired."""
        return living_count(ctx)

    def active_at(self, ctx: Context, index: int) -> DeviceId:
        """Return the device at an index of the dense index, from 0 upward. Raises: LookupError beyond the last."""
        return living_at(ctx, index)

    def suspend(self, ctx: Context, number: DeviceId, until_epoch: int) -> None:
        """Let no receipt of an epoch before `until_epoch` count; ends by itself, and never sooner than it did.

        A retired device has nothing to be suspended from. Raises: RegistryError(UNKNOWN_DEVICE).
        """
        device = devices.find_device(ctx, number)
        if device.status is DeviceStatus.RETIRED or until_epoch <= device.suspended_until:
            return
        state.devices.set(ctx, number, replace(device, suspended_until=until_epoch))
        ctx.emit("device_suspended", device=number, until_epoch=until_epoch)

    def payees(self, ctx: Context, number: DeviceId) -> tuple[Address, Address] | None:
        """Return the owner of a device and the account its rewards go to, or None for an unknown device."""
        device = state.devices.get(ctx, number)
        return None if device is None else (device.owner, device.payout)

    # Deposits and bonds

    def take(self, ctx: Context, payer: Address, amount: int) -> None:
        """Take ulamp from an account into the registry's. Raises: SdkError(INSUFFICIENT_FUNDS)."""
        if amount:
            self.bank.send_to_module(ctx, payer, NAME, (Coin(BASE_DENOM, amount),))

    def give_back(self, ctx: Context, payee: Address, amount: int) -> None:
        """Return ulamp that were taken from an account."""
        if amount:
            self.bank.send_from_module(ctx, NAME, payee, (Coin(BASE_DENOM, amount),))

    def burn(self, ctx: Context, amount: int) -> None:
        """Burn ulamp that were taken from an account."""
        if amount:
            self.rewards.burn(ctx, NAME, amount)
