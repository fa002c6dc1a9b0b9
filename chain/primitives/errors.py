"""The one kind of exception by which the state machine rejects something.

A rejection is a pair (codespace, code) and a sentence. Codes are consensus data: CometBFT hashes them into the
next header, so they are never renumbered and never reused.
"""

from enum import IntEnum
from typing import ClassVar


class ModuleError(Exception):
    """A rejection by the rules of one codespace; subclasses set `codespace`.

    `code` comes from the codespace's IntEnum, `detail` says what is wrong with this input. The text that clients
    see is "detail: name of the code", as in the Cosmos SDK.
    """

    codespace: ClassVar[str]

    def __init__(self, code: IntEnum, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    @property
    def log(self) -> str:
        """The text for people and for clients that parse it."""
        text = self.describe(self.code)
        return f"{self.detail}: {text}" if self.detail else text

    @classmethod
    def describe(cls, code: IntEnum) -> str:
        """Return the fixed text of a code."""
        return code.name.lower().replace("_", " ")

    def __str__(self) -> str:
        return f"{self.log} ({self.codespace}/{int(self.code)})"


class SdkCode(IntEnum):
    """Codes of codespace `sdk`, as registered by the Cosmos SDK (types/errors)."""

    TX_DECODE = 2
    INVALID_SEQUENCE = 3
    UNAUTHORIZED = 4
    INSUFFICIENT_FUNDS = 5
    UNKNOWN_REQUEST = 6
    INVALID_ADDRESS = 7
    INVALID_PUBKEY = 8
    UNKNOWN_ADDRESS = 9
    INVALID_COINS = 10
    OUT_OF_GAS = 11
    MEMO_TOO_LARGE = 12
    INSUFFICIENT_FEE = 13
    TOO_MANY_SIGNATURES = 14
    NO_SIGNATURES = 15
    INVALID_REQUEST = 18
    TX_IN_MEMPOOL_CACHE = 19
    MEMPOOL_FULL = 20
    TX_TOO_LARGE = 21
    KEY_NOT_FOUND = 22
    INVALID_SIGNER = 24
    INVALID_HEIGHT = 26
    INVALID_VERSION = 27
    INVALID_CHAIN_ID = 28
    INVALID_TYPE = 29
    TX_TIMEOUT_HEIGHT = 30
    UNKNOWN_EXTENSION_OPTIONS = 31
    WRONG_SEQUENCE = 32
    UNPACK_ANY = 34
    LOGIC = 35
    NOT_SUPPORTED = 37
    NOT_FOUND = 38
    INVALID_GAS_LIMIT = 41


_SDK_TEXTS = {
    SdkCode.TX_DECODE: "tx parse error",
    SdkCode.INVALID_PUBKEY: "invalid pubkey",
    SdkCode.TX_IN_MEMPOOL_CACHE: "tx already in mempool",
    SdkCode.MEMPOOL_FULL: "mempool is full",
    SdkCode.NO_SIGNATURES: "no signatures supplied",
    SdkCode.TOO_MANY_SIGNATURES: "maximum number of signatures exceeded",
    SdkCode.KEY_NOT_FOUND: "key not found",
    SdkCode.INVALID_SIGNER: "tx intended signer does not match the given signer",
    SdkCode.INVALID_CHAIN_ID: "invalid chain-id",
    SdkCode.WRONG_SEQUENCE: "incorrect account sequence",
    SdkCode.UNKNOWN_EXTENSION_OPTIONS: "unknown extension options",
    SdkCode.UNPACK_ANY: "failed unpacking protobuf message from Any",
    SdkCode.LOGIC: "internal logic error",
    SdkCode.NOT_SUPPORTED: "feature not supported",
    SdkCode.INVALID_GAS_LIMIT: "invalid gas limit",
}


class SdkError(ModuleError):
    """A rejection that every Cosmos chain shares; clients know these codes and texts."""

    codespace = "sdk"

    @classmethod
    def describe(cls, code: IntEnum) -> str:
        """Return the Cosmos SDK's own text of a code."""
        return _SDK_TEXTS.get(SdkCode(code)) or super().describe(code)
