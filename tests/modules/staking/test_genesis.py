"""The section of genesis: what is written is read back, goes on, and what is wrong has a path."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf import json_format

from chain.pb.cosmos.tx.v1beta1.tx_pb2 import AuthInfo, Tx, TxBody, TxRaw
from chain.sdk.module import GenesisError
from chain.testing import TestChain
from chain.testing_votes import consensus_key
from modules.staking import genesis
from tests.modules.staking.world import (
    LAMP,
    RICH,
    UNBONDING,
    Hand,
    address_of,
    balance,
    create,
    delegate,
    keeper,
    make_chain,
    redelegate,
    told,
    undelegate,
)


def busy(hand: Hand) -> TestChain:
    """Return a chain with all kinds of entries under way."""
    chain = make_chain(modules=(hand.module(),))
    chain.advance(1)
    chain.ok(delegate(chain, "alice", "v1", 10 * LAMP + 7), signer="alice")
    chain.ok(undelegate(chain, "alice", "v1", LAMP), signer="alice")
    chain.ok(redelegate(chain, "alice", "v1", "v2", 2 * LAMP), signer="alice")
    hand.jobs = [
        lambda ctx: keeper(chain).slash(ctx, address_of("v1"), ctx.height - 3, 110, 10**17),
        lambda ctx: keeper(chain).jail(ctx, address_of("v3")),
    ]
    chain.advance(1)
    chain.ok(undelegate(chain, "alice", "v1", LAMP), signer="alice")
    return chain


def continued(chain: TestChain) -> TestChain:
    """Return another chain that begins with the state of one."""
    exported = chain.export()
    again = make_chain({}, modules=(Hand().module(),), start=False, initial_height=chain.height + 1)
    again.app_state = json.loads(json.dumps(exported))
    again.time = chain.time
    again.init_chain()
    assert again.app.export is not None
    return again


def test_an_export_with_unbondings_under_way_goes_on_as_a_new_chain() -> None:
    with busy(Hand()) as chain, continued(chain) as again:
        again.deliver()
        assert told(again) == told(chain)
        first = chain.export()["staking"]
        second = again.export()["staking"]
        assert second == first
        held = balance(again, "alice")
        again.advance(UNBONDING + 1000)
        # 1 lamp less the tenth that was slashed, and 1 lamp that left after the deed.
        assert balance(again, "alice") - held >= 9 * LAMP // 10 + LAMP
        assert again.export()["staking"]["unbonding_delegations"] == []
        again.ok(delegate(again, "bob", "v2", LAMP), signer="bob")


def test_the_default_has_nobody_and_is_written_back() -> None:
    with TestChain() as chain:
        chain.advance(1)
        assert chain.export()["staking"] == genesis.default()
    genesis.validate(genesis.default())


BAD: list[tuple[Callable[[dict[str, Any]], Any], str]] = [
    (lambda s: s["params"].update(max_validators=0), "staking.params.max_validators"),
    (lambda s: s["params"].update(unbonding_time="soon"), "staking.params.unbonding_time"),
    (lambda s: s["params"].update(unbonding_time="-5s"), "staking.params.unbonding_time"),
    (lambda s: s["params"].update(extra=1), "staking.params.extra"),
    (lambda s: s.update(extra=1), "staking.extra"),
    (lambda s: s["validators"][0].update(status="BONDED"), "staking.validators[0].status"),
    (lambda s: s["validators"][0].update(operator_address="lamp1x"), "staking.validators[0].operator_address"),
    (lambda s: s["validators"][0]["consensus_pubkey"].update(key="AAAA"), "staking.validators[0].consensus_pubkey"),
    (lambda s: s["validators"][0]["consensus_pubkey"].update({"@type": "/x"}), "staking.validators[0].consensus"),
    (lambda s: s["validators"].append(s["validators"][0]), "staking.validators[3].operator_address"),
    (lambda s: s["validators"][0].update(jailed=True), "staking.validators"),
    (lambda s: s["params"].update(max_validators=1), "staking.validators"),
    (lambda s: s["delegations"].append(s["delegations"][0]), "staking.delegations[3].validator_address"),
    (lambda s: s["delegations"][0].update(shares="1.0"), "staking.delegations"),
    (lambda s: s["delegations"][0].update(shares="1.0000000000000000001"), "staking.delegations[0].shares"),
    (lambda s: s.update(unbonding_delegations=[{"entries": []}]), "staking.unbonding_delegations[0]"),
    (lambda s: s.update(redelegations=[{"entries": []}]), "staking.redelegations[0]"),
]


@pytest.fixture(scope="module")
def section() -> dict[str, Any]:
    with make_chain() as chain:
        chain.advance(1)
        return dict(chain.export()["staking"])


@pytest.mark.parametrize(("spoil", "path"), BAD)
def test_what_is_wrong_is_named(section: dict[str, Any], spoil: Callable[[Any], Any], path: str) -> None:
    spoiled = copy.deepcopy(section)
    spoil(spoiled)
    with pytest.raises(GenesisError) as caught:
        genesis.validate(spoiled)
    assert caught.value.path.startswith(path)


def gentx(chain: TestChain, name: str, amount: int, **options: Any) -> dict[str, Any]:
    """Return a validator's transaction for genesis, as JSON."""
    raw = TxRaw.FromString(chain.tx(create(chain, name, amount), signer=name, number=0, sequence=0, **options))
    whole = Tx(
        body=TxBody.FromString(raw.body_bytes),
        auth_info=AuthInfo.FromString(raw.auth_info_bytes),
        signatures=raw.signatures,
    )
    return json_format.MessageToDict(whole, preserving_proto_field_name=True)


def founded(*stakes: tuple[str, int], **options: Any) -> TestChain:
    """Return a chain, not begun, whose validators come by transactions of genesis."""
    chain = TestChain(accounts=RICH | {name: f"{10**12}ulamp" for name, _ in stakes}, start=False)
    chain.app_state["genutil"]["gen_txs"] = [gentx(chain, name, amount, **options) for name, amount in stakes]
    return chain


def test_four_validators_enter_by_transactions_of_genesis() -> None:
    stakes = [(f"v{index}", index * 10 * LAMP) for index in range(1, 5)]
    with founded(*stakes) as chain:
        response = chain.init_chain()
        assert {update.pub_key.ed25519: update.power for update in response.validators} == {
            consensus_key(name): amount // LAMP for name, amount in stakes
        }
        chain.advance(1)
        chain.advance(1)
        assert told(chain) == {"v1": 10, "v2": 20, "v3": 30, "v4": 40}
        chain.ok(delegate(chain, "v1", "v1", LAMP), signer="v1")
        assert chain.export()["genutil"] == {"gen_txs": []}


@pytest.mark.parametrize(
    ("options", "amount", "text"),
    [
        ({"sign_with": "bob"}, 10 * LAMP, "signature verification failed"),
        ({"chain_id": "other-1"}, 10 * LAMP, "signature verification failed"),
        ({}, 10**13, "insufficient funds"),
        ({}, 0, "invalid delegation amount"),
    ],
)
def test_a_transaction_of_genesis_that_fails_stops_the_chain_from_beginning(
    options: dict[str, Any], amount: int, text: str
) -> None:
    with founded(("v1", 10 * LAMP), ("v2", amount), **options) as chain:
        with pytest.raises(GenesisError, match=text) as caught:
            chain.init_chain()
        assert caught.value.path.startswith("genutil.gen_txs[")


@pytest.mark.parametrize(
    ("section", "path"),
    [
        ([], "genutil"),
        ({"other": 1}, "genutil.other"),
        ({"gen_txs": "x"}, "genutil.gen_txs"),
        ({"gen_txs": [{"body": 1}]}, "genutil.gen_txs[0]"),
        ({"gen_txs": [{"body": {"messages": [{"@type": "/nothing.Such"}]}}]}, "genutil.gen_txs[0]"),
    ],
)
def test_a_bad_list_of_transactions_is_named(section: Any, path: str) -> None:
    with TestChain(start=False) as chain:
        chain.app_state["genutil"] = section
        with pytest.raises(GenesisError) as caught:
            chain.app.init_chain(chain.app and _request(chain))
        assert caught.value.path == path


def _request(chain: TestChain) -> Any:
    section, chain.app_state["genutil"] = chain.app_state["genutil"], {"gen_txs": []}
    request = chain.init_request()
    chain.app_state["genutil"] = section
    request.app_state_bytes = json.dumps(chain.app_state).encode()
    return request


def test_a_genesis_that_names_other_validators_than_its_state_is_refused() -> None:
    with make_chain(start=False) as chain:
        request = chain.init_request()
        request.validators.add(power=5).pub_key.ed25519 = b"k" * 32
        with pytest.raises(GenesisError, match="leave them out"):
            chain.app.init_chain(request)
        del request.validators[:]
        for name, power in (("v1", 100), ("v2", 50), ("v3", 20)):
            request.validators.add(power=power).pub_key.ed25519 = consensus_key(name)
        assert len(chain.app.init_chain(request).validators) == 3
