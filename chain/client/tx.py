"""Transactions from messages: built, signed (SIGN_MODE_DIRECT), ready to hand in.

The layout is Cosmos': TxRaw{body, auth_info, signatures}; what is signed is SignDoc over the very bytes sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from google.protobuf.message import Message as ProtoMessage

from chain.client.keyring import Signer
from chain.codec.tx import sign_bytes
from chain.pb.cosmos.crypto.secp256k1.keys_pb2 import PubKey
from chain.pb.cosmos.tx.signing.v1beta1.signing_pb2 import SIGN_MODE_DIRECT, SIGN_MODE_UNSPECIFIED
from chain.pb.cosmos.tx.v1beta1.tx_pb2 import AuthInfo, TxBody, TxRaw
from chain.primitives.coins import Coins


@dataclass(frozen=True, slots=True)
class SignerData:
    """What a signature needs to know of the signer's account."""

    chain_id: str
    account_number: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Fee:
    """What a transaction offers: coins, and the most gas it may use."""

    gas: int
    amount: Coins = ()


def pack_body(messages: Sequence[ProtoMessage], memo: str = "", timeout_height: int = 0) -> bytes:
    """Return the bytes of a TxBody that holds the messages in order."""
    body = TxBody(memo=memo, timeout_height=timeout_height)
    for message in messages:
        packed = body.messages.add()
        packed.type_url = f"/{message.DESCRIPTOR.full_name}"
        packed.value = message.SerializeToString(deterministic=True)
    return body.SerializeToString(deterministic=True)


def pack_auth_info(public_key: bytes, sequence: int, fee: Fee, signing: bool = True) -> bytes:
    """Return the bytes of an AuthInfo with one signer; unsigned ones say mode UNSPECIFIED, as simulations do."""
    info = AuthInfo()
    signer = info.signer_infos.add()
    if public_key:
        signer.public_key.type_url = "/cosmos.crypto.secp256k1.PubKey"
        signer.public_key.value = PubKey(key=public_key).SerializeToString(deterministic=True)
    signer.mode_info.single.mode = SIGN_MODE_DIRECT if signing else SIGN_MODE_UNSPECIFIED
    signer.sequence = sequence
    info.fee.gas_limit = fee.gas
    for coin in fee.amount:
        info.fee.amount.add(denom=coin.denom, amount=str(coin.amount))
    return info.SerializeToString(deterministic=True)


def pack_tx(body: bytes, auth_info: bytes, signatures: Sequence[bytes]) -> bytes:
    """Return the bytes of a TxRaw."""
    raw = TxRaw(body_bytes=body, auth_info_bytes=auth_info, signatures=list(signatures))
    return raw.SerializeToString(deterministic=True)


def sign_tx(
    messages: Sequence[ProtoMessage],
    signer: Signer,
    data: SignerData,
    fee: Fee,
    memo: str = "",
    timeout_height: int = 0,
) -> bytes:
    """Return a transaction of one signer, ready to broadcast."""
    body = pack_body(messages, memo, timeout_height)
    auth_info = pack_auth_info(signer.public_key, data.sequence, fee)
    signature = signer.sign(sign_bytes(body, auth_info, data.chain_id, data.account_number))
    return pack_tx(body, auth_info, [signature])


def unsigned_tx(
    messages: Sequence[ProtoMessage], public_key: bytes, sequence: int, memo: str = "", timeout_height: int = 0
) -> bytes:
    """Return a transaction to simulate: one empty signature, no gas, no fee."""
    body = pack_body(messages, memo, timeout_height)
    return pack_tx(body, pack_auth_info(public_key, sequence, Fee(gas=0), signing=False), [b""])


def sign_raw(raw: bytes, signer: Signer, data: SignerData) -> bytes:
    """Return an unsigned transaction (of one signer) with this signer's key and signature; its fee and gas stay."""
    tx = TxRaw.FromString(raw)
    auth_info = _with_signer(tx.auth_info_bytes, signer.public_key, data.sequence, signing=True)
    signature = signer.sign(sign_bytes(tx.body_bytes, auth_info, data.chain_id, data.account_number))
    return pack_tx(tx.body_bytes, auth_info, [signature])


def unsigned_from_raw(raw: bytes, public_key: bytes, sequence: int) -> bytes:
    """Return any transaction (of one signer) in the form that is simulated: its own body, an empty signature."""
    tx = TxRaw.FromString(raw)
    return pack_tx(tx.body_bytes, _with_signer(tx.auth_info_bytes, public_key, sequence, signing=False), [b""])


def _with_signer(auth_info_bytes: bytes, public_key: bytes, sequence: int, signing: bool) -> bytes:
    info = AuthInfo.FromString(auth_info_bytes)
    made = AuthInfo.FromString(pack_auth_info(public_key, sequence, Fee(gas=0), signing))
    made.fee.CopyFrom(info.fee)
    return made.SerializeToString(deterministic=True)
