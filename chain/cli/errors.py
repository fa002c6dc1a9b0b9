"""How `lampd` tells of errors: one line on standard error, and the exit code."""

import os
import traceback

import click

from chain.primitives.errors import ModuleError


def report(error: Exception) -> int:
    """Print an error and return the exit code: 1 for what the user can mend, 70 for a defect of ours.

    With LAMPD_TRACE=1 the traceback is printed as well.
    """
    if os.environ.get("LAMPD_TRACE"):
        traceback.print_exception(error)
    if isinstance(error, ModuleError | ValueError | LookupError | OSError | RuntimeError):
        click.echo(f"Error: {error}", err=True)
        return 1
    click.echo(f"Internal error: {type(error).__name__}: {error} (LAMPD_TRACE=1 shows where)", err=True)
    return 70
