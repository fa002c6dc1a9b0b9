"""How tables of rejections are written and run."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from google.protobuf.message import Message as ProtoMessage

from modules.device_registry.errors import RegistryCode as Code
from tests.modules.device_registry.world import World, device_key

Make = Callable[[World], ProtoMessage]
Case = tuple[str, str, Make, tuple[str, int]]
"""What is wrong, who signs, the message, and the (codespace, code) it is rejected with."""
ADDRESS = ("sdk", 7)
FUNDS = ("sdk", 5)
STRANGER = str(device_key("nobody").device_id)


def ours(code: Code) -> tuple[str, int]:
    """Return a code with its codespace."""
    return ("device_registry", int(code))


def as_params(tables: Mapping[str, Sequence[Case]]) -> list[Any]:
    """Return all cases of the tables, by message, as pytest's parameters."""
    return [
        pytest.param(*case, id=f"{message}: {case[0]}".replace("/", " "))
        for message, cases in tables.items()
        for case in cases
    ]


def check_rejection(world: World, signer: str, make: Make, code: tuple[str, int]) -> None:
    """Check that a message is rejected with this code and leaves the state as it was."""
    before = world.chain.export()["device_registry"]
    # An honest proposer would leave out what is malformed, so the proposal is not judged here.
    result = world.chain.deliver(world.chain.tx(make(world), signer=signer), process=False).tx_results[0]
    assert (result.codespace, result.code) == code, result.log
    assert world.chain.export()["device_registry"] == before
