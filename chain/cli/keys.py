"""`lampd keys`: the keyring."""

import json
from typing import Any

import click

from chain.cli.options import ask_secret, backend_option, home_option, open_keyring, output_option
from chain.cli.output import show_json_or_text, show_table
from chain.sdk.cli import Column

_COLUMNS = (Column("name", "NAME"), Column("address", "ADDRESS"), Column("type", "TYPE"))


@click.group()
def keys() -> None:
    """Keep the keys that sign transactions.

    Keys are files of mode 0600 in the home folder. Secrets are read from the terminal or from standard input, never
    from the command line.
    """


def _plain(info: Any) -> dict[str, str]:
    from chain.client.keyring import KeyInfo

    known: KeyInfo = info
    return {
        "name": known.name,
        "type": "local",
        "address": str(known.address),
        "public_key": known.public_key.hex(),
    }


@keys.command(epilog="Example: lampd keys add alice")
@click.argument("name")
@click.option("--recover", is_flag=True, help="Ask for the words of an existing key instead of making a new one.")
@click.option("--hd-path", default="m/44'/118'/0'/0/0", show_default=True, help="Derivation path (BIP-32).")
@click.option("--no-backup", is_flag=True, help="Do not print the words of a new key.")
@home_option
@backend_option
@output_option
def add(name: str, recover: bool, hd_path: str, no_backup: bool, home: str, keyring_backend: str, output: str) -> None:
    """Make a key, or bring back one from its words."""
    keyring = open_keyring(home, keyring_backend)
    if recover:
        info, mnemonic = keyring.recover(name, ask_secret("Words of the key"), hd_path), ""
    else:
        info, mnemonic = keyring.create(name, hd_path)
    plain = _plain(info)
    if output == "json" and mnemonic and not no_backup:
        plain["mnemonic"] = mnemonic
    show_json_or_text(plain, output)
    if output == "text" and mnemonic and not no_backup:
        click.echo(
            "\nWrite these words down and keep them safe: they are the only way to bring the key back.\n", err=True
        )
        click.echo(mnemonic, err=True)


@keys.command("list", epilog="Example: lampd keys list")
@home_option
@backend_option
@output_option
def list_keys(home: str, keyring_backend: str, output: str) -> None:
    """Show all keys."""
    rows = [_plain(info) for info in open_keyring(home, keyring_backend).list()]
    if output == "json":
        click.echo(json.dumps(rows, indent=2))
    else:
        show_table(rows, _COLUMNS)


@keys.command(epilog="Example: lampd keys show alice --address")
@click.argument("name")
@click.option("--address", "-a", is_flag=True, help="Only the address.")
@click.option("--pubkey", "-p", is_flag=True, help="Only the public key, in hex.")
@home_option
@backend_option
@output_option
def show(name: str, address: bool, pubkey: bool, home: str, keyring_backend: str, output: str) -> None:
    """Show what is public of a key, by its name or address."""
    plain = _plain(open_keyring(home, keyring_backend).find(name))
    if address or pubkey:
        click.echo(plain["address" if address else "public_key"])
    else:
        show_json_or_text(plain, output)


@keys.command(epilog="Example: lampd keys delete old-key --yes")
@click.argument("name")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@home_option
@backend_option
def delete(name: str, yes: bool, home: str, keyring_backend: str) -> None:
    """Remove a key for good."""
    keyring = open_keyring(home, keyring_backend)
    keyring.show(name)
    if not yes:
        click.confirm(f"Remove key {name}? Without its words it cannot be brought back.", abort=True, err=True)
    keyring.delete(name)
    click.echo(f"removed {name}", err=True)


@keys.command(epilog="Example: lampd keys rename alice alice-cold")
@click.argument("old_name")
@click.argument("new_name")
@home_option
@backend_option
def rename(old_name: str, new_name: str, home: str, keyring_backend: str) -> None:
    """Give a key another name."""
    open_keyring(home, keyring_backend).rename(old_name, new_name)
    click.echo(f"renamed {old_name} to {new_name}", err=True)


@keys.command(epilog="Example: lampd keys export alice > alice.armor")
@click.argument("name")
@home_option
@backend_option
def export(name: str, home: str, keyring_backend: str) -> None:
    """Print a key as text, sealed with a passphrase that is asked for."""
    keyring = open_keyring(home, keyring_backend)
    keyring.show(name)
    armor = keyring.export_armor(name, ask_secret("Passphrase of the exported key (at least 8 characters)"))
    click.echo(armor, nl=False)


@keys.command("import", epilog="Example: lampd keys import alice alice.armor")
@click.argument("name")
@click.argument("file", type=click.File())
@home_option
@backend_option
def import_key(name: str, file: Any, home: str, keyring_backend: str) -> None:
    """Store a key from a file that `lampd keys export` made; its passphrase is asked for."""
    armor = file.read()
    info = open_keyring(home, keyring_backend).import_armor(name, armor, ask_secret("Passphrase of the exported key"))
    show_json_or_text(_plain(info), "text")


@keys.command(epilog="Example: lampd keys mnemonic")
def mnemonic() -> None:
    """Print the 24 words of a new key without storing it."""
    from chain.client.mnemonics import new_mnemonic

    click.echo(new_mnemonic())


@keys.command(epilog="Example: lampd keys parse lamp1...")
@click.argument("address")
@output_option
def parse(address: str, output: str) -> None:
    """Convert an address between bech32 and hex."""
    from bech32 import bech32_decode, bech32_encode, convertbits

    prefix, words = bech32_decode(address)
    if prefix is not None and words is not None:
        data = bytes(convertbits(words, 5, 8, False) or [])
        show_json_or_text({"human": prefix, "bytes": data.hex().upper()}, output)
        return
    try:
        data = bytes.fromhex(address)
    except ValueError as error:
        raise click.UsageError(f"{address!r} is neither bech32 nor hex") from error
    formats = [
        bech32_encode(kind, convertbits(data, 8, 5) or []) for kind in ("lamp", "lampvaloper", "lampvalcons", "lampdev")
    ]
    show_json_or_text({"formats": formats}, output)
