"""A CometBFT whose clock is off by $COMETBFT_TEST_CLOCK_OFFSET, built of the pinned sources for tests alone.

Linux has no namespace for the clock of the day, and programs in Go do not ask libc for the time, so that no library
can be put between. But all of CometBFT takes the time from one function, `Now` in its package `types/time`. Go lays
nothing over files of its cache of modules (`-overlay` refuses them), so a copy of the pinned module takes its place.
"""

import os
import shutil
import subprocess
from pathlib import Path

from localnet.cometbft import build
from localnet.steps import run

VARIABLE = "COMETBFT_TEST_CLOCK_OFFSET"
"""A duration in Go's form, such as 1h or -90s."""
FOLDER = build.ROOT / "build" / "cometbft-skewed" / build.PINNED
MODULE = "github.com/cometbft/cometbft"
PLAIN = "return Canonical(time.Now())"
SKEWED = "return Canonical(time.Now().Add(testOffset))"
READ_OFFSET = f"""
var testOffset = func() time.Duration {{
	text := os.Getenv("{VARIABLE}")
	if text == "" {{
		return 0
	}}
	offset, err := time.ParseDuration(text)
	if err != nil {{
		panic(err)
	}}
	return offset
}}()
"""


def skewed_source(plain: str) -> str:
    """Return CometBFT's types/time/time.go with the offset in it. Raises: ValueError when it is not as expected."""
    if plain.count(PLAIN) != 1 or plain.count("import (\n") != 1:
        raise ValueError(f"types/time of CometBFT {build.PINNED} has no Now() of the known form")
    return plain.replace(PLAIN, SKEWED).replace("import (\n", 'import (\n\t"os"\n') + READ_OFFSET


def skewed_comet() -> Path:
    """Return the binary, built once. Raises: StepError when there is no Go or it does not build."""
    binary = FOLDER / "cometbft"
    if binary.exists():
        return binary
    go = str(build.find_go(quiet=True))
    environment = {name: value for name, value in os.environ.items() if name != "GOROOT"}
    environment |= {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly -trimpath", "CGO_ENABLED": "0", "GOWORK": "off"}
    found = subprocess.run(
        [go, "list", "-m", "-f", "{{.Dir}}", MODULE],
        cwd=build.HERE,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    source = FOLDER / "source"
    shutil.rmtree(FOLDER, ignore_errors=True)
    shutil.copytree(found.stdout.strip(), source)
    for path in (source, *source.rglob("*")):
        path.chmod(0o755)  # the cache is read-only, and what is read-only cannot be removed later
    clock = source / "types" / "time" / "time.go"
    clock.write_text(skewed_source(clock.read_text()))
    replaced = (build.HERE / "go.mod").read_text() + f"\nreplace {MODULE} => {source}\n"
    (FOLDER / "go.mod").write_text(replaced)
    shutil.copyfile(build.HERE / "go.sum", FOLDER / "go.sum")
    command = [go, "build", "-modfile", str(FOLDER / "go.mod"), "-ldflags", "-s -w", "-o", str(binary)]
    run(
        [*command, build.PACKAGES[0]],
        "building CometBFT with a clock that can be set",
        folder=build.HERE,
        environment=environment,
    )
    shutil.rmtree(source)
    return binary
