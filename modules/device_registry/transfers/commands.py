"""Commands about transfers."""

from chain.sdk.cli import Arg, Command, Kind
from modules.device_registry.lines import DEVICE_ARG, EXAMPLE_DEVICE

OFFER_TRANSFER = Command(
    "offer-transfer",
    "Offer a device to one buyer, for a price or as a gift (owner only).",
    f"lampd tx device-registry offer-transfer {EXAMPLE_DEVICE} buyer --price 25lamp --expires-at +7d --from owner",
    args=(DEVICE_ARG, Arg("buyer", "Who may take the device over", Kind.ADDRESS)),
    options=(
        Arg("price", "What the buyer pays when accepting (default: nothing)", Kind.AMOUNT),
        Arg("expires_at", "When the offer ends: a time in UTC, or one from now on", Kind.TIME, default="+7d"),
    ),
    signer="owner",
)
ACCEPT_TRANSFER = Command(
    "accept-transfer",
    "Take an offered device over and pay its price; `lampd device accept` makes the proof, too.",
    f"lampd tx device-registry accept-transfer {EXAMPLE_DEVICE} PROOF_HEX --price 25lamp --from buyer",
    args=(DEVICE_ARG, Arg("proof", "The device's signature of its binding to the buyer, in hexadecimal")),
    options=(Arg("price", "The price in the offer (default: nothing)", Kind.AMOUNT),),
    signer="buyer",
)
CANCEL_TRANSFER = Command(
    "cancel-transfer",
    "Take an offer back, or turn it down (owner or buyer).",
    f"lampd tx device-registry cancel-transfer {EXAMPLE_DEVICE} --from owner",
    args=(DEVICE_ARG,),
    signer="signer",
)
