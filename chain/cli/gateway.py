"""`lampd gateway`: receipts of many devices, submitted in batches."""

import signal
import threading

import click

from chain.cli.options import backend_option, home_option, node_option, open_keyring


@click.group()
def gateway() -> None:
    """Collect the receipts of devices and submit them."""


@gateway.command(epilog="Example: lampd gateway run --from gateway --listen 127.0.0.1:8700")
@click.option("--from", "signer_key", required=True, envvar="LAMPD_FROM", help="Key that signs and pays.")
@click.option("--listen", default="127.0.0.1:8700", show_default=True, help="Address to take receipts at.")
@click.option("--interval", type=float, default=2.0, show_default=True, help="Seconds between batches.")
@click.option("--gas-prices", default="", envvar="LAMPD_GAS_PRICES", help="Fee per gas, such as 0.001ulamp.")
@click.option(
    "--fees",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="When to offer fees: past the gateway's quota, for every batch, or not at all.",
)
@click.option("--limit", type=click.IntRange(1), default=100_000, show_default=True, help="Most receipts that wait.")
@node_option
@home_option
@backend_option
def run(
    signer_key: str,
    listen: str,
    interval: float,
    gas_prices: str,
    fees: str,
    limit: int,
    node: str,
    home: str,
    keyring_backend: str,
) -> None:
    """Take receipts over HTTP, check them, and submit them in batches of up to 256 until interrupted.

    A device hands in its receipt with POST /v1/receipts until it is told the receipt's fate. A gateway that a network
    has registered submits its receipts without fees up to its quota; GET /health tells what is left of it.
    """
    from chain.cli.eventlog import event_log
    from chain.client import Client
    from chain.client.amounts import parse_price
    from chain.client.gateway.batches import BatchSubmitter
    from chain.client.gateway.intake import Intake
    from chain.client.gateway.queue import ReceiptQueue
    from chain.client.gateway.quota import FeeMode
    from chain.client.gateway.server import GatewayServer

    host, port = _address(listen)
    if gas_prices:
        parse_price(gas_prices)
    log = event_log()
    with Client(node, open_keyring(home, keyring_backend)) as client:
        queue = ReceiptQueue(limit)
        submitter = BatchSubmitter(client, signer_key, queue, log, interval, FeeMode(fees), gas_price=gas_prices)
        try:
            server = GatewayServer(host, port, Intake(client), queue, log, free_left=lambda: submitter.quota.left)
        except OSError as error:
            raise OSError(f"cannot listen at {listen}: {error.strerror}") from error
        worker = threading.Thread(target=submitter.run, name="gateway-batches")
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        server.start()
        worker.start()
        log("gateway_started", listen=f"{host}:{server.port}", node=node)
        while worker.is_alive() and not stopping.wait(0.5):
            pass
        failed = not worker.is_alive()
        log("gateway_stopping", waiting=queue.waiting)
        server.stop()
        submitter.stop()
        worker.join()
    if failed:
        raise RuntimeError("the gateway ended by itself; the lines above say why")


def _address(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not port.isdigit() or int(port) > 65_535:
        raise click.UsageError(f"--listen takes HOST:PORT, got {listen!r}")
    return host or "127.0.0.1", int(port)
