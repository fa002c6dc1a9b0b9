"""Every query answers with what is there, and says what is not."""

from collections.abc import Iterator

import pytest

from chain.pb.cosmos.staking.v1beta1 import query_pb2 as pb
from chain.primitives.errors import SdkCode
from chain.testing import QueryFailed, TestChain
from chain.testing_votes import consensus_key
from tests.modules.staking.world import (
    LAMP,
    Q,
    cancel,
    delegate,
    make_chain,
    operator,
    packed_key,
    redelegate,
    scaled,
    undelegate,
)


@pytest.fixture(scope="module")
def chain() -> Iterator[TestChain]:
    """Alice has delegated 10 to v1, taken back 1 and moved 2 to v2."""
    with make_chain() as made:
        made.advance(1)
        made.ok(delegate(made, "alice", "v1", 10 * LAMP), signer="alice")
        made.ok(undelegate(made, "alice", "v1", LAMP), signer="alice")
        made.ok(redelegate(made, "alice", "v1", "v2", 2 * LAMP), signer="alice")
        yield made


def ask(chain: TestChain, name: str, **fields: object):
    request, response = getattr(pb, f"Query{name}Request"), getattr(pb, f"Query{name}Response")
    return chain.query(Q + name, request(**fields), response)


def who(chain: TestChain, name: str) -> str:
    return str(chain.address(name))


def test_a_validator_is_shown_whole(chain: TestChain) -> None:
    found = ask(chain, "Validator", validator_addr=operator(chain, "v1")).validator
    assert found.operator_address == operator(chain, "v1")
    assert found.consensus_pubkey == packed_key(consensus_key("v1"))
    assert (found.status, found.jailed) == (3, False)
    assert found.tokens == str(107 * LAMP)
    assert found.delegator_shares == str(107 * LAMP * 10**18)
    assert found.description.moniker == "v1"
    assert found.commission.commission_rates.rate == scaled("0.1")
    assert found.min_self_delegation == "1"


def test_validators_are_listed_by_status_and_page(chain: TestChain) -> None:
    assert len(ask(chain, "Validators").validators) == 3
    assert len(ask(chain, "Validators", status="BOND_STATUS_BONDED").validators) == 3
    assert list(ask(chain, "Validators", status="BOND_STATUS_UNBONDING").validators) == []
    first = ask(chain, "Validators", pagination={"limit": 2})
    rest = ask(chain, "Validators", pagination={"key": first.pagination.next_key})
    assert len(first.validators) + len(rest.validators) == 3


def test_delegations_are_shown_from_both_sides(chain: TestChain) -> None:
    one = ask(chain, "Delegation", delegator_addr=who(chain, "alice"), validator_addr=operator(chain, "v1"))
    found = one.delegation_response
    assert (found.delegation.shares, found.balance.amount) == (str(7 * LAMP * 10**18), str(7 * LAMP))
    to = ask(chain, "ValidatorDelegations", validator_addr=operator(chain, "v1")).delegation_responses
    assert sorted(item.balance.amount for item in to) == sorted([str(7 * LAMP), str(100 * LAMP)])
    of = ask(chain, "DelegatorDelegations", delegator_addr=who(chain, "alice")).delegation_responses
    assert sorted(item.balance.amount for item in of) == sorted([str(7 * LAMP), str(2 * LAMP)])
    named = ask(chain, "DelegatorValidators", delegator_addr=who(chain, "alice")).validators
    assert sorted(item.description.moniker for item in named) == ["v1", "v2"]
    asked = {"delegator_addr": who(chain, "alice"), "validator_addr": operator(chain, "v2")}
    assert ask(chain, "DelegatorValidator", **asked).validator.description.moniker == "v2"


def test_what_unbonds_is_shown_from_both_sides(chain: TestChain) -> None:
    asked = {"delegator_addr": who(chain, "alice"), "validator_addr": operator(chain, "v1")}
    one = ask(chain, "UnbondingDelegation", **asked).unbond
    assert [(entry.balance, entry.initial_balance) for entry in one.entries] == [(str(LAMP), str(LAMP))]
    of = ask(chain, "DelegatorUnbondingDelegations", delegator_addr=who(chain, "alice")).unbonding_responses
    to = ask(chain, "ValidatorUnbondingDelegations", validator_addr=operator(chain, "v1")).unbonding_responses
    assert list(of) == list(to) == [one]


def test_redelegations_are_shown_by_delegator_source_and_target(chain: TestChain) -> None:
    whole = ask(chain, "Redelegations", delegator_addr=who(chain, "alice")).redelegation_responses
    assert [item.entries[0].balance for item in whole] == [str(2 * LAMP)]
    for fields in ({"src_validator_addr": operator(chain, "v1")}, {"dst_validator_addr": operator(chain, "v2")}):
        found = ask(chain, "Redelegations", delegator_addr=who(chain, "alice"), **fields).redelegation_responses
        assert list(found) == list(whole)
    asked = {"delegator_addr": who(chain, "alice"), "src_validator_addr": operator(chain, "v3")}
    assert list(ask(chain, "Redelegations", **asked).redelegation_responses) == []


def test_pool_and_parameters_are_shown(chain: TestChain) -> None:
    found = ask(chain, "Pool").pool
    assert (found.bonded_tokens, found.not_bonded_tokens) == (str(179 * LAMP), str(LAMP))
    params = ask(chain, "Params").params
    assert (params.max_validators, params.max_entries, params.historical_entries) == (100, 7, 10_000)
    assert (params.unbonding_time.seconds, params.bond_denom, params.min_commission_rate) == (1814400, "ulamp", "0")


MISSING = [
    ("Validator", {"validator_addr": "op:alice"}, "not found"),
    ("ValidatorDelegations", {"validator_addr": "op:alice"}, "not found"),
    ("Delegation", {"delegator_addr": "bob", "validator_addr": "op:v1"}, "delegation with delegator"),
    ("DelegatorValidator", {"delegator_addr": "bob", "validator_addr": "op:v1"}, "delegation with delegator"),
    ("UnbondingDelegation", {"delegator_addr": "bob", "validator_addr": "op:v1"}, "unbonding delegation with"),
    (
        "Redelegations",
        {"delegator_addr": "alice", "src_validator_addr": "op:v3", "dst_validator_addr": "op:v2"},
        "redelegation not found",
    ),
    ("HistoricalInfo", {"height": 1_000}, "historical info for height 1000 not found"),
]


@pytest.mark.parametrize(("name", "fields", "text"), MISSING)
def test_what_is_not_there_is_not_found(chain: TestChain, name: str, fields: dict[str, object], text: str) -> None:
    with pytest.raises(QueryFailed, match=text) as caught:
        ask(chain, name, **resolved(chain, fields))
    assert (caught.value.codespace, caught.value.code) == ("sdk", int(SdkCode.KEY_NOT_FOUND))


def resolved(chain: TestChain, fields: dict[str, object]) -> dict[str, object]:
    def one(text: object) -> object:
        if not isinstance(text, str):
            return text
        return operator(chain, text[3:]) if text.startswith("op:") else who(chain, text)

    return {name: one(value) for name, value in fields.items()}


BAD = [
    ("Validators", {"status": "BONDED"}, "invalid validator status BONDED"),
    ("Validator", {"validator_addr": ""}, "empty address"),
    ("Validator", {"validator_addr": "lamp1qqqsyqcyq5rqwzqfpg9scrgwpugpzysn4j5gl7"}, "invalid validator address"),
    ("DelegatorDelegations", {"delegator_addr": "x"}, "invalid delegator address"),
    ("HistoricalInfo", {"height": -1}, "height cannot be negative"),
]


@pytest.mark.parametrize(("name", "fields", "text"), BAD)
def test_a_bad_request_says_what_is_wrong(chain: TestChain, name: str, fields: dict[str, object], text: str) -> None:
    with pytest.raises(QueryFailed, match=text) as caught:
        ask(chain, name, **fields)
    assert (caught.value.codespace, caught.value.code) == ("sdk", int(SdkCode.INVALID_REQUEST))


def test_a_cancelled_entry_is_shown_no_more(chain: TestChain) -> None:
    entries = ask(
        chain, "UnbondingDelegation", delegator_addr=who(chain, "alice"), validator_addr=operator(chain, "v1")
    ).unbond.entries
    chain.ok(cancel(chain, "alice", "v1", LAMP, entries[0].creation_height), signer="alice")
    assert (
        list(ask(chain, "DelegatorUnbondingDelegations", delegator_addr=who(chain, "alice")).unbonding_responses) == []
    )
