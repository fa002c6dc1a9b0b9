"""Run a node: the application and the CometBFT that drives it, as a pair that lives and ends together."""

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import FrameType

from chain.abci.addresses import AddressError
from chain.abci.server import AbciServer
from chain.node.application import open_application
from chain.node.comet import Comet, find_comet
from chain.node.config import NodeConfig
from chain.node.errors import NodeError
from chain.node.figures import chain_figures, store_figures
from chain.node.home import Home
from chain.node.logs import CometLog
from chain.node.metrics import Metrics, MetricsServer
from chain.node.ports import home_lock, require_free

log = logging.getLogger("lamppost.node")

QUIET_LEVELS = "main:info,blocksync:info,statesync:info,*:error"
"""What CometBFT logs at our level info: what it decides, not each step of each round."""


@dataclass(slots=True)
class Ending:
    """Why the node ends; the first reason counts."""

    event: threading.Event
    reason: str = ""
    failed: bool = False

    def tell(self, reason: str, failed: bool = True) -> None:
        """Have the node end."""
        if not self.event.is_set():
            self.reason, self.failed = reason, failed
            self.event.set()


def run_node(home: Home, config: NodeConfig, *, abci_only: bool = False, address: str = "") -> None:
    """Run until SIGTERM, SIGINT, the halt height, or a failure. Raises: NodeError for a failure.

    With `abci_only` no CometBFT is started; one that runs elsewhere connects to `address`.
    """
    home.require()
    comet = None if abci_only else find_comet(config.cometbft)
    ending = Ending(threading.Event())
    with ExitStack() as stack:
        stack.enter_context(home_lock(home))
        if comet is not None:
            require_free(home.comet_config())
        metrics = Metrics()
        opened = open_application(home, config, metrics)
        stack.callback(opened.close)
        metrics.add_source(lambda: chain_figures(opened.app.query))
        metrics.add_source(lambda: store_figures(opened.store, home.application_db))
        if config.halt_height:
            metrics.on_commit(lambda height: _halt(ending, height, config.halt_height))
        stack.enter_context(_signals(ending))
        if config.metrics:
            server = MetricsServer(metrics, config.metrics_address)
            stack.callback(server.stop)
            log.info("metrics at http://%s/metrics, health at /health", server.address)
        abci = AbciServer(
            opened.app,
            address or home.socket,
            lambda error: ending.tell(f"the application failed: {type(error).__name__}: {error}"),
            observe=metrics.called,
        )
        try:
            abci.start()
        except AddressError as error:
            raise NodeError(str(error)) from error
        stack.callback(abci.stop)
        log.info("application at height %d, ABCI at %s", opened.store.height, abci.address)
        if comet is not None:
            stack.callback(_end_comet, _start_comet(home, config, comet, abci.address, ending), config.stop_seconds)
        ending.event.wait()
        metrics.stopping = True
        log.log(logging.ERROR if ending.failed else logging.INFO, "stopping: %s", ending.reason)
    log.info("stopped at height %d", metrics.height)
    if ending.failed:
        raise NodeError(ending.reason)


def _halt(ending: Ending, height: int, halt_height: int) -> None:
    if height >= halt_height:
        ending.tell(f"halt-height {halt_height} is reached", failed=False)


@contextmanager
def _signals(ending: Ending) -> Iterator[None]:
    """End the node on SIGTERM, SIGINT and SIGHUP."""

    def handle(number: int, frame: FrameType | None) -> None:
        ending.tell(f"received {signal.Signals(number).name}", failed=False)

    chosen = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.signal(number, handle) for number in chosen}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _start_comet(home: Home, config: NodeConfig, comet: Comet, address: str, ending: Ending) -> "subprocess.Popen[str]":
    """Start CometBFT and have its end end the node."""
    level = QUIET_LEVELS if config.log_level in ("info", "warning") else f"*:{config.log_level}"
    environment = {**os.environ, "CMT_LOG_FORMAT": "json"}
    environment.setdefault("CMT_LOG_LEVEL", level)
    if config.timeout_commit:
        environment["CMT_CONSENSUS_TIMEOUT_COMMIT"] = config.timeout_commit
    # A session of its own keeps Ctrl-C at the terminal from reaching it before the application has been told.
    child = subprocess.Popen(
        [str(comet.path), "start", "--home", str(home.path), "--proxy_app", address],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
        start_new_session=True,
    )
    log.info("CometBFT %s runs as process %d", comet.version, child.pid)
    if child.stdout is None:
        raise NodeError("CometBFT has no output to read")
    output = CometLog(child.stdout, lambda text: ending.tell(f"CometBFT stands still: {explain(text)}"))
    threading.Thread(target=_watch, args=(child, output, ending), name="comet-watch", daemon=True).start()
    return child


def _watch(child: "subprocess.Popen[str]", output: CometLog, ending: Ending) -> None:
    code = child.wait()
    how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    ending.tell(f"CometBFT ended ({how}): {explain(output.why())}")


def explain(text: str) -> str:
    """Return what CometBFT said, with advice where its words are known not to help."""
    known = {
        "no space left on device": "make room on the disk, then start again; nothing that was committed is lost",
        "resource temporarily unavailable": "another CometBFT uses this home's data folder",
        "address already in use": "a port of config.toml is taken",
        "app block height": "state and blocks do not fit: `lampd rollback` the one that is ahead, or restore both",
    }
    for part, advice in known.items():
        if part in text.lower():
            return f"{text} ({advice})"
    return text


def _end_comet(child: "subprocess.Popen[str]", seconds: int) -> None:
    """Ask CometBFT to end, which finishes the block in flight; kill it when it does not."""
    if child.poll() is not None:
        return
    begin = time.monotonic()
    child.terminate()
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        log.warning("CometBFT did not end within %d s and is killed", seconds)
        child.kill()
        child.wait()
    log.info("CometBFT ended after %.1f s", time.monotonic() - begin)
