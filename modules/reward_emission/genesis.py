"""The genesis section of reward emission.

Parameters that are missing take their defaults; `reserve` null puts all that is not in supply into the reserve. An
export has everything, the reserve too. Supply, reserve and burned pool must sum to the cap, the module's account must
cover what is owed, and all parts must agree with each other: what concerns the bank is checked against its section,
which comes first.
"""

from collections.abc import Sequence
from typing import Any

from chain.crypto.addresses import module_address
from chain.primitives.coins import BASE_DENOM
from chain.sdk.context import Context
from chain.sdk.module import GenesisError, Json
from chain.sdk.sections import Section
from modules.reward_emission import genesis_records as records
from modules.reward_emission.genesis_checks import check_agreement
from modules.reward_emission.genesis_records import DEFAULT_CAP, MAX_CAP, Content
from modules.reward_emission.invariants import books_cover_slots, liabilities, usage_stays_below_what_was_burned
from modules.reward_emission.keeper import RewardEmissionKeeper
from modules.reward_emission.params import Params
from modules.reward_emission.state import (
    ACCOUNTS,
    BOOKS,
    CELLS,
    EPOCHS,
    PARAMS,
    PROVIDERS,
    RESERVE,
    SPENT,
    STORE,
    USAGE,
    Reserve,
    Spent,
)


def default() -> Json:
    """Return the section of a new chain."""
    return records.write(Content(Params(), DEFAULT_CAP, None))


def validate(section: Json) -> None:
    """Check a section. Raises: GenesisError."""
    _read(section)


def init(ctx: Context, keeper: RewardEmissionKeeper, section: Json) -> None:
    """Write a section into an empty state, behind the bank's. Raises: GenesisError where the two contradict."""
    content = _read(section)
    supply = keeper.bank.supply(ctx, BASE_DENOM)
    held = content.reserve or Reserve(content.cap, content.cap - supply, 0, 0, 0, 0)
    if held.remaining < 0:
        raise GenesisError(f"{STORE}.cap", f"the supply of {supply}{BASE_DENOM} is above the cap of {content.cap}")
    if supply + held.remaining + held.burned != content.cap:
        raise GenesisError(
            f"{STORE}.reserve.remaining", f"supply {supply} + remaining + burned is not the cap of {content.cap}"
        )
    _fill(ctx, content, held)
    owed, balance = liabilities(ctx), keeper.bank.balance(ctx, module_address(STORE), BASE_DENOM)
    if owed > balance:
        raise GenesisError(f"{STORE}.books", f"{owed}{BASE_DENOM} is owed, but the module's account has {balance}")
    for field, rule in (("books", books_cover_slots), ("usage", usage_stays_below_what_was_burned)):
        wrong = rule(ctx, keeper)
        if wrong:
            raise GenesisError(f"{STORE}.{field}", wrong)


def export(ctx: Context, keeper: RewardEmissionKeeper) -> Json:
    """Return the section that makes this state again."""
    held = keeper.reserve(ctx)
    return records.write(
        Content(
            keeper.params(ctx),
            held.cap,
            held,
            list(BOOKS.scan(ctx)),
            list(EPOCHS.scan(ctx)),
            list(ACCOUNTS.scan(ctx)),
            list(CELLS.scan(ctx)),
            list(USAGE.scan(ctx)),
            list(PROVIDERS.scan(ctx)),
            SPENT.get(ctx) or Spent(),
        )
    )


def _fill(ctx: Context, content: Content, held: Reserve) -> None:
    PARAMS.set(ctx, content.params)
    RESERVE.set(ctx, held)
    for key, book in content.books:
        BOOKS.set(ctx, key, book)
    for epoch, emission in content.epochs:
        EPOCHS.set(ctx, epoch, emission)
    for device, account in content.accounts:
        ACCOUNTS.set(ctx, device, account)
    for place, counts in content.cells:
        CELLS.set(ctx, place, counts)
    for epoch, usage in content.usage:
        USAGE.set(ctx, epoch, usage)
    for address, provider in content.providers:
        PROVIDERS.set(ctx, address, provider)
    if content.spent != Spent():
        SPENT.set(ctx, content.spent)


def _read(data: Json) -> Content:
    section = Section(STORE, data)
    params = records.read_params(section.object("params")) if section.has("params") else Params()
    cap = section.uint("cap", DEFAULT_CAP)
    if not 0 < cap <= MAX_CAP:
        raise section.fail("cap", f"must be in 1..{MAX_CAP}")
    content = Content(
        params,
        cap,
        records.read_reserve(section.object("reserve"), cap) if section.has("reserve") else None,
        [records.read_book(item) for item in section.objects("books")],
        [records.read_epoch(item) for item in section.objects("epochs")],
        [records.read_account(item) for item in section.objects("accounts")],
        [records.read_cell(item) for item in section.objects("cells")],
        [records.read_usage(item) for item in section.objects("usage")],
        [records.read_provider(item) for item in section.objects("providers")],
        records.read_spent(section.object("spent")) if section.has("spent") else Spent(),
    )
    section.done()
    for name in ("books", "epochs", "accounts", "cells", "usage", "providers"):
        _check_order(name, [key for key, _ in getattr(content, name)])
    check_agreement(content)
    return content


def _check_order(field: str, keys: Sequence[Any]) -> None:
    for index in range(1, len(keys)):
        if keys[index] <= keys[index - 1]:
            raise GenesisError(f"{STORE}.{field}[{index}]", "must be in order of keys, each once")
