"""`lampd` as a test runs it: in this process, with a home folder of its own and the exit codes of the real command."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from chain.cli.errors import report
from chain.cli.main import cli


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Shell:
    """Runs commands; `env` holds LAMPD_ variables."""

    home: Path
    env: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, stdin: str = "") -> Said:
        runner = CliRunner()
        env = {"LAMPD_HOME": str(self.home), "COLUMNS": "200", **self.env}
        result = runner.invoke(cli, list(arguments), input=stdin, env=env, prog_name="lampd")
        code, err = result.exit_code, result.stderr
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            with runner.isolation() as streams:
                code = report(result.exception if isinstance(result.exception, Exception) else RuntimeError())
                err += streams[1].getvalue().decode()
        return Said(code, result.stdout, err)

    def ok(self, *arguments: str, stdin: str = "") -> Said:
        said = self.run(*arguments, stdin=stdin)
        if said.code != 0:
            raise AssertionError(f"lampd {' '.join(arguments)} ended with {said.code}: {said.out}{said.err}")
        return said

    def json(self, *arguments: str, stdin: str = "") -> Any:
        return self.ok(*arguments, "-o", "json", stdin=stdin).json

    def fails(self, *arguments: str, stdin: str = "", code: int = 1) -> str:
        """Run a command that must fail with an exit code and a single line of error; return that line."""
        said = self.run(*arguments, stdin=stdin)
        if said.code != code or "Traceback" in said.err:
            raise AssertionError(f"lampd {' '.join(arguments)} ended with {said.code}: {said.out}{said.err}")
        return said.err.strip().splitlines()[-1]
