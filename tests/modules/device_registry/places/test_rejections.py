"""Every rejection of every message about places, by code."""

from collections.abc import Iterator
from typing import Any

import h3.api.basic_int as h3_library
import pytest

from modules.device_registry.errors import RegistryCode as Code
from tests.modules.device_registry.lives import (
    FINE_CELL,
    HIDDEN,
    NEXT_CELL,
    accept,
    build_lives,
    found,
    move,
    offer,
    reveal,
)
from tests.modules.device_registry.rejections import (
    ADDRESS,
    FUNDS,
    STRANGER,
    Case,
    Make,
    as_params,
    check_rejection,
    ours,
)
from tests.modules.device_registry.world import CELL, COARSE_CELL, World, device_key, device_message

DISK = str(device_key("disk").device_id)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = build_lives()
    yield made
    made.chain.close()


def moving(number: str | None = None, cell: int = NEXT_CELL, **fields: Any) -> Make:
    return lambda w: move(w, number or w.active, cell, **fields)


ASSERT: list[Case] = [
    ("malformed owner", "alice", moving(owner="x"), ADDRESS),
    ("malformed device", "alice", moving("x"), ADDRESS),
    ("no cell at all", "alice", moving(cell=1), ours(Code.INVALID_CELL)),
    ("edge instead of a cell", "alice", moving(cell=CELL | 1 << 60), ours(Code.INVALID_CELL)),
    ("short commitment", "alice", moving(commitment=b"c" * 31), ours(Code.INVALID_COMMITMENT)),
    ("unknown device", "alice", moving(STRANGER), ours(Code.UNKNOWN_DEVICE)),
    ("operator", "bob", lambda w: move(w, w.active, owner=w["bob"]), ours(Code.NOT_OWNER)),
    ("retired device", "alice", lambda w: move(w, w.retired), ours(Code.WRONG_STATUS)),
    ("no cell", "alice", moving(cell=0), ours(Code.CELL_REQUIRED)),
    ("coarse cell", "alice", moving(cell=COARSE_CELL), ours(Code.INVALID_CELL)),
    ("device of a DRN", "alice", moving(DISK), ours(Code.CELL_NOT_ALLOWED)),
    ("device of a DRN without a place", "alice", moving(DISK, 0), ours(Code.SAME_PLACE)),
    ("place where it is", "alice", moving(cell=CELL), ours(Code.SAME_PLACE)),
    (
        "commitment that it has",
        "alice",
        lambda w: move(w, HIDDEN, CELL, commitment=found(w, HIDDEN).commitment),
        ours(Code.SAME_PLACE),
    ),
]


def revealing(**fields: Any) -> Make:
    return lambda w: reveal(w, **{key: value(w) if callable(value) else value for key, value in fields.items()})


NEIGHBOUR = h3_library.latlng_to_cell(47.7, -122.3, 12)
SIBLING = next(
    cell for cell in h3_library.cell_to_children(h3_library.cell_to_parent(FINE_CELL, 11), 12) if cell != FINE_CELL
)
REVEAL: list[Case] = [
    ("malformed signer", "alice", revealing(signer="x"), ADDRESS),
    ("malformed device", "alice", revealing(device_id="x"), ADDRESS),
    ("no cell", "alice", revealing(fine_cell=0), ours(Code.INVALID_CELL)),
    ("no cell at all", "alice", revealing(fine_cell=1), ours(Code.INVALID_CELL)),
    ("no salt", "alice", revealing(salt=b""), ours(Code.INVALID_SALT)),
    ("long salt", "alice", revealing(salt=b"s" * 33), ours(Code.INVALID_SALT)),
    ("unknown device", "alice", revealing(device_id=STRANGER), ours(Code.UNKNOWN_DEVICE)),
    ("stranger", "bob", revealing(signer=lambda w: w["bob"]), ours(Code.NOT_OPERATOR)),
    ("device without a commitment", "alice", revealing(device_id=lambda w: w.active), ours(Code.NO_COMMITMENT)),
    ("cell elsewhere", "alice", revealing(fine_cell=NEIGHBOUR), ours(Code.CELL_OUTSIDE)),
    ("coarser cell", "alice", revealing(fine_cell=COARSE_CELL), ours(Code.CELL_OUTSIDE)),
    ("the cell beside", "alice", revealing(fine_cell=SIBLING), ours(Code.COMMITMENT_DIFFERS)),
    ("the published cell", "alice", revealing(fine_cell=CELL), ours(Code.COMMITMENT_DIFFERS)),
    ("another salt", "alice", revealing(salt=b"t" * 32), ours(Code.COMMITMENT_DIFFERS)),
]
TABLES: dict[str, list[Case]] = {"MsgAssertLocation": ASSERT, "MsgRevealLocation": REVEAL}


@pytest.mark.parametrize(("case", "signer", "make", "code"), as_params(TABLES))
def test_a_bad_message_is_rejected_by_code_and_changes_nothing(
    world: World, case: str, signer: str, make: Make, code: tuple[str, int]
) -> None:
    check_rejection(world, signer, make, code)


def test_a_copied_commitment_opens_nothing(world: World) -> None:
    copied = found(world, HIDDEN).commitment
    world.chain.ok(device_message(world.chain, "copy", commitment=copied), signer="alice")
    make = revealing(device_id=str(device_key("copy").device_id))
    check_rejection(world, "alice", make, ours(Code.COMMITMENT_DIFFERS))


def test_a_price_above_the_limit_or_the_owners_means_moves_nothing() -> None:
    world = build_lives()
    world.chain.ok(move(world, world.active), signer="alice")
    check_rejection(world, "alice", moving(cell=CELL, max_price=0), ours(Code.PRICE_ABOVE_LIMIT))
    world.chain.ok(offer(world, world.active, buyer=world["poor"], price=0), signer="alice")
    world.chain.ok(accept(world, "active", "poor", 0), signer="poor")
    check_rejection(world, "poor", lambda w: move(w, w.active, CELL, owner=w["poor"]), FUNDS)
    world.chain.close()
