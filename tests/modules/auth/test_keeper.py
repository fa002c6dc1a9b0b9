import pytest

from chain.primitives.ids import Address
from modules.auth.invariants import numbers_are_unique
from modules.auth.keeper import AuthKeeper
from modules.auth.params import Params
from modules.auth.state import ACCOUNTS, BY_NUMBER, NEXT_NUMBER, Account
from tests.modules.auth.world import PERMISSIONS, address, context, world


def test_new_accounts_get_numbers_in_order_and_are_found_by_them() -> None:
    ctx, keeper = world()
    first = NEXT_NUMBER.require(ctx)
    made = [keeper.ensure_account(ctx, address(i)) for i in (5, 3, 4)]
    assert [account.number for account in made] == [first, first + 1, first + 2]
    assert [BY_NUMBER.get(ctx, account.number) for account in made] == [address(5), address(3), address(4)]
    assert numbers_are_unique(ctx, keeper) is None


def test_an_account_that_is_there_is_returned_unchanged() -> None:
    ctx, keeper = world()
    account = keeper.ensure_account(ctx, address(1)).with_sequence(9)
    keeper.set_account(ctx, account)
    keeper.touch(ctx, address(1))
    assert keeper.ensure_account(ctx, address(1)) == account
    assert keeper.account(ctx, address(2)) is None


def test_module_accounts_have_the_addresses_that_cosmos_gives_them() -> None:
    keeper = AuthKeeper(PERMISSIONS)
    # sha256("gov")[:20], as on every Cosmos chain: cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn.
    assert bytes(keeper.module_address("gov")).hex() == "7b5fe22b5446f7c62ea27b8bd71cef94e03f3df2"
    assert keeper.is_module(keeper.module_address("gov"))
    assert not keeper.is_module(address(1))


def test_module_accounts_are_made_with_name_and_permissions() -> None:
    ctx, keeper = context(), AuthKeeper(PERMISSIONS)
    expected = Account(keeper.module_address("reserve"), b"", 0, 0, "reserve", ("minter", "burner"))
    assert keeper.module_account(ctx, "reserve") == expected
    assert ACCOUNTS.get(ctx, expected.address) == expected


@pytest.mark.parametrize("call", ["module_address", "module_permissions"])
def test_an_unknown_module_account_is_a_lookup_error(call: str) -> None:
    with pytest.raises(LookupError, match="no module account is named nobody"):
        getattr(AuthKeeper(PERMISSIONS), call)("nobody")


def test_parameters_are_read_anew_after_a_change_and_a_revert() -> None:
    ctx, keeper = world()
    assert keeper.tx_params(ctx) == Params()
    mark = ctx.state.mark()  # type: ignore[attr-defined]  # the tests' state is a BlockState
    keeper.set_params(ctx, Params(max_memo_characters=1))
    assert keeper.tx_params(ctx).max_memo_characters == 1
    ctx.state.revert(mark)  # type: ignore[attr-defined]  # as above
    assert keeper.tx_params(ctx) == Params()


def test_parameters_before_genesis_are_a_lookup_error() -> None:
    with pytest.raises(LookupError, match="not set"):
        AuthKeeper(PERMISSIONS).tx_params(context())


def test_the_invariant_finds_wrong_numbers() -> None:
    ctx, keeper = world()
    account = keeper.ensure_account(ctx, address(1))
    BY_NUMBER.set(ctx, account.number + 1, address(1))
    assert "numbers point to" in str(numbers_are_unique(ctx, keeper))
    BY_NUMBER.set(ctx, account.number, Address(bytes(20)))
    assert "is not found by its number" in str(numbers_are_unique(ctx, keeper))
    keeper.set_account(ctx, Account(address(1), b"", 99, 0))
    assert "the next one is" in str(numbers_are_unique(ctx, keeper))
    ACCOUNTS.set(ctx, address(1), Account(address(2), b"", 1, 0))
    assert "is kept at" in str(numbers_are_unique(ctx, keeper))
