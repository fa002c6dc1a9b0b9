"""What all tests share: hypothesis profiles, and the binaries of CometBFT."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "default",
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("long", parent=settings.get_profile("default"), derandomize=False, max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def cometbft() -> Path:
    """Folder with `cometbft` and `abci-cli` of the pinned version; built where it is not there yet."""
    from localnet.cometbft.build import ensure

    return ensure()
