"""Commands about the registry's parameters; those about objects are in the objects' folders."""

from chain.sdk.cli import Arg, Command, Kind

UPDATE_PARAMS = Command(
    "update-params",
    "Replace all parameters of the registry (authority only).",
    'lampd tx device-registry update-params \'{"network_deposit": "100000000", ...}\' --from authority',
    args=(Arg("params", "All parameters as JSON", Kind.JSON),),
    signer="authority",
)

PARAMS = Command(
    "params",
    "Show the registry's parameters.",
    "lampd query device-registry params",
    shows=dict.fromkeys(("network_deposit", "device_bond", "manufacturer_bond", "move_price"), "amount"),
)
