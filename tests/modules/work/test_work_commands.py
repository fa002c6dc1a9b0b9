"""The file of receipts that `lampd tx work submit` reads, and what the module declares."""

import json
from pathlib import Path
from typing import Any

import pytest

from chain.pb.lamppost.work.v1 import tx_pb2
from modules.work import commands
from modules.work.errors import WorkCode
from modules.work.module import module
from tests.modules.work.fleet import SUBMITTER, DeviceKey, Fleet

README = Path("modules/work/README.md")


def entry() -> dict[str, Any]:
    receipt = Fleet().receipt(DeviceKey(1))
    return {
        "network": 1,
        "device": str(DeviceKey(1).id),
        "epoch": "0",
        "sequence": 1,
        "units": 100,
        "uptime_bp": 10_000,
        "telemetry_root": "00" * 32,
        "signature": receipt.signature.hex(),
    }


def build(folder: Path, content: Any) -> tx_pb2.MsgSubmitWork:
    file = folder / "receipts.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return commands.build_submit({"file": str(file), "submitter": str(SUBMITTER)})


def test_a_file_becomes_the_message(tmp_path: Path) -> None:
    wanted = tx_pb2.MsgSubmitWork(submitter=str(SUBMITTER), receipts=[Fleet().receipt(DeviceKey(1)).to_proto()])
    assert build(tmp_path, [entry()]) == wanted
    assert build(tmp_path, {"receipts": [entry()]}) == wanted


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[", "cannot be read as JSON"),
        ("7", "holds no list of receipts"),
        ({"receipt": []}, "holds no list of receipts"),
        ([7], r"receipts\[0\]: is no object"),
        ([{**entry(), "speed": 1}], r"receipts\[0\]: speed is unknown"),
        ([entry(), {k: v for k, v in entry().items() if k != "units"}], r"receipts\[1\]: units is missing"),
        ([{**entry(), "device": "lamp1x"}], r"receipts\[0\]: .*bech32"),
        ([{**entry(), "signature": "xyz"}], r"receipts\[0\]: .*hex"),
        ([{**entry(), "units": -1}], r"receipts\[0\]: "),
        ([{**entry(), "units": None}], r"receipts\[0\]: "),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, content: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        build(tmp_path, content)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"gone\.json cannot be read"):
        commands.build_submit({"file": str(tmp_path / "gone.json"), "submitter": str(SUBMITTER)})


def test_the_readme_describes_all_messages_queries_errors_and_events() -> None:
    text = README.read_text(encoding="utf-8")
    declared = module(Fleet().keeper)
    names = [message.proto.DESCRIPTOR.name for message in declared.messages]
    names += [query.path.rsplit("/", 1)[1] for query in declared.queries]
    names += [code.name for code in WorkCode] + list(declared.events)
    assert [name for name in names if name not in text] == []


def test_every_command_has_help_and_an_example() -> None:
    declared = module(Fleet().keeper)
    for item in (*declared.messages, *declared.queries):
        assert item.command is not None
        assert item.command.help.endswith(".")
        assert item.command.example.startswith("lampd ")
