"""What each message about networks and models does: check, apply, emit."""

from dataclasses import replace

from chain.pb.lamppost.device_registry.v1 import networks_pb2 as networks_pb
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from chain.primitives.ints import BasisPoints
from chain.sdk.context import Context
from modules.device_registry import checks, state
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.networks import messages as msgs
from modules.device_registry.networks import verbs
from modules.device_registry.types import ModelStatus, Network, NetworkKind, NetworkStatus, Terms

NOTICE = 2
"""Epochs from the one of an update to the first that its terms hold for: one whole epoch of notice lies between."""


def create_network(ctx: Context, keeper: Keeper, msg: msgs.CreateNetwork) -> pb.MsgCreateNetworkResponse:
    """Create a network with its first models and take the deposit.

    Raises: RegistryError(NAME_TAKEN, INVALID_LEVEL_WEIGHTS, TOO_MANY_MODELS, INVALID_HARDWARE_WEIGHT,
    INVALID_MAX_UNITS, UNKNOWN_MANUFACTURER, MANUFACTURER_NOT_ACTIVE), SdkError(INSUFFICIENT_FUNDS).
    """
    params = keeper.params(ctx)
    if state.network_names.has(ctx, msg.name):
        raise RegistryError(RegistryCode.NAME_TAKEN, f"network {msg.name}")
    checks.level_weights(msg.level_weights, params.max_weight_bp)
    if len(msg.models) > params.max_models:
        raise RegistryError(RegistryCode.TOO_MANY_MODELS, f"{len(msg.models)} models, at most {params.max_models}")
    for spec in msg.models:
        verbs.check_model(ctx, params, spec)

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
        terms=(Terms(0, msg.location_caps, msg.level_weights),),
        description=msg.description,
    )
    verbs.save_new_network(ctx, network)
    models = verbs.add_models(ctx, network, msg.models)

    ctx.emit("network_created", network=network.id, name=network.name, kind=network.kind.name, admin=msg.signer)
    for number, spec in zip(models, msg.models, strict=True):
        ctx.emit("model_added", model=number, network=network.id, name=spec.name)
    return pb.MsgCreateNetworkResponse(network=network.id, models=models)


def update_network(ctx: Context, keeper: Keeper, msg: msgs.UpdateNetwork) -> pb.MsgUpdateNetworkResponse:
    """Change what is given of a network; caps and weights hold for the work of epochs from the one after the next on.

    The rest of the running epoch and one whole epoch are the notice that devices' owners get. Receipts of an epoch are
    judged by that epoch's terms, whenever they come.
    Raises: RegistryError(UNKNOWN_NETWORK, NOT_ADMIN, NETWORK_CLOSED, INVALID_LOCATION_CAPS, INVALID_LEVEL_WEIGHTS).
    """
    network = verbs.admin_network(ctx, msg.network, msg.signer)
    if msg.location_caps and network.kind is not NetworkKind.PRN:
        raise RegistryError(RegistryCode.INVALID_LOCATION_CAPS, f"{network.name} is a DRN and has no caps")
    if msg.level_weights:
        checks.level_weights(msg.level_weights, keeper.params(ctx).max_weight_bp)

    description = network.description if msg.description is None else msg.description
    terms, from_epoch = network.terms, 0
    if msg.location_caps or msg.level_weights:
        running = keeper.running_epoch(ctx)
        from_epoch = running + NOTICE
        newest = terms[-1]
        caps, levels = msg.location_caps or newest.location_caps, msg.level_weights or newest.level_weights
        terms = verbs.with_terms(terms, Terms(from_epoch, caps, levels), running - 1)
    state.networks.set(ctx, network.id, replace(network, description=description, terms=terms))

    ctx.emit("network_updated", network=network.id, from_epoch=from_epoch)
    return pb.MsgUpdateNetworkResponse(from_epoch=from_epoch)


def offer_network(ctx: Context, keeper: Keeper, msg: msgs.OfferNetwork) -> networks_pb.MsgOfferNetworkResponse:
    """Offer a network to another admin; an offer replaces the one before it.

    Raises: RegistryError(UNKNOWN_NETWORK, NOT_ADMIN, NETWORK_CLOSED, INVALID_BUYER).
    """
    network = verbs.admin_network(ctx, msg.network, msg.signer)
    if msg.new_admin == network.admin:
        raise RegistryError(RegistryCode.INVALID_BUYER, f"{msg.new_admin} is the admin already")

    state.networks.set(ctx, network.id, replace(network, offered_to=msg.new_admin))

    ctx.emit("network_offered", network=network.id, to=msg.new_admin)
    return networks_pb.MsgOfferNetworkResponse()


def accept_network(ctx: Context, keeper: Keeper, msg: msgs.AcceptNetwork) -> networks_pb.MsgAcceptNetworkResponse:
    """Take an offered network over; its deposit will return to the new admin.

    Raises: RegistryError(UNKNOWN_NETWORK, NETWORK_CLOSED, NO_OFFER, NOT_BUYER).
    """
    network = verbs.open_network(ctx, msg.network)
    _require_offer(network)
    if network.offered_to != msg.signer:
        raise RegistryError(RegistryCode.NOT_BUYER, f"{network.name} is offered to {network.offered_to}")

    state.networks.set(ctx, network.id, replace(network, admin=msg.signer, offered_to=None))

    ctx.emit("network_transferred", network=network.id, before=network.admin, admin=msg.signer)
    return networks_pb.MsgAcceptNetworkResponse()


def _require_offer(network: Network) -> None:
    if network.offered_to is None:
        raise RegistryError(RegistryCode.NO_OFFER, f"{network.name} is offered to nobody")


def cancel_network_offer(
    ctx: Context, keeper: Keeper, msg: msgs.CancelNetworkOffer
) -> networks_pb.MsgCancelNetworkOfferResponse:
    """Take an offer back; the admin may, and who was asked.

    Raises: RegistryError(UNKNOWN_NETWORK, NETWORK_CLOSED, NO_OFFER, NOT_ADMIN).
    """
    network = verbs.open_network(ctx, msg.network)
    _require_offer(network)
    if msg.signer not in (network.admin, network.offered_to):
        raise RegistryError(RegistryCode.NOT_ADMIN, f"{msg.signer} is not the admin of {network.name}")

    state.networks.set(ctx, network.id, replace(network, offered_to=None))

    ctx.emit("network_offer_cancelled", network=network.id, by=msg.signer)
    return networks_pb.MsgCancelNetworkOfferResponse()


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
    closed = replace(network, status=NetworkStatus.CLOSED, deposit=0, weight_bp=BasisPoints(0), offered_to=None)
    state.networks.set(ctx, network.id, closed)
    keeper.give_back(ctx, network.admin, network.deposit)

    ctx.emit("network_closed", network=network.id, deposit=network.deposit)
    return pb.MsgCloseNetworkResponse()


def add_model(ctx: Context, keeper: Keeper, msg: msgs.AddModel) -> pb.MsgAddModelResponse:
    """Add a model to a network; its manufacturer, if it has one, agrees by issuing batches.

    Raises: RegistryError(UNKNOWN_NETWORK, NOT_ADMIN, NETWORK_CLOSED, NAME_TAKEN, TOO_MANY_MODELS,
    INVALID_HARDWARE_WEIGHT, INVALID_MAX_UNITS, UNKNOWN_MANUFACTURER, MANUFACTURER_NOT_ACTIVE).
    """
    network = verbs.admin_network(ctx, msg.network, msg.signer)
    params = keeper.params(ctx)
    if state.model_names.has(ctx, (network.id, msg.model.name)):
        raise RegistryError(RegistryCode.NAME_TAKEN, f"model {msg.model.name} of {network.name}")
    if network.models >= params.max_models:
        raise RegistryError(RegistryCode.TOO_MANY_MODELS, f"{network.name} has {network.models} already")
    verbs.check_model(ctx, params, msg.model)

    (number,) = verbs.add_models(ctx, network, (msg.model,))

    ctx.emit("model_added", model=number, network=network.id, name=msg.model.name)
    return pb.MsgAddModelResponse(model=number)


def set_model_status(ctx: Context, keeper: Keeper, msg: msgs.SetModelStatus) -> pb.MsgSetModelStatusResponse:
    """Suspend a model, or make it active again; one write stops all its devices.

    Raises: RegistryError(UNKNOWN_MODEL, NOT_ADMIN, NETWORK_CLOSED, WRONG_STATUS).
    """
    model = verbs.find_model(ctx, msg.model)
    verbs.admin_network(ctx, model.network, msg.signer)
    if model.status in (msg.status, ModelStatus.REVOKED):
        raise RegistryError(RegistryCode.WRONG_STATUS, f"model is {model.status.name.lower()} already")

    state.models.set(ctx, model.id, replace(model, status=msg.status))

    ctx.emit("model_status_set", model=model.id, status=msg.status.name)
    return pb.MsgSetModelStatusResponse()
