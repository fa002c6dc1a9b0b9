"""The bank module's section of genesis, in the Cosmos SDK's form."""

from typing import NamedTuple

from chain.primitives.coins import MAX_AMOUNT, Coin, Coins, coins, show_coins, valid_denom
from chain.primitives.ids import Address
from chain.sdk.context import Context
from chain.sdk.module import GenesisError, Json
from chain.sdk.sections import Section
from modules.bank.keeper import BankKeeper, holds
from modules.bank.metadata import LAMP, Metadata, check_metadata
from modules.bank.params import Params
from modules.bank.state import BALANCES, DENOM_METADATA, MAX_DENOM, PARAMETERS, SEND_ENABLED, SUPPLY
from modules.bank.wire import metadata_json, read_metadata


class _State(NamedTuple):
    """A section after its checks."""

    params: Params
    balances: dict[Address, Coins]
    supply: dict[str, int]
    metadata: dict[str, Metadata]
    send_enabled: dict[str, bool]


def default() -> Json:
    """Return a section with the default parameters, no coins, and the metadata of the chain's token."""
    return {
        "params": {"send_enabled": [], "default_send_enabled": True},
        "balances": [],
        "supply": [],
        "denom_metadata": [metadata_json(LAMP)],
        "send_enabled": [],
    }


def validate(section: Json) -> None:
    """Check a section. Raises: GenesisError naming the path of the bad field."""
    _parse(section)


def init(ctx: Context, keeper: BankKeeper, section: Json) -> None:
    """Write parameters, balances, supply, metadata and entries; who has a balance gets an account."""
    state = _parse(section)
    PARAMETERS.set(ctx, state.params)
    for address in sorted(state.balances):
        keeper.endow(ctx, address, state.balances[address])
    for denom in sorted(state.supply):
        SUPPLY.set(ctx, denom, state.supply[denom])
    for denom in sorted(state.metadata):
        DENOM_METADATA.set(ctx, denom, state.metadata[denom])
    for denom in sorted(state.send_enabled):
        SEND_ENABLED.set(ctx, denom, state.send_enabled[denom])


def export(ctx: Context, keeper: BankKeeper) -> Json:
    """Read the section back: balances in order of address, everything else in order of denomination."""
    balances: list[Json] = []
    last: Address | None = None
    for (address, denom), amount in BALANCES.scan(ctx):
        if address != last:
            balances.append({"address": str(address), "coins": []})
            last = address
        balances[-1]["coins"].append(_show(denom, amount))
    return {
        "params": {"send_enabled": [], "default_send_enabled": keeper.params(ctx).default_send_enabled},
        "balances": balances,
        "supply": [_show(denom, amount) for denom, amount in SUPPLY.scan(ctx)],
        "denom_metadata": [metadata_json(metadata) for _, metadata in DENOM_METADATA.scan(ctx)],
        "send_enabled": [{"denom": denom, "enabled": enabled} for denom, enabled in SEND_ENABLED.scan(ctx)],
    }


def _parse(data: Json) -> _State:
    section = Section("bank", data)
    values = section.object("params")
    params = Params(values.flag("default_send_enabled", True))
    if values.objects("send_enabled"):
        raise values.fail("send_enabled", "is no longer supported; use bank.send_enabled")
    values.done()
    balances = _balances(section)
    supply = _supply(section, balances)
    metadata = _metadata(section)
    send_enabled = _send_enabled(section)
    section.done()
    return _State(params, balances, supply, metadata, send_enabled)


def _balances(section: Section) -> dict[Address, Coins]:
    balances: dict[Address, Coins] = {}
    for row in section.objects("balances"):
        address = row.address("address")
        if address in balances:
            raise row.fail("address", f"{address} is listed twice")
        balances[address] = _coins(row, "coins")
        row.done()
    return balances


def _supply(section: Section, balances: dict[Address, Coins]) -> dict[str, int]:
    total: dict[str, int] = {}
    for held in balances.values():
        for coin in held:
            total[coin.denom] = total.get(coin.denom, 0) + coin.amount
    if any(amount > MAX_AMOUNT for amount in total.values()):
        raise section.fail("balances", "add up to more than 2^256-1 of a denomination")
    summed = tuple(Coin(denom, total[denom]) for denom in sorted(total))
    stated = _coins(section, "supply")
    if stated and stated != summed:
        raise section.fail("supply", f"expected {show_coins(summed) or 'nothing'}, got {show_coins(stated)}")
    return total


def _metadata(section: Section) -> dict[str, Metadata]:
    found: dict[str, Metadata] = {}
    for row in section.objects("denom_metadata"):
        metadata = read_metadata(row)
        wrong = check_metadata(metadata)
        if wrong is not None:
            raise row.fail(*wrong)
        _require_new(row, "base", metadata.base, found)
        found[metadata.base] = metadata
    return found


def _send_enabled(section: Section) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for row in section.objects("send_enabled"):
        denom = row.text("denom")
        _require_new(row, "denom", denom, found)
        found[denom] = row.flag("enabled", False)
        row.done()
    return found


def _require_new(row: Section, field: str, denom: str, found: dict[str, Metadata] | dict[str, bool]) -> None:
    if not valid_denom(denom):
        raise row.fail(field, f"invalid denom {denom[:140]!r}")
    if not holds(denom):
        raise row.fail(field, f"is longer than {MAX_DENOM} characters")
    if denom in found:
        raise row.fail(field, f"{denom} is listed twice")


def _coins(row: Section, field: str) -> Coins:
    items = []
    for coin in row.objects(field):
        items.append(Coin(coin.text("denom"), coin.uint("amount", bits=256)))
        coin.done()
        if not holds(items[-1].denom):
            raise coin.fail("denom", f"is longer than {MAX_DENOM} characters")
    try:
        return coins(sorted(items))
    except ValueError as error:
        raise GenesisError(row.at(field), str(error)) from error


def _show(denom: str, amount: int) -> Json:
    return {"denom": denom, "amount": str(amount)}
