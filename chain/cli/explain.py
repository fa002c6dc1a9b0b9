"""`lampd explain`: the way from a device's units to LAMP, as a table."""

from collections.abc import Iterator
from typing import Any

import click

from chain.cli.options import height_option, node_option, output_option
from chain.cli.output import show_amount, show_message

_PATH = "/lamppost.reward_emission.v1.Query/Explain"
Line = tuple[str, str, str]
"""What a step is called, its value, and how it came about."""


@click.command(epilog="Example: lampd explain lampdev1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnsfe57z --epoch 41")
@click.argument("device_id", metavar="DEVICE")
@click.option(
    "--epoch", type=click.IntRange(0), default=None, help="Epoch to explain; the last exact one unless given."
)
@node_option
@height_option
@output_option
def explain(device_id: str, epoch: int | None, node: str, height: int, output: str) -> None:
    """Explain what DEVICE earned in an epoch: every step from what it claimed to what can be claimed now.

    The last epoch whose shares are exact is two before the running one; later ones are estimated by the units counted
    so far. The chain remembers a device's last 8 receipts; ask about older ones at an earlier --height.
    """
    from chain.client.rpc import RpcClient
    from chain.pb.lamppost.reward_emission.v1 import query_pb2

    request = query_pb2.QueryExplainRequest(device_id=device_id, epoch=epoch or 0, latest=epoch is None)
    with RpcClient(node) as rpc:
        answer = rpc.abci_query(_PATH, request.SerializeToString(), height)
    response = query_pb2.QueryExplainResponse.FromString(answer.value)
    if output == "json":
        show_message(response, output)
        return
    click.echo(f"{response.device_id}, epoch {response.epoch} (epoch {response.running} is running)")
    if response.report == query_pb2.REPORT_STATE_NONE:
        click.echo(f"\nNo receipt of this device was accepted for epoch {response.epoch}, so it earned nothing.")
    elif response.report == query_pb2.REPORT_STATE_FORGOTTEN:
        click.echo(f"\nThe chain no longer remembers epoch {response.epoch}; ask at an earlier --height.")
    else:
        _section("UNITS", list(_units(response)))
        _section("DENSITY", list(_density(response)))
        _section("REWARD", list(_reward(response)))
    _section("ACCOUNT NOW", list(_account(response)))


def _section(title: str, lines: list[Line]) -> None:
    """Print a section: names to the left, values to the right, reasons behind them."""
    if not lines:
        return
    names, values = max(len(name) for name, _, _ in lines), max(len(value) for _, value, _ in lines)
    click.echo("\n" + click.style(title, bold=True))
    for name, value, how in lines:
        click.echo(f"  {name.ljust(max(names, 24))}  {value.rjust(max(values, 18))}  {how}".rstrip())


def _units(found: Any) -> Iterator[Line]:
    yield "claimed", f"{found.claimed:,}", "units that the device signed"
    yield "counted", f"{found.counted:,}", f"at most {found.max_units:,}, the model's maximum"
    for name, basis_points in (("uptime", found.uptime_bp), ("hardware", found.hardware_bp), ("level", found.level_bp)):
        yield f"  x {name}", _percent(basis_points, 10_000), ""
    yield "effective units", f"{found.units:,}", _why(found)


def _why(found: Any) -> str:
    reasons = {1: "0, because an audit was missed", 2: "0, because the device has moved a short time ago"}
    return reasons.get(found.why, "rounded down")


def _density(found: Any) -> Iterator[Line]:
    for step in found.cells:
        count = int(step.units)
        share = _percent(step.clipped, count) if count else "-"
        yield (
            f"resolution {step.resolution}",
            f"{step.clipped:,} of {count:,}",
            f"{share} counts; cell {step.cell}, cap {step.cap:,}",
        )


def _reward(found: Any) -> Iterator[Line]:
    total = int(found.total_units)
    states = {
        1: "an estimate, receipts still come in",
        2: "exact, not settled yet",
        3: "not settled in time: it went back to the network's pool",
        4: "settled",
    }
    yield "all units, T", f"{total:,}", f"of network {found.network}, after density"
    yield "pool", show_amount(found.pool), "what all its devices share"
    density = " x ".join(["units", *["density"] * bool(found.cells), "pool / T"])
    yield "share", show_amount(found.share), f"{density}, rounded down; {states.get(found.state, '')}"
    yield "  locked", show_amount(found.locked), f"{_percent(found.holdback_bp, 10_000)} is held back and drips out"
    yield "  free", show_amount(found.free), "the rest"


def _account(found: Any) -> Iterator[Line]:
    drip = found.drip
    if drip.base:
        since = f"since epoch {drip.since}, over {drip.release_epochs:,} epochs, {drip.passed:,} of them passed"
        yield "drip began with", show_amount(drip.base), since
        yield "  released", show_amount(drip.released), "of it so far"
        yield "  due now", show_amount(drip.due), ""
        yield "  still locked", show_amount(drip.locked), ""
    yield "accrued", show_amount(found.accrued), "settled and free"
    yield "can be claimed now", show_amount(found.claimable_now), "accrued, due, and what settling adds"
    yield "paid so far", show_amount(found.paid), ""


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.4g} %"
