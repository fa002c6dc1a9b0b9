"""What the tests of containers share: a daemon that answers and the image of this checkout."""

from collections.abc import Iterator

import pytest

from localnet.docker.daemon import Daemon, DockerUnavailable, ensure_daemon
from localnet.docker.image import ensure_image


@pytest.fixture(scope="session")
def daemon() -> Iterator[Daemon]:
    """A Docker daemon, started for these tests where none runs; without one the tests skip and say why."""
    try:
        found = ensure_daemon()
    except DockerUnavailable as error:
        pytest.skip(f"Docker cannot run here: {error}")
    yield found
    found.stop()


@pytest.fixture(scope="session")
def image(daemon: Daemon) -> str:
    """Tag of the node's image."""
    return ensure_image()
