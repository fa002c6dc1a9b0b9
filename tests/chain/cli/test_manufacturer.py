"""`lampd manufacturer`: from keys in a file to devices on the chain."""

import json
from pathlib import Path

import pytest

from tests.chain.cli.shell import Shell

CHAIN = "lamppost-test-1"


@pytest.fixture(scope="module")
def workshop(town: Shell, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an issuing key, five device keys and the tree over them; bob is manufacturer 1, with model 3."""
    folder = tmp_path_factory.mktemp("workshop")
    lines = []
    for number, algorithm in enumerate(("ed25519", "p256", "secp256k1", "ed25519", "p256")):
        made = town.json("device", "keygen", str(folder / f"device{number}.json"), "--algorithm", algorithm)
        lines.append(json.dumps({**made, "serial": number}) + "\n")
    (folder / "keys.jsonl").write_text("".join(lines))
    issuing = str(folder / "issuing.json")
    town.ok("device", "keygen", issuing, "--algorithm", "p256")
    town.ok("manufacturer", "register", "glowworks", "--key", issuing, "--from", "bob")
    model = ("add-model", "1", "certified", "10000", "24", "--level", "2", "--manufacturer", "1")
    town.ok("tx", "device-registry", *model, "--from", "founder")
    town.ok("manufacturer", "batch", "build", str(folder / "keys.jsonl"))
    return folder


def number_of_signatures(town: Shell) -> str:
    found = town.json("query", "device-registry", "manufacturer-by-name", "glowworks")["manufacturer"]
    return str(found["signatures"])


def sign(town: Shell, folder: Path) -> str:
    """Sign the tree and return the issue file's name."""
    file = folder / "issue.json"
    numbers = ("--manufacturer", "1", "--model", "3", "--number", number_of_signatures(town), "--chain-id", CHAIN)
    key = ("--key", str(folder / "issuing.json"))
    file.write_text(town.ok("manufacturer", "batch", "sign", str(folder / "keys.tree"), *key, *numbers).out)
    return str(file)


def test_a_device_comes_from_a_line_of_keys_to_the_chain(town: Shell, workshop: Path) -> None:
    """Build, sign, issue, prove and claim, by the commands alone."""
    town.ok("tx", "device-registry", "issue-batch", sign(town, workshop), "--from", "bob")
    proof = workshop / "proof.json"
    proof.write_text(town.ok("manufacturer", "batch", "proof", str(workshop / "keys.tree"), "1").out)
    claim = ("device", "claim", str(workshop / "device1.json"), str(proof), "--batch", "1", "--from", "alice")
    said = town.ok(*claim, "--location", "47.62,-122.35")
    made = town.json("device", "show", str(workshop / "device1.json"))["device_id"]
    assert f"device={made}" in said.out
    shown = town.json("query", "device-registry", "device", made)
    assert (shown["usable"], shown["device"]["batch"]) == (True, "1")
    batch = town.json("query", "device-registry", "batch", "1")
    assert (batch["claimed"], batch["batch"]["count"], batch["manufacturer"]) == ("1", "5", "1")
    assert "device exists" in town.fails(*claim, "--location", "47.62,-122.35")


def test_the_proof_of_another_device_is_refused_before_anything_is_sent(town: Shell, workshop: Path) -> None:
    proof = workshop / "other.json"
    proof.write_text(town.ok("manufacturer", "batch", "proof", str(workshop / "keys.tree"), "0").out)
    claim = ("device", "claim", str(workshop / "device2.json"), str(proof), "--batch", "1", "--from", "alice")
    assert "another device's key" in town.fails(*claim, "--location", "47.62,-122.35")


def test_a_signature_serves_once(town: Shell, workshop: Path) -> None:
    file = sign(town, workshop)
    town.ok("tx", "device-registry", "issue-batch", file, "--from", "bob")
    assert "issuing key did not sign" in town.fails("tx", "device-registry", "issue-batch", file, "--from", "bob")


def test_a_batch_is_signed_and_issued_in_one_go(town: Shell, workshop: Path) -> None:
    before = town.json("query", "device-registry", "totals")["batches"]
    issue = ("manufacturer", "batch", "issue", str(workshop / "keys.tree"), "--key", str(workshop / "issuing.json"))
    town.ok(*issue, "--model", "3", "--from", "bob")
    assert int(town.json("query", "device-registry", "totals")["batches"]) == int(before) + 1
    assert "manufacturer 0 not found" in town.fails(*issue, "--model", "1", "--from", "bob")


def test_an_issuing_key_is_replaced_with_both_keys(town: Shell, workshop: Path) -> None:
    old, new = str(workshop / "issuing.json"), str(workshop / "next.json")
    town.ok("device", "keygen", new)
    town.ok("manufacturer", "set-key", "1", "--old", old, "--new", new, "--from", "bob")
    assert "did not sign" in town.fails("manufacturer", "set-key", "1", "--old", old, "--new", new, "--from", "bob")
    town.ok("manufacturer", "set-key", "1", "--old", new, "--new", old, "--from", "bob")


def test_a_network_file_names_a_manufacturer_that_the_node_knows(town: Shell, tmp_path: Path) -> None:
    text = """
[network]
name = "lamps"
kind = "DRN"
unit = "lamp-hour"
[level_weights]
level_0 = 0
level_1 = 1
level_2 = 2
level_3 = 3
[[model]]
name = "bulb"
hardware_bp = 10000
max_units = 24
level = 1
manufacturer = "NAME"
"""
    file = tmp_path / "lamps.toml"
    create = ("tx", "device-registry", "create-network", str(file), "--from", "founder")
    file.write_text(text.replace("NAME", "nobody"))
    assert "manufacturer named 'nobody' not found" in town.fails(*create)
    file.write_text(text.replace("NAME", "glowworks"))
    town.ok(*create)
    models = town.json("query", "device-registry", "models-by-manufacturer", "1")["models"]
    assert [model["name"] for model in models] == ["certified", "bulb"]


def test_a_proof_is_found_by_key_and_verified(shell: Shell, workshop: Path, tmp_path: Path) -> None:
    tree = str(workshop / "keys.tree")
    public = json.loads((workshop / "keys.jsonl").read_text().splitlines()[4])["public_key"]
    found = shell.ok("manufacturer", "batch", "proof", tree, "--key", public).json
    assert found == shell.ok("manufacturer", "batch", "proof", tree, "4").json
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(found))
    assert shell.json("manufacturer", "batch", "verify", str(file))["holds"]
    assert shell.json("manufacturer", "batch", "verify", tree, "--root", found["root"])["count"] == 5
    assert "has the root" in shell.fails("manufacturer", "batch", "verify", tree, "--root", "00")
    file.write_text(json.dumps({**found, "index": 3}))
    assert "not at index 3" in shell.fails("manufacturer", "batch", "verify", str(file))


def test_what_a_proof_needs_is_named(shell: Shell, workshop: Path) -> None:
    tree = str(workshop / "keys.tree")
    proof = ("manufacturer", "batch", "proof", tree)
    assert "give INDEX or --key" in shell.fails(*proof, code=2)
    assert "give INDEX or --key" in shell.fails(*proof, "0", "--key", "00", code=2)
    assert "public key in hexadecimal" in shell.fails(*proof, "--key", "xy", code=2)
    assert "no index 5" in shell.fails(*proof, "5")
    assert "can't be read" in shell.fails("manufacturer", "batch", "proof", tree + "x", "0")


def test_keys_come_from_standard_input_too(shell: Shell, workshop: Path, tmp_path: Path) -> None:
    target = tmp_path / "piped.tree"
    build = ("manufacturer", "batch", "build", "-")
    assert "need --tree" in shell.fails(*build, code=2)
    made = shell.run(*build, "--tree", str(target), "-o", "json", stdin=(workshop / "keys.jsonl").read_text()).json
    assert made["count"] == 5
    assert target.read_bytes() == (workshop / "keys.tree").read_bytes()


def test_a_bad_line_ends_the_build_with_its_number(shell: Shell, workshop: Path, tmp_path: Path) -> None:
    file = tmp_path / "keys.jsonl"
    file.write_text((workshop / "keys.jsonl").read_text() + "oops\n")
    assert f"{file}, line 6: no JSON" in shell.fails("manufacturer", "batch", "build", str(file))
    assert not (tmp_path / "keys.tree").exists()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"count": -1}, "count must be a whole number"),
        ({"root": 5}, "root must be hexadecimal"),
        ({"path": "00"}, "path must be a list"),
        ({"path": ["zz"]}, "path must be hexadecimal"),
        ({"extra": 1}, "unknown field 'extra'"),
        ({"index": None}, "index must be a whole number"),
        ({"algorithm": 2}, "algorithm must be text"),
    ],
)
def test_a_mistake_in_a_proof_file_is_named(
    shell: Shell, workshop: Path, tmp_path: Path, change: dict[str, object], text: str
) -> None:
    found = shell.ok("manufacturer", "batch", "proof", str(workshop / "keys.tree"), "0").json
    file = tmp_path / "proof.json"
    file.write_text(json.dumps({**found, **change}))
    assert text in shell.fails("manufacturer", "batch", "verify", str(file))


def test_a_file_that_is_neither_tree_nor_proof_is_called_so(shell: Shell, workshop: Path) -> None:
    keys = str(workshop / "issuing.json")
    assert "neither a tree of device keys nor a proof file" in shell.fails("manufacturer", "batch", "verify", keys)
