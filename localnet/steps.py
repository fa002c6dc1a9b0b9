"""Steps of the set-up: run a command, show that it is alive, and say what went wrong."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class StepError(RuntimeError):
    """A step of the set-up failed; the text says what to do."""


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"setup: {text}", file=sys.stderr, flush=True)


def run(
    command: list[str], what: str, hint: str = "", folder: Path = ROOT, environment: dict[str, str] | None = None
) -> None:
    """Run a command and print the elapsed time every ten seconds. Raises: StepError with the end of its output."""
    begin = time.monotonic()
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        while True:
            try:
                output, _ = process.communicate(timeout=10)
                break
            except subprocess.TimeoutExpired:
                say(f"{what} ... {time.monotonic() - begin:.0f} s")
            except BaseException:
                process.kill()
                raise
    if process.returncode != 0:
        tail = "\n".join(output.strip().splitlines()[-20:])
        raise StepError(f"{tail}\n{what} failed (exit {process.returncode}). {hint}".strip())
    say(f"{what}: {time.monotonic() - begin:.0f} s")
