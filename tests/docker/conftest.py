"""What the tests of containers share: a daemon that answers, the image of this checkout, and testnets to break."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chain.testing_docker import Testnet
from localnet.docker.daemon import Daemon, DockerUnavailable, ensure_daemon
from localnet.docker.image import ensure_image
from tests.docker.fleet import plan
from tests.docker.load import names, signer

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "build" / "docker-testnet"
"""Where logs, metrics and reports of failed and long tests stay."""
UNAVAILABLE = ROOT / "build" / "docker-unavailable"
"""Tells `make test` why these tests were skipped."""


@pytest.fixture(scope="session")
def daemon() -> Iterator[Daemon]:
    """A Docker daemon, started for these tests where none runs; without one the tests skip and say why."""
    UNAVAILABLE.unlink(missing_ok=True)
    try:
        found = ensure_daemon()
    except DockerUnavailable as error:
        UNAVAILABLE.parent.mkdir(exist_ok=True)
        UNAVAILABLE.write_text(str(error))
        pytest.skip(f"Docker cannot run here: {error}")
    yield found
    found.stop()


@pytest.fixture(scope="session")
def image(daemon: Daemon) -> str:
    """Tag of the node's image."""
    return ensure_image()


@pytest.fixture
def testnet(image: str, request: pytest.FixtureRequest) -> Callable[..., Testnet]:
    """Makes a testnet with the accounts of the load; long tests keep their reports also when they pass."""
    kept = request.node.get_closest_marker("long") is not None or "LAMPPOST_KEEP_REPORTS" in os.environ

    def make(validators: int = 4, **options: Any) -> Testnet:
        return Testnet(
            validators,
            name=request.node.name.removeprefix("test_"),
            image=image,
            plan=plan([signer(name) for name in names()]),
            keep="always" if kept else "failure",
            output=OUTPUT,
            **options,
        )

    return make
