"""Stock ICS-23 verifiers of other languages, installed on first use into an ignored folder."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCES = ROOT / "tests" / "clients"
BUILD = ROOT / "build" / "clients"
INSTALL_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Case:
    """One proof and what it claims; no value means absence."""

    spec: str
    proof: bytes
    root: bytes
    key: bytes
    value: bytes | None

    def row(self) -> dict[str, str | None]:
        """Return the JSON form that the verifiers read."""
        value = None if self.value is None else self.value.hex()
        return {
            "spec": self.spec,
            "proof": self.proof.hex(),
            "root": self.root.hex(),
            "key": self.key.hex(),
            "value": value,
        }


@dataclass(frozen=True, slots=True)
class Verifier:
    """A program around a stock library: what installs it, and what runs it."""

    name: str
    tool: str
    install: tuple[str, ...]
    run: tuple[str, ...]

    def folder(self) -> Path:
        """Return the folder it runs in, installed for its present sources. Skips where its tool is missing."""
        tool = shutil.which(self.tool)
        if tool is None:
            pytest.skip(f"{self.tool} is not installed")
        source, folder = SOURCES / self.name, BUILD / self.name
        files = sorted(path for path in source.rglob("*") if path.is_file() and path.name != "Cargo.lock")
        stamp = sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
        done = folder / ".installed"
        if not done.exists() or done.read_text() != stamp:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(source, folder)
            subprocess.run(self.install, cwd=folder, check=True, timeout=INSTALL_SECONDS, stdout=subprocess.DEVNULL)
            done.write_text(stamp)
        return folder

    def accepts(self, cases: list[Case]) -> list[bool]:
        """Tell of each case whether the library accepts it."""
        text = json.dumps([case.row() for case in cases])
        done = subprocess.run(
            self.run, cwd=self.folder(), input=text, capture_output=True, text=True, check=True, timeout=120
        )
        answers: list[bool] = json.loads(done.stdout)
        assert len(answers) == len(cases)
        return answers


VERIFIERS = (
    Verifier(
        "ics23_js",
        "npm",
        ("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"),
        ("node", "verify.js"),
    ),
    Verifier("ics23_rs", "cargo", ("cargo", "build", "--quiet", "--release"), ("target/release/ics23-verifier",)),
    Verifier("ics23_go", "go", ("go", "build", "-o", "verify", "."), ("./verify",)),
)
