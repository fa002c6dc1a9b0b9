"""What each message about networks and models does: check, apply, emit."""

from dataclasses import replace

from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from chain.primitives.ints import BasisPoints
from chain.sdk.context import Context
from modules.device_registry import checks, state
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.networks import messages as msgs
from modules.device_registry.networks import verbs
from modules.device_registry.types import Network, NetworkKind, NetworkStatus


def create_network(ctx: Context, keeper: Keeper, msg: msgs.CreateNetwork) -> pb.MsgCreateNetworkResponse:
    """Create a network with its first models and take the deposit.

    Raises: RegistryError(NAME_TAKEN, INVALID_LEVEL_WEIGHTS, TOO_MANY_MODELS, INVALID_HARDWARE_WEIGHT,
    INVALID_MAX_UNITS), SdkError(INSUFFICIENT_FUNDS).
    """
    params = keeper.params(ctx)
    if state.network_names.has(ctx, msg.name):
        raise RegistryError(RegistryCode.NAME_TAKEN, f"network {msg.name}")
    checks.level_weights(msg.level_weights, params.max_weight_bp)
    if len(msg.models) > params.max_models:
        raise RegistryError(RegistryCode.TOO_MANY_MODELS, f"{len(msg.models)} models, at most {params.max_models}")
    for spec in msg.models:
        verbs.check_model(params, spec)

    keeper.take(ctx, msg.signer, params.network_deposit)
    network = Network(
        id=verbs.next_network(ctx),
        name=msg.name,
        kind=msg.kind,
        unit=msg.unit,
        admin=msg.signer,
        status=NetworkStatus.ACTIVE,
        deposit=params.network_deposit,
        weight_bp=BasisPoints(0),
        receipt_policy=msg.receipt_policy,
        location_caps=msg.location_caps,
        level_weights=msg.level_weights,
        description=msg.description,
    )
    verbs.save_new_network(ctx, network)
    models = verbs.add_models(ctx, network, msg.models)

    ctx.emit("network_created", network=network.id, name=network.name, kind=network.kind.name, admin=msg.signer)
    for number, spec in zip(models, msg.models, strict=True):
        ctx.emit("model_added", model=number, network=network.id, name=spec.name)
    return pb.MsgCreateNetworkResponse(network=network.id, models=models)


def update_network(ctx: Context, keeper: Keeper, msg: msgs.UpdateNetwork) -> pb.MsgUpdateNetworkResponse:
    """Change what is given of a network; it counts for receipts judged from now on.

    Raises: RegistryError(UNKNOWN_NETWORK, NOT_ADMIN, NETWORK_CLOSED, INVALID_LOCATION_CAPS, INVALID_LEVEL_WEIGHTS).
    """
    network = verbs.admin_network(ctx, msg.network, msg.signer)
    if msg.location_caps and network.kind is not NetworkKind.PRN:
        raise RegistryError(RegistryCode.INVALID_LOCATION_CAPS, f"{network.name} is a DRN and has no caps")
    if msg.level_weights:
        checks.level_weights(msg.level_weights, keeper.params(ctx).max_weight_bp)

    changed = replace(
        network,
        description=network.description if msg.description is None else msg.description,
        location_caps=msg.location_caps or network.location_caps,
        level_weights=msg.level_weights or network.level_weights,
    )
    state.networks.set(ctx, network.id, changed)

    ctx.emit("network_updated", network=network.id)
    return pb.MsgUpdateNetworkResponse()


def set_network_weight(ctx: Context, keeper: Keeper, msg: msgs.SetNetworkWeight) -> pb.MsgSetNetworkWeightResponse:
    """Set a network's share of the emission.

    Raises: RegistryError(NOT_AUTHORITY, UNKNOWN_NETWORK, NETWORK_CLOSED, INVALID_EMISSION_WEIGHT,
    TOO_MANY_WEIGHTED_NETWORKS).
    """
    keeper.require_authority(ctx, msg.signer)
    network = verbs.open_network(ctx, msg.network)

    verbs.set_weight(ctx, network, msg.weight_bp)

    ctx.emit("network_weight_set", network=network.id, weight_bp=msg.weight_bp)
    return pb.MsgSetNetworkWeightResponse()


def close_network(ctx: Context, keeper: Keeper, msg: msgs.CloseNetwork) -> pb.MsgCloseNetworkResponse:
    """Close a network for good and return the deposit.

    Raises: RegistryError(UNKNOWN_NETWORK, NOT_ADMIN, NETWORK_CLOSED, NETWORK_IN_USE).
    """
    network = verbs.admin_network(ctx, msg.network, msg.signer)
    counts = state.network_devices.get(ctx, network.id)
    if counts is not None and counts.active + counts.paused:
        raise RegistryError(
            RegistryCode.NETWORK_IN_USE, f"{counts.active + counts.paused} devices of {network.name} are not retired"
        )

    verbs.set_weight(ctx, network, 0)
    closed = replace(network, status=NetworkStatus.CLOSED, deposit=0, weight_bp=BasisPoints(0))
    state.networks.set(ctx, network.id, closed)
    keeper.give_back(ctx, network.admin, network.deposit)

    ctx.emit("network_closed", network=network.id, deposit=network.deposit)
    return pb.MsgCloseNetworkResponse()


def add_model(ctx: Context, keeper: Keeper, msg: msgs.AddModel) -> pb.MsgAddModelResponse:
    """Add a model without a manufacturer (level 0) to a network.

    Raises: RegistryError(UNKNOWN_NETWORK, NOT_ADMIN, NETWORK_CLOSED, NAME_TAKEN, TOO_MANY_MODELS,
    INVALID_HARDWARE_WEIGHT, INVALID_MAX_UNITS).
    """
    network = verbs.admin_network(ctx, msg.network, msg.signer)
    params = keeper.params(ctx)
    if state.model_names.has(ctx, (network.id, msg.model.name)):
        raise RegistryError(RegistryCode.NAME_TAKEN, f"model {msg.model.name} of {network.name}")
    if network.models >= params.max_models:
        raise RegistryError(RegistryCode.TOO_MANY_MODELS, f"{network.name} has {network.models} already")
    verbs.check_model(params, msg.model)

    (number,) = verbs.add_models(ctx, network, (msg.model,))

    ctx.emit("model_added", model=number, network=network.id, name=msg.model.name)
    return pb.MsgAddModelResponse(model=number)


def set_model_status(ctx: Context, keeper: Keeper, msg: msgs.SetModelStatus) -> pb.MsgSetModelStatusResponse:
    """Suspend a model, or make it active again; one write stops all its devices.

    Raises: RegistryError(UNKNOWN_MODEL, NOT_ADMIN, NETWORK_CLOSED, WRONG_STATUS).
    """
    model = verbs.find_model(ctx, msg.model)
    verbs.admin_network(ctx, model.network, msg.signer)
    if model.status is msg.status:
        raise RegistryError(RegistryCode.WRONG_STATUS, f"model is {model.status.name.lower()} already")

    state.models.set(ctx, model.id, replace(model, status=msg.status))

    ctx.emit("model_status_set", model=model.id, status=msg.status.name)
    return pb.MsgSetModelStatusResponse()
