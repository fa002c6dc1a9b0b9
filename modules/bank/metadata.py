"""What people call a denomination, and how its units relate."""

from dataclasses import dataclass
from itertools import pairwise

from chain.codec.values import TEXT, U32, Many, Record
from chain.primitives.coins import BASE_DENOM, DISPLAY_DENOM, DISPLAY_EXPONENT, valid_denom


@dataclass(frozen=True, slots=True)
class DenomUnit:
    """A unit of 10^exponent base units."""

    denom: str
    exponent: int
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metadata:
    """The Cosmos SDK's description of a denomination; `base` is what the state holds, `display` what people read."""

    description: str
    denom_units: tuple[DenomUnit, ...]
    base: str
    display: str
    name: str
    symbol: str
    uri: str = ""
    uri_hash: str = ""


UNIT = Record(DenomUnit, denom=TEXT, exponent=U32, aliases=Many(TEXT, 64))
"""Codec of a unit."""
METADATA = Record(
    Metadata,
    description=TEXT,
    denom_units=Many(UNIT, 64),
    base=TEXT,
    display=TEXT,
    name=TEXT,
    symbol=TEXT,
    uri=TEXT,
    uri_hash=TEXT,
)
"""Codec of a denomination's metadata."""

LAMP = Metadata(
    description="The token of Lamppost: it rewards devices for their work and pays for transactions.",
    denom_units=(
        DenomUnit(BASE_DENOM, 0, ("microlamp",)),
        DenomUnit(DISPLAY_DENOM, DISPLAY_EXPONENT),
    ),
    base=BASE_DENOM,
    display=DISPLAY_DENOM,
    name="Lamp",
    symbol="LAMP",
)
"""Metadata of the chain's own token."""


def check_metadata(metadata: Metadata) -> tuple[str, str] | None:
    """Return the first bad field with the reason, or None (rules of the Cosmos SDK's x/bank Metadata.Validate)."""
    for field in ("base", "display"):
        if not valid_denom(getattr(metadata, field)):
            return field, "is not a denomination"
    units = metadata.denom_units
    if not units or units[0].denom != metadata.base or units[0].exponent:
        return "denom_units", f"must begin with {metadata.base} of exponent 0"
    if any(low.exponent >= high.exponent for low, high in pairwise(units)):
        return "denom_units", "must have ascending exponents"
    names = [unit.denom for unit in units]
    for i, unit in enumerate(units):
        if not valid_denom(unit.denom):
            return f"denom_units[{i}].denom", "is not a denomination"
        if unit.denom in names[:i]:
            return f"denom_units[{i}].denom", f"{unit.denom} is listed twice"
        if len(dict.fromkeys(unit.aliases)) != len(unit.aliases) or any(not alias.strip() for alias in unit.aliases):
            return f"denom_units[{i}].aliases", "holds a blank or a text twice"
    return None if metadata.display in names else ("display", "is not among the units")
