"""Commands about places."""

from chain.sdk.cli import Arg, Command, Kind
from modules.device_registry.lines import DEVICE_ARG, DEVICE_COLUMNS, EXAMPLE_DEVICE

_EXAMPLE_CELL = "8828d54681fffff"


ASSERT_LOCATION = Command(
    "assert-location",
    "Say where a device stands now (owner only); `lampd device move` takes latitude and longitude.",
    f"lampd tx device-registry assert-location {EXAMPLE_DEVICE} {_EXAMPLE_CELL} --max-price 2lamp --from owner",
    args=(DEVICE_ARG, Arg("cell", "H3 cell in hexadecimal, of resolution 8 or finer", Kind.CELL)),
    options=(
        Arg("commitment", "Salted hash of a finer place, 32 bytes in hexadecimal"),
        Arg("max_price", "The most to have burned (default: nothing)", Kind.AMOUNT),
    ),
    signer="owner",
)
REVEAL_LOCATION = Command(
    "reveal-location",
    "Open the commitment to a device's finer cell (owner or operator).",
    f"lampd tx device-registry reveal-location {EXAMPLE_DEVICE} 8f28d5468123456 SALT_HEX --from owner",
    args=(
        DEVICE_ARG,
        Arg("fine_cell", "The H3 cell that was committed to, in hexadecimal", Kind.CELL),
        Arg("salt", "The commitment's salt, 32 bytes in hexadecimal"),
    ),
    signer="signer",
)
MOVE_PRICE = Command(
    "move-price",
    "Show what the next assertion of a device's place would cost.",
    f"lampd query device-registry move-price {EXAMPLE_DEVICE}",
    args=(DEVICE_ARG,),
    shows={"price": "amount"},
)
DEVICES_BY_CELL = Command(
    "devices-by-cell",
    "List the devices that stand in a cell or in any finer one within it.",
    f"lampd query device-registry devices-by-cell {_EXAMPLE_CELL}",
    args=(Arg("cell", "H3 cell in hexadecimal, of any resolution", Kind.CELL),),
    rows="devices",
    columns=DEVICE_COLUMNS,
)
