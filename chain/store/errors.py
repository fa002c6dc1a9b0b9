"""What can go wrong with the store; each text says what to do."""


class StoreError(Exception):
    """The store cannot do what was asked; the state is that of a whole block."""


class StoreLockedError(StoreError):
    """Another process (or another StateStore of this one) has the folder open."""


class StoreFormatError(StoreError):
    """The folder holds no store of this format, or a damaged one."""


class StoreBrokenError(StoreError):
    """A write failed (full disk, I/O error): nothing more is written until the store is opened again."""


class UnknownStoreError(StoreError):
    """No store has that name."""


class HeightPrunedError(StoreError):
    """The height is older than what the store keeps."""


class HeightUnknownError(StoreError):
    """The height has not been committed."""


class ProofError(StoreError):
    """No proof exists: the store is empty, or the path is longer than verifiers accept."""


class InvalidWriteError(StoreError, ValueError):
    """A key or a value that no store takes: empty, or too large."""
