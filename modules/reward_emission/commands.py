"""How the commands of reward emission look."""

from chain.sdk.cli import Arg, Column, Command, Kind

_DEVICE = "lampdev1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnsfe57z"


def _amounts(fields: str) -> dict[str, str]:
    return dict.fromkeys(fields.split(), "amount")


CLAIM = Command(
    name="claim",
    help="Pay what your devices earned to their payout addresses.",
    example=f"lampd tx reward-emission claim {_DEVICE} --from owner",
    args=(Arg("device_ids", "Devices of yours, at most 500.", metavar="DEVICE..."),),
    signer="owner",
)
SETTLE = Command(
    name="settle",
    help="Settle the closed epochs of any devices before their books expire.",
    example=f"lampd tx reward-emission settle {_DEVICE} --from alice",
    args=(Arg("device_ids", "Any devices, at most 500.", metavar="DEVICE..."),),
    signer="sender",
)
CLAIM_USAGE = Command(
    name="claim-usage",
    help="Pay you, a provider, what you earned for the values that your customers burned.",
    example="lampd tx reward-emission claim-usage --from alice",
    signer="provider",
)
SPEND_TREASURY = Command(
    name="spend-treasury",
    help="Pay out of the treasury (the chain's authority only).",
    example="lampd tx reward-emission spend-treasury alice 5lamp --from authority",
    args=(
        Arg("recipient", "Who is paid.", Kind.ADDRESS, metavar="RECIPIENT"),
        Arg("amount", "How much, such as 5lamp.", Kind.AMOUNT, metavar="AMOUNT"),
    ),
    signer="authority",
)
UPDATE_PARAMS = Command(
    name="update-params",
    help="Replace the parameters of reward emission (the chain's authority only).",
    example='lampd tx reward-emission update-params "$(cat emission-params.json)" --from authority',
    args=(Arg("params", "All parameters as JSON.", Kind.JSON, metavar="PARAMS"),),
    signer="authority",
)
PARAMS = Command(
    name="params",
    help="Show the decay of the reserve and the shares of the buckets.",
    example="lampd query reward-emission params",
    shows={"reemission_cap": "amount"},
)
RESERVE = Command(
    name="reserve",
    help="Show cap, supply, reserve and burned pool, and what is held for devices and in the treasury.",
    example="lampd query reward-emission reserve",
    shows=_amounts("cap remaining burned burned_in_epoch smoothed_burn supply held_for_devices treasury"),
)
EPOCH = Command(
    name="epoch",
    help="Show what the close of an epoch emitted and each network's pool.",
    example="lampd query reward-emission epoch --latest",
    options=(
        Arg("epoch", "Number of the epoch.", default="0", metavar="N"),
        Arg("latest", "The epoch closed last."),
    ),
    rows="books",
    columns=(
        Column("network", "Network"),
        Column("pool", "Pool", "amount"),
        Column("units", "Units"),
        Column("settled", "Settled", "amount"),
    ),
    shows=_amounts(
        "emitted reemitted usage availability stakers attesters delegators treasury to_treasury returned taken "
        "usage_payable"
    ),
)
NETWORK = Command(
    name="network",
    help="Show a network's pool and units of one epoch.",
    example="lampd query reward-emission network 1 41",
    args=(
        Arg("network", "Id of the network.", metavar="NETWORK"),
        Arg("epoch", "Number of the epoch.", metavar="EPOCH"),
    ),
    shows=_amounts("pool settled"),
)
DEVICE = Command(
    name="device",
    help="Show what a device earned, what of it is locked, and its last receipts.",
    example=f"lampd query reward-emission device {_DEVICE}",
    args=(Arg("device_id", "The device: lampdev1...", metavar="DEVICE"),),
    rows="slots",
    columns=(
        Column("epoch", "Epoch"),
        Column("network", "Network"),
        Column("units", "Units"),
        Column("total_units", "T"),
        Column("pool", "Pool", "amount"),
        Column("share", "Share", "amount"),
        Column("state", "State"),
    ),
    shows=_amounts("accrued claimable estimated paid base released due locked"),
)
EXPLAIN = Command(
    name="explain",
    help="Show the way from a device's units in an epoch to ulamp; `lampd explain` shows it as a table.",
    example=f"lampd query reward-emission explain {_DEVICE} --latest",
    args=(Arg("device_id", "The device: lampdev1...", metavar="DEVICE"),),
    options=(
        Arg("epoch", "Number of the epoch.", default="0", metavar="N"),
        Arg("latest", "The last epoch whose shares are exact."),
    ),
    rows="cells",
    columns=(
        Column("resolution", "Resolution"),
        Column("cell", "Cell"),
        Column("units", "Units"),
        Column("cap", "Cap"),
        Column("clipped", "Counted"),
    ),
    shows=_amounts("pool share locked free base released due accrued claimable_now paid"),
)
USAGE = Command(
    name="usage",
    help="Show what the customers of all providers burned in an epoch, and what providers earn of it.",
    example="lampd query reward-emission usage 41",
    args=(Arg("epoch", "Number of the epoch.", metavar="EPOCH"),),
    shows=_amounts("burned bucket payable paid"),
)
PROVIDER = Command(
    name="provider",
    help="Show what a provider's customers burned and what the provider can claim.",
    example="lampd query reward-emission provider alice",
    args=(Arg("provider", "Account of the provider.", Kind.ADDRESS, metavar="PROVIDER"),),
    rows="shares",
    columns=(Column("epoch", "Epoch"), Column("burned", "Burned", "amount"), Column("amount", "Share", "amount")),
    shows=_amounts("burned paid claimable burned_in_epoch"),
)
