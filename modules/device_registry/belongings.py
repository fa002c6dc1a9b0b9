"""What belongs to devices but is kept apart from them, in the genesis section.

Offers, recoveries, held bonds, rotated keys, credentials, consents: each a list of its own. Counts are derived.
"""

from chain.pb.lamppost.device_registry.v1 import statements_pb2, transfers_pb2
from chain.primitives.ids import DeviceId
from chain.primitives.ints import UnixNano
from chain.sdk.context import Context
from chain.sdk.module import Json
from modules.device_registry import checks, state
from modules.device_registry.keeper import NAME
from modules.device_registry.sections import Belongings, Section, at, items, parse, require, to_json
from modules.device_registry.statements.messages import HASH_SIZE, consent_scopes, credential_key
from modules.device_registry.statements.verbs import count
from modules.device_registry.statements.wire import consent_to_proto, credential_to_proto
from modules.device_registry.types import Consent, Credential, Device, DeviceStatus, HeldBond, Offer, Recovery
from modules.device_registry.wire import held_bond_to_proto, offer_to_proto, recovery_to_proto

LISTS = ("rotated_keys", "offers", "recoveries", "held_bonds", "credentials", "consents")
"""Lists of the section."""


def read_rotated_keys(section: Json, content: Section) -> None:
    """Read the keys that became devices' by rotation; before the devices. Raises: GenesisError."""
    for path, raw in items(section, "rotated_keys"):
        item = parse(path, raw, transfers_pb2.RotatedKey())
        key_id, number = _id(f"{path}.key_id", item.key_id), _id(f"{path}.device_id", item.device_id)
        require(key_id not in content.belongings.rotated_keys, f"{path}.key_id", "appears twice")
        content.belongings.rotated_keys[key_id] = number


def read_rest(section: Json, content: Section) -> None:
    """Read all other lists; behind the devices. Raises: GenesisError."""
    for key_id, number in content.belongings.rotated_keys.items():
        require(number in content.devices, f"{NAME}.rotated_keys", f"{number} is no device of this file")
        require(key_id not in content.devices, f"{NAME}.rotated_keys", f"{key_id} is a device of this file")
    for path, raw in items(section, "offers"):
        _add_offer(path, parse(path, raw, transfers_pb2.TransferOffer()), content)
    for path, raw in items(section, "recoveries"):
        _add_recovery(path, parse(path, raw, transfers_pb2.KeyRecovery()), content)
    for path, raw in items(section, "held_bonds"):
        _add_held_bond(path, parse(path, raw, transfers_pb2.HeldBond()), content)
    for path, raw in items(section, "credentials"):
        _add_credential(path, parse(path, raw, statements_pb2.Credential()), content)
    for path, raw in items(section, "consents"):
        _add_consent(path, parse(path, raw, statements_pb2.Consent()), content)


def init(ctx: Context, belongings: Belongings) -> None:
    """Write what was read."""
    for key_id, number in belongings.rotated_keys.items():
        state.rotated_keys.set(ctx, key_id, number)
    for number, offer in belongings.offers.items():
        state.offers.set(ctx, number, offer)
    for number, recovery in belongings.recoveries.items():
        state.recoveries.set(ctx, number, recovery)
    for number, held in belongings.held_bonds.items():
        state.held_bonds.set(ctx, number, held)
    for stated, credential in belongings.credentials.items():
        state.credentials.set(ctx, stated, credential)
        count(ctx, state.credential_counts, stated[0], 1)
    for granted, consent in belongings.consents.items():
        state.consents.set(ctx, granted, consent)
        count(ctx, state.consent_counts, granted[0], 1)


def export(ctx: Context) -> Json:
    """Return the lists that make this state."""
    return {
        "rotated_keys": [
            to_json(transfers_pb2.RotatedKey(key_id=str(key_id), device_id=str(number)))
            for key_id, number in state.rotated_keys.scan(ctx)
        ],
        "offers": [to_json(offer_to_proto(number, item)) for number, item in state.offers.scan(ctx)],
        "recoveries": [to_json(recovery_to_proto(number, item)) for number, item in state.recoveries.scan(ctx)],
        "held_bonds": [to_json(held_bond_to_proto(number, item)) for number, item in state.held_bonds.scan(ctx)],
        "credentials": [to_json(credential_to_proto(key, item)) for key, item in state.credentials.scan(ctx)],
        "consents": [to_json(consent_to_proto(key, item)) for key, item in state.consents.scan(ctx)],
    }


def _id(path: str, text: str) -> DeviceId:
    with at(path):
        return checks.device_id(text)


def _device(path: str, text: str, content: Section) -> tuple[DeviceId, Device]:
    number = _id(f"{path}.device_id", text)
    require(number in content.devices, f"{path}.device_id", "is no device of this file")
    return number, content.devices[number]


def _alive(path: str, text: str, content: Section) -> DeviceId:
    number, device = _device(path, text, content)
    require(device.status is not DeviceStatus.RETIRED, f"{path}.device_id", "is retired")
    return number


def _add_offer(path: str, item: transfers_pb2.TransferOffer, content: Section) -> None:
    number = _alive(path, item.device_id, content)
    require(number not in content.belongings.offers, f"{path}.device_id", "appears twice")
    with at(f"{path}.buyer"):
        buyer = checks.address(item.buyer, "buyer")
    require(item.expires_at > 0, f"{path}.expires_at", "must be positive")
    content.belongings.offers[number] = Offer(buyer, item.price, UnixNano(item.expires_at))


def _add_recovery(path: str, item: transfers_pb2.KeyRecovery, content: Section) -> None:
    number = _alive(path, item.device_id, content)
    require(number not in content.belongings.recoveries, f"{path}.device_id", "appears twice")
    with at(f"{path}.public_key"):
        algorithm = checks.public_key(item.algorithm, item.public_key)
    require(item.ready_at >= 0, f"{path}.ready_at", "is negative")
    recovery = Recovery(int(algorithm), item.public_key, UnixNano(item.ready_at))
    content.belongings.recoveries[number] = recovery


def _add_held_bond(path: str, item: transfers_pb2.HeldBond, content: Section) -> None:
    number, device = _device(path, item.device_id, content)
    require(device.status is DeviceStatus.RETIRED, f"{path}.device_id", "is not retired")
    require(number not in content.belongings.held_bonds, f"{path}.device_id", "appears twice")
    require(item.amount > 0, f"{path}.amount", "must be positive")
    require(item.due_at >= 0, f"{path}.due_at", "is negative")
    content.belongings.held_bonds[number] = HeldBond(item.amount, UnixNano(item.due_at))


def _add_credential(path: str, item: statements_pb2.Credential, content: Section) -> None:
    number, _ = _device(path, item.device_id, content)
    with at(f"{path}.issuer"):
        issuer = checks.address(item.issuer, "issuer")
    with at(f"{path}.key"):
        place = (number, issuer, credential_key(item.key))
    require(place not in content.belongings.credentials, f"{path}.key", "appears twice")
    require(len(item.value_hash) == HASH_SIZE, f"{path}.value_hash", f"must be {HASH_SIZE} bytes")
    _require_times(path, item.issued_at, item.expires_at)
    content.belongings.credentials[place] = Credential(
        item.value_hash, UnixNano(item.issued_at), UnixNano(item.expires_at)
    )


def _add_consent(path: str, item: statements_pb2.Consent, content: Section) -> None:
    number, _ = _device(path, item.device_id, content)
    with at(f"{path}.grantee"):
        place = (number, checks.address(item.grantee, "grantee"))
    require(place not in content.belongings.consents, f"{path}.grantee", "appears twice")
    with at(f"{path}.scopes"):
        scopes = consent_scopes(item.scopes)
    with at(f"{path}.owner"):
        owner = checks.address(item.owner, "owner")
    _require_times(path, item.granted_at, item.expires_at)
    content.belongings.consents[place] = Consent(owner, scopes, UnixNano(item.granted_at), UnixNano(item.expires_at))


def _require_times(path: str, begun: int, expires_at: int) -> None:
    require(begun >= 0, path, "begins before 1970")
    require(expires_at >= 0, f"{path}.expires_at", "is negative")
