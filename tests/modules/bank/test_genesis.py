import copy
from typing import Any

import pytest

from chain.primitives.coins import MAX_AMOUNT
from chain.sdk.module import GenesisError
from modules.bank import genesis
from modules.bank.invariants import owners_have_balances, supply_is_the_sum_of_balances
from modules.bank.keeper import BankKeeper
from modules.bank.metadata import LAMP
from modules.bank.state import DENOM_METADATA
from tests.modules.auth import world as accounts
from tests.modules.bank.world import address, section, world


def test_the_default_section_names_the_chains_token() -> None:
    default = genesis.default()
    genesis.validate(default)
    units = [(unit["denom"], unit["exponent"]) for unit in default["denom_metadata"][0]["denom_units"]]
    assert units == [("ulamp", 0), ("lamp", 6)]
    assert default | {"denom_metadata": []} == {
        "params": {"send_enabled": [], "default_send_enabled": True},
        "balances": [],
        "supply": [],
        "denom_metadata": [],
        "send_enabled": [],
    }
    ctx, _, _ = world({})
    assert DENOM_METADATA.get(ctx, "ulamp") == LAMP


def test_export_import_export_is_identical() -> None:
    entries = [{"denom": "uzinc", "enabled": True}, {"denom": "uatom", "enabled": False}]
    params = {"default_send_enabled": False}
    ctx, bank, auth = world({9: "5ulamp", 3: "7uzinc,1uatom", 4: "2ulamp"}, send_enabled=entries, params=params)
    first = genesis.export(ctx, bank)
    assert [row["address"] for row in first["balances"]] == [str(address(number)) for number in (3, 4, 9)]
    assert first["supply"] == [
        {"denom": "uatom", "amount": "1"},
        {"denom": "ulamp", "amount": "7"},
        {"denom": "uzinc", "amount": "7"},
    ]
    again, _ = accounts.world()
    other = BankKeeper(auth)
    genesis.init(again, other, copy.deepcopy(first))
    assert genesis.export(again, other) == first
    assert again.state.changes() == ctx.state.changes()  # type: ignore[attr-defined]  # the tests' BlockState
    assert supply_is_the_sum_of_balances(again, other) is None
    assert owners_have_balances(again, other) is None


def test_who_has_a_balance_gets_an_account() -> None:
    ctx, _, auth = world({5: "1ulamp"})
    assert auth.account(ctx, address(5)) is not None


def test_a_stated_supply_that_is_right_is_taken() -> None:
    genesis.validate(section({1: "5ulamp"}, supply=[{"denom": "ulamp", "amount": "5"}]))


def unit(denom: str, exponent: int, *aliases: str) -> dict[str, Any]:
    return {"denom": denom, "exponent": exponent, "aliases": list(aliases)}


def described(**more: Any) -> dict[str, Any]:
    row = {"base": "ulamp", "display": "lamp", "denom_units": [unit("ulamp", 0), unit("lamp", 6)]}
    return section({}, denom_metadata=[row | more])


def coin(denom: Any, amount: Any) -> dict[str, Any]:
    return section({}, balances=[{"address": str(address(1)), "coins": [{"denom": denom, "amount": amount}]}])


HUGE = {1: f"{MAX_AMOUNT}ulamp", 2: "1ulamp"}
BAD: list[tuple[str, Any, str, str]] = [
    ("not an object", None, "bank", "must be an object"),
    ("no parameters", {}, "bank.params", "is missing"),
    ("unknown field", section({}, vesting=[]), "bank.vesting", "is unknown"),
    ("unknown parameter", section({}, params={"x": 1}), "bank.params.x", "is unknown"),
    ("parameter", section({}, params={"default_send_enabled": "yes"}), "bank.params.default_send_enabled", "true or"),
    ("old entries", section({}, params={"send_enabled": [{}]}), "bank.params.send_enabled", "no longer supported"),
    ("balances no list", section({}, balances=1), "bank.balances", "must be a list"),
    ("no address", section({}, balances=[{"coins": []}]), "bank.balances[0].address", "is missing"),
    ("bad address", section({}, balances=[{"address": "x"}]), "bank.balances[0].address", "bech32"),
    (
        "address twice",
        section({}, balances=[{"address": str(address(1)), "coins": []}] * 2),
        "bank.balances[1].address",
        "is listed twice",
    ),
    ("bad denomination", coin("1", "5"), "bank.balances[0].coins", "invalid denom"),
    ("long denomination", coin("u" * 33, "5"), "bank.balances[0].coins[0].denom", "longer than 32"),
    ("zero", coin("ulamp", "0"), "bank.balances[0].coins", "not positive"),
    ("negative", coin("ulamp", "-1"), "bank.balances[0].coins[0].amount", "whole number"),
    ("fraction", coin("ulamp", 1.5), "bank.balances[0].coins[0].amount", "whole number"),
    ("2^256", coin("ulamp", str(MAX_AMOUNT + 1)), "bank.balances[0].coins[0].amount", "2\\^256"),
    ("no denomination", coin(None, "1"), "bank.balances[0].coins[0].denom", "is missing"),
    ("denomination twice", section({1: "1ulamp,2ulamp"}), "bank.balances[0].coins", "duplicate"),
    ("too much in all", section(HUGE), "bank.balances", "more than 2\\^256-1"),
    (
        "wrong supply",
        section({1: "5ulamp"}, supply=[{"denom": "ulamp", "amount": "6"}]),
        "bank.supply",
        "expected 5ulamp, got 6ulamp",
    ),
    (
        "supply of nothing",
        section({}, supply=[{"denom": "ulamp", "amount": "6"}]),
        "bank.supply",
        "expected nothing, got 6ulamp",
    ),
    ("bad base", described(base="1"), "bank.denom_metadata[0].base", "is not a denomination"),
    ("bad display", described(display=""), "bank.denom_metadata[0].display", "is not a denomination"),
    ("no units", described(denom_units=[]), "bank.denom_metadata[0].denom_units", "must begin with ulamp"),
    ("display no unit", described(display="klamp"), "bank.denom_metadata[0].display", "not among the units"),
    (
        "base not first",
        described(denom_units=[unit("lamp", 0), unit("ulamp", 6)]),
        "bank.denom_metadata[0].denom_units",
        "must begin with ulamp of exponent 0",
    ),
    (
        "exponents not ascending",
        described(denom_units=[unit("ulamp", 0), unit("lamp", 0)]),
        "bank.denom_metadata[0].denom_units",
        "ascending",
    ),
    (
        "unit twice",
        described(denom_units=[unit("ulamp", 0), unit("lamp", 1), unit("lamp", 2)]),
        "bank.denom_metadata[0].denom_units[2].denom",
        "listed twice",
    ),
    (
        "bad unit",
        described(denom_units=[unit("ulamp", 0), unit("lamp", 1), unit("", 2)]),
        "bank.denom_metadata[0].denom_units[2].denom",
        "is not a denomination",
    ),
    (
        "blank alias",
        described(denom_units=[unit("ulamp", 0, " "), unit("lamp", 6)]),
        "bank.denom_metadata[0].denom_units[0].aliases",
        "blank",
    ),
    ("unknown field of metadata", described(colour="red"), "bank.denom_metadata[0].colour", "is unknown"),
    (
        "metadata twice",
        section({}, denom_metadata=genesis.default()["denom_metadata"] * 2),
        "bank.denom_metadata[1].base",
        "listed twice",
    ),
    (
        "long base",
        described(base="u" * 33, denom_units=[unit("u" * 33, 0), unit("lamp", 6)]),
        "bank.denom_metadata[0].base",
        "longer than 32",
    ),
    ("bad entry", section({}, send_enabled=[{"denom": "1"}]), "bank.send_enabled[0].denom", "invalid denom"),
    ("entry twice", section({}, send_enabled=[{"denom": "ulamp"}] * 2), "bank.send_enabled[1].denom", "listed twice"),
]


@pytest.mark.parametrize(("data", "path", "reason"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_section_is_refused_with_the_path_of_the_field(data: Any, path: str, reason: str) -> None:
    with pytest.raises(GenesisError, match=reason) as caught:
        genesis.validate(data)
    assert caught.value.path == path
