"""What the registry's command lines share: arguments, columns, and how text becomes numbers and bytes."""

from collections.abc import Mapping
from typing import Any

from chain.pb.lamppost.device_registry.v1 import types_pb2
from chain.sdk.cli import Arg, Column

NETWORK_ARG = Arg("network", "Id of the network")
"""A network by its id."""

MODEL_ARG = Arg("model", "Id of the model")
"""A model by its id."""

DEVICE_ARG = Arg("device_id", "Id of the device (lampdev1...)", metavar="DEVICE")
"""A device by its id."""

ALGORITHMS = {
    "secp256k1": types_pb2.KEY_ALGORITHM_SECP256K1,
    "ed25519": types_pb2.KEY_ALGORITHM_ED25519,
    "p256": types_pb2.KEY_ALGORITHM_P256,
}
"""Key algorithms by their names."""

EXAMPLE_DEVICE = "lampdev1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnsfe57z"
"""A device id for the examples of commands."""

DEVICE_COLUMNS = (
    Column("id", "device"),
    Column("network", "network"),
    Column("model", "model"),
    Column("status", "status"),
    Column("owner", "owner"),
    Column("bond", "bond", "amount"),
    Column("registered_at", "registered", "time"),
)
"""Columns of a list of devices."""


def choose(options: Mapping[str, int], text: str, what: str) -> Any:
    """Return what a word stands for. Raises: ValueError naming the words."""
    if text.lower() not in options:
        raise ValueError(f"{what} {text!r} is none of {', '.join(options)}")
    return options[text.lower()]


def integer(text: Any, what: str) -> int:
    """Read a whole number. Raises: ValueError."""
    try:
        return int(text)
    except ValueError as error:
        raise ValueError(f"{what} {text!r} is no whole number") from error


def hexadecimal(text: str, what: str) -> bytes:
    """Read bytes. Raises: ValueError."""
    try:
        return bytes.fromhex(text.removeprefix("0x"))
    except ValueError as error:
        raise ValueError(f"{what} is not hexadecimal") from error


def cell(text: str) -> int:
    """Read an H3 index. Raises: ValueError."""
    try:
        return int(text, 16)
    except ValueError as error:
        raise ValueError(f"cell {text!r} is no H3 index in hexadecimal, such as 8828d54681fffff") from error
