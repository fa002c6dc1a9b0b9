from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.primitives.decimals import ONE
from chain.primitives.ids import ConsensusAddress
from chain.primitives.ints import NANOS
from chain.sdk.context import Vote
from modules.distribution.state import SLASHES
from modules.slashing.blocks import begin_block
from modules.slashing.errors import SlashingCode, SlashingError
from modules.slashing.keeper import FOREVER
from modules.slashing.params import Params
from modules.slashing.state import PARAMETERS, SIGNING_INFOS, SigningInfo
from tests.modules.auth.world import address
from tests.modules.distribution.world import LAMP, World, operator

SMALL = Params(signed_blocks_window=10, downtime_jail_duration=60 * NANOS)


def small_world() -> World:
    """Return a world with a window of ten blocks, of which five must be signed."""
    world = World()
    PARAMETERS.set(world.ctx, SMALL)
    for number in (0, 1):
        world.slashing.validator_bonded(world.ctx, world.consensus(number))
    world.ctx.events.clear()
    return world


def run(world: World, *absent: int, blocks: int = 1) -> None:
    for _ in range(blocks):
        world.block(*absent)
        begin_block(world.ctx, world.slashing)


def info(world: World, number: int = 0) -> SigningInfo:
    found = world.slashing.signing_info(world.ctx, world.consensus(number))
    assert found is not None
    return found


def test_a_signed_block_costs_one_read_and_one_write_per_validator() -> None:
    world = small_world()
    counts = {"get": 0, "set": 0}
    state = world.ctx.state

    class Counting:
        def get(self, name: str, key: bytes) -> bytes | None:
            counts["get"] += 1
            return state.get(name, key)

        def set(self, name: str, key: bytes, value: bytes) -> None:
            counts["set"] += 1
            state.set(name, key, value)

    world.block()
    world.ctx.state = Counting()  # type: ignore[assignment]  # only what a vote needs
    begin_block(world.ctx, world.slashing)
    # Two validators and the parameters.
    assert counts == {"get": 3, "set": 2}


def test_an_absent_validator_is_punished_when_it_missed_too_much_of_a_full_window() -> None:
    # Given a window of 10 of which 5 may be missed, and 100 lamps at stake
    world = small_world()
    start = world.ctx.height
    # When validator 0 is absent for ten blocks, the window is not behind its start yet
    run(world, 0, blocks=10)
    assert info(world).missed == 10
    assert not world.validator(0).jailed
    # Then it is punished in the first block behind the window
    run(world, 0)
    assert world.ctx.height == start + 11
    assert world.validator(0).jailed
    assert world.validator(0).tokens == 99 * LAMP
    assert world.events("slash") == [
        {
            "address": str(world.consensus(0)),
            "power": "100",
            "reason": "missing_signature",
            "jailed": str(world.consensus(0)),
            "burned_coins": str(LAMP),
        }
    ]
    assert info(world) == SigningInfo(start, 10, jailed_until=world.ctx.time + 60 * NANOS)
    assert list(SLASHES.scan(world.ctx)) == [((operator(0), world.ctx.height, 0), ONE // 100)]
    world.check()


def test_exactly_as_many_missed_blocks_as_allowed_are_forgiven() -> None:
    world = small_world()
    for number in range(40):
        run(world, *((0,) if number % 2 else ()))
    assert info(world).missed == 5
    assert not world.validator(0).jailed


def test_blocks_that_were_missed_leave_the_window_again() -> None:
    world = small_world()
    run(world, 0, blocks=4)
    assert [event["missed_blocks"] for event in world.events("liveness")] == ["4"]
    run(world, blocks=6)
    assert info(world).missed == 4
    run(world, blocks=4)
    assert (info(world).missed, info(world).bits, info(world).index_offset) == (0, b"", 14)
    assert world.events("liveness") == []


def test_a_jailed_validator_misses_nothing() -> None:
    world = small_world()
    world.staking.jail(world.ctx, world.consensus(0))
    run(world, 0, blocks=20)
    assert info(world).missed == 0
    assert world.validator(0).tokens == 100 * LAMP


def test_a_vote_of_an_unknown_validator_is_passed_over() -> None:
    world = small_world()
    world.block()
    stranger = Vote(b"\7" * 20, 10, False)
    world.ctx.block = replace(world.ctx.block, last_commit=(*world.ctx.block.last_commit, stranger))
    begin_block(world.ctx, world.slashing)
    assert SIGNING_INFOS.get(world.ctx, ConsensusAddress(b"\7" * 20)) is None


def test_a_window_of_another_length_starts_the_counting_afresh() -> None:
    world = small_world()
    run(world, 0, blocks=10)
    PARAMETERS.set(world.ctx, Params(signed_blocks_window=20))
    run(world, 0)
    assert info(world) == SigningInfo(world.ctx.height, 20, 1, 1, bits=b"\1")
    assert not world.validator(0).jailed
    world.check()


def test_a_return_to_the_set_starts_the_counting_and_keeps_the_punishment() -> None:
    world = small_world()
    address = world.consensus(0)
    SIGNING_INFOS.set(world.ctx, address, SigningInfo(3, 10, 7, 2, 99, True, b"\3"))
    world.slashing.validator_bonded(world.ctx, address)
    assert info(world) == SigningInfo(world.ctx.height, 10, jailed_until=99, tombstoned=True)


@pytest.mark.parametrize(
    ("window", "least", "most_missed"),
    [
        (100, ONE // 2, 50),
        (10, ONE // 20, 10),  # 0.5 rounds to 0
        (10, 3 * ONE // 20, 8),  # 1.5 rounds to 2
        (10, 5 * ONE // 20, 8),  # 2.5 rounds to 2
        (10, 26 * ONE // 100, 7),
        (7, ONE, 0),
        (7, 0, 7),
    ],
)
def test_what_must_be_signed_is_rounded_to_the_nearest_block(window: int, least: int, most_missed: int) -> None:
    assert Params(signed_blocks_window=window, min_signed_per_window=least).most_missed == most_missed


def jailed_world() -> World:
    world = small_world()
    run(world, 0, blocks=11)
    assert world.validator(0).jailed
    return world


def test_a_validator_returns_when_its_time_is_over() -> None:
    world = jailed_world()
    world.block(seconds=59)
    with pytest.raises(SlashingError) as caught:
        world.slashing.unjail(world.ctx, operator(0))
    assert caught.value.code is SlashingCode.VALIDATOR_JAILED
    world.block(seconds=1)
    world.slashing.unjail(world.ctx, operator(0))
    assert not world.validator(0).jailed


def test_a_validator_that_was_never_elected_returns_at_once() -> None:
    world = small_world()
    world.staking.jail(world.ctx, world.consensus(0))
    SIGNING_INFOS.delete(world.ctx, world.consensus(0))
    world.slashing.unjail(world.ctx, operator(0))
    assert not world.validator(0).jailed


def test_unjailing_is_refused_with_the_cosmos_sdks_codes() -> None:
    world = jailed_world()
    ctx, slashing = world.ctx, world.slashing

    def refusal(number: int) -> tuple[str, int, str]:
        with pytest.raises(SlashingError) as caught:
            slashing.unjail(ctx, operator(number))
        return caught.value.codespace, int(caught.value.code), caught.value.log

    assert refusal(5) == ("slashing", 2, "address is not associated with any known validator")
    assert refusal(1) == ("slashing", 5, "validator not jailed; cannot be unjailed")
    assert refusal(0) == ("slashing", 4, "validator still jailed; cannot be unjailed")
    stake = world.staking.stake
    before = world.validator(0)
    stake.put(ctx, before, replace(before, min_self_delegation=100 * LAMP))
    assert refusal(0) == (
        "slashing",
        7,
        f"{99 * LAMP} less than {100 * LAMP}: validator's self delegation less than minimum; cannot be unjailed",
    )
    world.delegate(address(1), 0, LAMP)
    world.unbond(operator(0), 0)
    assert refusal(0) == ("slashing", 6, "validator has no self-delegation; cannot be unjailed")


def test_signing_twice_is_for_good() -> None:
    world = small_world()
    world.block()
    world.slashing.punish_double_sign(world.ctx, world.validator(0), world.ctx.height - 1, 100)
    assert world.validator(0).jailed
    assert world.validator(0).tokens == 95 * LAMP
    assert (info(world).tombstoned, info(world).jailed_until) == (True, FOREVER)
    assert world.events("slash")[0]["reason"] == "double_sign"
    world.block(seconds=10**9)
    with pytest.raises(SlashingError) as caught:
        world.slashing.unjail(world.ctx, operator(0))
    assert caught.value.code is SlashingCode.VALIDATOR_JAILED
    world.check()


def test_signing_twice_reaches_who_unbonded_and_redelegated_since() -> None:
    # Given Alice who leaves before the deed, and Bob who leaves after it, each with 100 lamps
    world = small_world()
    alice, bob = address(1), address(2)
    world.delegate(alice, 0, 100 * LAMP)
    world.delegate(bob, 0, 100 * LAMP)
    world.unbond(alice, 0)
    world.block()
    world.block()
    deed = world.ctx.height
    world.block()
    world.unbond(bob, 0)
    before = world.bank.supply(world.ctx, "ulamp")
    # When the validator, which had a power of 200 then, is punished
    world.slashing.punish_double_sign(world.ctx, world.validator(0), deed, 200)
    # Then a twentieth of 200 lamps is burned: five of Bob's and five of the operator's
    assert before - world.bank.supply(world.ctx, "ulamp") == 10 * LAMP
    assert world.validator(0).tokens == 95 * LAMP
    world.check()


def test_who_was_never_elected_cannot_have_signed_twice() -> None:
    world = small_world()
    SIGNING_INFOS.delete(world.ctx, world.consensus(0))
    with pytest.raises(SlashingError) as caught:
        world.slashing.punish_double_sign(world.ctx, world.validator(0), 5, 100)
    assert caught.value.code is SlashingCode.NO_SIGNING_INFO


@settings(max_examples=50, derandomize=True, deadline=None)
@given(st.lists(st.booleans(), max_size=60), st.integers(1, 12))
def test_the_counter_is_that_of_a_plain_list(signed: list[bool], window: int) -> None:
    world = World()
    PARAMETERS.set(world.ctx, Params(signed_blocks_window=window, min_signed_per_window=0))
    world.slashing.validator_bonded(world.ctx, world.consensus(0))
    for count, flag in enumerate(signed, 1):
        run(world, *(() if flag else (0,)))
        assert info(world).missed == signed[max(0, count - window) : count].count(False)
    world.check()
