"""The transaction envelope: what is taken, what is refused, what is signed."""

import pytest
from google.protobuf.any_pb2 import Any
from hypothesis import given
from hypothesis import strategies as st

from chain.codec.tx import TxDecodeError, check_unknown_fields, decode_tx, sign_bytes
from chain.pb.cosmos.bank.v1beta1.tx_pb2 import MsgSend
from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin
from chain.pb.cosmos.tx.v1beta1.tx_pb2 import AuthInfo, Fee, ModeInfo, SignerInfo, TxBody, TxRaw
from tests.vectors import load

VECTORS = load("independent/sign_mode_direct.json")
SEND = MsgSend(from_address="lamp1a", to_address="lamp1b", amount=[Coin(denom="ulamp", amount="5")])
BODY = TxBody(memo="hi", timeout_height=9)
BODY.messages.add(type_url="/cosmos.bank.v1beta1.MsgSend", value=SEND.SerializeToString())
AUTH = AuthInfo(
    signer_infos=[SignerInfo(mode_info=ModeInfo(single=ModeInfo.Single(mode=1)), sequence=7)],
    fee=Fee(gas_limit=1000, amount=[Coin(denom="ulamp", amount="1")]),
)


def field(number: int, wire: int, payload: bytes) -> bytes:
    """A field's bytes: tag, for wire type 2 the length, then the payload."""
    tag = varint(number << 3 | wire)
    return tag + (varint(len(payload)) if wire == 2 else b"") + payload


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes((value & 127 | 128,)), value >> 7
    return out + bytes((value,))


def raw(body: bytes | None = None, auth: bytes | None = None, signature: bytes = b"\x01" * 64) -> bytes:
    body = BODY.SerializeToString() if body is None else body
    auth = AUTH.SerializeToString() if auth is None else auth
    return TxRaw(body_bytes=body, auth_info_bytes=auth, signatures=[signature]).SerializeToString()


def test_a_transaction_comes_apart_into_what_it_was_made_of():
    envelope, body, auth = decode_tx(raw())
    assert (body, auth, list(envelope.signatures)) == (BODY, AUTH, [b"\x01" * 64])


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_cosmjs_and_we_agree_on_every_byte(vector):
    envelope, body, auth = decode_tx(bytes.fromhex(vector["tx"]))
    assert envelope.body_bytes.hex() == vector["bodyBytes"]
    assert envelope.auth_info_bytes.hex() == vector["authInfoBytes"]
    assert [signature.hex() for signature in envelope.signatures] == [vector["signature"]]
    assert (body.memo, body.timeout_height) == (vector["memo"], vector["timeoutHeight"])
    assert (auth.fee.gas_limit, auth.signer_infos[0].sequence) == (vector["gas"], vector["sequence"])
    signed = sign_bytes(envelope.body_bytes, envelope.auth_info_bytes, vector["chainId"], vector["accountNumber"])
    assert signed.hex() == vector["signBytes"]


BODY_BYTES, AUTH_BYTES = BODY.SerializeToString(), AUTH.SerializeToString()
SIGNATURE = field(3, 2, b"\x01" * 64)
ENVELOPES = {
    "fields in another order": field(2, 2, AUTH_BYTES) + field(1, 2, BODY_BYTES) + SIGNATURE,
    "the body twice": field(1, 2, BODY_BYTES) * 2 + field(2, 2, AUTH_BYTES) + SIGNATURE,
    "a length that is a byte too long": b"\x0a" + bytes((len(BODY_BYTES) | 128, 0)) + BODY_BYTES + SIGNATURE,
    "a tag that is a byte too long": b"\x8a\x00" + field(1, 2, BODY_BYTES)[1:] + SIGNATURE,
    "an empty body that could be left out": field(1, 2, b"") + field(2, 2, AUTH_BYTES) + SIGNATURE,
}


@pytest.mark.parametrize("data", ENVELOPES.values(), ids=ENVELOPES.keys())
def test_an_envelope_has_one_encoding_only(data):
    TxRaw.FromString(data)
    with pytest.raises(TxDecodeError, match="canonical"):
        decode_tx(data)


UNKNOWN = {
    "envelope": (raw() + field(4, 0, b"\x01"), r"unknown field 4 in cosmos.tx.v1beta1.TxRaw"),
    "envelope, in the range for what may be ignored": (raw() + field(1024, 0, b"\x01"), "unknown field 1024"),
    "body": (raw(BODY_BYTES + field(6, 2, b"x")), r"unknown field 6 in cosmos.tx.v1beta1.TxBody"),
    "auth info": (raw(auth=AUTH_BYTES + field(4, 0, b"\x01")), r"unknown field 4 in cosmos.tx.v1beta1.AuthInfo"),
    "auth info, in the range for what may be ignored": (raw(auth=AUTH_BYTES + field(1024, 0, b"\1")), "field 1024"),
    "fee": (raw(auth=field(2, 2, field(9, 0, b"\x01"))), r"unknown field 9 in cosmos.tx.v1beta1.Fee"),
    "coin of the fee": (
        raw(auth=field(2, 2, field(1, 2, field(3, 0, b"\x01")))),
        r"field 3 in cosmos.base.v1beta1.Coin",
    ),
    "mode": (raw(auth=field(1, 2, field(2, 2, field(1, 2, field(2, 0, b"\1"))))), r"field 2 in .*ModeInfo.Single"),
    "message's packing": (raw(field(1, 2, field(3, 0, b"\x01"))), r"unknown field 3 in google.protobuf.Any"),
    "memo of another type": (raw(field(2, 0, b"\x01")), r"wrong wire type of field 2 in cosmos.tx.v1beta1.TxBody"),
}


@pytest.mark.parametrize(("data", "text"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_unknown_fields_are_refused_wherever_they_are(data, text):
    with pytest.raises(TxDecodeError, match=text):
        decode_tx(data)


@pytest.mark.parametrize("number", [1024, 1030, 2046, 3072])
def test_a_body_may_have_fields_that_may_be_ignored(number):
    data = raw(BODY_BYTES + field(number, 2, b"whatever"))
    envelope, body, _ = decode_tx(data)
    assert body == BODY
    # What was signed is what was received, ignored parts included.
    assert envelope.body_bytes == BODY_BYTES + field(number, 2, b"whatever")


def test_a_field_that_may_be_ignored_excuses_no_other():
    with pytest.raises(TxDecodeError, match="unknown field 6 "):
        decode_tx(raw(BODY_BYTES + field(1024, 0, b"\x01") + field(6, 0, b"\x01")))


@pytest.mark.parametrize(
    "body",
    [
        field(3, 0, b"\x09") + field(2, 2, b"hi") + BODY_BYTES.removesuffix(b"\x12\x02hi\x18\x09"),
        BODY_BYTES + field(3, 0, b"\x09"),
        BODY_BYTES.replace(b"\x18\x09", b"\x18\x89\x00"),
    ],
    ids=["another order", "a field twice", "a longer number"],
)
def test_a_body_may_have_any_encoding_since_its_bytes_are_signed(body):
    assert body != BODY_BYTES
    envelope, decoded, _ = decode_tx(raw(body))
    assert (decoded, envelope.body_bytes) == (BODY, body)


@pytest.mark.parametrize(
    "data",
    [b"\x0a", b"\xff" * 20, raw()[:-1], raw(b"\x0a\xff"), raw(auth=b"\x12\x05\x08"), raw(field(2, 2, b"\xff\xfe"))],
    ids=["cut", "noise", "cut in the signature", "cut body", "cut auth info", "memo is not UTF-8"],
)
def test_what_is_no_protobuf_is_refused(data):
    with pytest.raises(TxDecodeError):
        decode_tx(data)


def test_the_error_of_a_body_names_it():
    with pytest.raises(TxDecodeError, match=r"cosmos\.tx\.v1beta1\.TxBody"):
        decode_tx(raw(b"\x0a\xff"))


@given(st.binary(max_size=200))
def test_noise_is_refused_or_decodes_to_itself(data):
    try:
        envelope, _, _ = decode_tx(data)
    except TxDecodeError:
        return
    assert envelope.SerializeToString() == data


@given(st.integers(0, len(raw()) - 1), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_decodes_to_something_else(place, value):
    data = bytearray(raw())
    changed = data[place] != value
    data[place] = value
    try:
        parts = decode_tx(bytes(data))
    except TxDecodeError:
        return
    assert (parts != decode_tx(raw())) == changed


def test_a_message_is_checked_after_it_was_unpacked():
    good = SEND.SerializeToString()
    check_unknown_fields(MsgSend.FromString(good), good)
    bad = good + field(4, 0, b"\x01")
    with pytest.raises(TxDecodeError, match=r"unknown field 4 in cosmos\.bank\.v1beta1\.MsgSend"):
        check_unknown_fields(MsgSend.FromString(bad), bad)
    with pytest.raises(TxDecodeError, match="unknown field 1024 "):
        check_unknown_fields(MsgSend.FromString(good + field(1024, 0, b"\x01")), good + field(1024, 0, b"\x01"))


def test_sign_bytes_leave_out_what_is_zero_or_empty():
    assert sign_bytes(b"b", b"", "", 0) == b"\x0a\x01b"
    assert sign_bytes(b"b", b"a", "c", 300) == b"\x0a\x01b\x12\x01a\x1a\x01c\x20\xac\x02"


@pytest.mark.parametrize("part", [field(1, 2, field(1024, 0, b"\1")), field(1024, 0, b"\1")], ids=["deep", "flat"])
def test_a_flood_of_parts_to_be_ignored_is_refused(part):
    with pytest.raises(TxDecodeError, match="more than 10000 parts"):
        decode_tx(raw(part * 10_001))
    with pytest.raises(TxDecodeError, match="bytes of unknown fields"):
        decode_tx(raw(part * 100_000))


def test_many_small_parts_do_not_take_long():
    """A megabyte of empty messages in another order is settled by a few calls of the library, not by a walk."""
    body = field(2, 2, b"memo") + field(1, 2, b"") * 300_000
    _, decoded, _ = decode_tx(raw(body))
    assert decoded.messages[0] == Any()
    assert len(decoded.messages) == 300_000
