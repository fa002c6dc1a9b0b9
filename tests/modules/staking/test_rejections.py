"""Every rejection of every message, by codespace and code, with nothing written."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as Packed

from chain.pb.cosmos.staking.v1beta1 import staking_pb2, tx_pb2
from chain.pb.tendermint.abci import types_pb2 as abci
from chain.primitives.errors import SdkCode
from chain.testing import TestChain
from chain.testing_votes import consensus_key
from modules.staking.errors import StakingCode
from tests.modules.staking.world import (
    DAY,
    LAMP,
    UNBONDING,
    address_of,
    cancel,
    create,
    delegate,
    keeper,
    make_chain,
    operator,
    packed_key,
    rates,
    redelegate,
    scaled,
    undelegate,
    validator,
)

S, SDK = "staking", "sdk"
Make = Callable[[TestChain], Any]


@pytest.fixture(scope="module")
def chain() -> Iterator[TestChain]:
    with make_chain(authority="alice") as made:
        made.advance(1)
        made.ok(delegate(made, "alice", "v1", 10 * LAMP), signer="alice")
        made.ok(redelegate(made, "alice", "v1", "v2", LAMP), signer="alice")
        made.ok(undelegate(made, "alice", "v1", LAMP), signer="alice")
        yield made


def refused(chain: TestChain, message: Any, codespace: str, code: int, text: str, signer: str) -> None:
    before = chain.store.roots(chain.height)["bank"], chain.export()["staking"]
    # Another node's proposal would be rejected for what fails without looking at the state.
    result = chain.deliver(chain.tx(message, signer=signer), process=False).tx_results[0]
    assert (result.codespace, result.code) == (codespace, int(code)), result.log
    assert text in result.log
    assert (chain.store.roots(chain.height)["bank"], chain.export()["staking"]) == before


NEW = [
    (S, StakingCode.EMPTY_VALIDATOR_PUBKEY, {"pubkey": None}, "empty validator public key"),
    (SDK, SdkCode.INVALID_REQUEST, {"value": {"denom": "ulamp", "amount": "0"}}, "invalid delegation amount"),
    (SDK, SdkCode.INVALID_REQUEST, {"value": {"denom": "ulamp", "amount": "-5"}}, "invalid delegation amount"),
    (SDK, SdkCode.INVALID_REQUEST, {"value": {"denom": "", "amount": "5"}}, "invalid delegation amount"),
    (SDK, SdkCode.INVALID_REQUEST, {"value": {"denom": "other", "amount": "5"}}, "expected ulamp"),
    (SDK, SdkCode.INVALID_REQUEST, {"description": None}, "empty description"),
    (SDK, SdkCode.INVALID_REQUEST, {"commission": None}, "empty commission"),
    (SDK, SdkCode.INVALID_REQUEST, {"min_self_delegation": "0"}, "must be a positive integer"),
    (SDK, SdkCode.INVALID_REQUEST, {"min_self_delegation": "x"}, "must be a positive integer"),
    (S, StakingCode.SELF_DELEGATION_BELOW_MINIMUM, {"min_self_delegation": str(2 * LAMP)}, "self delegation"),
    (S, StakingCode.COMMISSION_NEGATIVE, {"commission": rates("0", "-0.1", "0")}, "must be positive"),
    (S, StakingCode.COMMISSION_NEGATIVE, {"commission": rates("-0.1", "0.1", "0")}, "must be positive"),
    (S, StakingCode.COMMISSION_HUGE, {"commission": rates("0.1", "1.1", "0.1")}, "more than 100%"),
    (S, StakingCode.COMMISSION_GT_MAX_RATE, {"commission": rates("0.3", "0.2", "0.1")}, "more than the max rate"),
    (S, StakingCode.COMMISSION_CHANGE_RATE_NEGATIVE, {"commission": rates("0.1", "0.2", "-0.1")}, "change rate"),
    (S, StakingCode.COMMISSION_CHANGE_RATE_GT_MAX_RATE, {"commission": rates("0.1", "0.2", "0.3")}, "change rate"),
    (SDK, SdkCode.INVALID_ADDRESS, {"validator_address": "lamp1nonsense"}, "invalid validator address"),
    (SDK, SdkCode.INVALID_PUBKEY, {"pubkey": packed_key(b"short")}, "32 bytes"),
    (
        S,
        StakingCode.VALIDATOR_PUBKEY_TYPE_NOT_SUPPORTED,
        {"pubkey": packed_key(b"k" * 33, "/cosmos.crypto.secp256k1.PubKey")},
        "got: secp256k1, expected: [ed25519]",
    ),
    (SDK, SdkCode.INVALID_PUBKEY, {"pubkey": Packed(type_url="/cosmos.crypto.ed25519.PubKey", value=b"\xff")}, ""),
    (S, StakingCode.VALIDATOR_PUBKEY_EXISTS, {"pubkey": packed_key(consensus_key("v1"))}, "for this pubkey"),
    (SDK, SdkCode.INSUFFICIENT_FUNDS, {"value": {"denom": "ulamp", "amount": str(10**13)}}, "insufficient funds"),
    (SDK, SdkCode.INVALID_REQUEST, {"description": {"moniker": "m" * 71}}, "invalid moniker length; got: 71, max: 70"),
    (SDK, SdkCode.INVALID_REQUEST, {"description": {"details": "m" * 281}}, "invalid details length"),
    (SDK, SdkCode.INVALID_REQUEST, {"commission": staking_pb2.CommissionRates(rate="0.1")}, "no decimal"),
]


@pytest.mark.parametrize(("codespace", "code", "changes", "text"), NEW)
def test_a_bad_new_validator_is_refused(
    chain: TestChain, codespace: str, code: int, changes: dict[str, Any], text: str
) -> None:
    whole = {field: _message(field, value) for field, value in changes.items()}
    message = create(chain, "bob", LAMP, **whole)
    if "validator_address" in changes:
        # A message without a readable signer never gets as far as a signature.
        checked = chain.check(chain.tx(message, signer="bob"))
        assert (checked.codespace, checked.code) == (codespace, int(code))
        chain.advance(1)
        return
    refused(chain, message, codespace, code, text, "bob")


def _message(field: str, value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    made = tx_pb2.MsgCreateValidator()
    for name, item in value.items():
        setattr(getattr(made, field), name, item)
    return getattr(made, field)


OTHERS: list[tuple[str, int, Make, str]] = [
    (S, StakingCode.VALIDATOR_OWNER_EXISTS, lambda c: (create(c, "v1", LAMP), "v1"), "for this operator address"),
    (S, StakingCode.NO_VALIDATOR_FOUND, lambda c: (delegate(c, "alice", "bob", 5), "alice"), "does not exist"),
    (SDK, SdkCode.INVALID_REQUEST, lambda c: (delegate(c, "alice", "v1", 0), "alice"), "invalid delegation amount"),
    (SDK, SdkCode.INVALID_REQUEST, lambda c: (delegate(c, "alice", "v1", 5, "other"), "alice"), "got other, expected"),
    (SDK, SdkCode.INSUFFICIENT_FUNDS, lambda c: (delegate(c, "alice", "v1", 10**13), "alice"), "insufficient funds"),
    (S, StakingCode.NO_VALIDATOR_FOUND, lambda c: (undelegate(c, "alice", "bob", 5), "alice"), "does not exist"),
    (S, StakingCode.NO_DELEGATION, lambda c: (undelegate(c, "bob", "v1", 5), "bob"), "no delegation for"),
    (SDK, SdkCode.INVALID_REQUEST, lambda c: (undelegate(c, "alice", "v1", 10**9), "alice"), "invalid shares amount"),
    (SDK, SdkCode.INVALID_REQUEST, lambda c: (undelegate(c, "alice", "v1", 0), "alice"), "invalid shares amount"),
    (SDK, SdkCode.INVALID_REQUEST, lambda c: (undelegate(c, "alice", "v1", 5, "other"), "alice"), "expected ulamp"),
    (S, StakingCode.SELF_REDELEGATION, lambda c: (redelegate(c, "alice", "v1", "v1", 5), "alice"), "same validator"),
    (S, StakingCode.BAD_REDELEGATION_DST, lambda c: (redelegate(c, "alice", "v1", "bob", 5), "alice"), "destination"),
    (S, StakingCode.NO_VALIDATOR_FOUND, lambda c: (redelegate(c, "alice", "bob", "v1", 5), "alice"), "not exist"),
    (S, StakingCode.NO_DELEGATION, lambda c: (redelegate(c, "bob", "v1", "v2", 5), "bob"), "no delegation for"),
    (SDK, SdkCode.INVALID_REQUEST, lambda c: (redelegate(c, "alice", "v1", "v2", 0), "alice"), "invalid shares"),
    (SDK, SdkCode.INVALID_REQUEST, lambda c: (redelegate(c, "alice", "v1", "v2", 5, "oth"), "alice"), "expected ulamp"),
    (S, StakingCode.TRANSITIVE_REDELEGATION, lambda c: (redelegate(c, "alice", "v2", "v3", 5), "alice"), "in progress"),
    (SDK, SdkCode.INVALID_REQUEST, lambda c: (cancel(c, "alice", "v1", 5, 0), "alice"), "invalid height"),
    (SDK, SdkCode.INVALID_REQUEST, lambda c: (cancel(c, "alice", "v1", 0, 4), "alice"), "invalid amount"),
    (SDK, SdkCode.INVALID_REQUEST, lambda c: (cancel(c, "alice", "v1", 5, 4, "other"), "alice"), "expected ulamp"),
    (SDK, SdkCode.INVALID_REQUEST, lambda c: (cancel(c, "alice", "v1", 2 * LAMP, 4), "alice"), "greater than"),
    (SDK, SdkCode.NOT_FOUND, lambda c: (cancel(c, "alice", "v1", 5, 3), "alice"), "at block height 3"),
    (S, StakingCode.NO_UNBONDING_DELEGATION, lambda c: (cancel(c, "bob", "v1", 5, 4), "bob"), "not found for"),
    (S, StakingCode.NO_VALIDATOR_FOUND, lambda c: (cancel(c, "alice", "bob", 5, 4), "alice"), "does not exist"),
]


@pytest.mark.parametrize(("codespace", "code", "make", "text"), OTHERS)
def test_a_bad_message_of_a_delegator_is_refused(
    chain: TestChain, codespace: str, code: int, make: Make, text: str
) -> None:
    message, signer = make(chain)
    refused(chain, message, codespace, code, text, signer)


EDITS = [
    (SDK, SdkCode.INVALID_REQUEST, {"description": {"website": "w" * 141}}, "invalid website length"),
    (SDK, SdkCode.INVALID_REQUEST, {}, "empty description"),
    (SDK, SdkCode.INVALID_REQUEST, {"commission_rate": scaled("1.5")}, "between 0 and 1"),
    (SDK, SdkCode.INVALID_REQUEST, {"commission_rate": "-1"}, "between 0 and 1"),
    (SDK, SdkCode.INVALID_REQUEST, {"min_self_delegation": "0"}, "must be a positive integer"),
    (S, StakingCode.MIN_SELF_DELEGATION_DECREASED, {"min_self_delegation": "1"}, "cannot be decrease"),
    (S, StakingCode.SELF_DELEGATION_BELOW_MINIMUM, {"min_self_delegation": str(10**15)}, "self delegation"),
    (S, StakingCode.COMMISSION_GT_MAX_RATE, {"commission_rate": scaled("0.6")}, "more than the max rate"),
    (S, StakingCode.COMMISSION_GT_MAX_CHANGE_RATE, {"commission_rate": scaled("0.2")}, "max change rate"),
]


@pytest.mark.parametrize(("codespace", "code", "changes", "text"), EDITS)
def test_a_bad_edit_is_refused(chain: TestChain, codespace: str, code: int, changes: dict[str, Any], text: str) -> None:
    refused(chain, edit(chain, "v1", **changes), codespace, code, text, "v1")


def edit(chain: TestChain, name: str, **changes: Any) -> tx_pb2.MsgEditValidator:
    message = tx_pb2.MsgEditValidator(validator_address=operator(chain, name))
    if changes:
        message.description.moniker = "[do-not-modify]"
    for field, value in changes.items():
        if isinstance(value, dict):
            for part, text in value.items():
                setattr(message.description, part, text)
        else:
            setattr(message, field, value)
    return message


def test_nobody_edits_a_validator_that_is_not_there(chain: TestChain) -> None:
    refused(chain, edit(chain, "bob", commission_rate="5"), S, StakingCode.NO_VALIDATOR_FOUND, "not exist", "bob")


def test_commission_changes_once_a_day_and_within_its_bounds() -> None:
    with make_chain() as chain:
        chain.advance(1)
        chain.ok(create(chain, "bob", LAMP), signer="bob")
        message = edit(chain, "bob", commission_rate=scaled("0.12"))
        refused(chain, message, S, StakingCode.COMMISSION_UPDATE_TIME, "once in 24h", "bob")
        chain.advance(DAY)
        chain.ok(message, signer="bob")
        refused(chain, message, S, StakingCode.COMMISSION_UPDATE_TIME, "once in 24h", "bob")
        chain.advance(DAY)
        # Downward there is no limit.
        chain.ok(edit(chain, "bob", commission_rate="0"), signer="bob")


PARAMS = [
    ({"unbonding_time": 0}, "unbonding_time must be in"),
    ({"max_validators": 0}, "max_validators must be in 1..1000"),
    ({"max_entries": 0}, "max_entries must be in 1..100"),
    ({"historical_entries": 100_001}, "historical_entries must be in"),
    ({"bond_denom": "other"}, "bond_denom must be ulamp"),
    ({"min_commission_rate": scaled("1.1")}, "min_commission_rate must be in 0..1"),
]


def params(chain: TestChain, authority: str, **changes: Any) -> tx_pb2.MsgUpdateParams:
    message = tx_pb2.MsgUpdateParams(authority=str(chain.address(authority)))
    found = message.params
    found.max_validators, found.max_entries, found.historical_entries = 100, 7, 10
    found.bond_denom, found.min_commission_rate = "ulamp", "0"
    found.unbonding_time.seconds = 60
    for name, value in changes.items():
        if name == "unbonding_time":
            found.unbonding_time.seconds = value
        else:
            setattr(found, name, value)
    return message


@pytest.mark.parametrize(("changes", "text"), PARAMS)
def test_bad_parameters_are_refused(chain: TestChain, changes: dict[str, Any], text: str) -> None:
    refused(chain, params(chain, "alice", **changes), SDK, SdkCode.INVALID_REQUEST, text, "alice")


def test_only_the_authority_changes_parameters(chain: TestChain) -> None:
    refused(chain, params(chain, "bob"), SDK, SdkCode.UNAUTHORIZED, "invalid authority; expected", "bob")


def test_commission_below_the_least_rate_is_refused() -> None:
    with make_chain(authority="alice") as chain:
        chain.advance(1)
        chain.ok(params(chain, "alice", min_commission_rate=scaled("0.15")), signer="alice")
        message = create(chain, "bob", LAMP)
        refused(chain, message, S, StakingCode.COMMISSION_LT_MIN_RATE, "minimum rate of 0.15", "bob")
        lower = edit(chain, "v1", commission_rate=scaled("0.12"))
        refused(chain, lower, SDK, SdkCode.INVALID_REQUEST, "less than the min commission rate", "v1")


def test_no_more_entries_at_once_than_the_parameter_says() -> None:
    with make_chain(authority="alice") as chain:
        chain.advance(1)
        chain.ok(params(chain, "alice", max_entries=2), signer="alice")
        chain.ok(delegate(chain, "alice", "v1", 10 * LAMP), signer="alice")
        for _ in range(2):
            chain.ok(undelegate(chain, "alice", "v1", LAMP), signer="alice")
            chain.ok(redelegate(chain, "alice", "v1", "v2", LAMP), signer="alice")
        out, move = undelegate(chain, "alice", "v1", LAMP), redelegate(chain, "alice", "v1", "v2", LAMP)
        refused(chain, out, S, StakingCode.MAX_UNBONDING_DELEGATION_ENTRIES, "too many unbonding", "alice")
        refused(chain, move, S, StakingCode.MAX_REDELEGATION_ENTRIES, "too many redelegation", "alice")
        chain.advance(61)
        chain.ok(out, signer="alice")
        chain.ok(move, signer="alice")


def test_a_key_that_signed_twice_makes_no_validator_again() -> None:
    with make_chain() as made:
        made.advance(1)
        made.advance(1)
        deed = abci.Misbehavior(
            type=abci.MisbehaviorType.DUPLICATE_VOTE, height=made.height - 1, total_voting_power=170
        )
        deed.validator.address, deed.validator.power = bytes(address_of("v3")), 20
        deed.time.FromNanoseconds(made.time)
        made.deliver(misbehavior=[deed])
        left = validator(made, "v3").tokens
        made.ok(undelegate(made, "v3", "v3", left), signer="v3")
        made.advance(UNBONDING + 1)
        made.advance(1)
        assert keeper(made).validator(made.ctx(), made.address("v3")) is None
        again = create(made, "alice", LAMP, pubkey=packed_key(consensus_key("v3")))
        result = made.run(again, signer="alice")
        assert (result.codespace, result.code) == (S, StakingCode.VALIDATOR_PUBKEY_EXISTS)
        assert "tombstoned" in result.log
