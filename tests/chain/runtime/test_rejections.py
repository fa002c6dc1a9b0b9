"""What a transaction can be refused for, each with the code and the text that clients get."""

from collections.abc import Callable

import pytest

from chain.pb.cosmos.bank.v1beta1.tx_pb2 import MsgMultiSend, MsgSend
from chain.pb.cosmos.crypto.multisig.keys_pb2 import LegacyAminoPubKey
from chain.pb.cosmos.crypto.secp256r1.keys_pb2 import PubKey as P256Key
from chain.pb.cosmos.tx.signing.v1beta1.signing_pb2 import SignMode
from chain.pb.cosmos.tx.v1beta1.tx_pb2 import AuthInfo, TxBody, TxRaw
from chain.runtime.fees import parse_gas_prices
from chain.runtime.tx import MAX_MESSAGES, MAX_TX_BYTES
from chain.testing import TestChain
from tests.chain.runtime.transactions import altered, bank_chain, send

SECP256K1_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

Make = Callable[[TestChain], bytes]


def _high_s(tx: TxRaw) -> None:
    signature = tx.signatures[0]
    s = SECP256K1_ORDER - int.from_bytes(signature[32:], "big")
    tx.signatures[0] = signature[:32] + s.to_bytes(32, "big")


def _multisig(info: AuthInfo) -> None:
    info.signer_infos[0].public_key.Pack(LegacyAminoPubKey(threshold=1), type_url_prefix="/")


def _p256(info: AuthInfo) -> None:
    info.signer_infos[0].public_key.Pack(P256Key(key=b"\x02" * 33), type_url_prefix="/")


def _mode(mode: int) -> Callable[[AuthInfo], None]:
    def change(info: AuthInfo) -> None:
        info.signer_infos[0].mode_info.single.mode = mode  # type: ignore[assignment]

    return change


def _multi_mode(info: AuthInfo) -> None:
    info.signer_infos[0].mode_info.multi.mode_infos.add().single.mode = SignMode.SIGN_MODE_DIRECT


def _extension(body: TxBody) -> None:
    body.extension_options.add(type_url="/some.Extension")


def _unordered(body: TxBody) -> None:
    body.unordered = True


def _timeout_by_time(body: TxBody) -> None:
    body.timeout_timestamp.seconds = 1


def _unknown_message(body: TxBody) -> None:
    body.messages[0].type_url = "/no.such.Msg"


def _unknown_field_in_message(body: TxBody) -> None:
    body.messages[0].value += b"\xfa\x3f\x01x"


def _garbage_in_message(body: TxBody) -> None:
    body.messages[0].value = b"\xff\xff"


def _signers_twice(info: AuthInfo) -> None:
    info.signer_infos.append(info.signer_infos[0])


def _foreign_key(chain: TestChain) -> Callable[[AuthInfo], None]:
    other = AuthInfo.FromString(TxRaw.FromString(chain.tx(send(chain, "bob"), signer="bob")).auth_info_bytes)

    def change(info: AuthInfo) -> None:
        info.signer_infos[0].public_key.CopyFrom(other.signer_infos[0].public_key)

    return change


def _empty_key(info: AuthInfo) -> None:
    info.signer_infos[0].ClearField("public_key")


def _short_key(info: AuthInfo) -> None:
    info.signer_infos[0].public_key.value = b"\x0a\x02\x02\x02"


def _fee(amount: str, denom: str = "ulamp") -> Callable[[AuthInfo], None]:
    return lambda info: info.fee.amount.add(denom=denom, amount=amount)


def _non_canonical(raw: bytes) -> bytes:
    # The body's length in two bytes more than it needs, which protobuf itself would accept.
    tx = TxRaw.FromString(raw)
    size = len(tx.body_bytes)
    assert size > 127
    long_size = bytes([size & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, 0])
    head = b"\x0a" + bytes([size & 0x7F | 0x80, size >> 7])
    assert raw.startswith(head)
    return b"\x0a" + long_size + raw[len(head) :]


REJECTIONS: dict[str, tuple[Make, int, str]] = {
    "empty": (lambda c: b"", 2, "tx parse error"),
    "random bytes": (lambda c: b"\xff\x00garbage", 2, "tx parse error"),
    "cut off": (lambda c: c.tx(send(c))[:-10], 2, "tx parse error"),
    "bytes behind": (lambda c: c.tx(send(c)) + b"\xfa\x3f\x01x", 2, "tx parse error"),
    "not canonical": (lambda c: _non_canonical(c.tx(send(c))), 2, "tx parse error"),
    "unknown type URL": (
        lambda c: altered(c.tx(send(c)), _unknown_message),
        2,
        "unable to resolve type URL /no.such.Msg",
    ),
    "unknown field": (lambda c: altered(c.tx(send(c)), _unknown_field_in_message), 2, "tx parse error"),
    "garbage message": (lambda c: altered(c.tx(send(c)), _garbage_in_message), 2, "tx parse error"),
    "too large": (lambda c: bytes(MAX_TX_BYTES + 1), 21, "tx too large"),
    "no message": (
        lambda c: altered(c.tx(send(c)), lambda b: b.ClearField("messages")),
        18,
        "must contain at least one",
    ),
    "too many messages": (lambda c: c.tx(*[send(c)] * (MAX_MESSAGES + 1)), 18, "more than 1000 messages"),
    "unordered": (lambda c: altered(c.tx(send(c)), _unordered), 37, "unordered transactions"),
    "timeout by time": (lambda c: altered(c.tx(send(c)), _timeout_by_time), 37, "timeouts by time"),
    "critical extension": (lambda c: altered(c.tx(send(c)), _extension), 31, "unknown extension options"),
    "granter": (lambda c: c.tx(send(c), granter=str(c.address("bob"))), 37, "fee grants"),
    "bad payer": (lambda c: c.tx(send(c), payer="lamp1bad"), 7, "invalid fee payer address"),
    "payer did not sign": (
        lambda c: c.tx(send(c), payer=str(c.address("bob"))),
        4,
        "wrong number of signers; expected 2, got 1: unauthorized",
    ),
    "negative fee": (lambda c: altered(c.tx(send(c)), auth=_fee("-1")), 13, "insufficient fee"),
    "huge fee": (lambda c: altered(c.tx(send(c)), auth=_fee("9" * 78)), 13, "insufficient fee"),
    "fee of a bad denom": (lambda c: altered(c.tx(send(c)), auth=_fee("1", "x")), 13, "insufficient fee"),
    "fee beyond the balance": (lambda c: c.tx(send(c), fee="2000000ulamp"), 5, "insufficient funds"),
    "gas above int64": (
        lambda c: altered(c.tx(send(c)), auth=lambda i: setattr(i.fee, "gas_limit", 2**63)),
        18,
        "invalid gas supplied",
    ),
    "no signature": (
        lambda c: altered(c.tx(send(c)), envelope=lambda t: t.ClearField("signatures")),
        15,
        "no signatures",
    ),
    "two signatures": (
        lambda c: altered(c.tx(send(c)), envelope=lambda t: t.signatures.append(b"x" * 64)),
        4,
        "wrong number of signers; expected 1, got 2: unauthorized",
    ),
    "two signer infos": (
        lambda c: altered(c.tx(send(c)), auth=_signers_twice),
        4,
        "wrong number of signers; expected 1, got 2: unauthorized",
    ),
    "memo too long": (
        lambda c: c.tx(send(c), memo="m" * 257),
        12,
        "maximum number of characters is 256 but received 257 characters: memo too large",
    ),
    "expired": (lambda c: c.tx(send(c), timeout_height=1), 30, "block height: 2, timeout height: 1: tx timeout height"),
    "unknown account": (lambda c: c.tx(send(c, "nobody"), signer="nobody"), 9, "does not exist: unknown address"),
    "multisig key": (lambda c: altered(c.tx(send(c)), auth=_multisig), 37, "LegacyAminoPubKey"),
    "multisig mode": (lambda c: altered(c.tx(send(c)), auth=_multi_mode), 37, "multi-signature sign mode"),
    "P-256 key": (lambda c: altered(c.tx(send(c)), auth=_p256), 8, "/cosmos.crypto.secp256r1.PubKey"),
    "short key": (lambda c: altered(c.tx(send(c)), auth=_short_key), 8, "invalid pubkey"),
    "key of another": (
        lambda c: altered(c.tx(send(c)), auth=_foreign_key(c)),
        8,
        "pubKey does not match signer address",
    ),
    "no key at all": (
        lambda c: altered(c.tx(send(c, "carol"), signer="carol"), auth=_empty_key),
        8,
        "pubkey on account is not set",
    ),
    "amino mode": (
        lambda c: altered(c.tx(send(c)), auth=_mode(SignMode.SIGN_MODE_LEGACY_AMINO_JSON)),
        37,
        "sign mode SIGN_MODE_LEGACY_AMINO_JSON",
    ),
    "unspecified mode": (lambda c: altered(c.tx(send(c)), auth=_mode(0)), 37, "sign mode SIGN_MODE_UNSPECIFIED"),
    "unheard-of mode": (lambda c: altered(c.tx(send(c)), auth=_mode(99)), 37, "sign mode number 99"),
    "sequence too high": (
        lambda c: c.tx(send(c), sequence=7),
        32,
        "account sequence mismatch, expected 1, got 7: incorrect account sequence",
    ),
    "replay": (
        lambda c: c.tx(send(c), sequence=0),
        32,
        "account sequence mismatch, expected 1, got 0: incorrect account sequence",
    ),
    "another chain": (
        lambda c: c.tx(send(c), chain_id="elsewhere-1"),
        4,
        "signature verification failed; please verify account number (0), sequence (1) and "
        "chain-id (lamppost-test-1): unauthorized",
    ),
    "another account number": (lambda c: c.tx(send(c), number=5), 4, "signature verification failed"),
    "signed by another": (lambda c: c.tx(send(c), sign_with="bob"), 4, "signature verification failed"),
    "high S": (lambda c: altered(c.tx(send(c)), envelope=_high_s), 4, "signature verification failed"),
    "short signature": (
        lambda c: altered(c.tx(send(c)), envelope=lambda t: t.signatures.__setitem__(0, b"x" * 63)),
        4,
        "signature verification failed",
    ),
    "changed after signing": (
        lambda c: altered(c.tx(send(c)), lambda b: setattr(b, "memo", "more")),
        4,
        "signature verification failed",
    ),
    "no gas": (
        lambda c: c.tx(send(c), gas=0),
        11,
        "out of gas in location: txSize; gasWanted: 0, gasUsed: ",
    ),
    "gas for no signature": (lambda c: c.tx(send(c), gas=18_900), 11, "out of gas in location: ante verify: secp256k1"),
    "zero amount": (lambda c: c.tx(send(c, amount="0")), 10, "invalid coins"),
    "negative amount": (lambda c: c.tx(send(c, amount="-5")), 10, "invalid coins"),
    "empty amount": (lambda c: c.tx(send(c, amount="")), 10, "invalid coins"),
    "huge amount": (lambda c: c.tx(send(c, amount="9" * 80)), 10, "invalid coins"),
    "bad denom": (lambda c: c.tx(send(c, denom="1x")), 10, "invalid coins"),
    "bad recipient": (
        lambda c: c.tx(MsgSend(from_address=str(c.address("alice")), to_address="x", amount=send(c).amount)),
        7,
        "invalid address",
    ),
}
"""Name: transaction, code in codespace sdk, part of the text. Alice has sent once before."""

CHECKED = sorted(REJECTIONS)


@pytest.mark.parametrize("name", CHECKED)
def test_a_refused_transaction_gets_its_code_in_the_mempool_and_in_a_block_and_writes_nothing(name: str) -> None:
    make, code, text = REJECTIONS[name]
    with bank_chain() as chain:
        chain.ok(send(chain))
        raw = make(chain)
        empty = chain.app.finalize_block(chain.block()).app_hash

        checked = chain.check(raw)
        assert (checked.codespace, checked.code) == ("sdk", code), checked.log
        assert text in checked.log

        block = chain.deliver(raw, process=False)
        result = block.tx_results[0]
        assert (result.codespace, result.code) == ("sdk", code), result.log
        assert text in result.log
        assert not result.events and not result.data
        assert block.app_hash == empty


@pytest.mark.parametrize(
    ("name", "amount", "denom", "code", "text"),
    [
        ("overdraft", "2000000", "ulamp", 5, "insufficient funds"),
        ("unknown denom", "1", "nosuch", 5, "insufficient funds"),
    ],
)
def test_a_message_that_fails_in_a_block_costs_fee_and_sequence(
    name: str, amount: str, denom: str, code: int, text: str
) -> None:
    with bank_chain() as chain:
        raw = chain.tx(send(chain), send(chain, amount=amount, denom=denom), fee="7ulamp")
        assert chain.check(raw).code == 0
        result = chain.deliver(raw).tx_results[0]
        assert (result.codespace, result.code) == ("sdk", code)
        assert result.log.startswith("failed to execute message; message index: 1: ") and text in result.log
        assert [event.type for event in result.events][-3:] == ["tx", "tx", "tx"]
        alice, bob = chain.address("alice"), chain.address("bob")
        bank = chain.wiring.fees
        assert bank.balance(chain.ctx(), alice, "ulamp") == 1_000_000 - 7  # type: ignore[attr-defined]
        assert bank.balance(chain.ctx(), bob, "ulamp") == 1_000  # type: ignore[attr-defined]
        assert chain.sequence("alice") == 1


def test_running_out_of_gas_in_a_message_costs_fee_and_sequence() -> None:
    with bank_chain() as chain:
        result = chain.run(send(chain), fee="7ulamp", gas=21_000)
        assert (result.codespace, result.code) == ("sdk", 11)
        assert result.log.startswith("out of gas in location: ")
        assert "gasWanted: 21000, gasUsed: " in result.log
        assert result.gas_used > result.gas_wanted == 21_000
        assert chain.sequence("alice") == 1


def test_the_gas_limit_of_a_block_limits_a_transaction() -> None:
    with bank_chain(max_gas=1_000_000) as chain:
        raw = chain.tx(send(chain), gas=1_000_001)
        for answer in (chain.check(raw), chain.deliver(raw, process=False).tx_results[0]):
            assert (answer.codespace, answer.code) == ("sdk", 41)
            assert answer.log == "tx gas limit 1000001 exceeds block max gas 1000000: invalid gas limit"


def test_more_signatures_than_the_limit_are_refused() -> None:
    names = [f"signer{number}" for number in range(8)]
    with TestChain(accounts=dict.fromkeys(names, "10ulamp")) as chain:
        raw = chain.tx(*[send(chain, name, "signer0", "1") for name in names], signer=names)
        for answer in (chain.check(raw), chain.deliver(raw).tx_results[0]):
            assert (answer.codespace, answer.code) == ("sdk", 14)
            assert answer.log == "signatures: 8, limit: 7: maximum number of signatures exceeded"


def test_a_fee_below_the_nodes_price_is_refused_by_the_mempool_alone() -> None:
    with bank_chain(gas_prices=parse_gas_prices("0.025ulamp,1uother")) as chain:
        raw = chain.tx(send(chain), fee="2499ulamp", gas=100_000)
        checked = chain.check(raw)
        assert (checked.codespace, checked.code) == ("sdk", 13)
        assert checked.log == "insufficient fees; got: 2499ulamp required: 2500ulamp,100000uother: insufficient fee"
        assert chain.deliver(raw).tx_results[0].code == 0
        assert chain.check(chain.tx(send(chain), fee="2500ulamp", gas=100_000)).code == 0


def test_a_message_unknown_to_the_router_is_refused_by_name() -> None:
    with bank_chain() as chain:
        raw = altered(
            chain.tx(send(chain)), lambda b: b.messages[0].Pack(MsgMultiSend(), type_url_prefix="other.host/")
        )
        assert chain.check(raw).code == 2
