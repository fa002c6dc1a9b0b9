from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.primitives.coins import MAX_AMOUNT, Coin
from chain.primitives.errors import SdkCode, SdkError
from modules.bank.invariants import owners_have_balances, supply_is_the_sum_of_balances
from modules.bank.keeper import FEE_COLLECTOR
from modules.bank.state import BALANCES, OWNERS, SUPPLY
from tests.modules.bank.world import address, lamps, world

TWO = (Coin("uatom", 2), Coin("ulamp", 3))


def test_a_send_moves_coins_and_tells_so_as_the_cosmos_sdk_does() -> None:
    ctx, bank, auth = world({1: "10ulamp"})
    ctx.events.clear()
    bank.send(ctx, address(1), address(2), lamps(4))
    assert (bank.balance(ctx, address(1), "ulamp"), bank.balance(ctx, address(2), "ulamp")) == (6, 4)
    one, two = str(address(1)), str(address(2))
    assert ctx.events == [
        ("coin_spent", (("spender", one), ("amount", "4ulamp"))),
        ("coin_received", (("receiver", two), ("amount", "4ulamp"))),
        ("transfer", (("recipient", two), ("sender", one), ("amount", "4ulamp"))),
        ("message", (("sender", one),)),
    ]
    made = auth.account(ctx, address(2))
    assert made is not None and made.sequence == 0


def test_the_index_of_owners_follows_balances_that_appear_and_vanish() -> None:
    ctx, bank, _ = world({1: "2uatom,5ulamp"})
    bank.send(ctx, address(1), address(2), TWO)
    assert list(OWNERS.find(ctx, "uatom")) == [address(2)]
    assert list(OWNERS.find(ctx, "ulamp")) == [address(1), address(2)]
    assert not BALANCES.has(ctx, (address(1), "uatom"))


@pytest.mark.parametrize("amount", [1, 10])
def test_a_send_to_oneself_changes_nothing(amount: int) -> None:
    ctx, bank, _ = world({1: "10ulamp"})
    before = ctx.state.changes()["bank"].copy()  # type: ignore[attr-defined]  # the tests' BlockState
    bank.send(ctx, address(1), address(1), lamps(amount))
    assert ctx.state.changes()["bank"] == before  # type: ignore[attr-defined]  # as above
    assert owners_have_balances(ctx, bank) is None


def test_an_overdraft_is_refused_before_anything_is_written() -> None:
    ctx, bank, _ = world({1: "2uatom,1ulamp"})
    mark = ctx.state.mark()  # type: ignore[attr-defined]  # the tests' BlockState
    with pytest.raises(SdkError) as caught:
        bank.send(ctx, address(1), address(2), TWO)
    assert (caught.value.codespace, caught.value.code) == ("sdk", SdkCode.INSUFFICIENT_FUNDS)
    assert caught.value.log == "spendable balance 1ulamp is smaller than 3ulamp: insufficient funds"
    assert ctx.state.mark() == mark  # type: ignore[attr-defined]  # as above


@pytest.mark.parametrize("denom", ["unknown", "ibc/" + "A" * 64, "x" * 128])
def test_an_account_has_nothing_of_a_denomination_that_does_not_exist(denom: str) -> None:
    ctx, bank, _ = world({1: "1ulamp"})
    assert bank.balance(ctx, address(1), denom) == bank.supply(ctx, denom) == 0
    with pytest.raises(SdkError, match="insufficient funds"):
        bank.send(ctx, address(1), address(2), (Coin(denom, 1),))
    assert bank.send_enabled(ctx, denom)


@pytest.mark.parametrize("bad", [(Coin("ulamp", 0),), (Coin("ulamp", -1),), (Coin("ulamp", 1), Coin("ulamp", 1))])
def test_invalid_coins_of_a_module_are_a_value_error(bad: Any) -> None:
    ctx, bank, _ = world({1: "10ulamp"})
    bank.send_to_module(ctx, address(1), "reserve", lamps(5))
    for call in (lambda: bank.send(ctx, address(1), address(2), bad), lambda: bank.burn(ctx, "reserve", bad)):
        with pytest.raises(ValueError, match=r"positive|duplicate"):
            call()
    with pytest.raises(ValueError, match=r"positive|duplicate"):
        bank.mint(ctx, "reserve", bad)


def test_no_coins_are_no_effect_and_no_event() -> None:
    ctx, bank, _ = world({1: "10ulamp"})
    ctx.events.clear()
    mark = ctx.state.mark()  # type: ignore[attr-defined]  # the tests' BlockState
    bank.send(ctx, address(1), address(2), ())
    bank.mint(ctx, "reserve", ())
    bank.burn(ctx, "reserve", ())
    assert (ctx.events, ctx.state.mark()) == ([], mark)  # type: ignore[attr-defined]  # as above


def test_module_accounts_pass_coins_on() -> None:
    ctx, bank, auth = world({1: "10ulamp"})
    bank.deduct_fee(ctx, address(1), lamps(7))
    bank.send_between_modules(ctx, FEE_COLLECTOR, "reserve", lamps(5))
    bank.send_from_module(ctx, "reserve", address(2), lamps(4))
    held = [auth.module_address(FEE_COLLECTOR), auth.module_address("reserve"), address(1), address(2)]
    assert [bank.balance(ctx, holder, "ulamp") for holder in held] == [2, 1, 3, 4]


def test_a_module_pays_no_other_module_as_if_it_were_a_user() -> None:
    ctx, bank, auth = world({1: "10ulamp"})
    bank.send_to_module(ctx, address(1), "reserve", lamps(5))
    with pytest.raises(SdkError) as caught:
        bank.send_from_module(ctx, "reserve", auth.module_address("gov"), lamps(1))
    assert (caught.value.codespace, caught.value.code) == ("sdk", SdkCode.UNAUTHORIZED)


def test_minting_and_burning_change_the_supply_and_tell_so() -> None:
    ctx, bank, auth = world({1: "10ulamp"})
    ctx.events.clear()
    bank.mint(ctx, "reserve", TWO)
    bank.burn(ctx, "reserve", (Coin("uatom", 2), Coin("ulamp", 1)))
    assert dict(SUPPLY.scan(ctx)) == {"ulamp": 12}
    reserve = str(auth.module_address("reserve"))
    assert ctx.events == [
        ("coin_received", (("receiver", reserve), ("amount", "2uatom,3ulamp"))),
        ("coinbase", (("minter", reserve), ("amount", "2uatom,3ulamp"))),
        ("coin_spent", (("spender", reserve), ("amount", "2uatom,1ulamp"))),
        ("burn", (("burner", reserve), ("amount", "2uatom,1ulamp"))),
    ]
    assert supply_is_the_sum_of_balances(ctx, bank) is None


@pytest.mark.parametrize(("verb", "word"), [("mint", "mint"), ("burn", "burn")])
def test_minting_and_burning_need_the_permission(verb: str, word: str) -> None:
    ctx, bank, _ = world({1: "10ulamp"})
    with pytest.raises(SdkError) as caught:
        getattr(bank, verb)(ctx, "gov", lamps(1))
    assert (caught.value.codespace, caught.value.code) == ("sdk", SdkCode.UNAUTHORIZED)
    assert caught.value.log == f"module account gov does not have permissions to {word} tokens: unauthorized"


@pytest.mark.parametrize("verb", ["mint", "burn"])
def test_an_unknown_module_is_a_lookup_error(verb: str) -> None:
    ctx, bank, _ = world({1: "10ulamp"})
    with pytest.raises(LookupError):
        getattr(bank, verb)(ctx, "nobody", lamps(1))


def test_a_supply_never_leaves_256_bits() -> None:
    ctx, bank, _ = world({1: "10ulamp"})
    bank.mint(ctx, "reserve", lamps(MAX_AMOUNT - 10))
    with pytest.raises(SdkError) as caught:
        bank.mint(ctx, "reserve", lamps(1))
    assert (caught.value.codespace, caught.value.code) == ("sdk", SdkCode.INVALID_COINS)


def test_a_denomination_too_long_for_the_state_is_not_minted() -> None:
    ctx, bank, _ = world({1: "10ulamp"})
    bank.mint(ctx, "reserve", (Coin("x" * 32, 1),))
    with pytest.raises(SdkError) as caught:
        bank.mint(ctx, "reserve", (Coin("x" * 33, 1),))
    assert (caught.value.codespace, caught.value.code) == ("sdk", SdkCode.INVALID_COINS)


STEPS = st.lists(
    st.tuples(st.sampled_from(["send", "mint", "burn"]), st.integers(1, 3), st.integers(1, 3), st.integers(1, 12)),
    max_size=30,
)


@given(STEPS)
def test_whatever_moves_the_books_agree(steps: list[tuple[str, int, int, int]]) -> None:
    ctx, bank, auth = world({1: "10ulamp,10uother", 2: "5ulamp"})
    model = {1: 10, 2: 5, 3: 0, 0: 0}
    for verb, source, target, amount in steps:
        try:
            if verb == "send":
                bank.send(ctx, address(source), address(target), lamps(amount))
                model[source] -= amount
                model[target] += amount
            elif verb == "mint":
                bank.mint(ctx, "reserve", lamps(amount))
                model[0] += amount
            else:
                bank.burn(ctx, "reserve", lamps(amount))
                model[0] -= amount
        except SdkError as error:
            assert error.code is SdkCode.INSUFFICIENT_FUNDS
            assert model[source if verb == "send" else 0] < amount
    holders = {0: auth.module_address("reserve")} | {number: address(number) for number in (1, 2, 3)}
    assert {number: bank.balance(ctx, holder, "ulamp") for number, holder in holders.items()} == model
    assert bank.supply(ctx, "ulamp") == sum(model.values())
    assert supply_is_the_sum_of_balances(ctx, bank) is None
    assert owners_have_balances(ctx, bank) is None


def test_the_invariants_find_wrong_books() -> None:
    ctx, bank, _ = world({1: "10ulamp"})
    OWNERS.add(ctx, ("ulamp", address(9)))
    assert "has none" in str(owners_have_balances(ctx, bank))
    OWNERS.remove(ctx, ("ulamp", address(9)))
    BALANCES.set(ctx, (address(9), "ulamp"), 1)
    assert "2 balances, 1 entries" in str(owners_have_balances(ctx, bank))
    assert supply_is_the_sum_of_balances(ctx, bank) == "supply of ulamp is 10, balances add up to 11"
