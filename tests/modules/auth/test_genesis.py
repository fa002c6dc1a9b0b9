import base64
import copy
from typing import Any

import pytest

from chain.crypto.addresses import address_of, module_address
from chain.sdk.module import GenesisError
from modules.auth import genesis
from modules.auth.keeper import AuthKeeper
from modules.auth.state import NEXT_NUMBER
from tests.modules.auth.world import PERMISSIONS, address, context, world

RAW_KEY = b"\x02" + bytes(range(32))
KEY = base64.b64encode(RAW_KEY).decode()
OWNER = str(address_of(RAW_KEY))


def base(number: int, account_number: str = "0", **more: Any) -> dict[str, Any]:
    return {
        "@type": genesis.BASE_ACCOUNT,
        "address": str(address(number)),
        "pub_key": None,
        "account_number": account_number,
        "sequence": "0",
        **more,
    }


def module_row(name: str = "gov", **more: Any) -> dict[str, Any]:
    inner = base(0) | {"address": str(module_address(name))} | more
    del inner["@type"]
    return {"@type": genesis.MODULE_ACCOUNT, "base_account": inner, "name": name, "permissions": []}


def with_accounts(*rows: dict[str, Any]) -> dict[str, Any]:
    return genesis.default() | {"accounts": list(rows)}


def test_the_default_section_is_the_cosmos_sdks() -> None:
    assert genesis.default() == {
        "params": {
            "max_memo_characters": "256",
            "tx_sig_limit": "7",
            "tx_size_cost_per_byte": "10",
            "sig_verify_cost_ed25519": "590",
            "sig_verify_cost_secp256k1": "1000",
        },
        "accounts": [],
    }
    genesis.validate(genesis.default())


def test_export_import_export_is_identical() -> None:
    key = {"@type": genesis.PUBLIC_KEY, "key": KEY}
    ctx, keeper = world(
        with_accounts(base(9, "4"), base(3, "2", address=OWNER, pub_key=key, sequence="12"), module_row())
    )
    keeper.ensure_account(ctx, address(77))
    first = genesis.export(ctx, keeper)
    again, other = world(copy.deepcopy(first))
    assert genesis.export(again, other) == first
    assert again.state.changes() == ctx.state.changes()  # type: ignore[attr-defined]  # the tests' BlockState
    assert NEXT_NUMBER.get(again) == NEXT_NUMBER.get(ctx)


def test_module_accounts_that_are_not_listed_are_made_behind_the_others() -> None:
    ctx, keeper = world(with_accounts(base(1, "10")))
    rows = genesis.export(ctx, keeper)["accounts"]
    assert [row.get("name") for row in rows] == [None, "fee_collector", "gov", "reserve"]
    assert [row["base_account"]["account_number"] for row in rows[1:]] == ["11", "12", "13"]


def test_accounts_of_one_number_get_the_lowest_free_numbers() -> None:
    ctx, keeper = world(with_accounts(base(1), base(2), base(3, "1"), base(4)))
    numbers = [keeper.ensure_account(ctx, address(i)).number for i in (1, 2, 3, 4)]
    assert numbers == [0, 2, 1, 3]


BAD: list[tuple[str, Any, str, str]] = [
    ("not an object", [], "auth", "must be an object"),
    ("no parameters", {"accounts": []}, "auth.params", "is missing"),
    ("unknown field", genesis.default() | {"extra": 1}, "auth.extra", "is unknown"),
    ("accounts no list", genesis.default() | {"accounts": {}}, "auth.accounts", "must be a list"),
    ("unknown parameter", {"params": {"x": "1"}}, "auth.params.x", "is unknown"),
    ("zero parameter", {"params": {"tx_sig_limit": "0"}}, "auth.params.tx_sig_limit", "must be 1 to 100"),
    ("no number", {"params": {"tx_sig_limit": "seven"}}, "auth.params.tx_sig_limit", "whole number"),
    ("huge number", {"params": {"tx_sig_limit": 2**64}}, "auth.params.tx_sig_limit", "2\\^64"),
    ("fraction", {"params": {"tx_sig_limit": 1.5}}, "auth.params.tx_sig_limit", "whole number"),
    ("account no object", with_accounts("x"), "auth.accounts[0]", "must be an object"),  # type: ignore[arg-type]  # bad on purpose
    ("no type", with_accounts({}), "auth.accounts[0].@type", "is missing"),
    ("unknown type", with_accounts(base(1) | {"@type": "/x"}), "auth.accounts[0].@type", "unsupported account type"),
    ("bad address", with_accounts(base(1) | {"address": "lamp1"}), "auth.accounts[0].address", "bech32"),
    (
        "cosmos address",
        with_accounts(base(1, address="cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn")),
        "auth.accounts[0].address",
        "expected lamp",
    ),
    ("address twice", with_accounts(base(1), base(2), base(1, "5")), "auth.accounts[2]", r"auth.accounts\[0\] already"),
    ("negative sequence", with_accounts(base(1, sequence="-1")), "auth.accounts[0].sequence", "whole number"),
    ("unknown field of an account", with_accounts(base(1, vesting=[])), "auth.accounts[0].vesting", "is unknown"),
    (
        "key of another type",
        with_accounts(base(1, pub_key={"@type": "/ed", "key": KEY})),
        "auth.accounts[0].pub_key.@type",
        "unsupported key",
    ),
    (
        "key no base64",
        with_accounts(base(1, pub_key={"@type": genesis.PUBLIC_KEY, "key": "!"})),
        "auth.accounts[0].pub_key.key",
        "base64",
    ),
    (
        "short key",
        with_accounts(base(1, pub_key={"@type": genesis.PUBLIC_KEY, "key": "AAAA"})),
        "auth.accounts[0].pub_key.key",
        "33 bytes",
    ),
    (
        "key of another account",
        with_accounts(base(1, pub_key={"@type": genesis.PUBLIC_KEY, "key": KEY})),
        "auth.accounts[0].pub_key",
        f"belongs to {OWNER}",
    ),
    (
        "module at another address",
        with_accounts(module_row(address=str(address(1)))),
        "auth.accounts[0].base_account.address",
        "is not the address of",
    ),
    (
        "module with a key",
        with_accounts(module_row(pub_key={"@type": genesis.PUBLIC_KEY, "key": KEY})),
        "auth.accounts[0].base_account.pub_key",
        "belongs to",
    ),
]


@pytest.mark.parametrize(("section", "path", "reason"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_section_is_refused_with_the_path_of_the_field(section: Any, path: str, reason: str) -> None:
    with pytest.raises(GenesisError, match=reason) as caught:
        genesis.validate(section)
    assert caught.value.path == path
    ctx = context()
    with pytest.raises(GenesisError):
        genesis.init(ctx, AuthKeeper(PERMISSIONS), section)
    assert ctx.state.changes() == {}  # type: ignore[attr-defined]  # the tests' BlockState


def test_an_ordinary_account_at_a_modules_address_is_refused() -> None:
    row = base(0, address=str(module_address("gov")))
    with pytest.raises(GenesisError, match=r"must be a /cosmos.auth.v1beta1.ModuleAccount"):
        world(with_accounts(row))
