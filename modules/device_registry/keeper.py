"""What handlers, queries and other modules do with networks, models and devices."""

from dataclasses import replace

from chain.primitives.coins import BASE_DENOM, Coin
from chain.primitives.ids import Address, DeviceId
from chain.primitives.ints import FULL_BP, BasisPoints
from chain.sdk.context import Context
from modules.device_registry import state
from modules.device_registry.checks import ModelSpec
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.params import Params
from modules.device_registry.ports import Bank
from modules.device_registry.types import (
    Counts,
    Device,
    DeviceStatus,
    Model,
    ModelStatus,
    Network,
    NetworkStatus,
    Weight,
    WorkDevice,
)

NAME = "device_registry"
"""Name of the module, of its store and of the account that holds deposits and bonds."""


class DeviceRegistryKeeper:
    """Reads and writes the registry; holds no state of its own."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank

    def params(self, ctx: Context) -> Params:
        """Return the parameters."""
        return state.params.require(ctx)

    def require_authority(self, ctx: Context, signer: Address) -> None:
        """Refuse anybody but the chain's authority. Raises: RegistryError(NOT_AUTHORITY)."""
        if signer != ctx.authority:
            raise RegistryError(RegistryCode.NOT_AUTHORITY, f"expected {ctx.authority}, got {signer}")

    # Networks and models

    def network(self, ctx: Context, number: int) -> Network:
        """Return a network. Raises: RegistryError(UNKNOWN_NETWORK)."""
        network = state.networks.get(ctx, number)
        if network is None:
            raise RegistryError(RegistryCode.UNKNOWN_NETWORK, f"network {number}")
        return network

    def open_network(self, ctx: Context, number: int) -> Network:
        """Return a network that is not closed. Raises: RegistryError(UNKNOWN_NETWORK, NETWORK_CLOSED)."""
        network = self.network(ctx, number)
        if network.status is not NetworkStatus.ACTIVE:
            raise RegistryError(RegistryCode.NETWORK_CLOSED, network.name)
        return network

    def admin_network(self, ctx: Context, number: int, signer: Address) -> Network:
        """Return an open network of this admin. Raises: RegistryError(UNKNOWN_NETWORK, NOT_ADMIN, NETWORK_CLOSED)."""
        network = self.network(ctx, number)
        if network.admin != signer:
            raise RegistryError(RegistryCode.NOT_ADMIN, f"{signer} is not the admin of {network.name}")
        return self.open_network(ctx, number)

    def network_named(self, ctx: Context, name: str) -> Network:
        """Return a network by its name. Raises: RegistryError(UNKNOWN_NETWORK)."""
        number = state.network_names.get(ctx, name) if len(name.encode()) <= 32 and "\0" not in name else None
        if number is None:
            raise RegistryError(RegistryCode.UNKNOWN_NETWORK, f"network named {name[:40]!r}")
        return self.network(ctx, number)

    def model(self, ctx: Context, number: int) -> Model:
        """Return a model. Raises: RegistryError(UNKNOWN_MODEL)."""
        model = state.models.get(ctx, number)
        if model is None:
            raise RegistryError(RegistryCode.UNKNOWN_MODEL, f"model {number}")
        return model

    def next_network(self, ctx: Context) -> int:
        """Return the id of the next network."""
        return (state.network_count.get(ctx) or 0) + 1

    def save_new_network(self, ctx: Context, network: Network) -> None:
        """Write a network that was not there; its name must be free and its id the next."""
        state.networks.set(ctx, network.id, network)
        state.network_names.set(ctx, network.name, network.id)
        state.network_count.set(ctx, network.id)

    def check_model(self, params: Params, spec: ModelSpec) -> None:
        """Hold a model against the parameters. Raises: RegistryError(INVALID_HARDWARE_WEIGHT, INVALID_MAX_UNITS)."""
        if spec.hardware_bp > params.max_weight_bp:
            raise RegistryError(
                RegistryCode.INVALID_HARDWARE_WEIGHT, f"{spec.hardware_bp} bp is above {params.max_weight_bp}"
            )
        if spec.max_units > params.max_units:
            raise RegistryError(RegistryCode.INVALID_MAX_UNITS, f"{spec.max_units} is above {params.max_units}")

    def add_models(self, ctx: Context, network: Network, specs: tuple[ModelSpec, ...]) -> list[int]:
        """Write checked models without a manufacturer into a network and return their ids."""
        number = state.model_count.get(ctx) or 0
        for spec in specs:
            number += 1
            self.save_new_model(
                ctx,
                Model(
                    id=number,
                    network=network.id,
                    name=spec.name,
                    hardware_bp=BasisPoints(spec.hardware_bp),
                    max_units=spec.max_units,
                    level=0,
                    status=ModelStatus.ACTIVE,
                ),
            )
        if specs:
            state.networks.set(ctx, network.id, replace(network, models=network.models + len(specs)))
        return list(range(number - len(specs) + 1, number + 1))

    def save_new_model(self, ctx: Context, model: Model) -> None:
        """Write a model that was not there; its name must be free in the network and its id the next."""
        state.models.set(ctx, model.id, model)
        state.model_names.set(ctx, (model.network, model.name), model.id)
        state.network_models.add(ctx, (model.network, model.id))
        state.model_count.set(ctx, model.id)

    def set_weight(self, ctx: Context, network: Network, weight_bp: int) -> None:
        """Set a network's share of the emission.

        Raises: RegistryError(INVALID_EMISSION_WEIGHT) when the shares would pass the whole,
        RegistryError(TOO_MANY_WEIGHTED_NETWORKS) when one more network would have one.
        """
        others = [item for item in state.weights.get(ctx) or () if item.network != network.id]
        total = sum(item.weight_bp for item in others) + weight_bp
        if total > FULL_BP:
            raise RegistryError(RegistryCode.INVALID_EMISSION_WEIGHT, f"all weights would be {total} bp")
        if weight_bp:
            if len(others) >= self.params(ctx).max_weighted_networks:
                raise RegistryError(RegistryCode.TOO_MANY_WEIGHTED_NETWORKS, f"{len(others)} have a weight already")
            others.append(Weight(network.id, BasisPoints(weight_bp)))
            others.sort(key=lambda item: item.network)
        state.weights.set(ctx, tuple(others))
        state.networks.set(ctx, network.id, replace(network, weight_bp=BasisPoints(weight_bp)))

    def emission_weights(self, ctx: Context) -> tuple[tuple[int, int], ...]:
        """Return (network, basis points) of the open networks with a weight above 0, in order of id: one read."""
        return tuple((item.network, item.weight_bp) for item in state.weights.get(ctx) or ())

    # Devices

    def device(self, ctx: Context, number: DeviceId) -> Device:
        """Return a device. Raises: RegistryError(UNKNOWN_DEVICE)."""
        device = state.devices.get(ctx, number)
        if device is None:
            raise RegistryError(RegistryCode.UNKNOWN_DEVICE, str(number))
        return device

    def require_owner(self, device: Device, signer: Address) -> None:
        """Refuse anybody but the owner. Raises: RegistryError(NOT_OWNER)."""
        if device.owner != signer:
            raise RegistryError(RegistryCode.NOT_OWNER, f"{signer} does not own the device")

    def require_operator(self, device: Device, signer: Address) -> None:
        """Refuse anybody but owner and operator. Raises: RegistryError(NOT_OPERATOR)."""
        if signer not in (device.owner, device.operator):
            raise RegistryError(RegistryCode.NOT_OPERATOR, f"{signer} neither owns nor operates the device")

    def require_status(self, device: Device, *allowed: DeviceStatus) -> None:
        """Refuse a device in another status. Raises: RegistryError(WRONG_STATUS)."""
        if device.status not in allowed:
            raise RegistryError(RegistryCode.WRONG_STATUS, f"device is {device.status.name.lower()}")

    def save_new_device(self, ctx: Context, number: DeviceId, device: Device) -> None:
        """Write a device that was not there, its indexes and its counts."""
        state.devices.set(ctx, number, device)
        state.devices_by_owner.add(ctx, (device.owner, number))
        state.devices_by_operator.add(ctx, (device.operator, number))
        state.devices_by_model.add(ctx, ((device.network, device.model), number))
        self._count(ctx, device, None, device.status)

    def set_device_status(self, ctx: Context, number: DeviceId, device: Device, status: DeviceStatus) -> None:
        """Change a device's status and the counts."""
        state.devices.set(ctx, number, replace(device, status=status))
        self._count(ctx, device, device.status, status)

    def set_device_operator(self, ctx: Context, number: DeviceId, device: Device, operator: Address | None) -> None:
        """Change a device's operator and the index; None stands for the owner."""
        changed = replace(device, operator_or_none=None if operator == device.owner else operator)
        state.devices_by_operator.remove(ctx, (device.operator, number))
        state.devices_by_operator.add(ctx, (changed.operator, number))
        state.devices.set(ctx, number, changed)

    def _count(self, ctx: Context, device: Device, before: DeviceStatus | None, after: DeviceStatus) -> None:
        state.totals.set(ctx, (state.totals.get(ctx) or Counts()).moved(before, after))
        for counts, key in (
            (state.network_devices, device.network),
            (state.model_devices, device.model),
        ):
            counts.set(ctx, key, (counts.get(ctx, key) or Counts()).moved(before, after))
        mine = state.owner_devices.get(ctx, device.owner) or Counts()
        state.owner_devices.set(ctx, device.owner, mine.moved(before, after))

    def reason(self, device: Device, model: Model, network: Network) -> str:
        """Return why a device may not work now, or the empty text."""
        if device.status is not DeviceStatus.ACTIVE:
            return f"device is {device.status.name.lower()}"
        if model.status is not ModelStatus.ACTIVE:
            return "model is suspended"
        if network.status is not NetworkStatus.ACTIVE:
            return "network is closed"
        return ""

    def work_device(self, ctx: Context, number: DeviceId) -> WorkDevice | None:
        """Return what judging a receipt of a device needs, or None for an unknown one: three reads, no loop."""
        device = state.devices.get(ctx, number)
        if device is None:
            return None
        model, network = self.model(ctx, device.model), self.network(ctx, device.network)
        reason = self.reason(device, model, network)
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
            network.level_weights[model.level],
            device.registered_at,
        )

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
