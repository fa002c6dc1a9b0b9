"""`lampd device`: keys and registration."""

import json
import stat
from pathlib import Path

import pytest

from chain.cli.device import _lines
from tests.chain.cli.shell import Shell


@pytest.mark.parametrize("algorithm", ["ed25519", "p256", "secp256k1"])
def test_a_device_gets_a_key_and_is_registered_by_its_owner(town: Shell, tmp_path: Path, algorithm: str) -> None:
    file = tmp_path / "device.json"
    made = town.json("device", "keygen", str(file), "--algorithm", algorithm)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["private_key"] not in json.dumps(made)
    assert town.ok("device", "show", str(file), "--id").out.strip() == made["device_id"]
    assert town.json("device", "show", str(file)) == {
        key: made[key] for key in ("device_id", "algorithm", "public_key")
    }
    register = ("device", "register", str(file), "--network", "1", "--model", "1", "--from", "alice")
    said = town.ok(*register, "--location", "47.62,-122.35", "--operator", "bob")
    assert f"device={made['device_id']}" in said.out
    shown = town.json("query", "device-registry", "device", made["device_id"])["device"]
    assert shown["operator"] == town.ok("keys", "show", "bob", "-a").out.strip()
    assert shown["algorithm"] == f"KEY_ALGORITHM_{algorithm.upper()}"
    assert int(shown["cell"]) > 0
    assert "device exists" in town.fails(*register, "--cell", f"{int(shown['cell']):x}")
    assert "is there already" in town.fails("device", "keygen", str(file))


def test_a_device_in_a_drn_has_no_place(town: Shell, tmp_path: Path) -> None:
    file = tmp_path / "disk.json"
    town.ok("device", "keygen", str(file))
    town.ok("device", "register", str(file), "--network", "2", "--model", "2", "--from", "bob", "--payout", "alice")


@pytest.mark.parametrize("place", ["here", "91,0,0", "1", "nan,0"])
def test_a_place_that_is_none_is_wrong_usage(town: Shell, tmp_path: Path, place: str) -> None:
    file = tmp_path / "device.json"
    town.ok("device", "keygen", str(file))
    register = ("device", "register", str(file), "--network", "1", "--model", "1", "--from", "alice")
    assert "takes LAT,LNG" in town.fails(*register, f"--location={place}", code=2)
    assert "--cell" in town.fails(*register, "--cell", "xyz", code=2)


def test_a_key_file_that_others_may_read_is_not_used(town: Shell, tmp_path: Path) -> None:
    file = tmp_path / "device.json"
    town.ok("device", "keygen", str(file))
    file.chmod(0o644)
    assert "chmod 600" in town.fails("device", "show", str(file))


@pytest.mark.parametrize("ways", [(), ("--gateway", "http://127.0.0.1:1", "--from", "alice")])
def test_an_agent_has_exactly_one_way_to_the_chain(town: Shell, tmp_path: Path, ways: tuple[str, ...]) -> None:
    file = tmp_path / "device.json"
    town.ok("device", "keygen", str(file))
    assert "give one" in town.fails("device", "run", str(file), "--network", "1", *ways, code=2)


def test_a_line_without_end_comes_in_parts(tmp_path: Path) -> None:
    file = tmp_path / "samples"
    file.write_bytes(b'{"a": 1}\n' + b"x" * 200_000 + b"\n\xff\n{}")
    with file.open("rb") as source:
        lines = list(_lines(source))
    assert (lines[0], lines[-2:]) == ('{"a": 1}', ["\ufffd", "{}"])
    assert "".join(lines[1:-2]) == "x" * 200_000
    assert max(map(len, lines)) <= 2 * 65_536
