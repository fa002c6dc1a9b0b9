"""Rejections of codespace `bank`, with the Cosmos SDK's numbers and texts."""

from enum import IntEnum

from chain.primitives.errors import ModuleError


class BankCode(IntEnum):
    """Codes of codespace `bank`; 6 to 8 are the Cosmos SDK's for cases that do not arise here."""

    NO_INPUTS = 2
    NO_OUTPUTS = 3
    INPUT_OUTPUT_MISMATCH = 4
    SEND_DISABLED = 5
    MULTIPLE_SENDERS = 9


_TEXTS = {
    BankCode.NO_INPUTS: "no inputs to send transaction",
    BankCode.NO_OUTPUTS: "no outputs to send transaction",
    BankCode.INPUT_OUTPUT_MISMATCH: "sum inputs != sum outputs",
    BankCode.SEND_DISABLED: "send transactions are disabled",
    BankCode.MULTIPLE_SENDERS: "multiple senders not allowed",
}


class BankError(ModuleError):
    """A rejection by the rules of the bank."""

    codespace = "bank"

    @classmethod
    def describe(cls, code: IntEnum) -> str:
        """Return the Cosmos SDK's own text of a code."""
        return _TEXTS[BankCode(code)]
