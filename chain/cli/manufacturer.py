"""`lampd manufacturer`: what a manufacturer does with its issuing key and with the keys of its devices."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click

from chain.cli.options import open_keyring, output_option
from chain.cli.output import show_json_or_text
from chain.cli.ownership import with_tx_options
from chain.cli.sending import Sending

_QUERY = "/lamppost.device_registry.v1.Query/"
_KEY_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_TREE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def manufacturer() -> None:
    """Register a manufacturer and issue batches of device keys.

    \b
    From keys to devices:
      lampd device keygen issuing.json --algorithm p256     the key that signs batches; keep it off line
      lampd manufacturer register acme --key issuing.json --from maker
      lampd manufacturer batch build keys.jsonl             the tree over the device keys
      lampd manufacturer batch issue keys.tree --key issuing.json --model 3 --from maker
      lampd manufacturer batch proof keys.tree 0            what a device's owner claims it with
    """


@manufacturer.command(epilog="Example: lampd manufacturer register acme --key issuing.json --from maker")
@click.argument("name")
@click.option("--key", "key_file", required=True, type=_KEY_FILE, help="File of the issuing key.")
@with_tx_options
def register(name: str, key_file: Path, **values: Any) -> None:
    """Register the manufacturer NAME; --from becomes its owner and pays the bond.

    The issuing key signs its binding to name and owner on this chain. Batches need its signature beside the owner's, so
    whoever gets hold of the owner's account alone can't issue any.
    """
    from chain.client import Client
    from chain.client.devices import DeviceKey
    from chain.client.manufacturers import register_manufacturer_message

    keyring = open_keyring(values["home"], values["keyring_backend"])
    with Client(values["node"], keyring, values["chain_id"]) as client:
        message = register_manufacturer_message(
            DeviceKey.load(key_file),
            chain_id=client.chain_id,
            owner=str(keyring.find(values["signer_key"]).address),
            name=name,
        )
    Sending(values).send([message])


@manufacturer.command(epilog="Example: lampd manufacturer set-key 1 --old issuing.json --new next.json --from maker")
@click.argument("number", type=click.IntRange(1), metavar="MANUFACTURER")
@click.option("--old", "old_file", required=True, type=_KEY_FILE, help="File of the issuing key that goes.")
@click.option("--new", "new_file", required=True, type=_KEY_FILE, help="File of the issuing key that comes.")
@with_tx_options
def set_key(number: int, old_file: Path, new_file: Path, **values: Any) -> None:
    """Replace the issuing key of MANUFACTURER; both keys sign, and --from is its owner."""
    from chain.client import Client
    from chain.client.devices import DeviceKey
    from chain.client.manufacturers import set_issuing_key_message
    from chain.pb.lamppost.device_registry.v1 import query_pb2

    keyring = open_keyring(values["home"], values["keyring_backend"])
    with Client(values["node"], keyring, values["chain_id"]) as client:
        request = query_pb2.QueryManufacturerRequest(manufacturer=number)
        found = client.query(_QUERY + "Manufacturer", request, query_pb2.QueryManufacturerResponse).manufacturer
        message = set_issuing_key_message(
            DeviceKey.load(old_file),
            DeviceKey.load(new_file),
            chain_id=client.chain_id,
            owner=found.owner,
            manufacturer=number,
            name=found.name,
            number=found.signatures,
        )
    Sending(values).send([message])


@manufacturer.group()
def batch() -> None:
    """Make the tree over device keys, sign it, and prove places in it."""


@batch.command(epilog="Example: lampd manufacturer batch build keys.jsonl --tree keys.tree")
@click.argument("keys", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--tree", type=_TREE, help="File of the tree (default: the name of KEYS with the ending .tree).")
@output_option
def build(keys: Path, tree: Path | None, output: str) -> None:
    """Build the tree over the device keys of KEYS and print its root and count; - reads them from standard input.

    Each line is a JSON object with "algorithm" (ed25519, p256, secp256k1) and "public_key" in hexadecimal. The order of
    the lines is the order of the keys. Memory stays bounded whatever their number; a build that is interrupted leaves
    no tree.
    """
    from chain.client.keybuild import build as build_tree

    if tree is None and str(keys) == "-":
        raise click.UsageError("keys from standard input need --tree FILE")
    target = tree or keys.with_suffix(".tree")
    size = 0 if str(keys) == "-" else keys.stat().st_size
    with _stopped_by_sigterm(), _progress(size) as report, click.open_file(str(keys), "rb") as source:
        count, root = build_tree(source, str(keys), target, report)
    show_json_or_text({"root": root.hex(), "count": count, "tree": str(target)}, output)


@contextmanager
def _stopped_by_sigterm() -> Iterator[None]:
    """Let a request to stop unwind the build, so that it takes its files away."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _progress(size: int) -> Iterator[Callable[[str, int], None]]:
    """Yield what shows progress on a terminal's error output, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda what, done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading keys", total=size or None)
        names = {"keys": "reading keys", "table": "looking for duplicates", "tree": "hashing"}

        def report(what: str, done: int) -> None:
            # Only reading takes long; what follows is shown by name, without a bar of its own.
            bar.update(task, description=names[what], completed=done if what == "keys" else size)

        yield report


@batch.command(
    epilog="Example: lampd manufacturer batch sign keys.tree --key issuing.json --manufacturer 1 --model 3 "
    "--number 1 --chain-id lamppost-1 > issue.json"
)
@click.argument("tree", type=_TREE)
@click.option("--key", "key_file", required=True, type=_KEY_FILE, help="File of the issuing key.")
@click.option("--manufacturer", "maker", required=True, type=click.IntRange(1), help="Id of the manufacturer.")
@click.option("--model", required=True, type=click.IntRange(1), help="Id of the devices' model.")
@click.option(
    "--number",
    required=True,
    type=click.IntRange(0),
    help="The manufacturer's count of signatures, as `lampd query device-registry manufacturer` shows it.",
)
@click.option("--chain-id", required=True, help="Chain that the batch is for.")
def sign(tree: Path, key_file: Path, maker: int, model: int, number: int, chain_id: str) -> None:
    """Sign the batch of TREE with the issuing key and print the issue file; needs no node, so it works off line."""
    from chain.client.devices import DeviceKey
    from chain.client.keytree import KeyTree
    from chain.client.manufacturers import sign_batch

    with KeyTree.open(tree) as opened:
        issue = sign_batch(
            DeviceKey.load(key_file),
            chain_id=chain_id,
            manufacturer=maker,
            model=model,
            root=opened.root,
            count=opened.count,
            number=number,
        )
    show_json_or_text(issue.to_json(), "json")


@batch.command(epilog="Example: lampd manufacturer batch issue keys.tree --key issuing.json --model 3 --from maker")
@click.argument("tree", type=_TREE)
@click.option("--key", "key_file", required=True, type=_KEY_FILE, help="File of the issuing key.")
@click.option("--model", required=True, type=click.IntRange(1), help="Id of the devices' model.")
@with_tx_options
def issue(tree: Path, key_file: Path, model: int, **values: Any) -> None:
    """Sign the batch of TREE and issue it in one go, where the issuing key is at hand; --from owns the manufacturer."""
    from chain.client import Client
    from chain.client.devices import DeviceKey
    from chain.client.keytree import KeyTree
    from chain.client.manufacturers import issue_message

    keyring = open_keyring(values["home"], values["keyring_backend"])
    with Client(values["node"], keyring, values["chain_id"]) as client, KeyTree.open(tree) as opened:
        message = issue_message(
            client,
            DeviceKey.load(key_file),
            owner=str(keyring.find(values["signer_key"]).address),
            model=model,
            root=opened.root,
            count=opened.count,
        )
    Sending(values).send([message])


@batch.command(epilog="Example: lampd manufacturer batch proof keys.tree 41 > proof.json")
@click.argument("tree", type=_TREE)
@click.argument("index", type=click.IntRange(0), required=False)
@click.option("--key", "public_key", help="The device's public key in hexadecimal, instead of INDEX.")
def proof(tree: Path, index: int | None, public_key: str | None) -> None:
    """Print the proof that a key stands in TREE, by its INDEX or by itself; nothing is built again."""
    from chain.client.keytree import KeyTree

    if (index is None) == (public_key is None):
        raise click.UsageError("give INDEX or --key")
    with KeyTree.open(tree) as opened:
        place = opened.find(_hex(public_key)) if index is None else index
        show_json_or_text(opened.proof(place).to_json(), "json")


def _hex(text: str | None) -> bytes:
    try:
        return bytes.fromhex(text or "")
    except ValueError as error:
        raise click.UsageError("--key takes a public key in hexadecimal") from error


@batch.command(epilog="Example: lampd manufacturer batch verify keys.tree")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="TREE|PROOF.json")
@click.option("--root", help="Root that it must have, in hexadecimal: the one on the chain.")
@output_option
def verify(file: Path, root: str | None, output: str) -> None:
    """Check a tree's file against its keys, or a proof file against its root."""
    from chain.client.keytree import MAGIC, KeyTree, KeyTreeError, prove
    from chain.codec.batchfiles import BatchFileError, load_proof

    with file.open("rb") as stream:
        is_tree = stream.read(len(MAGIC)) == MAGIC
    if is_tree:
        with KeyTree.open(file) as opened:
            opened.check()
            found, count = opened.root, opened.count
    else:
        try:
            place = load_proof(file)
        except BatchFileError as error:
            raise KeyTreeError(f"neither a tree of device keys nor a proof file: {error}") from error
        if not prove(place):
            raise KeyTreeError(f"{file}: the key is not at index {place.index} under this root")
        found, count = place.root, place.count
    if root is not None and found.hex() != root.lower():
        raise KeyTreeError(f"{file} has the root {found.hex()}, not {root.lower()}")
    show_json_or_text({"root": found.hex(), "count": count, "holds": True}, output)
