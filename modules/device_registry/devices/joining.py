"""How a device's key is bound to its first owner, whether somebody vouches for it or nobody."""

from typing import Protocol

from chain.codec.devices import binding_bytes
from chain.crypto.addresses import device_id
from chain.crypto.keys import Algorithm
from chain.primitives.ids import Address, DeviceId
from chain.sdk.context import Context
from modules.device_registry import checks
from modules.device_registry.devices import verbs
from modules.device_registry.errors import RegistryCode, RegistryError
from modules.device_registry.types import Device, DeviceStatus, Model, Network


class Joining(Protocol):
    """What a message says of a new device."""

    @property
    def signer(self) -> Address:
        """The owner-to-be."""
        ...

    @property
    def algorithm(self) -> Algorithm:
        """The device key's algorithm."""
        ...

    @property
    def public_key(self) -> bytes:
        """The device key."""
        ...

    @property
    def operator(self) -> Address | None:
        """Who does the daily work; None for the owner."""
        ...

    @property
    def payout(self) -> Address | None:
        """Where rewards go; None for the owner."""
        ...

    @property
    def cell(self) -> int:
        """H3 cell; 0 for none."""
        ...

    @property
    def commitment(self) -> bytes:
        """Hash of a finer place, or nothing."""
        ...

    @property
    def proof(self) -> bytes:
        """The device key's signature of the binding."""
        ...


def require_new(ctx: Context, msg: Joining, network: Network) -> DeviceId:
    """Return the id of a device that may join a network.

    Raises: RegistryError(CELL_REQUIRED, CELL_NOT_ALLOWED, INVALID_CELL, DEVICE_EXISTS, BAD_PROOF).
    """
    checks.require_place(network, msg.cell, msg.commitment)
    number = device_id(msg.algorithm, msg.public_key)
    if verbs.is_key_used(ctx, number):
        raise RegistryError(RegistryCode.DEVICE_EXISTS, str(number))
    signed = binding_bytes(ctx.chain_id, number, msg.signer, network.id, nonce=0)
    verbs.require_signature(ctx, msg.algorithm, msg.public_key, signed, msg.proof)
    return number


def join(ctx: Context, number: DeviceId, msg: Joining, model: Model, batch: int, bond: int) -> None:
    """Write a device that may join; `batch` 0 for none, the bond in ulamp was taken."""
    device = Device(
        algorithm=int(msg.algorithm),
        public_key=msg.public_key,
        owner=msg.signer,
        operator_or_none=None if msg.operator == msg.signer else msg.operator,
        payout_or_none=None if msg.payout == msg.signer else msg.payout,
        network=model.network,
        model=model.id,
        status=DeviceStatus.ACTIVE,
        cell=msg.cell,
        commitment=msg.commitment,
        bond=bond,
        bindings=1,
        registered_at=ctx.time,
        batch=batch,
    )
    verbs.save_new_device(ctx, number, device)
