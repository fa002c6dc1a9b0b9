"""What a proposer gains by his blocks' bits, measured with the draw itself against the numbers of the README."""

from hashlib import sha256
from math import comb

import pytest

from chain.primitives.ints import Epoch
from modules.work.audits.draw import distinct, seed_of

DEVICES, AUDITS, EPOCHS = 1_000, 16, 1_500


def audits_of(share: int, blocks: int, epoch: int) -> int:
    """Return the fewest audits of the first `share` percent of devices that a choice of the last bits can bring."""
    others = int.from_bytes(sha256(b"bits%d" % epoch).digest()[:8], "big") >> blocks << blocks
    own = DEVICES * share // 100
    return min(
        sum(index < own for index in distinct(seed_of("chain-1", Epoch(epoch), others | bits), DEVICES, AUDITS))
        for bits in range(1 << blocks)
    )


def expected(share: int, draws: int) -> tuple[float, float]:
    """Return the chance of no audit at all and the audits expected, of the best of so many draws with replacement."""
    part = share / 100
    chances = [comb(AUDITS, k) * part**k * (1 - part) ** (AUDITS - k) for k in range(AUDITS + 1)]
    least = [sum(chances[k:]) ** draws for k in range(AUDITS + 1)]
    return 1 - (1 - chances[0]) ** draws, sum(least[1:])


TABLE = {(10, 0): (0.185, 1.60), (10, 1): (0.34, 0.95), (10, 2): (0.56, 0.50), (50, 0): (0.0, 8.0), (50, 2): (0.0, 6.0)}


@pytest.mark.parametrize(("share", "blocks"), sorted(TABLE))
def test_each_block_of_a_proposer_is_one_choice_of_two(share: int, blocks: int) -> None:
    """Given a proposer of the last blocks with so many devices, when he picks the best bits, then the table holds."""
    found = [audits_of(share, blocks, epoch) for epoch in range(EPOCHS)]
    none, audits = found.count(0) / EPOCHS, sum(found) / EPOCHS
    assert TABLE[share, blocks] == pytest.approx(expected(share, 1 << blocks), abs=0.05)
    assert none == pytest.approx(TABLE[share, blocks][0], abs=0.04)
    assert audits == pytest.approx(TABLE[share, blocks][1], rel=0.08)
