"""The wiring: every hook has its place, every account is declared once."""

from dataclasses import replace

import pytest

from chain import app
from chain.app import build_modules, store_names, wire


def test_every_module_has_a_place_in_genesis_and_every_hook_one_in_its_order() -> None:
    modules = build_modules()
    assert tuple(module.name for module in modules) == app.GENESIS_ORDER
    assert {module.name for module in modules if module.begin_block} == set(app.BEGIN_BLOCK_ORDER)
    assert {module.name for module in modules if module.end_block} == set(app.END_BLOCK_ORDER)


def test_module_accounts_are_those_that_modules_declare_and_governance() -> None:
    declared = {name: tuple(permissions) for module in build_modules() for name, permissions in module.accounts.items()}
    assert {**declared, "gov": ()} == dict(app.MODULE_ACCOUNTS)


def test_each_wiring_stands_alone() -> None:
    first, second = wire(), wire()
    assert all(
        one.keeper is not other.keeper or one.keeper is None
        for one, other in zip(first.modules, second.modules, strict=True)
    )
    assert "runtime" in store_names() and len(set(store_names())) == len(store_names())


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"begin_block": print}, "BEGIN_BLOCK_ORDER"),
        ({"end_block": print}, "END_BLOCK_ORDER"),
        ({"accounts": {"gov": ("minter",)}}, "MODULE_ACCOUNTS"),
    ],
)
def test_what_has_no_place_is_refused(change: dict[str, object], text: str) -> None:
    auth = build_modules()[0]
    with pytest.raises(ValueError, match=text):
        app._check(replace(auth, **change))  # type: ignore[arg-type]
