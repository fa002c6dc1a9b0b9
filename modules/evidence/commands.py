"""Commands of the evidence module."""

from chain.sdk.cli import Arg, Command, Kind

SUBMIT = Command(
    name="submit",
    help="Bring evidence by transaction; every kind is rejected here, as CometBFT brings equivocations itself.",
    example=(
        'lampd tx evidence submit \'{"@type": "/cosmos.evidence.v1beta1.Equivocation", "height": "5"}\' --from alice'
    ),
    args=(Arg("evidence", "The evidence, as JSON with its @type.", Kind.JSON),),
    signer="submitter",
)
EVIDENCE = Command(
    name="evidence",
    help="Show evidence by its hash.",
    example=f"lampd query evidence evidence {'AB' * 32}",
    args=(Arg("hash", "SHA-256 of the evidence, in hexadecimal."),),
)
ALL_EVIDENCE = Command(
    name="list",
    help="List all evidence that somebody was punished for.",
    example="lampd query evidence list --limit 10",
)
