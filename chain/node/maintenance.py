"""Work on the state of a node that does not run: export, rollback, verification."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from chain.node.application import OpenApplication, open_application
from chain.node.comet import find_comet
from chain.node.config import NodeConfig, load_config
from chain.node.errors import NodeError
from chain.node.genesis import consensus_params
from chain.node.home import Home
from chain.node.ports import home_lock
from chain.store.errors import StoreError


@contextmanager
def _offline(home: Home) -> Iterator[tuple[OpenApplication, NodeConfig]]:
    """Open a home's application, with the home held. Raises: NodeError when there is no state yet."""
    home.require()
    config = load_config(home.app_toml)
    with home_lock(home):
        opened = open_application(home, config)
        try:
            if not opened.store.height:
                raise NodeError(f"{home.path} has no state yet; `lampd start` makes it")
            yield opened, config
        finally:
            opened.close()


def export_state(home: Home, height: int = 0) -> dict[str, Any]:
    """Return a genesis document of the state at a height. Raises: NodeError.

    Its validators are those that have stake; while there are none, those that the old genesis names.
    """
    before = home.read_genesis()
    with _offline(home) as (opened, _):
        try:
            app_state = opened.app.export(height)
        except StoreError as error:
            raise NodeError(f"cannot export height {height}: {error}") from error
        exported = height or opened.store.height
    return {
        "genesis_time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "chain_id": before["chain_id"],
        "initial_height": str(exported + 1),
        "consensus_params": before.get("consensus_params") or consensus_params(),
        "validators": [] if app_state["staking"]["validators"] else before.get("validators") or [],
        "app_hash": "",
        "app_state": app_state,
    }


def roll_back(home: Home, hard: bool = False) -> tuple[int, bytes]:
    """Take back the newest block and return height and app hash of the state. Raises: NodeError.

    CometBFT goes first: when it refuses, the state is as it was.
    """
    with _offline(home) as (opened, config):
        comet = find_comet(config.cometbft)
        if opened.store.height < 2:
            raise NodeError("the first block cannot be rolled back; `lampd comet unsafe-reset-all` begins anew")
        said = comet.run("rollback", "--home", str(home.path), *(("--hard",) if hard else ()))
        found = re.search(r"height (\d+)", said)
        if found is None:
            raise NodeError(f"cometbft rollback does not tell its height: {said.strip()}")
        try:
            # After a crash CometBFT may be one block behind already; then only the one that is ahead goes back.
            if opened.store.height > int(found.group(1)):
                opened.store.rollback()
        except StoreError as error:
            raise NodeError(f"cannot roll the state back: {error}") from error
        return opened.store.height, opened.store.app_hash


def verify_state(home: Home, progress: Callable[[str], None]) -> tuple[int, list[str]]:
    """Return the height, and what is wrong with roots and invariants. Raises: NodeError."""
    with _offline(home) as (opened, _):
        progress(f"recomputing the roots of height {opened.store.height}")
        problems = list(opened.store.verify())
        ctx = opened.app.context()
        for module in opened.app.modules:
            for invariant in module.invariants:
                progress(f"checking {module.name}: {invariant.name}")
                wrong = invariant.check(ctx, module.keeper)
                if wrong is not None:
                    problems.append(f"{module.name}: {invariant.name}: {wrong}")
        return opened.store.height, problems
