"""Rejections of codespace `staking`, with the Cosmos SDK's numbers and texts."""

from enum import IntEnum

from chain.primitives.errors import ModuleError


class StakingCode(IntEnum):
    """Codes of codespace `staking`; the missing numbers are the Cosmos SDK's for cases that do not arise here."""

    NO_VALIDATOR_FOUND = 3
    VALIDATOR_OWNER_EXISTS = 4
    VALIDATOR_PUBKEY_EXISTS = 5
    VALIDATOR_PUBKEY_TYPE_NOT_SUPPORTED = 6
    VALIDATOR_JAILED = 7
    BAD_REMOVE_VALIDATOR = 8
    COMMISSION_NEGATIVE = 9
    COMMISSION_HUGE = 10
    COMMISSION_GT_MAX_RATE = 11
    COMMISSION_UPDATE_TIME = 12
    COMMISSION_CHANGE_RATE_NEGATIVE = 13
    COMMISSION_CHANGE_RATE_GT_MAX_RATE = 14
    COMMISSION_GT_MAX_CHANGE_RATE = 15
    SELF_DELEGATION_BELOW_MINIMUM = 16
    MIN_SELF_DELEGATION_DECREASED = 17
    NO_DELEGATION = 19
    INSUFFICIENT_SHARES = 22
    NO_UNBONDING_DELEGATION = 26
    MAX_UNBONDING_DELEGATION_ENTRIES = 27
    SELF_REDELEGATION = 29
    TINY_REDELEGATION_AMOUNT = 30
    BAD_REDELEGATION_DST = 31
    TRANSITIVE_REDELEGATION = 32
    MAX_REDELEGATION_ENTRIES = 33
    DELEGATOR_SHARE_EX_RATE_INVALID = 34
    EMPTY_VALIDATOR_PUBKEY = 39
    COMMISSION_LT_MIN_RATE = 40


_TEXTS = {
    StakingCode.NO_VALIDATOR_FOUND: "validator does not exist",
    StakingCode.VALIDATOR_OWNER_EXISTS: (
        "validator already exist for this operator address; must use new validator operator address"
    ),
    StakingCode.VALIDATOR_PUBKEY_EXISTS: ("validator already exist for this pubkey; must use new validator pubkey"),
    StakingCode.VALIDATOR_PUBKEY_TYPE_NOT_SUPPORTED: "validator pubkey type is not supported",
    StakingCode.VALIDATOR_JAILED: "validator for this address is currently jailed",
    StakingCode.BAD_REMOVE_VALIDATOR: "failed to remove validator",
    StakingCode.COMMISSION_NEGATIVE: "commission must be positive",
    StakingCode.COMMISSION_HUGE: "commission cannot be more than 100%",
    StakingCode.COMMISSION_GT_MAX_RATE: "commission cannot be more than the max rate",
    StakingCode.COMMISSION_UPDATE_TIME: "commission cannot be changed more than once in 24h",
    StakingCode.COMMISSION_CHANGE_RATE_NEGATIVE: "commission change rate must be positive",
    StakingCode.COMMISSION_CHANGE_RATE_GT_MAX_RATE: "commission change rate cannot be more than the max rate",
    StakingCode.COMMISSION_GT_MAX_CHANGE_RATE: "commission cannot be changed more than max change rate",
    StakingCode.SELF_DELEGATION_BELOW_MINIMUM: (
        "validator's self delegation must be greater than their minimum self delegation"
    ),
    StakingCode.MIN_SELF_DELEGATION_DECREASED: "minimum self delegation cannot be decrease",
    StakingCode.NO_DELEGATION: "no delegation for (address, validator) tuple",
    StakingCode.INSUFFICIENT_SHARES: "insufficient delegation shares",
    StakingCode.NO_UNBONDING_DELEGATION: "no unbonding delegation found",
    StakingCode.MAX_UNBONDING_DELEGATION_ENTRIES: (
        "too many unbonding delegation entries for (delegator, validator) tuple"
    ),
    StakingCode.SELF_REDELEGATION: "cannot redelegate to the same validator",
    StakingCode.TINY_REDELEGATION_AMOUNT: "too few tokens to redelegate (truncates to zero tokens)",
    StakingCode.BAD_REDELEGATION_DST: "redelegation destination validator not found",
    StakingCode.TRANSITIVE_REDELEGATION: (
        "redelegation to this validator already in progress; "
        "first redelegation to this validator must complete before next redelegation"
    ),
    StakingCode.MAX_REDELEGATION_ENTRIES: (
        "too many redelegation entries for (delegator, src-validator, dst-validator) tuple"
    ),
    StakingCode.DELEGATOR_SHARE_EX_RATE_INVALID: "cannot delegate to validators with invalid (zero) ex-rate",
    StakingCode.EMPTY_VALIDATOR_PUBKEY: "empty validator public key",
    StakingCode.COMMISSION_LT_MIN_RATE: "commission cannot be less than min rate",
}


class StakingError(ModuleError):
    """A rejection by the rules of stake."""

    codespace = "staking"

    @classmethod
    def describe(cls, code: IntEnum) -> str:
        """Return the Cosmos SDK's own text of a code."""
        return _TEXTS[StakingCode(code)]
