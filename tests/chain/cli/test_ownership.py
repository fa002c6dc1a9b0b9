"""`lampd device` for owners: from a hidden place to another key, on a node."""

import json
from pathlib import Path

import h3.api.basic_int as h3_library
import pytest

from tests.chain.cli.shell import Shell

SPOT = "47.7,-122.3"


@pytest.fixture
def station(town: Shell, tmp_path: Path) -> tuple[str, Path]:
    """Return the id and key file of a new device of alice in network 1."""
    file = tmp_path / "station.json"
    number = town.json("device", "keygen", str(file))["device_id"]
    place = ("--location", "47.6,-122.3")
    town.ok("device", "register", str(file), "--network", "1", "--model", "1", "--from", "alice", *place)
    return number, file


def test_a_device_moves_to_a_hidden_place_that_its_owner_opens_later(
    town: Shell, station: tuple[str, Path], tmp_path: Path
) -> None:
    number, secret = station[0], tmp_path / "place.json"
    town.ok("device", "move", number, "--location", SPOT, "--hide", str(secret), "--from", "alice")
    shown = town.json("query", "device-registry", "device", number)["device"]
    assert int(shown["cell"]) == h3_library.latlng_to_cell(47.7, -122.3, 8)
    assert shown["revealed"] is False
    assert secret.stat().st_mode & 0o777 == 0o600
    kept = json.loads(secret.read_text())
    assert int(kept["fine_cell"], 16) == h3_library.latlng_to_cell(47.7, -122.3, 15)
    town.ok("device", "reveal", str(secret), "--from", "alice")
    assert town.json("query", "device-registry", "device", number)["device"]["revealed"] is True
    assert "never overwritten" in town.fails(
        "device", "move", number, "--location", SPOT, "--hide", str(secret), "--from", "alice", code=2
    )
    assert "--location" in town.fails(
        "device", "move", number, "--cell", "8", "--hide", str(tmp_path / "x"), "--from", "alice", code=2
    )
    dear = ("device", "move", number, "--cell", f"{int(shown['cell']):x}", "--from", "alice")
    assert "price above limit" in town.fails(*dear)
    town.ok(*dear, "--max-price", "1lamp")


def test_a_file_that_opens_nothing_is_wrong_usage(town: Shell, tmp_path: Path) -> None:
    file = tmp_path / "place.json"
    file.write_text('{"device_id": 1}')
    assert "is no file of" in town.fails("device", "reveal", str(file), "--from", "alice", code=2)


def test_a_device_is_offered_and_accepted_with_its_key(town: Shell, station: tuple[str, Path]) -> None:
    number, file = station
    town.ok(
        "tx", "device-registry", "offer-transfer", number, "bob", "--price", "2lamp", "--expires-at", "+1d",
        "--from", "alice",
    )  # fmt: skip
    assert "price differs" in town.fails("device", "accept", str(file), "--from", "bob")
    town.ok("device", "accept", str(file), "--price", "2lamp", "--from", "bob")
    shown = town.json("query", "device-registry", "device", number)["device"]
    assert shown["owner"] == town.json("keys", "show", "bob")["address"]


def test_a_device_gets_another_key_and_then_another(town: Shell, station: tuple[str, Path], tmp_path: Path) -> None:
    number, file = station
    second, third = tmp_path / "second.json", tmp_path / "third.json"
    town.ok("device", "keygen", str(second), "--algorithm", "p256")
    key = town.json("device", "keygen", str(third))["public_key"]
    town.ok("device", "rotate", str(file), str(second), "--from", "alice")
    town.ok("device", "rotate", str(second), str(third), "--device", number, "--from", "alice")
    shown = town.json("query", "device-registry", "device", number)["device"]
    assert (shown["id"], bytes.fromhex(key)) == (number, _bytes(shown["public_key"]))
    assert "key in use" in town.fails("device", "rotate", str(third), str(file), "--device", number, "--from", "alice")
    assert "no manufacturer" in town.fails("device", "recover", number, str(file), "--from", "alice")
    assert "no recovery" in town.fails("device", "veto", str(third), "--device", number, "--from", "bob")


def _bytes(text: str) -> bytes:
    from base64 import b64decode

    return b64decode(text)


def test_statements_are_made_and_shown_on_the_command_line(town: Shell, station: tuple[str, Path]) -> None:
    number, registry = station[0], "device-registry"
    town.ok("tx", registry, "grant-consent", number, "bob", "telemetry", "credentials", "--from", "alice")
    town.ok(
        "tx", registry, "issue-credential", number, "calibration", "ab" * 32, "--expires-at", "2100-01-31",
        "--from", "bob",
    )  # fmt: skip
    shown = town.ok("query", registry, "credentials", number).out
    assert "calibration" in shown
    assert "2100-01-31" in shown
    assert "telemetry, credentials" in town.ok("query", registry, "consents", number).out
    cell = h3_library.latlng_to_cell(47.6, -122.3, 5)
    assert number in town.ok("query", registry, "devices-by-cell", f"{cell:x}", "--limit", "100").out
    assert "no H3 cell" in town.fails("query", registry, "devices-by-cell", "1")
