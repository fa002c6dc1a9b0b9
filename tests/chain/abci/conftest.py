"""Servers for the tests: on a unix socket, or on both kinds."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chain.abci.server import AbciServer
from tests.chain.abci.counter import Counter

Serve = Callable[..., AbciServer]


@pytest.fixture
def app() -> Counter:
    """The application behind `serve` when none is given."""
    return Counter()


@pytest.fixture
def serve(tmp_path: Path, app: Counter) -> Iterator[Serve]:
    """Start a server that ends with the test."""
    with contextlib.ExitStack() as stack:

        def start(application: Any = None, address: str = f"unix://{tmp_path}/s", **options: Any) -> AbciServer:
            return stack.enter_context(AbciServer(application or app, address, **options))

        yield start


@pytest.fixture(params=["unix", "tcp"])
def server(request: pytest.FixtureRequest, tmp_path: Path, serve: Serve) -> AbciServer:
    """The counter, on each kind of socket."""
    return serve(address=f"unix://{tmp_path}/s" if request.param == "unix" else "tcp://127.0.0.1:0")
