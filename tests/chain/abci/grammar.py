"""The order in which a node may call an application.

A word has a letter for each call on the consensus and snapshot connections:

    I  InitChain         R  PrepareProposal       F  FinalizeBlock
    O  OfferSnapshot     P  ProcessProposal       C  Commit
    A  ApplySnapshotChunk  X  ExtendVote          V  VerifyVoteExtension

Rounds of one height follow each other without a mark, so after the start any of V, R, P, X may come in any number and
order before the FC that ends a height. All other calls may come at any time and are no part of a word.
"""

import itertools
import random
import re
from collections.abc import Iterator

CLEAN = re.compile(r"(I|(OA*)*OA+)([VRPX]*FC)+")
"""What a node with empty state sends."""

RECOVERY = re.compile(r"I?([VRPX]*FC)+")
"""What a node sends that has been running before."""

ROUND = "VRPX"


def words(longest: int, *, state_sync: bool = False, recovery: bool = False) -> Iterator[str]:
    """Yield every legal word of at most this many letters."""
    starts = ["I", ""] if recovery else ["I"]
    if state_sync and not recovery:
        starts += _snapshot_starts(longest - 2)
    for start in starts:
        for rest in _heights(longest - len(start)):
            yield start + rest


def random_word(rng: random.Random, heights: int, *, recovery: bool = False) -> str:
    """Return a word of many heights with up to eight calls before each decision."""
    start = "" if recovery else "I"
    return start + "".join("".join(rng.choices(ROUND, k=rng.randrange(9))) + "FC" for _ in range(heights))


def _snapshot_starts(longest: int) -> Iterator[str]:
    for size in range(longest - 1):
        for middle in itertools.product("OA", repeat=size):
            yield "O" + "".join(middle) + "A"


def _heights(room: int) -> Iterator[str]:
    if room < 2:
        return
    for size in range(room - 1):
        for calls in itertools.product(ROUND, repeat=size):
            head = "".join(calls) + "FC"
            yield head
            for tail in _heights(room - len(head)):
                yield head + tail
