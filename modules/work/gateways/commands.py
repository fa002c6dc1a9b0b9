"""The commands about gateways."""

from chain.sdk.cli import Arg, Column, Command, Kind

_NETWORK = Arg("network", "The network's id.", metavar="NETWORK")
_GATEWAY = Arg("gateway", "The gateway's account: lamp1... or the name of a key.", Kind.ADDRESS, metavar="GATEWAY")
_QUOTA = Arg("quota", "Fee-free receipts per epoch.", metavar="QUOTA")

REGISTER = Command(
    name="register-gateway",
    help="Let an account hand in a network's receipts without fees, up to a quota per epoch (the network's admin).",
    example="lampd tx work register-gateway 1 gateway 10000 --from founder",
    args=(_NETWORK, _GATEWAY, _QUOTA),
    signer="admin",
)
UPDATE = Command(
    name="update-gateway",
    help="Change a gateway's quota (the network's admin).",
    example="lampd tx work update-gateway 1 gateway 20000 --from founder",
    args=(_NETWORK, _GATEWAY, _QUOTA),
    signer="admin",
)
REVOKE = Command(
    name="revoke-gateway",
    help="End a gateway's right to hand in receipts without fees (the network's admin).",
    example="lampd tx work revoke-gateway 1 gateway --from founder",
    args=(_NETWORK, _GATEWAY),
    signer="admin",
)
GATEWAYS = Command(
    name="gateways",
    help="List a network's gateways with their quotas.",
    example="lampd query work gateways 1",
    args=(_NETWORK,),
    rows="gateways",
    columns=(
        Column("address", "gateway"),
        Column("quota", "quota", "number"),
        Column("used", "used", "number"),
        Column("epoch", "in epoch", "number"),
    ),
    shows={"total_quota": "number"},
)
GATEWAY = Command(
    name="gateway",
    help="Show a gateway's quota and what is left of it in the running epoch.",
    example="lampd query work gateway 1 gateway",
    args=(_NETWORK, _GATEWAY),
    shows={"left": "number"},
)
