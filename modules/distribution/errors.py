"""Rejections of codespace `distribution`, with the Cosmos SDK's numbers and texts."""

from enum import IntEnum

from chain.primitives.errors import ModuleError


class DistributionCode(IntEnum):
    """Codes of codespace `distribution`; 2 to 4, 10 and 11 are the Cosmos SDK's for cases that do not arise here."""

    NO_DELEGATION_INFO = 5
    NO_VALIDATOR_INFO = 6
    NO_COMMISSION = 7
    WITHDRAW_ADDRESS_DISABLED = 8
    POOL_TOO_SMALL = 9
    NO_VALIDATOR = 12
    NO_DELEGATION = 13


_TEXTS = {
    DistributionCode.NO_DELEGATION_INFO: "no delegation distribution info",
    DistributionCode.NO_VALIDATOR_INFO: "no validator distribution info",
    DistributionCode.NO_COMMISSION: "no validator commission to withdraw",
    DistributionCode.WITHDRAW_ADDRESS_DISABLED: "set withdraw address disabled",
    DistributionCode.POOL_TOO_SMALL: "community pool does not have sufficient coins to distribute",
    DistributionCode.NO_VALIDATOR: "validator does not exist",
    DistributionCode.NO_DELEGATION: "delegation does not exist",
}


class DistributionError(ModuleError):
    """A rejection by the rules of distribution."""

    codespace = "distribution"

    @classmethod
    def describe(cls, code: IntEnum) -> str:
        """Return the Cosmos SDK's own text of a code."""
        return _TEXTS[DistributionCode(code)]
