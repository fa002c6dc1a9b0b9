"""What each message about manufacturers and batches does: check, apply, emit."""

from dataclasses import replace

from chain.codec.batches import issue_bytes, issuing_key_bytes, leaf_bytes
from chain.crypto import merkle
from chain.crypto.keys import Algorithm, verify
from chain.pb.lamppost.device_registry.v1 import manufacturers_pb2 as pb
from chain.primitives.ids import Address
from chain.primitives.ints import NANOS, UnixNano
from chain.sdk.context import Context
from chain.sdk.gas import VERIFY
from modules.device_registry import state
from modules.device_registry.devices import joining
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.keeper import DeviceRegistryKeeper as Keeper
from modules.device_registry.manufacturers import messages as msgs
from modules.device_registry.manufacturers import verbs
from modules.device_registry.manufacturers.types import STRIKES, Batch, BatchStatus, Manufacturer, ManufacturerStatus
from modules.device_registry.networks import verbs as networks
from modules.device_registry.types import Model, ModelStatus

_HASH_GAS = 30
"""Gas for each hash on the way from a leaf to the root."""


def register_manufacturer(
    ctx: Context, keeper: Keeper, msg: msgs.RegisterManufacturer
) -> pb.MsgRegisterManufacturerResponse:
    """Register a manufacturer whose issuing key signed for it, and take the bond.

    Raises: RegistryError(NAME_TAKEN, BAD_ISSUE_SIGNATURE), SdkError(INSUFFICIENT_FUNDS).
    """
    if state.manufacturer_names.has(ctx, msg.name):
        raise RegistryError(RegistryCode.NAME_TAKEN, f"manufacturer {msg.name}")
    signed = issuing_key_bytes(ctx.chain_id, msg.name, str(msg.signer), 0, int(msg.algorithm), msg.public_key)
    _require_signature(ctx, msg.algorithm, msg.public_key, signed, msg.proof, "issuing key")

    bond = keeper.params(ctx).manufacturer_bond
    keeper.take(ctx, msg.signer, bond)
    made = Manufacturer(
        id=(state.manufacturer_count.get(ctx) or 0) + 1,
        name=msg.name,
        owner=msg.signer,
        algorithm=int(msg.algorithm),
        public_key=msg.public_key,
        bond=bond,
        status=ManufacturerStatus.ACTIVE,
        strikes=0,
        signatures=1,
        open_batches=0,
        registered_at=ctx.time,
        bond_due_at=UnixNano(0),
    )
    verbs.save_new_manufacturer(ctx, made)

    ctx.emit("manufacturer_registered", manufacturer=made.id, name=made.name, owner=made.owner, bond=bond)
    return pb.MsgRegisterManufacturerResponse(manufacturer=made.id)


def _require_signature(
    ctx: Context, algorithm: Algorithm, public_key: bytes, signed: bytes, signature: bytes, who: str
) -> None:
    ctx.gas.consume(VERIFY[algorithm], "issuing key")
    if not verify(algorithm, public_key, signed, signature):
        raise RegistryError(RegistryCode.BAD_ISSUE_SIGNATURE, f"the {who} did not sign this for this chain")


def set_issuing_key(ctx: Context, keeper: Keeper, msg: msgs.SetIssuingKey) -> pb.MsgSetIssuingKeyResponse:
    """Replace a manufacturer's issuing key; both keys signed for it, so that the owner's account alone can't.

    Raises: RegistryError(UNKNOWN_MANUFACTURER, NOT_MANUFACTURER, MANUFACTURER_NOT_ACTIVE, BAD_ISSUE_SIGNATURE).
    """
    maker = _own(ctx, msg.manufacturer, msg.signer)
    signed = issuing_key_bytes(
        ctx.chain_id, maker.name, str(maker.owner), maker.signatures, int(msg.algorithm), msg.public_key
    )
    _require_signature(ctx, Algorithm(maker.algorithm), maker.public_key, signed, msg.old_proof, "old issuing key")
    _require_signature(ctx, msg.algorithm, msg.public_key, signed, msg.new_proof, "new issuing key")

    changed = replace(maker, algorithm=int(msg.algorithm), public_key=msg.public_key, signatures=maker.signatures + 1)
    state.manufacturers.set(ctx, maker.id, changed)

    ctx.emit("issuing_key_set", manufacturer=maker.id)
    return pb.MsgSetIssuingKeyResponse()


def _own(ctx: Context, number: int, signer: Address) -> Manufacturer:
    verbs.require_maker(verbs.find_manufacturer(ctx, number), signer)
    return verbs.active_manufacturer(ctx, number)


def strike_manufacturer(ctx: Context, keeper: Keeper, msg: msgs.StrikeManufacturer) -> pb.MsgStrikeManufacturerResponse:
    """Add a strike; the third suspends the manufacturer with all its devices.

    Raises: RegistryError(NOT_AUTHORITY, UNKNOWN_MANUFACTURER, WRONG_STATUS).
    """
    keeper.require_authority(ctx, msg.signer)
    maker = verbs.find_manufacturer(ctx, msg.manufacturer)
    if maker.status not in (ManufacturerStatus.ACTIVE, ManufacturerStatus.SUSPENDED):
        raise RegistryError(RegistryCode.WRONG_STATUS, f"manufacturer is {maker.status.name.lower()}")

    strikes = maker.strikes + 1
    status = ManufacturerStatus.SUSPENDED if strikes >= STRIKES else maker.status
    state.manufacturers.set(ctx, maker.id, replace(maker, strikes=strikes, status=status))

    ctx.emit("manufacturer_struck", manufacturer=maker.id, strikes=strikes, reason=msg.reason)
    if status is not maker.status:
        ctx.emit("manufacturer_status_set", manufacturer=maker.id, status=status.name)
    return pb.MsgStrikeManufacturerResponse(strikes=strikes)


def set_manufacturer_status(
    ctx: Context, keeper: Keeper, msg: msgs.SetManufacturerStatus
) -> pb.MsgSetManufacturerStatusResponse:
    """Suspend a manufacturer, let it go on without strikes, or end it for good and burn its bond: one write.

    Raises: RegistryError(NOT_AUTHORITY, UNKNOWN_MANUFACTURER, WRONG_STATUS).
    """
    keeper.require_authority(ctx, msg.signer)
    maker = verbs.find_manufacturer(ctx, msg.manufacturer)
    if maker.status is msg.status:
        raise RegistryError(RegistryCode.WRONG_STATUS, f"manufacturer is {maker.status.name.lower()} already")
    # Who retired may still lose the bond while it is held, and nothing else.
    retired = maker.status is ManufacturerStatus.RETIRED and msg.status is not ManufacturerStatus.REVOKED
    if retired or maker.status is ManufacturerStatus.REVOKED:
        raise RegistryError(RegistryCode.WRONG_STATUS, f"manufacturer is {maker.status.name.lower()}")

    burned = maker.bond if msg.status is ManufacturerStatus.REVOKED else 0
    strikes = 0 if msg.status is ManufacturerStatus.ACTIVE else maker.strikes
    changed = replace(maker, status=msg.status, strikes=strikes, bond=maker.bond - burned, bond_due_at=UnixNano(0))
    state.manufacturers.set(ctx, maker.id, changed)
    keeper.burn(ctx, burned)

    ctx.emit("manufacturer_status_set", manufacturer=maker.id, status=msg.status.name)
    if burned:
        ctx.emit("manufacturer_bond_burned", manufacturer=maker.id, amount=burned)
    return pb.MsgSetManufacturerStatusResponse()


def retire_manufacturer(ctx: Context, keeper: Keeper, msg: msgs.RetireManufacturer) -> pb.MsgRetireManufacturerResponse:
    """End a manufacturer without open batches; its devices stop, and its bond stays for a hold.

    Raises: RegistryError(UNKNOWN_MANUFACTURER, NOT_MANUFACTURER, MANUFACTURER_NOT_ACTIVE, BATCHES_OPEN).
    """
    maker = _own(ctx, msg.manufacturer, msg.signer)
    if maker.open_batches:
        raise RegistryError(RegistryCode.BATCHES_OPEN, f"{maker.open_batches} batches are neither closed nor revoked")

    due = UnixNano(ctx.time + keeper.params(ctx).manufacturer_hold_seconds * NANOS)
    state.manufacturers.set(ctx, maker.id, replace(maker, status=ManufacturerStatus.RETIRED, bond_due_at=due))

    ctx.emit("manufacturer_retired", manufacturer=maker.id, bond_due_at=due)
    return pb.MsgRetireManufacturerResponse(bond_due_at=due)


def return_manufacturer_bond(
    ctx: Context, keeper: Keeper, msg: msgs.ReturnManufacturerBond
) -> pb.MsgReturnManufacturerBondResponse:
    """Send a retired manufacturer's bond to its owner once it is due.

    Raises: RegistryError(UNKNOWN_MANUFACTURER, WRONG_STATUS, NO_BOND, BOND_LOCKED).
    """
    maker = verbs.find_manufacturer(ctx, msg.manufacturer)
    if maker.status is not ManufacturerStatus.RETIRED:
        raise RegistryError(RegistryCode.WRONG_STATUS, f"manufacturer is {maker.status.name.lower()}")
    if not maker.bond:
        raise RegistryError(RegistryCode.NO_BOND, f"nothing is held for {maker.name}")
    left = maker.bond_due_at - ctx.time
    if left > 0:
        raise RegistryError(RegistryCode.BOND_LOCKED, f"the bond is locked for {-(-left // NANOS)} more seconds")

    state.manufacturers.set(ctx, maker.id, replace(maker, bond=0))
    keeper.give_back(ctx, maker.owner, maker.bond)

    ctx.emit("manufacturer_bond_returned", manufacturer=maker.id, owner=maker.owner, amount=maker.bond)
    return pb.MsgReturnManufacturerBondResponse(amount=maker.bond)


def revoke_model(ctx: Context, keeper: Keeper, msg: msgs.RevokeModel) -> pb.MsgRevokeModelResponse:
    """End a model for good, with all its devices; its network's admin may, and its manufacturer's owner.

    Raises: RegistryError(UNKNOWN_MODEL, NOT_ADMIN, WRONG_STATUS).
    """
    model = networks.find_model(ctx, msg.model)
    if msg.signer not in _guardians(ctx, model):
        raise RegistryError(RegistryCode.NOT_ADMIN, f"{msg.signer} has no say over model {model.name}")
    if model.status is ModelStatus.REVOKED:
        raise RegistryError(RegistryCode.WRONG_STATUS, "model is revoked already")

    state.models.set(ctx, model.id, replace(model, status=ModelStatus.REVOKED))

    ctx.emit("model_status_set", model=model.id, status=ModelStatus.REVOKED.name)
    return pb.MsgRevokeModelResponse()


def _guardians(ctx: Context, model: Model) -> list[Address]:
    admin = networks.find_network(ctx, model.network).admin
    return [admin, verbs.find_manufacturer(ctx, model.manufacturer).owner] if model.manufacturer else [admin]


def issue_batch(ctx: Context, keeper: Keeper, msg: msgs.IssueBatch) -> pb.MsgIssueBatchResponse:
    """Issue a batch of device keys that the manufacturer's issuing key signed.

    Raises: RegistryError(UNKNOWN_MODEL, MODEL_WITHOUT_MANUFACTURER, NOT_MANUFACTURER, MANUFACTURER_NOT_ACTIVE,
    MODEL_SUSPENDED, NETWORK_CLOSED, BAD_ISSUE_SIGNATURE).
    """
    model = networks.find_model(ctx, msg.model)
    if not model.manufacturer:
        raise RegistryError(RegistryCode.MODEL_WITHOUT_MANUFACTURER, f"nobody vouches for model {model.name}")
    maker = _own(ctx, model.manufacturer, msg.signer)
    networks.require_usable(model)
    networks.open_network(ctx, model.network)
    signed = issue_bytes(ctx.chain_id, maker.id, model.id, msg.root, msg.count, maker.signatures)
    _require_signature(ctx, Algorithm(maker.algorithm), maker.public_key, signed, msg.signature, "issuing key")

    batch = Batch(
        id=(state.batch_count.get(ctx) or 0) + 1,
        model=model.id,
        root=msg.root,
        count=msg.count,
        status=BatchStatus.ACTIVE,
        issued_at=ctx.time,
    )
    verbs.save_new_batch(ctx, batch, model)
    changed = replace(maker, signatures=maker.signatures + 1, open_batches=maker.open_batches + 1)
    state.manufacturers.set(ctx, maker.id, changed)

    ctx.emit("batch_issued", batch=batch.id, model=model.id, manufacturer=maker.id, count=msg.count)
    return pb.MsgIssueBatchResponse(batch=batch.id)


def close_batch(ctx: Context, keeper: Keeper, msg: msgs.CloseBatch) -> pb.MsgCloseBatchResponse:
    """Let nobody claim devices of a batch any more; those that were claimed go on.

    Raises: RegistryError(UNKNOWN_BATCH, NOT_MANUFACTURER, BATCH_NOT_ACTIVE).
    """
    batch = verbs.find_batch(ctx, msg.batch)
    maker = verbs.find_manufacturer(ctx, networks.find_model(ctx, batch.model).manufacturer)
    verbs.require_maker(maker, msg.signer)
    if batch.status is not BatchStatus.ACTIVE:
        raise RegistryError(RegistryCode.BATCH_NOT_ACTIVE, f"batch {batch.id} is {batch.status.name.lower()}")

    verbs.set_batch_status(ctx, batch, maker, BatchStatus.CLOSED)

    ctx.emit("batch_closed", batch=batch.id, by=msg.signer)
    return pb.MsgCloseBatchResponse()


def revoke_batch(ctx: Context, keeper: Keeper, msg: msgs.RevokeBatch) -> pb.MsgRevokeBatchResponse:
    """Stop a batch with all its devices for good: one write, none of them is touched.

    Its manufacturer's owner may, its network's admin, and the authority.
    Raises: RegistryError(UNKNOWN_BATCH, NOT_MANUFACTURER, BATCH_NOT_ACTIVE).
    """
    batch = verbs.find_batch(ctx, msg.batch)
    model = networks.find_model(ctx, batch.model)
    if msg.signer not in (*_guardians(ctx, model), ctx.authority):
        raise RegistryError(RegistryCode.NOT_MANUFACTURER, f"{msg.signer} has no say over batch {batch.id}")
    if batch.status is BatchStatus.REVOKED:
        raise RegistryError(RegistryCode.BATCH_NOT_ACTIVE, f"batch {batch.id} is revoked already")

    verbs.set_batch_status(ctx, batch, verbs.find_manufacturer(ctx, model.manufacturer), BatchStatus.REVOKED)

    ctx.emit("batch_revoked", batch=batch.id, by=msg.signer)
    return pb.MsgRevokeBatchResponse()


def claim_device(ctx: Context, keeper: Keeper, msg: msgs.ClaimDevice) -> pb.MsgClaimDeviceResponse:
    """Make a device of a batch's key, which signed for this owner, network and chain; it needs no bond.

    A place in the tree holds one key, and a key becomes a device once: so no place is claimed twice.
    Raises: RegistryError(UNKNOWN_BATCH, BATCH_NOT_ACTIVE, MANUFACTURER_NOT_ACTIVE, MODEL_SUSPENDED, NETWORK_CLOSED,
    NOT_IN_BATCH, CELL_REQUIRED, CELL_NOT_ALLOWED, INVALID_CELL, DEVICE_EXISTS, BAD_PROOF).
    """
    batch = verbs.find_batch(ctx, msg.batch)
    if batch.status is not BatchStatus.ACTIVE:
        raise RegistryError(RegistryCode.BATCH_NOT_ACTIVE, f"batch {batch.id} is {batch.status.name.lower()}")
    model = networks.find_model(ctx, batch.model)
    verbs.active_manufacturer(ctx, model.manufacturer)
    networks.require_usable(model)
    network = networks.open_network(ctx, model.network)
    ctx.gas.consume((len(msg.path) + 1) * _HASH_GAS, "batch proof")
    leaf = merkle.leaf_hash(leaf_bytes(msg.algorithm, msg.public_key))
    if not merkle.verify(batch.root, leaf, msg.index, batch.count, msg.path):
        raise RegistryError(RegistryCode.NOT_IN_BATCH, f"no such key at place {msg.index} of batch {batch.id}")
    number = joining.require_new(ctx, msg, network)

    joining.join(ctx, number, msg, model, batch=batch.id, bond=0)

    ctx.emit("device_claimed", device=number, batch=batch.id, index=msg.index, network=network.id, owner=msg.signer)
    return pb.MsgClaimDeviceResponse(device_id=str(number))
