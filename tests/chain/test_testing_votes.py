"""CometBFT's view of the validator set, as a chain in a box has it."""

import pytest

from chain.pb.tendermint.abci.types_pb2 import ValidatorUpdate
from chain.testing_votes import MAX_TOTAL_POWER, CometSet, consensus_key

A, B = consensus_key("a"), consensus_key("b")


def update(key: bytes, power: int) -> ValidatorUpdate:
    made = ValidatorUpdate(power=power)
    made.pub_key.ed25519 = key
    return made


def test_an_update_holds_from_the_block_after_the_next_and_votes_come_one_later() -> None:
    comet = CometSet(1, [update(A, 10)])
    assert list(comet.commit_of(1, ()).votes) == []
    comet.apply(1, [update(B, 5)])
    assert (comet.at(1), comet.at(2), comet.at(3)) == ({A: 10}, {A: 10}, {A: 10, B: 5})
    comet.apply(2, [])
    comet.apply(3, [])
    assert [len(comet.commit_of(height, ()).votes) for height in (3, 4)] == [1, 2]


def test_who_is_absent_has_a_vote_that_says_so() -> None:
    comet = CometSet(1, [update(A, 10), update(B, 5)])
    flags = {vote.validator.power: vote.block_id_flag for vote in comet.commit_of(2, {B}).votes}
    assert flags == {10: 2, 5: 1}


@pytest.mark.parametrize(
    ("updates", "text"),
    [
        ([update(A, 1), update(A, 2)], "refuses"),
        ([update(A, -1)], "refuses"),
        ([update(b"short", 1)], "refuses"),
        ([update(B, 0)], "fails to find"),
        ([update(A, 0)], "cannot go on"),
        ([update(A, MAX_TOTAL_POWER + 1)], "cannot go on"),
    ],
)
def test_what_would_end_cometbft_fails_the_test(updates: list[ValidatorUpdate], text: str) -> None:
    with pytest.raises(AssertionError, match=text):
        CometSet(1, [update(A, 10)]).apply(1, updates)
