"""Lives of devices at random: some short ones always, 100,000 steps and more by hand.

HYPOTHESIS_PROFILE=long LAMPPOST_LIVES_SEED=1 pytest tests/properties/test_lives.py -s -k random

goes 50,000 steps from a seed, some ten minutes, and tells how many of what they were.
"""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from modules.device_registry.keeper import DeviceRegistryKeeper
from modules.reward_emission import books, keeper
from modules.reward_emission.schedule import climb, share
from modules.work import judging
from tests.properties.lives_machine import TALLY
from tests.properties.lives_rule import Lives

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
LONG_STEPS = 50_000
"""Steps of the long profile."""
COMMON = settings(
    stateful_step_count=50, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
SHORT = settings(COMMON, max_examples=12)
LONG_LIVES = settings(COMMON, max_examples=100, stateful_step_count=150, derandomize=False)
BROKEN = settings(COMMON, max_examples=300, phases=(Phase.generate,), report_multiple_bugs=False)
"""Enough to meet what is broken; the example is not made smaller."""


def run(profile: settings) -> None:
    run_state_machine_as_test(Lives, settings=profile)


@pytest.mark.timeout(7_200 if LONG else 120)
def test_random_lives_keep_all_invariants_and_agree_with_the_plain_model() -> None:
    TALLY.clear()
    if LONG:
        number = int(os.environ.get("LAMPPOST_LIVES_SEED", "1"))
        while TALLY["steps"] < LONG_STEPS:
            seed(number)(Lives)
            run(LONG_LIVES)
            number += 1_000_000
    else:
        run(SHORT)
    print("\n" + "\n".join(f"{count:>8} {what}" for what, count in sorted(TALLY.items())))
    assert TALLY["steps"] >= (LONG_STEPS if LONG else 400)
    assert TALLY["receipt code 0 why 0"] and TALLY["claims above 0"] and TALLY["imports"]


def one_more(*arguments: Any) -> int:
    """A device earns an ulamp more than its share."""
    return share(*arguments) + 1


def without_caps(units: int, counts: Any, caps: Any) -> tuple[list[int], int]:
    """All units of a cell pay, however many there are."""
    return climb(units, counts, [2**80] * len(caps))


def still_accrued(account: Any) -> Any:
    """What is claimed can be claimed again."""
    return account


def never_missed(*_: Any) -> str:
    """Any answer to an audit will do, and none."""
    return ""


def let_go(*_: Any) -> None:
    """Who is struck out works on."""


@pytest.mark.timeout(120)
@pytest.mark.skipif(LONG, reason="nothing of it takes long")
@pytest.mark.parametrize(
    ("owner", "name", "broken"),
    [
        (books, "share", one_more),
        (books, "climb", without_caps),
        (keeper, "paid_out", still_accrued),
        (judging, "answer_fault", never_missed),
        (DeviceRegistryKeeper, "suspend", let_go),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_broken_rule_is_noticed(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, broken: Callable[..., Any]
) -> None:
    monkeypatch.setattr(owner, name, broken)
    with pytest.raises(AssertionError):
        run(BROKEN)
