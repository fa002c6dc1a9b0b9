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
    from chain.node.genesis import try_genesis, validate_document

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
    try_genesis(document)
    click.echo(f"{path} is a valid genesis of chain {document['chain_id']}")


@genesis.command(epilog=example("lampd genesis gentx alice 100000lamp --moniker lighthouse"))
@click.argument("key_name")
@click.argument("amount")
@click.option("--chain-id", default="", help="Name of the chain; refused when genesis names another.")
@click.option("--moniker", default="", help="Name for people; by default that of the node.")
@click.option(
    "--pubkey", default="", help="Consensus key, as `lampd comet show-validator` prints it; by default this node's."
)
@click.option("--commission-rate", default="0.1", show_default=True, help="Part of delegators' rewards, 0 to 1.")
@click.option("--commission-max-rate", default="0.2", show_default=True, help="Most that it can ever be.")
@click.option("--commission-max-change-rate", default="0.01", show_default=True, help="Most that it can rise a day.")
@click.option("--min-self-delegation", type=click.IntRange(1), default=1, show_default=True, help="In ulamp.")
@click.option("--identity", default="", help="Identity, such as a Keybase fingerprint.")
@click.option("--website", default="", help="Website.")
@click.option("--security-contact", default="", help="Where to report faults.")
@click.option("--details", default="", help="Anything else.")
@click.option("--ip", default="", help="Address at which peers reach the node; by default 127.0.0.1.")
@click.option(
    "--p2p-port", type=click.IntRange(1, 65535), default=None, help="Its port, by default the configured one."
)
@click.option("--output-document", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it.")
@home_option
@backend_option
def gentx(
    key_name: str, amount: str, home: str, keyring_backend: str, output_document: Path | None, **values: Any
) -> None:
    """Declare this node a validator of genesis: KEY_NAME stakes AMOUNT; writes a signed transaction to a file."""
    from chain.cli.options import open_keyring
    from chain.node.errors import NodeError
    from chain.node.genesis import parse_amounts
    from chain.node.gentxs import Candidate, gentx_path, make_gentx, require_funds, write_gentx
    from chain.node.home import node_id, validator_key
    from modules.staking.commands import read_consensus_key

    folder = open_home(home)
    document = folder.read_genesis()
    if values["chain_id"] not in ("", document["chain_id"]):
        raise NodeError(f"{folder.genesis} is of chain {document['chain_id']}, not of {values['chain_id']}")
    stake = parse_amounts(amount)
    if len(stake) != 1:
        raise click.UsageError(f"expected one amount such as 100lamp, got {amount!r}")
    signer = open_keyring(home, keyring_backend).signer(key_name)
    require_funds(document, signer.address, stake[0])
    config = folder.comet_config()
    port = values["p2p_port"] or int(str(config["p2p.laddr"]).rpartition(":")[2])
    candidate = Candidate(
        stake[0],
        values["moniker"] or str(config.get("moniker", key_name)),
        read_consensus_key(values["pubkey"]) if values["pubkey"] else validator_key(folder),
        values["commission_rate"],
        values["commission_max_rate"],
        values["commission_max_change_rate"],
        values["min_self_delegation"],
        {name: values[name] for name in ("identity", "website", "security_contact", "details")},
    )
    memo = f"{node_id(folder)}@{values['ip'] or '127.0.0.1'}:{port}"
    path = output_document or gentx_path(folder)
    write_gentx(path, make_gentx(candidate, signer, document["chain_id"], memo))
    click.echo(f"wrote {path}; whoever coordinates genesis collects it")


@genesis.command("collect-gentxs", epilog=example("lampd genesis collect-gentxs --gentx-dir ./gentxs"))
@click.option(
    "--gentx-dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the transactions; by default config/gentx of the home folder.",
)
@home_option
def collect_gentxs(gentx_dir: Path | None, home: str) -> None:
    """Put validators' transactions into genesis, try it, and write their nodes among the peers."""
    from chain.node.gentxs import FOLDER, collect

    folder = open_home(home)
    peers = collect(folder, gentx_dir or folder.config / FOLDER)
    click.echo(f"{folder.genesis} has its validators; {len(peers)} peers")


def _address(text: str) -> Any:
    from chain.node.errors import NodeError
    from chain.primitives.ids import Address

    try:
        return Address.parse(text)
    except ValueError as error:
        raise NodeError(f"{text!r} is no address: {error}") from error
