"""`lampd device`, for owners: move a device, hide and reveal its place, sell it, give it another key."""

import json
import os
from pathlib import Path
from typing import Any

import click

from chain.cli.options import open_keyring
from chain.cli.sending import TX_OPTIONS, Sending

KEY_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
"""A device's key file that is there."""

_DEVICE_OPTION = click.option("--device", "number", default="", help="Its id; the one of the key file unless given.")


def with_tx_options(function: Any) -> Any:
    """Give a command the options of `lampd tx`."""
    for option in reversed(TX_OPTIONS):
        function = option(function)
    return function


def find_cell(location: str, cell: str, resolution: int) -> int:
    """Return the H3 cell of --cell or --location, 0 for neither. Raises: click.UsageError."""
    if cell:
        try:
            return int(cell, 16)
        except ValueError as error:
            raise click.UsageError(f"--cell takes an H3 cell in hex, got {cell!r}") from error
    if not location:
        return 0
    import h3

    try:
        latitude, longitude = (float(part) for part in location.split(","))
        return int(h3.latlng_to_cell(latitude, longitude, resolution), 16)
    except (ValueError, h3.H3BaseException) as error:
        raise click.UsageError(f"--location takes LAT,LNG in degrees, got {location!r}") from error


@click.command(epilog="Example: lampd device move lampdev1... --location 47.6,-122.3 --hide place.json --from alice")
@click.argument("number", metavar="DEVICE")
@click.option("--location", default="", metavar="LAT,LNG", help="Where it stands now; only the cell goes on the chain.")
@click.option("--cell", default="", help="H3 cell in hex, instead of --location.")
@click.option("--resolution", type=click.IntRange(8, 15), default=8, show_default=True, help="Resolution of the cell.")
@click.option(
    "--hide", type=click.Path(dir_okay=False, path_type=Path), help="Commit to the finest cell; keep this file."
)
@click.option("--max-price", default="0ulamp", show_default=True, help="The most to have burned.")
@with_tx_options
def move(
    number: str, location: str, cell: str, resolution: int, hide: Path | None, max_price: str, **values: Any
) -> None:
    """Say where DEVICE stands now; its work counts nothing for seven epochs.

    With --hide the chain gets the coarse cell and a salted hash of the finest one; the file holds what opens it.
    """
    from chain.client.amounts import parse_coins
    from chain.client.devices import commit_to
    from chain.pb.lamppost.device_registry.v1.places_pb2 import MsgAssertLocation
    from chain.primitives.ids import DeviceId

    place = find_cell(location, cell, resolution)
    commitment = b""
    if hide is not None:
        if not location:
            raise click.UsageError("--hide needs --location: the finest cell follows from it")
        finest = find_cell(location, "", 15)
        commitment, salt = commit_to(DeviceId.parse(number), finest)
        _keep_place(hide, number, finest, salt)
    owner = str(open_keyring(values["home"], values["keyring_backend"]).find(values["signer_key"]).address)
    limit = sum(int(coin.amount) for coin in parse_coins(max_price))
    message = MsgAssertLocation(owner=owner, device_id=number, cell=place, commitment=commitment, max_price=limit)
    Sending(values).send([message])


def _keep_place(file: Path, number: str, fine_cell: int, salt: bytes) -> None:
    content = {"device_id": number, "fine_cell": f"{fine_cell:x}", "salt": salt.hex()}
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            json.dump(content, out, indent=2)
            out.write("\n")
    except FileExistsError as error:
        raise click.UsageError(f"{file} is there already; what opens a commitment is never overwritten") from error


@click.command(epilog="Example: lampd device reveal place.json --from alice")
@click.argument("place_file", type=KEY_FILE)
@with_tx_options
def reveal(place_file: Path, **values: Any) -> None:
    """Publish the fine cell that PLACE_FILE of `lampd device move --hide` opens."""
    from chain.pb.lamppost.device_registry.v1.places_pb2 import MsgRevealLocation

    try:
        content = json.loads(place_file.read_text(encoding="utf-8"))
        number, fine_cell, salt = content["device_id"], int(content["fine_cell"], 16), bytes.fromhex(content["salt"])
    except (ValueError, KeyError, TypeError) as error:
        raise click.UsageError(f"{place_file} is no file of `lampd device move --hide`") from error
    signer = str(open_keyring(values["home"], values["keyring_backend"]).find(values["signer_key"]).address)
    Sending(values).send([MsgRevealLocation(signer=signer, device_id=number, fine_cell=fine_cell, salt=salt)])


@click.command(epilog="Example: lampd device accept station.json --price 25lamp --from bob")
@click.argument("key_file", type=KEY_FILE)
@click.option("--price", default="0ulamp", help="The price in the offer.")
@_DEVICE_OPTION
@with_tx_options
def accept(key_file: Path, price: str, number: str, **values: Any) -> None:
    """Take the offered device of KEY_FILE over and pay its price; --from becomes its owner.

    The device key signs the binding to the buyer: who sells a device hands it over with its key.
    """
    from chain.client.amounts import parse_coins
    from chain.client.devices import DeviceKey, accept_message

    key = DeviceKey.load(key_file)
    chain_id, signer, device = _asked(values, number or str(key.device_id))
    limit = sum(int(coin.amount) for coin in parse_coins(price))
    Sending(values).send([accept_message(key, chain_id=chain_id, buyer=signer, device=device, price=limit)])


@click.command(epilog="Example: lampd device rotate station.json new.json --from alice")
@click.argument("old_file", type=KEY_FILE)
@click.argument("new_file", type=KEY_FILE)
@_DEVICE_OPTION
@with_tx_options
def rotate(old_file: Path, new_file: Path, number: str, **values: Any) -> None:
    """Replace the key in OLD_FILE by the one in NEW_FILE, at once; both sign. The device keeps its id."""
    from chain.client.devices import DeviceKey, rotate_message

    old = DeviceKey.load(old_file)
    chain_id, _, device = _asked(values, number or str(old.device_id))
    Sending(values).send([rotate_message(old, DeviceKey.load(new_file), chain_id=chain_id, device=device)])


@click.command(epilog="Example: lampd device recover lampdev1... new.json --from alice")
@click.argument("number", metavar="DEVICE")
@click.argument("new_file", type=KEY_FILE)
@with_tx_options
def recover(number: str, new_file: Path, **values: Any) -> None:
    """Ask DEVICE's manufacturer to put the key in NEW_FILE in the place of a lost one."""
    from chain.client.devices import DeviceKey, recovery_message

    chain_id, _, device = _asked(values, number)
    Sending(values).send([recovery_message(DeviceKey.load(new_file), chain_id=chain_id, device=device)])


@click.command(epilog="Example: lampd device veto station.json --from gateway")
@click.argument("key_file", type=KEY_FILE)
@_DEVICE_OPTION
@with_tx_options
def veto(key_file: Path, number: str, **values: Any) -> None:
    """Stop the replacement of the key in KEY_FILE, which is not lost; anybody may send it."""
    from chain.client.devices import DeviceKey
    from chain.pb.lamppost.device_registry.v1.transfers_pb2 import MsgCancelRecovery
    from chain.primitives.ids import DeviceId

    key = DeviceKey.load(key_file)
    chain_id, signer, device, recovery = _asked_all(values, number or str(key.device_id))
    proof = key.veto(chain_id, DeviceId.parse(device.id), device.bindings, recovery.public_key)
    Sending(values).send([MsgCancelRecovery(signer=signer, device_id=device.id, proof=proof)])


def _asked(values: Any, number: str) -> tuple[str, str, Any]:
    """Return chain id, the signer's address, and the device as the chain shows it."""
    return _asked_all(values, number)[:3]


def _asked_all(values: Any, number: str) -> tuple[str, str, Any, Any]:
    from chain.client import Client
    from chain.pb.lamppost.device_registry.v1.query_pb2 import QueryDeviceRequest, QueryDeviceResponse

    keyring = open_keyring(values["home"], values["keyring_backend"])
    with Client(values["node"], keyring, values["chain_id"]) as client:
        path = "/lamppost.device_registry.v1.Query/Device"
        answer = client.query(path, QueryDeviceRequest(device_id=number), QueryDeviceResponse)
        return client.chain_id, str(keyring.find(values["signer_key"]).address), answer.device, answer.recovery


COMMANDS = (move, reveal, accept, rotate, recover, veto)
"""What `lampd device` offers to owners beside keys, registration and the agent."""
