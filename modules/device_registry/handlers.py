"""What each message does: check, apply, emit."""

from dataclasses import replace

from chain.codec.devices import binding_bytes
from chain.crypto.addresses import device_id
from chain.crypto.keys import verify
from chain.pb.lamppost.device_registry.v1 import tx_pb2 as pb
from chain.primitives.ids import DeviceId
from chain.primitives.ints import NANOS, BasisPoints
from chain.sdk.context import Context
from chain.sdk.gas import VERIFY
from modules.device_registry import checks, state
from modules.device_registry import messages as msgs
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.types import Device, DeviceStatus, ModelStatus, Network, NetworkKind, NetworkStatus


def update_params(ctx: Context, keeper: Keeper, msg: msgs.UpdateParams) -> pb.MsgUpdateParamsResponse:
    """Replace the parameters. Raises: RegistryError(NOT_AUTHORITY)."""
    keeper.require_authority(ctx, msg.signer)

    state.params.set(ctx, msg.params)

    ctx.emit("registry_params_updated", by=msg.signer)
    return pb.MsgUpdateParamsResponse()


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
        keeper.check_model(params, spec)

    keeper.take(ctx, msg.signer, params.network_deposit)
    network = Network(
        id=keeper.next_network(ctx),
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
    keeper.save_new_network(ctx, network)
    models = keeper.add_models(ctx, network, msg.models)

    ctx.emit("network_created", network=network.id, name=network.name, kind=network.kind.name, admin=msg.signer)
    for number, spec in zip(models, msg.models, strict=True):
        ctx.emit("model_added", model=number, network=network.id, name=spec.name)
    return pb.MsgCreateNetworkResponse(network=network.id, models=models)


def update_network(ctx: Context, keeper: Keeper, msg: msgs.UpdateNetwork) -> pb.MsgUpdateNetworkResponse:
    """Change what is given of a network; it counts for receipts judged from now on.

    Raises: RegistryError(UNKNOWN_NETWORK, NOT_ADMIN, NETWORK_CLOSED, INVALID_LOCATION_CAPS, INVALID_LEVEL_WEIGHTS).
    """
    network = keeper.admin_network(ctx, msg.network, msg.signer)
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
    network = keeper.open_network(ctx, msg.network)

    keeper.set_weight(ctx, network, msg.weight_bp)

    ctx.emit("network_weight_set", network=network.id, weight_bp=msg.weight_bp)
    return pb.MsgSetNetworkWeightResponse()


def close_network(ctx: Context, keeper: Keeper, msg: msgs.CloseNetwork) -> pb.MsgCloseNetworkResponse:
    """Close a network for good and return the deposit.

    Raises: RegistryError(UNKNOWN_NETWORK, NOT_ADMIN, NETWORK_CLOSED, NETWORK_IN_USE).
    """
    network = keeper.admin_network(ctx, msg.network, msg.signer)
    counts = state.network_devices.get(ctx, network.id)
    if counts is not None and counts.active + counts.paused:
        raise RegistryError(
            RegistryCode.NETWORK_IN_USE, f"{counts.active + counts.paused} devices of {network.name} are not retired"
        )

    keeper.set_weight(ctx, network, 0)
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
    network = keeper.admin_network(ctx, msg.network, msg.signer)
    params = keeper.params(ctx)
    if state.model_names.has(ctx, (network.id, msg.model.name)):
        raise RegistryError(RegistryCode.NAME_TAKEN, f"model {msg.model.name} of {network.name}")
    if network.models >= params.max_models:
        raise RegistryError(RegistryCode.TOO_MANY_MODELS, f"{network.name} has {network.models} already")
    keeper.check_model(params, msg.model)

    (number,) = keeper.add_models(ctx, network, (msg.model,))

    ctx.emit("model_added", model=number, network=network.id, name=msg.model.name)
    return pb.MsgAddModelResponse(model=number)


def set_model_status(ctx: Context, keeper: Keeper, msg: msgs.SetModelStatus) -> pb.MsgSetModelStatusResponse:
    """Suspend a model, or make it active again; one write stops all its devices.

    Raises: RegistryError(UNKNOWN_MODEL, NOT_ADMIN, NETWORK_CLOSED, WRONG_STATUS).
    """
    model = keeper.model(ctx, msg.model)
    keeper.admin_network(ctx, model.network, msg.signer)
    if model.status is msg.status:
        raise RegistryError(RegistryCode.WRONG_STATUS, f"model is {model.status.name.lower()} already")

    state.models.set(ctx, model.id, replace(model, status=msg.status))

    ctx.emit("model_status_set", model=model.id, status=msg.status.name)
    return pb.MsgSetModelStatusResponse()


def register_device(ctx: Context, keeper: Keeper, msg: msgs.RegisterDevice) -> pb.MsgRegisterDeviceResponse:
    """Register a device whose key signed for this owner, network and chain, and take the bond.

    Raises: RegistryError(UNKNOWN_NETWORK, NETWORK_CLOSED, UNKNOWN_MODEL, MODEL_OF_OTHER_NETWORK, MODEL_SUSPENDED,
    CELL_REQUIRED, CELL_NOT_ALLOWED, INVALID_CELL, DEVICE_EXISTS, BAD_PROOF), SdkError(INSUFFICIENT_FUNDS).
    """
    network = keeper.open_network(ctx, msg.network)
    model = keeper.model(ctx, msg.model)
    if model.network != network.id:
        raise RegistryError(RegistryCode.MODEL_OF_OTHER_NETWORK, f"model {model.id} is not of {network.name}")
    if model.status is not ModelStatus.ACTIVE:
        raise RegistryError(RegistryCode.MODEL_SUSPENDED, f"model {model.name}")
    checks.require_place(network, msg.cell, msg.commitment)
    number = device_id(msg.algorithm, msg.public_key)
    if state.devices.has(ctx, number):
        raise RegistryError(RegistryCode.DEVICE_EXISTS, str(number))
    _require_proof(ctx, number, msg)

    bond = keeper.params(ctx).device_bond
    keeper.take(ctx, msg.signer, bond)
    device = Device(
        algorithm=int(msg.algorithm),
        public_key=msg.public_key,
        owner=msg.signer,
        operator_or_none=None if msg.operator == msg.signer else msg.operator,
        payout_or_none=None if msg.payout == msg.signer else msg.payout,
        network=network.id,
        model=model.id,
        status=DeviceStatus.ACTIVE,
        cell=msg.cell,
        commitment=msg.commitment,
        bond=bond,
        bindings=1,
        registered_at=ctx.time,
    )
    keeper.save_new_device(ctx, number, device)

    ctx.emit("device_registered", device=number, network=network.id, model=model.id, owner=msg.signer, bond=bond)
    return pb.MsgRegisterDeviceResponse(device_id=str(number))


def _require_proof(ctx: Context, number: DeviceId, msg: msgs.RegisterDevice) -> None:
    ctx.gas.consume(VERIFY[msg.algorithm], "device proof")
    signed = binding_bytes(ctx.chain_id, number, msg.signer, msg.network, nonce=0)
    if not verify(msg.algorithm, msg.public_key, signed, msg.proof):
        raise RegistryError(
            RegistryCode.BAD_PROOF, f"not signed by the device for {msg.signer} in network {msg.network} of this chain"
        )


def set_operator(ctx: Context, keeper: Keeper, msg: msgs.SetOperator) -> pb.MsgSetOperatorResponse:
    """Name who does a device's daily work. Raises: RegistryError(UNKNOWN_DEVICE, NOT_OWNER, WRONG_STATUS)."""
    device = keeper.device(ctx, msg.device)
    keeper.require_owner(device, msg.signer)
    keeper.require_status(device, DeviceStatus.ACTIVE, DeviceStatus.PAUSED)

    keeper.set_device_operator(ctx, msg.device, device, msg.operator)

    ctx.emit("device_operator_set", device=msg.device, operator=msg.operator or device.owner)
    return pb.MsgSetOperatorResponse()


def set_payout(ctx: Context, keeper: Keeper, msg: msgs.SetPayout) -> pb.MsgSetPayoutResponse:
    """Name where a device's rewards go; allowed after retirement, for what is not claimed yet.

    Raises: RegistryError(UNKNOWN_DEVICE, NOT_OWNER).
    """
    device = keeper.device(ctx, msg.device)
    keeper.require_owner(device, msg.signer)

    changed = replace(device, payout_or_none=None if msg.payout == device.owner else msg.payout)
    state.devices.set(ctx, msg.device, changed)

    ctx.emit("device_payout_set", device=msg.device, payout=changed.payout)
    return pb.MsgSetPayoutResponse()


def pause_device(ctx: Context, keeper: Keeper, msg: msgs.PauseDevice) -> pb.MsgPauseDeviceResponse:
    """Stop a device's work until resumed. Raises: RegistryError(UNKNOWN_DEVICE, NOT_OPERATOR, WRONG_STATUS)."""
    device = keeper.device(ctx, msg.device)
    keeper.require_operator(device, msg.signer)
    keeper.require_status(device, DeviceStatus.ACTIVE)

    keeper.set_device_status(ctx, msg.device, device, DeviceStatus.PAUSED)

    ctx.emit("device_paused", device=msg.device, by=msg.signer)
    return pb.MsgPauseDeviceResponse()


def resume_device(ctx: Context, keeper: Keeper, msg: msgs.ResumeDevice) -> pb.MsgResumeDeviceResponse:
    """Let a paused device work again. Raises: RegistryError(UNKNOWN_DEVICE, NOT_OPERATOR, WRONG_STATUS)."""
    device = keeper.device(ctx, msg.device)
    keeper.require_operator(device, msg.signer)
    keeper.require_status(device, DeviceStatus.PAUSED)

    keeper.set_device_status(ctx, msg.device, device, DeviceStatus.ACTIVE)

    ctx.emit("device_resumed", device=msg.device, by=msg.signer)
    return pb.MsgResumeDeviceResponse()


def retire_device(ctx: Context, keeper: Keeper, msg: msgs.RetireDevice) -> pb.MsgRetireDeviceResponse:
    """End a device for good and return the bond; its key can't be registered again.

    Raises: RegistryError(UNKNOWN_DEVICE, NOT_OWNER, WRONG_STATUS, BOND_LOCKED).
    """
    device = keeper.device(ctx, msg.device)
    keeper.require_owner(device, msg.signer)
    keeper.require_status(device, DeviceStatus.ACTIVE, DeviceStatus.PAUSED)
    left = device.registered_at + keeper.params(ctx).bond_seconds * NANOS - ctx.time
    if device.bond and left > 0:
        raise RegistryError(RegistryCode.BOND_LOCKED, f"the bond is locked for {-(-left // NANOS)} more seconds")

    keeper.set_device_status(ctx, msg.device, replace(device, bond=0), DeviceStatus.RETIRED)
    keeper.give_back(ctx, device.owner, device.bond)

    ctx.emit("device_retired", device=msg.device, bond=device.bond)
    return pb.MsgRetireDeviceResponse()
