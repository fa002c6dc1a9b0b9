"""`lampd device`: what a device's maker and owner do with it."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import click

from chain.cli.options import backend_option, home_option, node_option, open_keyring, output_option
from chain.cli.output import show_json_or_text
from chain.cli.ownership import COMMANDS, find_cell, with_tx_options
from chain.cli.sending import Sending

_ALGORITHMS = ("ed25519", "p256", "secp256k1")
_LONGEST_LINE = 65_536
"""Bytes of a line that are kept; samples are much shorter."""


@click.group()
def device() -> None:
    """Make a device's key, register the device, run its agent, and what its owner does with it."""


for _command in COMMANDS:
    device.add_command(_command)


@device.command(epilog="Example: lampd device keygen station.json")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--algorithm", type=click.Choice(_ALGORITHMS), default="ed25519", show_default=True, help="Kind of key.")
@output_option
def keygen(file: Path, algorithm: str, output: str) -> None:
    """Make a device key and write it to FILE (mode 0600); print the device id."""
    from chain.client.devices import DeviceKey

    key = DeviceKey.generate(algorithm)
    key.save(file)
    show_json_or_text({**_public(key), "file": str(file)}, output)


@device.command(epilog="Example: lampd device show station.json --id")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--id", "only_id", is_flag=True, help="Only the device id.")
@output_option
def show(file: Path, only_id: bool, output: str) -> None:
    """Show what is public of the device key in FILE."""
    from chain.client.devices import DeviceKey

    key = DeviceKey.load(file)
    if only_id:
        click.echo(str(key.device_id))
        return
    show_json_or_text(_public(key), output)


def _public(key: Any) -> dict[str, str]:
    return {
        "device_id": str(key.device_id),
        "algorithm": key.algorithm.name.lower(),
        "public_key": key.public_key.hex(),
    }


@device.command(epilog="Example: lampd device register station.json --network 1 --model 1 --from alice")
@click.argument("key_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--network", required=True, type=click.IntRange(1), help="Network to work for.")
@click.option("--model", required=True, type=click.IntRange(1), help="The device's model in that network.")
@click.option("--operator", default="", help="Account that pauses and resumes it; the owner unless given.")
@click.option("--payout", default="", help="Account that rewards go to; the owner unless given.")
@click.option("--location", default="", metavar="LAT,LNG", help="Where it stands; only the cell goes on the chain.")
@click.option("--cell", default="", help="H3 cell in hex, instead of --location.")
@click.option("--resolution", type=click.IntRange(0, 15), default=8, show_default=True, help="Resolution of the cell.")
@with_tx_options
def register(
    key_file: Path,
    network: int,
    model: int,
    operator: str,
    payout: str,
    location: str,
    cell: str,
    resolution: int,
    **values: Any,
) -> None:
    """Register the device of KEY_FILE; --from becomes its owner and pays the bond.

    The device key signs the binding to its owner on this chain, so nobody else can claim it.
    """
    from chain.cli.options import resolve_address
    from chain.client import Client
    from chain.client.devices import DeviceKey, register_message

    resolve = resolve_address(values["home"], values["keyring_backend"])
    keyring = open_keyring(values["home"], values["keyring_backend"])
    with Client(values["node"], keyring, values["chain_id"]) as client:
        message = register_message(
            DeviceKey.load(key_file),
            chain_id=client.chain_id,
            owner=str(keyring.find(values["signer_key"]).address),
            network=network,
            model=model,
            operator=resolve(operator),
            payout=resolve(payout),
            cell=find_cell(location, cell, resolution),
        )
    Sending(values).send([message])


@device.command(epilog="Example: lampd device claim station.json proof.json --batch 1 --from alice")
@click.argument("key_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("proof_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--batch", required=True, type=click.IntRange(1), help="Batch that the device's key is in.")
@click.option("--operator", default="", help="Account that pauses and resumes it; the owner unless given.")
@click.option("--payout", default="", help="Account that rewards go to; the owner unless given.")
@click.option("--location", default="", metavar="LAT,LNG", help="Where it stands; only the cell goes on the chain.")
@click.option("--cell", default="", help="H3 cell in hex, instead of --location.")
@click.option("--resolution", type=click.IntRange(0, 15), default=8, show_default=True, help="Resolution of the cell.")
@with_tx_options
def claim(
    key_file: Path,
    proof_file: Path,
    batch: int,
    operator: str,
    payout: str,
    location: str,
    cell: str,
    resolution: int,
    **values: Any,
) -> None:
    """Claim the device of KEY_FILE from its manufacturer's batch with PROOF_FILE; --from becomes its owner.

    The proof is what `lampd manufacturer batch proof` prints; the device key signs the binding to its owner.
    """
    from chain.cli.options import resolve_address
    from chain.client import Client
    from chain.client.devices import DeviceKey
    from chain.client.manufacturers import claim_message, network_of_batch
    from chain.codec.batchfiles import load_proof

    resolve = resolve_address(values["home"], values["keyring_backend"])
    keyring = open_keyring(values["home"], values["keyring_backend"])
    with Client(values["node"], keyring, values["chain_id"]) as client:
        message = claim_message(
            DeviceKey.load(key_file),
            load_proof(proof_file),
            chain_id=client.chain_id,
            owner=str(keyring.find(values["signer_key"]).address),
            batch=batch,
            network=network_of_batch(client, batch),
            operator=resolve(operator),
            payout=resolve(payout),
            cell=find_cell(location, cell, resolution),
        )
    Sending(values).send([message])


@device.command(
    epilog="Example: read-sensor | lampd device run station.json --network 1 --gateway http://127.0.0.1:8700"
)
@click.argument("key_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--network", required=True, type=click.IntRange(1), help="Network it works for.")
@click.option(
    "--samples",
    "source",
    type=click.File("rb", lazy=False),
    default="-",
    help="JSON lines; - is standard input.",
)
@click.option("--gateway", default="", help="Gateway to hand receipts to, such as http://127.0.0.1:8700.")
@click.option("--from", "signer_key", default="", envvar="LAMPD_FROM", help="Key that submits, instead of a gateway.")
@click.option("--gas-prices", default="", envvar="LAMPD_GAS_PRICES", help="Fee per gas (with --from).")
@click.option("--units-per-sample", type=click.IntRange(0), default=1, show_default=True, help="Unless it has `units`.")
@click.option("--sample-interval", type=float, default=0.0, help="Seconds expected between samples; makes uptime.")
@click.option("--journal", type=click.Path(file_okay=False, path_type=Path), help="Folder of the agent's memory.")
@node_option
@home_option
@backend_option
def run(
    key_file: Path,
    network: int,
    source: IO[bytes],
    gateway: str,
    signer_key: str,
    gas_prices: str,
    units_per_sample: int,
    sample_interval: float,
    journal: Path | None,
    node: str,
    home: str,
    keyring_backend: str,
) -> None:
    """Run the agent of the device of KEY_FILE until interrupted.

    Samples are JSON objects, one a line. After each epoch the agent signs one receipt over them and hands it in until
    the chain has taken it. It survives restarts, and nodes and gateways that are away; it never signs twice for one
    epoch. Samples stay on the device, in the journal (KEY_FILE.journal unless given), but for those that the chain's
    audits ask for: the agent answers them from the journal.
    """
    from chain.cli.eventlog import event_log
    from chain.client import Client
    from chain.client.agent.agent import Agent, Measure
    from chain.client.agent.audits import ChainExaminer
    from chain.client.agent.journal import Journal
    from chain.client.agent.run import AgentLoop, wait_for_node
    from chain.client.agent.submit import ChainSubmitter, GatewaySubmitter
    from chain.client.devices import DeviceKey

    if bool(gateway) == bool(signer_key):
        raise click.UsageError("receipts go to a gateway (--gateway) or are submitted with a key (--from): give one")
    key = DeviceKey.load(key_file)
    log = event_log(device=str(key.device_id))
    stopping = _stop_on_signals()
    with ExitStack() as stack:
        client = stack.enter_context(Client(node, open_keyring(home, keyring_backend)))
        clock = wait_for_node(client, stopping, log)
        if clock is None:
            return
        kept = Journal(journal or key_file.with_suffix(".journal"), key.device_id, client.chain_id)
        stack.callback(kept.close)
        submitter: Any = (
            GatewaySubmitter(gateway) if gateway else ChainSubmitter(client, signer_key, gas_price=gas_prices)
        )
        measure = Measure(units_per_sample, sample_interval)
        agent = Agent(key, network, kept, submitter, measure, log, ChainExaminer(client))
        AgentLoop(client, agent, clock, log).run(_lines(source), stopping)


def _stop_on_signals() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def _lines(source: IO[bytes]) -> Iterator[str]:
    """Yield lines; one that is far too long comes in parts, each of which is refused.

    Reads around Python's own buffer: a thread that waits inside it would abort the process when the agent ends.
    """
    kept = b""
    while part := os.read(source.fileno(), _LONGEST_LINE):
        *whole, kept = (kept + part).split(b"\n")
        if len(kept) > _LONGEST_LINE:
            whole, kept = [*whole, kept], b""
        for line in whole:
            yield line.decode(errors="replace")
    if kept:
        yield kept.decode(errors="replace")
