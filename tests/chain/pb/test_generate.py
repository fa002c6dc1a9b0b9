"""The generator, run on a copy of proto/ and chain/pb."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "proto", tmp_path / "proto")
    shutil.copytree(ROOT / "chain" / "pb", tmp_path / "chain" / "pb")
    run(ROOT, "--check")  # makes the environment of the tools where there is none yet
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "proto-env").symlink_to(ROOT / "build" / "proto-env")
    return tmp_path


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = [sys.executable, str(root / "proto" / "generate.py"), *arguments]
    return subprocess.run(script, capture_output=True, text=True, timeout=240, check=False)


def test_a_check_finds_what_differs_what_is_missing_and_what_is_left_over(copy):
    assert run(copy, "--check").returncode == 0
    coin = copy / "chain/pb/cosmos/base/v1beta1/coin_pb2.py"
    coin.write_text(coin.read_text() + "\n")
    (copy / "chain/pb/cosmos/auth/v1beta1/tx_pb2.pyi").unlink()
    (copy / "chain/pb/cosmos/old_pb2.py").write_text("")
    done = run(copy, "--check")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "chain/pb/cosmos/auth/v1beta1/tx_pb2.pyi is not what proto/ says",
        "chain/pb/cosmos/base/v1beta1/coin_pb2.py is not what proto/ says",
        "chain/pb/cosmos/old_pb2.py has no .proto file",
        "run: make proto",
    ]
    assert run(copy).stdout.endswith(" protos, 3 files changed\n")
    assert run(copy, "--check").returncode == 0


def test_a_new_proto_becomes_a_module_below_chain_pb(copy):
    folder = copy / "proto/lamppost/lamp/v1"
    folder.mkdir(parents=True)
    (folder / "types.proto").write_text(
        'syntax = "proto3";\npackage lamppost.lamp.v1;\nimport "cosmos/base/v1beta1/coin.proto";\n'
        "message Lamp { cosmos.base.v1beta1.Coin price = 1; }\n"
    )
    assert run(copy, "lamppost/lamp").stdout == "1 protos, 4 files changed\n"
    made = (copy / "chain/pb/lamppost/lamp/v1/types_pb2.py").read_text()
    assert "from chain.pb.cosmos.base.v1beta1 import coin_pb2" in made
    stub = (copy / "chain/pb/lamppost/lamp/v1/types_pb2.pyi").read_text()
    assert "def price(self) -> chain.pb.cosmos.base.v1beta1.coin_pb2.Coin" in stub


def test_a_mistake_in_a_proto_changes_nothing(copy):
    proto = copy / "proto/cosmos/base/v1beta1/coin.proto"
    proto.write_text(proto.read_text() + "message {")
    done = run(copy)
    assert done.returncode == 1
    assert "coin.proto" in done.stderr
    proto.write_bytes((ROOT / "proto/cosmos/base/v1beta1/coin.proto").read_bytes())
    assert run(copy, "--check").returncode == 0
