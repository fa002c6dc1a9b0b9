"""Why the registry refuses something."""

from enum import IntEnum

from chain.primitives.errors import ModuleError


class RegistryCode(IntEnum):
    """Codes of codespace `device_registry`; consensus data, never renumbered and never reused."""

    NOT_AUTHORITY = 2
    INVALID_PARAMS = 3
    UNKNOWN_NETWORK = 4
    UNKNOWN_MODEL = 5
    UNKNOWN_DEVICE = 6
    NOT_ADMIN = 7
    NOT_OWNER = 8
    NOT_OPERATOR = 9
    INVALID_NAME = 10
    NAME_TAKEN = 11
    INVALID_KIND = 12
    INVALID_TEXT = 13
    INVALID_RECEIPT_POLICY = 14
    INVALID_LOCATION_CAPS = 15
    INVALID_LEVEL_WEIGHTS = 16
    INVALID_HARDWARE_WEIGHT = 17
    INVALID_MAX_UNITS = 18
    TOO_MANY_MODELS = 19
    NOTHING_TO_CHANGE = 20
    NETWORK_CLOSED = 21
    NETWORK_IN_USE = 22
    INVALID_EMISSION_WEIGHT = 23
    TOO_MANY_WEIGHTED_NETWORKS = 24
    INVALID_STATUS = 25
    WRONG_STATUS = 26
    MODEL_SUSPENDED = 27
    MODEL_OF_OTHER_NETWORK = 28
    INVALID_ALGORITHM = 29
    INVALID_PUBLIC_KEY = 30
    INVALID_CELL = 31
    CELL_REQUIRED = 32
    CELL_NOT_ALLOWED = 33
    INVALID_COMMITMENT = 34
    BAD_PROOF = 35
    DEVICE_EXISTS = 36
    BOND_LOCKED = 37


class RegistryError(ModuleError):
    """A rejection by the device registry."""

    codespace = "device_registry"
