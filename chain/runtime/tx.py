"""A transaction after everything that can be said of it without looking at the state."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, TypeVar

from google.protobuf.message import DecodeError
from google.protobuf.message import Message as ProtoMessage

from chain.codec.tx import TxDecodeError, check_unknown_fields, decode_tx
from chain.crypto.addresses import address_of
from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin as CoinPb
from chain.pb.cosmos.crypto.secp256k1.keys_pb2 import PubKey
from chain.pb.cosmos.tx.signing.v1beta1.signing_pb2 import SignMode
from chain.pb.cosmos.tx.v1beta1.tx_pb2 import AuthInfo, ModeInfo, SignerInfo, TxBody, TxRaw
from chain.primitives.coins import MAX_AMOUNT, Coin, Coins, coins
from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.ids import Address
from chain.runtime.faults import guarded
from chain.runtime.router import Call, Router
from chain.sdk.parsing import parse_address

MAX_TX_BYTES: Final = 1 << 20
"""Longest transaction, in bytes: what CometBFT's mempool takes by default."""
MAX_MESSAGES: Final = 1_000
"""Most messages of a transaction; each costs work before the first gas is paid."""
MAX_GAS_WANTED: Final = 2**63 - 1
"""Largest gas limit, as in the Cosmos SDK."""
PUBLIC_KEY_URL: Final = "/cosmos.crypto.secp256k1.PubKey"
"""The one kind of public key that accounts have."""
MULTISIG_URL: Final = "/cosmos.crypto.multisig.LegacyAminoPubKey"
"""Keys of multi-signature accounts, known and not supported."""

_DIRECT = SignMode.SIGN_MODE_DIRECT
_PUBLIC_KEY_HEAD = b"\x0a\x21"
"""How the protobuf of a key of 33 bytes begins."""


M = TypeVar("M", bound=ProtoMessage)


class Signer:
    """Who signs, with what key and sequence, and the mode of the signature.

    `verdict` remembers whether the signature is good, with the public key and the account number it was judged by:
    together with the bytes of the transaction and the chain id that is everything that was signed.
    """

    __slots__ = ("address", "mode_fault", "public_key", "sequence", "signature", "verdict")

    def __init__(
        self, address: Address, public_key: bytes, sequence: int, signature: bytes, mode_fault: SdkError | None
    ) -> None:
        self.address = address
        self.public_key = public_key
        self.sequence = sequence
        self.signature = signature
        self.mode_fault = mode_fault
        self.verdict: tuple[bytes, int, bool] | None = None


class Tx:
    """A decoded transaction; shared between threads, so nothing but its signers' verdicts ever changes.

    `fault` is what is wrong with the number of signatures: an error everywhere but in a simulation.
    """

    __slots__ = (
        "auth_bytes",
        "body_bytes",
        "calls",
        "fault",
        "fee",
        "gas_limit",
        "memo_size",
        "payer",
        "signers",
        "size",
        "timeout_height",
    )

    def __init__(self, size: int, body_bytes: bytes, auth_bytes: bytes, calls: tuple[Call, ...]) -> None:
        self.size = size
        self.body_bytes = body_bytes
        self.auth_bytes = auth_bytes
        self.calls = calls
        self.fault: SdkError | None = None
        self.fee: Coins = ()
        self.gas_limit = 0
        self.memo_size = 0
        self.payer = calls[0].parsed.signers[0]
        self.signers: tuple[Signer, ...] = ()
        self.timeout_height = 0


def decode(raw: bytes, router: Router) -> Tx:
    """Return the transaction of some bytes.

    Raises: SdkError(TX_TOO_LARGE, TX_DECODE, ...) and what the messages' own stateless checks raise.
    """
    if not raw:
        raise SdkError(SdkCode.TX_DECODE, "tx bytes are empty")
    if len(raw) > MAX_TX_BYTES:
        raise SdkError(SdkCode.TX_TOO_LARGE, f"transaction has {len(raw)} bytes, at most {MAX_TX_BYTES} are allowed")
    try:
        envelope, body, auth = decode_tx(raw)
    except TxDecodeError as error:
        raise SdkError(SdkCode.TX_DECODE, str(error)) from error
    tx = Tx(len(raw), envelope.body_bytes, envelope.auth_info_bytes, _calls(body, router))
    _read_body(tx, body)
    _read_auth(tx, auth, envelope.signatures)
    return tx


class Head:
    """What is around the messages of a transaction; `signer` is the only one, if there is one who shows its key."""

    __slots__ = ("auth_bytes", "body_bytes", "fee", "gas_limit", "signer")

    def __init__(self, envelope: TxRaw, auth: AuthInfo) -> None:
        self.body_bytes = envelope.body_bytes
        self.auth_bytes = envelope.auth_info_bytes
        self.fee = _fee(auth.fee.amount)
        self.gas_limit = auth.fee.gas_limit
        self.signer: Signer | None = None
        if len(auth.signer_infos) == len(envelope.signatures) == 1:
            info = auth.signer_infos[0]
            key = _public_key(info)
            self.signer = _signer(Address(address_of(key)), info, envelope.signatures[0]) if key else None


def read_head(raw: bytes) -> Head:
    """Return what can be said of some bytes without decoding messages.

    Raises: SdkError(TX_DECODE, INSUFFICIENT_FEE, INVALID_PUBKEY, NOT_SUPPORTED).
    """
    try:
        envelope = TxRaw.FromString(raw)
        return Head(envelope, AuthInfo.FromString(envelope.auth_info_bytes))
    except DecodeError as error:
        raise SdkError(SdkCode.TX_DECODE, str(error)) from error


def _calls(body: TxBody, router: Router) -> tuple[Call, ...]:
    if not body.messages:
        raise SdkError(SdkCode.INVALID_REQUEST, "must contain at least one message")
    if len(body.messages) > MAX_MESSAGES:
        raise SdkError(SdkCode.INVALID_REQUEST, f"more than {MAX_MESSAGES} messages")
    calls = []
    for packed in body.messages:
        route = router.route(packed.type_url)
        calls.append(Call(route, guarded(route.type_url, route.message.parse, _unpack(route.new, packed.value))))
    return tuple(calls)


def _unpack(kind: type[M], value: bytes) -> M:
    message = kind()
    try:
        message.ParseFromString(value)
        check_unknown_fields(message, value)
    except (DecodeError, TxDecodeError) as error:
        raise SdkError(SdkCode.TX_DECODE, f"{kind.DESCRIPTOR.full_name}: {error}") from error
    return message


def _read_body(tx: Tx, body: TxBody) -> None:
    if body.extension_options:
        raise SdkError(SdkCode.UNKNOWN_EXTENSION_OPTIONS, body.extension_options[0].type_url[:200])
    if body.unordered or body.HasField("timeout_timestamp"):
        raise SdkError(SdkCode.NOT_SUPPORTED, "unordered transactions and timeouts by time are not supported")
    tx.memo_size = len(body.memo.encode())
    tx.timeout_height = body.timeout_height


def _read_auth(tx: Tx, auth: AuthInfo, signatures: Sequence[bytes]) -> None:
    fee = auth.fee
    if fee.granter:
        raise SdkError(SdkCode.NOT_SUPPORTED, "fee grants (fee.granter)")
    if fee.gas_limit > MAX_GAS_WANTED:
        raise SdkError(SdkCode.INVALID_REQUEST, f"invalid gas supplied; {fee.gas_limit} > {MAX_GAS_WANTED}")
    tx.gas_limit = fee.gas_limit
    tx.fee = _fee(fee.amount)
    required = _signers_of(tx.calls)
    if fee.payer:
        tx.payer = parse_address(fee.payer, "fee payer address")
        if tx.payer not in required:
            required = (*required, tx.payer)
    infos: Sequence[SignerInfo] = auth.signer_infos
    tx.fault = _count_fault(len(required), len(signatures), len(infos))
    if tx.fault is not None:
        signatures = [*signatures, *[b""] * (len(required) - len(signatures))]
        infos = [*infos, *[SignerInfo()] * (len(required) - len(infos))]
    tx.signers = tuple(map(_signer, required, infos, signatures))


def _signers_of(calls: tuple[Call, ...]) -> tuple[Address, ...]:
    signers = calls[0].parsed.signers
    if len(calls) == 1 and len(signers) == 1:
        return signers
    return tuple(dict.fromkeys(signer for call in calls for signer in call.parsed.signers))


def _count_fault(expected: int, signatures: int, infos: int) -> SdkError | None:
    if signatures == 0:
        return SdkError(SdkCode.NO_SIGNATURES)
    got = signatures if signatures != expected else infos
    if got != expected:
        return SdkError(SdkCode.UNAUTHORIZED, f"wrong number of signers; expected {expected}, got {got}")
    return None


def _signer(address: Address, info: SignerInfo, signature: bytes) -> Signer:
    return Signer(address, _public_key(info), info.sequence, signature, _mode_fault(info.mode_info))


def _public_key(info: SignerInfo) -> bytes:
    if not info.HasField("public_key"):
        return b""
    kind = info.public_key.type_url
    if kind == MULTISIG_URL:
        raise SdkError(SdkCode.NOT_SUPPORTED, "multi-signature accounts (LegacyAminoPubKey)")
    if kind != PUBLIC_KEY_URL:
        raise SdkError(SdkCode.INVALID_PUBKEY, f"public keys of type {kind[:200]} are not supported for accounts")
    value = info.public_key.value
    public_key = value[2:] if len(value) == 35 and value.startswith(_PUBLIC_KEY_HEAD) else _unpack(PubKey, value).key
    if len(public_key) != 33 or public_key[0] not in (2, 3):
        raise SdkError(SdkCode.INVALID_PUBKEY, "a secp256k1 public key has 33 bytes, the first 02 or 03")
    return public_key


def _mode_fault(mode: ModeInfo) -> SdkError | None:
    # Not an error yet: a simulation carries SIGN_MODE_UNSPECIFIED.
    if mode.HasField("multi"):
        return SdkError(SdkCode.NOT_SUPPORTED, "multi-signature sign mode")
    number = mode.single.mode
    if number != _DIRECT:
        known = SignMode.Name(number) if number in SignMode.values() else f"number {number}"
        return SdkError(SdkCode.NOT_SUPPORTED, f"sign mode {known}")
    return None


def _fee(amount: Sequence[CoinPb]) -> Coins:
    items = tuple((item.denom, item.amount) for item in amount)
    if len(items) == 1 and len(items[0][0]) < 130 and len(items[0][1]) < 80:
        return _known_fee(items)
    return _fee_coins(items)


def _fee_coins(items: tuple[tuple[str, str], ...]) -> Coins:
    result = []
    for denom, text in items:
        if not text.isascii() or not text.isdigit() or len(text) > 78 or int(text) > MAX_AMOUNT:
            raise SdkError(SdkCode.INSUFFICIENT_FEE, f"invalid fee amount: {text[:100]}{denom[:130]}")
        if int(text):
            # Zero coins are no fee; some clients send them.
            result.append(Coin(denom, int(text)))
    try:
        return coins(result)
    except ValueError as error:
        raise SdkError(SdkCode.INSUFFICIENT_FEE, f"invalid fee amount: {error}") from error


# Most transactions offer one of a few fees.
_known_fee = lru_cache(maxsize=1_024)(_fee_coins)
