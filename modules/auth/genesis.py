"""The auth module's section of genesis, in the Cosmos SDK's form."""

import base64
import binascii
from dataclasses import fields
from typing import Any

from chain.crypto.addresses import address_of, module_address
from chain.sdk.context import Context
from chain.sdk.module import GenesisError, Json
from chain.sdk.sections import Section
from modules.auth.keeper import AuthKeeper
from modules.auth.params import Params, check_params
from modules.auth.state import ACCOUNTS, BY_NUMBER, NEXT_NUMBER, PARAMETERS, Account

BASE_ACCOUNT = "/cosmos.auth.v1beta1.BaseAccount"
"""Type of an account that a key owns."""
MODULE_ACCOUNT = "/cosmos.auth.v1beta1.ModuleAccount"
"""Type of an account that a module owns."""
PUBLIC_KEY = "/cosmos.crypto.secp256k1.PubKey"
"""Type of an account's key."""


def default() -> Json:
    """Return a section with the default parameters and no accounts."""
    return {"params": _show_params(Params()), "accounts": []}


def validate(section: Json) -> None:
    """Check a section. Raises: GenesisError naming the path of the bad field."""
    _parse(section)


def init(ctx: Context, keeper: AuthKeeper, section: Json) -> None:
    """Write parameters and accounts; module accounts that are not listed are made behind them."""
    params, accounts = _parse(section)
    number = 0
    for account in accounts:
        if keeper.is_module(account.address) and not account.name:
            raise GenesisError("auth.accounts", f"{account.address} must be a {MODULE_ACCOUNT}")
    for account in accounts:
        ACCOUNTS.set(ctx, account.address, account)
        BY_NUMBER.set(ctx, account.number, account.address)
        number = max(number, account.number + 1)
    PARAMETERS.set(ctx, params)
    NEXT_NUMBER.set(ctx, number)
    for name in keeper.module_names():
        keeper.module_account(ctx, name)


def export(ctx: Context, keeper: AuthKeeper) -> Json:
    """Read the section back, accounts in order of number."""
    accounts = (account for _, account in ACCOUNTS.scan(ctx))
    return {
        "params": _show_params(PARAMETERS.require(ctx)),
        "accounts": [_show_account(account) for account in sorted(accounts, key=lambda account: account.number)],
    }


def _parse(data: Json) -> tuple[Params, list[Account]]:
    section = Section("auth", data)
    values = section.object("params")
    defaults = Params()
    params = Params(*(values.uint(field.name, getattr(defaults, field.name)) for field in fields(Params)))
    values.done()
    wrong = check_params(params)
    if wrong is not None:
        raise values.fail(*wrong)
    rows = section.objects("accounts")
    section.done()
    accounts = [_parse_account(row) for row in rows]
    seen: dict[bytes, str] = {}
    for row, account in zip(rows, accounts, strict=True):
        other = seen.setdefault(account.address, row.path)
        if other != row.path:
            raise GenesisError(row.path, f"{account.address} is at {other} already")
    return params, _number(accounts)


def _number(accounts: list[Account]) -> list[Account]:
    """Return accounts in order of number; of several with one number the first keeps it (tools write 0 in all)."""
    taken: set[int] = set()
    keep: list[Account] = []
    spare: list[Account] = []
    for account in accounts:
        (spare if account.number in taken else keep).append(account)
        taken.add(account.number)
    number = 0
    for account in spare:
        while number in taken:
            number += 1
        taken.add(number)
        keep.append(
            Account(account.address, account.public_key, number, account.sequence, account.name, account.permissions)
        )
    return sorted(keep, key=lambda account: account.number)


def _parse_account(row: Section) -> Account:
    kind = row.text("@type")
    if kind == BASE_ACCOUNT:
        account = _parse_base(row, "", ())
    elif kind == MODULE_ACCOUNT:
        name = row.text("name")
        account = _parse_base(row.object("base_account"), name, tuple(row.texts("permissions")))
        if not name or account.address != module_address(name):
            raise row.fail("base_account.address", f"is not the address of module account {name!r}")
        row.done()
    else:
        raise row.fail("@type", f"unsupported account type {kind!r}; known are {BASE_ACCOUNT} and {MODULE_ACCOUNT}")
    return account


def _parse_base(row: Section, name: str, permissions: tuple[str, ...]) -> Account:
    if not name:
        row.text("@type")
    address = row.address("address")
    key = _parse_key(row.object("pub_key")) if row.has("pub_key") else b""
    if key and address_of(key) != address:
        raise row.fail("pub_key", f"belongs to {address_of(key)}, not to this account")
    account = Account(address, key, row.uint("account_number", 0), row.uint("sequence", 0), name, permissions)
    row.done()
    return account


def _parse_key(row: Section) -> bytes:
    kind = row.text("@type")
    if kind != PUBLIC_KEY:
        raise row.fail("@type", f"unsupported key type {kind!r}; known is {PUBLIC_KEY}")
    try:
        key = base64.b64decode(row.text("key"), validate=True)
    except binascii.Error as error:
        raise row.fail("key", f"is not base64: {error}") from error
    row.done()
    if len(key) != 33 or key[0] not in (2, 3):
        raise row.fail("key", "is not a compressed secp256k1 key of 33 bytes")
    return key


def _show_params(params: Params) -> Json:
    return {field.name: str(getattr(params, field.name)) for field in fields(Params)}


def _show_account(account: Account) -> Json:
    base: dict[str, Any] = {
        "address": str(account.address),
        "pub_key": _show_key(account.public_key),
        "account_number": str(account.number),
        "sequence": str(account.sequence),
    }
    if not account.name:
        return {"@type": BASE_ACCOUNT, **base}
    return {
        "@type": MODULE_ACCOUNT,
        "base_account": base,
        "name": account.name,
        "permissions": list(account.permissions),
    }


def _show_key(key: bytes) -> Json | None:
    return {"@type": PUBLIC_KEY, "key": base64.b64encode(key).decode()} if key else None
