"""What handlers, queries and other modules do with networks and models."""

from dataclasses import replace

from chain.primitives.ids import Address
from chain.primitives.ints import FULL_BP, BasisPoints
from chain.sdk.context import Context
from modules.device_registry import state
from modules.device_registry.checks import ModelSpec
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.manufacturers import verbs as manufacturers
from modules.device_registry.params import Params
from modules.device_registry.types import Model, ModelStatus, Network, NetworkStatus, Terms, Weight


def find_network(ctx: Context, number: int) -> Network:
    """Return a network. Raises: RegistryError(UNKNOWN_NETWORK)."""
    network = state.networks.get(ctx, number)
    if network is None:
        raise RegistryError(RegistryCode.UNKNOWN_NETWORK, f"network {number}")
    return network


def open_network(ctx: Context, number: int) -> Network:
    """Return a network that is not closed. Raises: RegistryError(UNKNOWN_NETWORK, NETWORK_CLOSED)."""
    network = find_network(ctx, number)
    if network.status is not NetworkStatus.ACTIVE:
        raise RegistryError(RegistryCode.NETWORK_CLOSED, network.name)
    return network


def admin_network(ctx: Context, number: int, signer: Address) -> Network:
    """Return an open network of this admin. Raises: RegistryError(UNKNOWN_NETWORK, NOT_ADMIN, NETWORK_CLOSED)."""
    network = find_network(ctx, number)
    if network.admin != signer:
        raise RegistryError(RegistryCode.NOT_ADMIN, f"{signer} is not the admin of {network.name}")
    return open_network(ctx, number)


def network_named(ctx: Context, name: str) -> Network:
    """Return a network by its name. Raises: RegistryError(UNKNOWN_NETWORK)."""
    number = state.network_names.get(ctx, name) if len(name.encode()) <= 32 and "\0" not in name else None
    if number is None:
        raise RegistryError(RegistryCode.UNKNOWN_NETWORK, f"network named {name[:40]!r}")
    return find_network(ctx, number)


def find_model(ctx: Context, number: int) -> Model:
    """Return a model. Raises: RegistryError(UNKNOWN_MODEL)."""
    model = state.models.get(ctx, number)
    if model is None:
        raise RegistryError(RegistryCode.UNKNOWN_MODEL, f"model {number}")
    return model


def with_terms(kept: tuple[Terms, ...], new: Terms, oldest: int) -> tuple[Terms, ...]:
    """Return terms with new ones at the end, in the place of those that would begin with the same epoch.

    What no epoch from `oldest` on is judged by goes.
    """
    joined = [*(terms for terms in kept if terms.from_epoch < new.from_epoch), new]
    while len(joined) > 1 and joined[1].from_epoch <= oldest:
        joined.pop(0)
    return tuple(joined)


def require_usable(model: Model) -> None:
    """Refuse new devices of a model that is not active. Raises: RegistryError(MODEL_SUSPENDED)."""
    if model.status is not ModelStatus.ACTIVE:
        raise RegistryError(RegistryCode.MODEL_SUSPENDED, f"model {model.name} is {model.status.name.lower()}")


def next_network(ctx: Context) -> int:
    """Return the id of the next network."""
    return (state.network_count.get(ctx) or 0) + 1


def save_new_network(ctx: Context, network: Network) -> None:
    """Write a network that was not there; its name must be free and its id the next."""
    state.networks.set(ctx, network.id, network)
    state.network_names.set(ctx, network.name, network.id)
    state.network_count.set(ctx, network.id)


def check_model(ctx: Context, params: Params, spec: ModelSpec) -> None:
    """Hold a model against the parameters and its manufacturer.

    Raises: RegistryError(INVALID_HARDWARE_WEIGHT, INVALID_MAX_UNITS, UNKNOWN_MANUFACTURER, MANUFACTURER_NOT_ACTIVE).
    """
    if spec.manufacturer:
        manufacturers.active_manufacturer(ctx, spec.manufacturer)
    if spec.hardware_bp > params.max_weight_bp:
        raise RegistryError(
            RegistryCode.INVALID_HARDWARE_WEIGHT, f"{spec.hardware_bp} bp is above {params.max_weight_bp}"
        )
    if spec.max_units > params.max_units:
        raise RegistryError(RegistryCode.INVALID_MAX_UNITS, f"{spec.max_units} is above {params.max_units}")


def add_models(ctx: Context, network: Network, specs: tuple[ModelSpec, ...]) -> list[int]:
    """Write checked models into a network and return their ids."""
    number = state.model_count.get(ctx) or 0
    for spec in specs:
        number += 1
        save_new_model(
            ctx,
            Model(
                id=number,
                network=network.id,
                name=spec.name,
                hardware_bp=BasisPoints(spec.hardware_bp),
                max_units=spec.max_units,
                level=spec.level,
                status=ModelStatus.ACTIVE,
                manufacturer=spec.manufacturer,
            ),
        )
    if specs:
        state.networks.set(ctx, network.id, replace(network, models=network.models + len(specs)))
    return list(range(number - len(specs) + 1, number + 1))


def save_new_model(ctx: Context, model: Model) -> None:
    """Write a model that was not there; its name must be free in the network and its id the next."""
    state.models.set(ctx, model.id, model)
    state.model_names.set(ctx, (model.network, model.name), model.id)
    state.network_models.add(ctx, (model.network, model.id))
    if model.manufacturer:
        state.manufacturer_models.add(ctx, (model.manufacturer, model.id))
    state.model_count.set(ctx, model.id)


def set_weight(ctx: Context, network: Network, weight_bp: int) -> None:
    """Set a network's share of the emission.

    Raises: RegistryError(INVALID_EMISSION_WEIGHT) when the shares would pass the whole,
    RegistryError(TOO_MANY_WEIGHTED_NETWORKS) when one more network would have one.
    """
    others = [item for item in state.weights.get(ctx) or () if item.network != network.id]
    total = sum(item.weight_bp for item in others) + weight_bp
    if total > FULL_BP:
        raise RegistryError(RegistryCode.INVALID_EMISSION_WEIGHT, f"all weights would be {total} bp")
    if weight_bp:
        if len(others) >= state.params.require(ctx).max_weighted_networks:
            raise RegistryError(RegistryCode.TOO_MANY_WEIGHTED_NETWORKS, f"{len(others)} have a weight already")
        others.append(Weight(network.id, BasisPoints(weight_bp)))
        others.sort(key=lambda item: item.network)
    state.weights.set(ctx, tuple(others))
    state.networks.set(ctx, network.id, replace(network, weight_bp=BasisPoints(weight_bp)))


def emission_weights(ctx: Context) -> tuple[tuple[int, int], ...]:
    """Return (network, basis points) of the open networks with a weight above 0, in order of id: one read."""
    return tuple((item.network, item.weight_bp) for item in state.weights.get(ctx) or ())
