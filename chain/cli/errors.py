"""How `lampd` tells of errors: one line on standard error, and the exit code."""

import os
import re
import traceback

import click

from chain.primitives.errors import ModuleError

_GRPC = re.compile(r"^rpc error: code = \w+ desc = ")
"""What a gRPC server puts before its texts."""


def report(error: Exception) -> int:
    """Print an error and return the exit code: 1 for what the user can mend, 70 for a defect of ours.

    With LAMPD_TRACE=1 the traceback is printed as well.
    """
    if os.environ.get("LAMPD_TRACE"):
        traceback.print_exception(error)
    if isinstance(error, ModuleError | ValueError | LookupError | OSError | RuntimeError):
        click.echo(f"Error: {_words(error)}", err=True)
        return 1
    click.echo(f"Internal error: {type(error).__name__}: {error} (LAMPD_TRACE=1 shows where)", err=True)
    return 70


def _words(error: Exception) -> str:
    """Return an error for people: without the words that only programs need, with a hint where there is one."""
    from chain.client.errors import NodeUnreachable, QueryFailed, RpcError

    if isinstance(error, NodeUnreachable):
        return f"{error}; is it running? --node or LAMPD_NODE names another node"
    if isinstance(error, QueryFailed):
        return _GRPC.sub("", str(error))
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, RpcError) and error.data:
        return error.data
    return str(error)
