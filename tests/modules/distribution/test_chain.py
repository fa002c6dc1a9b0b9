"""Rewards, punishment and evidence on a running chain: real transactions, a real store, answers over ABCI."""

from collections.abc import Iterator
from hashlib import sha256

import pytest

from chain.pb.cosmos.base.v1beta1.coin_pb2 import Coin
from chain.pb.cosmos.distribution.v1beta1 import query_pb2, tx_pb2
from chain.pb.cosmos.evidence.v1beta1 import query_pb2 as evidence_query
from chain.pb.cosmos.slashing.v1beta1 import query_pb2 as slashing_query
from chain.pb.cosmos.slashing.v1beta1 import tx_pb2 as slashing_pb
from chain.pb.cosmos.staking.v1beta1 import tx_pb2 as staking_pb
from chain.pb.tendermint.abci import types_pb2 as abci
from chain.primitives.decimals import ONE
from chain.primitives.ids import ConsensusAddress
from chain.testing import QueryFailed, TestChain
from chain.testing_votes import consensus_key
from modules.reward_emission.state import EPOCHS, RESERVE

LAMP = 10**6
DISTRIBUTION = "/cosmos.distribution.v1beta1.Query/"
SLASHING = {"params": {"signed_blocks_window": "10", "downtime_jail_duration": "60s"}}


@pytest.fixture
def chain() -> Iterator[TestChain]:
    with TestChain(
        accounts={"alice": f"{1_000 * LAMP}ulamp", "val0": f"{10 * LAMP}ulamp"},
        genesis={"slashing": SLASHING},
        validators={"val0": 100 * LAMP, "val1": 100 * LAMP, "val2": 100 * LAMP},
        authority="alice",
    ) as made:
        made.advance(1)
        yield made


def address_of(name: str) -> bytes:
    return sha256(consensus_key(name)).digest()[:20]


def rewards(chain: TestChain, delegator: str, validator: str) -> int:
    request = query_pb2.QueryDelegationRewardsRequest(
        delegator_address=str(chain.address(delegator)), validator_address=chain.address(validator).operator
    )
    found = chain.query(DISTRIBUTION + "DelegationRewards", request, query_pb2.QueryDelegationRewardsResponse)
    return sum(int(coin.amount) for coin in found.rewards)


def delegate(chain: TestChain, amount: int, fee: str = "") -> None:
    message = staking_pb.MsgDelegate(
        delegator_address=str(chain.address("alice")),
        validator_address=chain.address("val0").operator,
        amount=Coin(denom="ulamp", amount=str(amount)),
    )
    chain.ok(message, fee=fee)


def test_a_fee_is_earned_and_withdrawn(chain: TestChain) -> None:
    # Given Alice with half of val0, and a fee of 30,000 ulamp that is hers and everybody's in the next block
    delegate(chain, 100 * LAMP, fee="30000ulamp")
    chain.advance(1)
    # Then val0 still has a third of the power that votes: 9,800, less a tenth, half of it
    assert rewards(chain, "alice", "val0") == 4_410 * ONE
    message = tx_pb2.MsgWithdrawDelegatorReward(
        delegator_address=str(chain.address("alice")), validator_address=chain.address("val0").operator
    )
    paid = chain.ok(message, response=tx_pb2.MsgWithdrawDelegatorRewardResponse)
    assert [coin.amount for coin in paid.amount] == ["4410"]
    commission = tx_pb2.MsgWithdrawValidatorCommission(validator_address=chain.address("val0").operator)
    paid = chain.ok(commission, signer="val0", response=tx_pb2.MsgWithdrawValidatorCommissionResponse)
    assert [coin.amount for coin in paid.amount] == ["980"]
    pool = chain.query(
        DISTRIBUTION + "CommunityPool", query_pb2.QueryCommunityPoolRequest(), query_pb2.QueryCommunityPoolResponse
    )
    assert [coin.amount for coin in pool.pool] == [str(600 * ONE)]


def test_the_stakers_bucket_of_an_epoch_is_shared_out_in_the_next_block(chain: TestChain) -> None:
    chain.advance(86_401)
    closed = EPOCHS.get(chain.ctx(), 0)
    assert closed is not None and closed.buckets.stakers > 0
    before = rewards(chain, "val0", "val0")
    chain.advance(1)
    # Each of three gets a third of 98 %, less a tenth of commission.
    expected = closed.buckets.stakers * ONE * 98 // 100 // 3
    assert rewards(chain, "val0", "val0") - before == expected - expected // 10
    assert closed.to_treasury == closed.emitted + closed.reemitted - closed.buckets.availability - (
        closed.buckets.stakers - closed.buckets.availability
    )


def test_an_absent_validator_is_slashed_jailed_and_returns_by_transaction(chain: TestChain) -> None:
    # Given val2, which stops
    chain.absent.add("val2")
    burned = RESERVE.require(chain.ctx()).burned
    for _ in range(14):
        chain.advance(1)
    # Then it has lost a hundredth, which the books of emission have, and left the set
    staking = chain.wiring.modules[3].keeper
    found = staking.validator(chain.ctx(), chain.address("val2"))
    assert (found.jailed, found.tokens) == (True, 99 * LAMP)
    assert RESERVE.require(chain.ctx()).burned - burned == LAMP
    assert consensus_key("val2") not in chain.comet.at(chain.height + 2)
    # When it comes back too early, and then in time
    chain.absent.clear()
    unjail = slashing_pb.MsgUnjail(validator_addr=chain.address("val2").operator)
    early = chain.run(unjail, signer="val2")
    assert (early.codespace, early.code) == ("slashing", 4)
    chain.advance(60)
    chain.ok(unjail, signer="val2")
    assert chain.comet.at(chain.height + 2)[consensus_key("val2")] == 99
    # Then its window begins anew
    request = slashing_query.QuerySigningInfoRequest(cons_address=str(ConsensusAddress(address_of("val2"))))
    path = "/cosmos.slashing.v1beta1.Query/SigningInfo"
    info = chain.query(path, request, slashing_query.QuerySigningInfoResponse).val_signing_info
    assert (info.start_height, info.missed_blocks_counter, info.tombstoned) == (chain.height, 0, False)


def double_sign(chain: TestChain, name: str) -> None:
    found = abci.Misbehavior(type=1, height=chain.height - 1, total_voting_power=300)
    found.validator.address, found.validator.power = address_of(name), 100
    found.time.FromNanoseconds(chain.time)
    chain.deliver(misbehavior=[found])


def test_who_signs_twice_never_returns(chain: TestChain) -> None:
    chain.advance(1)
    double_sign(chain, "val1")
    found = chain.wiring.modules[3].keeper.validator(chain.ctx(), chain.address("val1"))
    assert (found.jailed, found.tokens) == (True, 95 * LAMP)
    chain.advance(10**6)
    refused = chain.run(slashing_pb.MsgUnjail(validator_addr=chain.address("val1").operator), signer="val1")
    assert (refused.codespace, refused.code) == ("slashing", 4)
    listed = chain.query(
        "/cosmos.evidence.v1beta1.Query/AllEvidence",
        evidence_query.QueryAllEvidenceRequest(),
        evidence_query.QueryAllEvidenceResponse,
    )
    assert len(listed.evidence) == 1
    slashes = chain.query(
        DISTRIBUTION + "ValidatorSlashes",
        query_pb2.QueryValidatorSlashesRequest(
            validator_address=chain.address("val1").operator, ending_height=chain.height
        ),
        query_pb2.QueryValidatorSlashesResponse,
    )
    assert [slash.fraction for slash in slashes.slashes] == [str(ONE // 20)]


def test_a_chain_with_rewards_punishments_and_unbonding_goes_on_as_another(chain: TestChain) -> None:
    # Given rewards, a half full window, a tombstone, and Alice's unbonding on their way
    delegate(chain, 50 * LAMP, fee="1000ulamp")
    chain.absent.add("val2")
    double_sign(chain, "val1")
    chain.absent.clear()
    undelegate = staking_pb.MsgUndelegate(
        delegator_address=str(chain.address("alice")),
        validator_address=chain.address("val0").operator,
        amount=Coin(denom="ulamp", amount=str(20 * LAMP)),
    )
    chain.ok(undelegate, fee="777ulamp")
    exported = chain.export()
    # When another chain starts with that
    with TestChain(genesis=exported, authority="alice") as again:
        again.advance(1)
        assert again.export()["evidence"] == exported["evidence"]
        owed = rewards(chain, "alice", "val0")
        again.advance(1)
        # Then the fee that waited is shared out there, too, and what was earned is still owed
        chain.advance(1)
        assert rewards(again, "alice", "val0") >= owed
        before = int(again.wiring.fees.balance(again.ctx(), again.address("alice"), "ulamp"))  # type: ignore[attr-defined]
        again.advance(22 * 24 * 3600)
        after = int(again.wiring.fees.balance(again.ctx(), again.address("alice"), "ulamp"))  # type: ignore[attr-defined]
        assert after - before == 20 * LAMP


@pytest.mark.parametrize(
    ("validator", "text"), [("val0", "delegation does not exist"), ("nobody", "validator does not exist")]
)
def test_a_query_about_nobody_is_refused(chain: TestChain, validator: str, text: str) -> None:
    with pytest.raises(QueryFailed, match=text):
        rewards(chain, "nobody", validator)
