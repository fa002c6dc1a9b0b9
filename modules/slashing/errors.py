"""Rejections of codespace `slashing`, with the Cosmos SDK's numbers and texts."""

from enum import IntEnum

from chain.primitives.errors import ModuleError


class SlashingCode(IntEnum):
    """Codes of codespace `slashing`; 3 and 9 to 11 are the Cosmos SDK's for cases that do not arise here."""

    NO_VALIDATOR = 2
    VALIDATOR_JAILED = 4
    NOT_JAILED = 5
    NO_SELF_DELEGATION = 6
    SELF_DELEGATION_TOO_LOW = 7
    NO_SIGNING_INFO = 8


_TEXTS = {
    SlashingCode.NO_VALIDATOR: "address is not associated with any known validator",
    SlashingCode.VALIDATOR_JAILED: "validator still jailed; cannot be unjailed",
    SlashingCode.NOT_JAILED: "validator not jailed; cannot be unjailed",
    SlashingCode.NO_SELF_DELEGATION: "validator has no self-delegation; cannot be unjailed",
    SlashingCode.SELF_DELEGATION_TOO_LOW: "validator's self delegation less than minimum; cannot be unjailed",
    SlashingCode.NO_SIGNING_INFO: "no validator signing info found",
}


class SlashingError(ModuleError):
    """A rejection by the rules of slashing."""

    codespace = "slashing"

    @classmethod
    def describe(cls, code: IntEnum) -> str:
        """Return the Cosmos SDK's own text of a code."""
        return _TEXTS[SlashingCode(code)]
