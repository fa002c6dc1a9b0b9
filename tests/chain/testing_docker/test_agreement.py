"""A fork must be seen: these stories are told by nodes that agree, and by nodes that do not."""

import pytest

from chain.testing_docker import ForkError
from chain.testing_docker.agreement import Header, disagreements, require_agreement


def story(heights: range, fork_at: int = 0, state_at: int = 0) -> dict[int, Header]:
    """Return headers; from `fork_at` on the blocks are others, from `state_at` on the states are."""
    return {
        height: Header(
            f"BLOCK{height}{'F' * bool(fork_at and height >= fork_at)}",
            f"STATE{height}{'F' * bool(state_at and height >= state_at)}",
            f"2026-01-01T00:00:{height:02d}Z",
            1,
        )
        for height in heights
    }


def test_nodes_that_agree_at_all_heights_they_share_are_fine() -> None:
    assert disagreements({"a": story(range(1, 9)), "b": story(range(1, 7)), "c": story(range(4, 9))}) == []
    assert disagreements({}) == []


def test_another_state_at_one_height_is_found_with_height_and_nodes() -> None:
    found = disagreements({"a": story(range(1, 9)), "b": story(range(1, 9), state_at=8), "c": story(range(1, 5))})
    assert found == ["height 8: app_hash differs: a STATE8, b STATE8F"]


def test_another_block_below_the_newest_height_of_a_node_is_found() -> None:
    with pytest.raises(ForkError, match=r"height 3: block_hash differs: a BLOCK3, b BLOCK3F[^$]*and 1 more"):
        require_agreement({"a": story(range(1, 9)), "b": story(range(1, 9), fork_at=3)})


def test_heights_that_only_one_node_knows_are_no_disagreement() -> None:
    require_agreement({"a": story(range(1, 5)), "b": story(range(5, 9), fork_at=5)})
