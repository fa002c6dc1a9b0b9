"""The commands about audits."""

from chain.sdk.cli import Arg, Column, Command

AUDITS = Command(
    name="audits",
    help="List the devices that were drawn for an audit in an epoch, and what became of it.",
    example="lampd query work audits 12",
    args=(Arg("epoch", "The epoch at whose start they were drawn; audits are kept for 8 epochs.", metavar="EPOCH"),),
    rows="audits",
    columns=(
        Column("device_id", "device"),
        Column("outcome", "outcome"),
        Column("nonce", "nonce"),
    ),
)
DEVICE_AUDIT = Command(
    name="device-audit",
    help="Show what a device must answer in its next receipt, and its strikes.",
    example="lampd query work device-audit lampdev1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnsfe57z",
    args=(Arg("device_id", "The device: lampdev1...", metavar="DEVICE"),),
)
