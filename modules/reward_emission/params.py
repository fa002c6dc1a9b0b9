"""The parameters of reward emission and their bounds, which no vote can pass."""

from dataclasses import dataclass, fields

from chain.pb.lamppost.reward_emission.v1 import types_pb2 as pb
from chain.primitives.ints import FULL_BP, MAX_U64
from modules.reward_emission.errors import EmissionCode, EmissionError

HALF_LIFE_730 = 17_507_178_300_493_959
"""Decay, in 2^-64 per epoch, that halves the reserve in 730 epochs: 2^64 * (1 - 2^(-1/730))."""
HALF_LIFE_1460 = 8_755_667_069_947_427
"""Decay that halves the reserve in 1,460 epochs: four years of days."""
HALF_LIFE_2190 = 5_837_573_237_335_297
"""Decay that halves the reserve in 2,190 epochs."""
MAX_DECAY = 2**64 // 100
"""Fastest decay: no epoch emits more than a hundredth of the reserve."""
MAX_HOLDBACK_BP = 5_000
"""Largest part of a reward that may be held back: half."""
MAX_RELEASE_EPOCHS = 3_650
"""Longest time over which it may drip out: ten years of days."""
MAX_KAPPA_BP = 9_000
"""Largest part of what was burned that usage may earn back: whoever is his own customer loses a tenth at least."""
BUCKETS = ("usage_bp", "availability_bp", "stakers_bp", "attesters_bp", "delegators_bp")
"""Parameters of the buckets with a share of their own; the treasury takes the rest."""
_BOUNDS = (
    ("holdback_bp", 0, MAX_HOLDBACK_BP),
    ("release_epochs", 1, MAX_RELEASE_EPOCHS),
    ("usage_kappa_bp", 0, MAX_KAPPA_BP),
)


@dataclass(frozen=True, slots=True)
class Params:
    """What the authority may change; shares in basis points, amounts in ulamp."""

    decay: int = HALF_LIFE_1460
    """Share of the reserve that one epoch emits, in 2^-64: 0 to MAX_DECAY."""
    usage_bp: int = 4_000
    """Share of usage; all five shares together are at most 10,000."""
    availability_bp: int = 2_500
    """Share of availability, which devices earn by their units."""
    stakers_bp: int = 1_500
    """Share of stakers."""
    attesters_bp: int = 500
    """Share of attesters."""
    delegators_bp: int = 500
    """Share of those who delegate to operators."""
    decline_bp: int = 250
    """What the availability share loses to usage every `decline_epochs`: 0 to 10,000."""
    decline_epochs: int = 365
    """Epochs between two such steps; 0 is never."""
    reemission_cap: int = 100_000_000_000
    """Most burned ulamp that re-enter in one epoch: 100,000 LAMP, about a third of the first epoch's emission."""
    holdback_bp: int = 3_000
    """Part of every device reward that is locked and drips out: 0 to MAX_HOLDBACK_BP."""
    release_epochs: int = 90
    """Epochs over which it drips out: 1 to MAX_RELEASE_EPOCHS."""
    usage_kappa_bp: int = 5_000
    """Most that providers earn of what their customers burned: 0 to MAX_KAPPA_BP, and with all shares but usage and
    the treasury's at most 10,000."""

    @classmethod
    def from_proto(cls, message: pb.Params) -> "Params":
        """Read and check the wire form. Raises: EmissionError(INVALID_PARAMS)."""
        params = cls(*(getattr(message, field.name) for field in fields(cls)))
        fault = params.fault()
        if fault:
            raise EmissionError(EmissionCode.INVALID_PARAMS, ": ".join(fault))
        return params

    def to_proto(self) -> pb.Params:
        """Return the wire form."""
        return pb.Params(**{field.name: getattr(self, field.name) for field in fields(self)})

    def fault(self) -> tuple[str, str] | None:
        """Return the first field that is out of bounds and what is wrong with it, or None."""
        if not 0 <= self.decay <= MAX_DECAY:
            return "decay", f"{self.decay} is not in 0..{MAX_DECAY}"
        for name in (*BUCKETS, "decline_bp"):
            if not 0 <= getattr(self, name) <= FULL_BP:
                return name, f"{getattr(self, name)} is not in 0..{FULL_BP} basis points"
        total = sum(getattr(self, name) for name in BUCKETS)
        if total > FULL_BP:
            return "usage_bp", f"the five shares sum to {total}, above {FULL_BP} basis points"
        for name in ("decline_epochs", "reemission_cap"):
            if not 0 <= getattr(self, name) <= MAX_U64:
                return name, f"{getattr(self, name)} does not fit 64 bits"
        for name, least, most in _BOUNDS:
            if not least <= getattr(self, name) <= most:
                return name, f"{getattr(self, name)} is not in {least}..{most}"
        return self._money_pump()

    def _money_pump(self) -> tuple[str, str] | None:
        """Return what is wrong when burning could pay for whoever owns all devices and all stake, or None.

        A burned ulamp brings back kappa of itself as usage, and re-enters through the buckets.
        """
        back = self.usage_kappa_bp + sum(getattr(self, name) for name in BUCKETS if name != "usage_bp")
        if back > FULL_BP:
            return "usage_kappa_bp", f"with the shares beside usage it brings {back} of {FULL_BP} burned ulamp back"
        return None
