"""`lampd genesis`: edit and check a genesis file before the chain begins."""

import json
from pathlib import Path
from typing import Any

import click

from chain.cli.node.common import example, open_home
from chain.cli.options import backend_option, home_option, resolve_address


@click.group(epilog=example("lampd genesis add-genesis-account alice 1000lamp"))
def genesis() -> None:
    """Edit and check a genesis file."""


@genesis.command("add-genesis-account", epilog=example("lampd genesis add-genesis-account alice 1000lamp,5ulamp"))
@click.argument("address_or_key_name")
@click.argument("coins")
@click.option("--append", is_flag=True, help="Add to the balance of an account that is there already.")
@home_option
@backend_option
def add_genesis_account(address_or_key_name: str, coins: str, append: bool, home: str, keyring_backend: str) -> None:
    """Give an account, by address or name of a key, COINS at genesis."""
    from chain.node.genesis import add_accounts, parse_amounts

    account = _address(resolve_address(home, keyring_backend)(address_or_key_name))
    folder = open_home(home)
    document = folder.read_genesis()
    add_accounts(document, [(account, parse_amounts(coins))], append=append)
    folder.write_genesis(document)
    click.echo(f"{account} has {coins} at genesis")


@genesis.command("bulk-add-genesis-account", epilog=example("lampd genesis bulk-add-genesis-account accounts.json"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--append", is_flag=True, help="Add to the balances of accounts that are there already.")
@home_option
def bulk_add_genesis_account(file: Path, append: bool, home: str) -> None:
    """Add many accounts from a JSON file: a list of {"address": ..., "coins": [{"denom", "amount"}, ...]}."""
    from chain.node.errors import NodeError
    from chain.node.genesis import add_accounts
    from chain.primitives.coins import Coin
    from chain.primitives.coins import coins as make_coins

    accounts = []
    try:
        for index, entry in enumerate(json.loads(file.read_text())):
            place = f"{file}[{index}]"
            amounts = sorted(Coin(coin["denom"], int(coin["amount"])) for coin in entry["coins"])
            accounts.append((_address(entry["address"]), make_coins(amounts)))
    except (KeyError, TypeError) as error:
        raise NodeError(f"{place}: needs address and coins with denom and amount ({error})") from error
    except ValueError as error:
        raise NodeError(f"{file}: {error}") from error
    folder = open_home(home)
    document = folder.read_genesis()
    add_accounts(document, accounts, append=append)
    folder.write_genesis(document)
    click.echo(f"{len(accounts)} accounts added")


@genesis.command(epilog=example("lampd genesis validate"))
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@home_option
def validate(file: Path | None, home: str) -> None:
    """Check a genesis file, by default that of the home folder; an error names the path of the bad field."""
    from chain.node.errors import NodeError
    from chain.node.genesis import validate_document

    path = file or open_home(home).genesis
    try:
        document = json.loads(path.read_text())
    except FileNotFoundError:
        raise NodeError(f"there is no {path}") from None
    except ValueError as error:
        raise NodeError(f"{path} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise NodeError(f"{path} is not a JSON object")
    validate_document(document)
    click.echo(f"{path} is a valid genesis of chain {document['chain_id']}")


def _address(text: str) -> Any:
    from chain.node.errors import NodeError
    from chain.primitives.ids import Address

    try:
        return Address.parse(text)
    except ValueError as error:
        raise NodeError(f"{text!r} is no address: {error}") from error
