"""The one place where any exception is caught: a bug inside a message must not stop all validators.

A bug becomes the fixed code (undefined, 1) with a fixed text, and is logged with its traceback. What says that the
process itself is unwell stops the node instead, because another validator would not have the same exception.
"""

import logging
from collections.abc import Callable
from enum import IntEnum
from typing import ParamSpec, TypeVar

from chain.primitives.errors import ModuleError
from chain.store.errors import InvalidWriteError, StoreError

P = ParamSpec("P")
T = TypeVar("T")

_log = logging.getLogger("lamppost.runtime")

FATAL = (MemoryError, RecursionError, OSError, StoreError)
"""Exceptions that depend on the machine and therefore stop the node."""


class FaultCode(IntEnum):
    """The Cosmos SDK's code of what must not happen."""

    INTERNAL = 1


class InternalError(ModuleError):
    """A bug, as clients and consensus see it."""

    codespace = "undefined"

    @classmethod
    def describe(cls, code: IntEnum) -> str:
        """Return the fixed text."""
        return "internal error"


def guarded(what: str, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call something that a message's author wrote.

    Raises: ModuleError as the call does; InternalError for any other exception but those of `FATAL`.
    """
    try:
        return call(*args, **kwargs)
    except ModuleError:
        raise
    except FATAL as error:
        # A write that no store takes is the author's mistake, the same on every machine.
        if not isinstance(error, InvalidWriteError):
            raise
        cause: Exception = error
    except Exception as error:  # whatever a module's defect raises fails its transaction alone, on every node alike
        cause = error
    _log.error("bug in %s", what, exc_info=cause)
    raise InternalError(FaultCode.INTERNAL) from cause
