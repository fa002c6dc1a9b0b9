"""The image: built from the checkout, and again only when something that goes into it has changed.

For root on Debian and its like no registry of images is needed: a base image is made with debootstrap, and Python
packages and CometBFT are prepared outside. Others take the bases that the Dockerfile names. $PYTHON_IMAGE and $GO_IMAGE
name other ones.
Usage: python -m localnet.docker.image [--force]
"""

import fcntl
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from localnet.cometbft import build as cometbft
from localnet.docker.daemon import connect, ensure_daemon, provide
from localnet.steps import ROOT, StepError, run, say

NAME = "lamppost"
TAG = f"{NAME}:dev"
"""The image of a node, as the checkout is."""
FLEET = f"{NAME}-fleet:dev"
"""The same with the simulated devices of the local network."""
HERE = Path(__file__).resolve().parent
BUILD = ROOT / "build" / "docker"
LABEL = "lamppost.sources"
"""Label with the digest of what an image was built from."""
BASES = {"PYTHON_IMAGE": "python:3.12-slim", "GO_IMAGE": "golang:1.25"}
"""The Dockerfile's defaults."""
SOURCES = ("pyproject.toml", "requirements.lock", "README.md", "LICENSE", "chain", "modules")
RECIPE = ("localnet/cometbft/go.mod", "localnet/cometbft/go.sum")
SCRIPTS = ("Dockerfile", "entrypoint.sh", "health.py", "packages.sh")


def ensure_image(force: bool = False) -> str:
    """Return the tag of the node's image, building it when the sources have changed. Raises: StepError.

    $LAMPPOST_IMAGE names an image to take as it is, such as one that was released.
    """
    if named := os.environ.get("LAMPPOST_IMAGE"):
        return named
    recipe = [*SOURCES, *RECIPE, *(f"localnet/docker/{name}" for name in SCRIPTS)]
    bases = bases_by_name()
    digest = tree_digest(recipe, extra=repr(bases) + (HERE / "base.sh").read_text())
    with _locked():
        if not force and _digest_of(TAG) == digest:
            return TAG
        context = BUILD / "context"
        shutil.rmtree(context, ignore_errors=True)
        _copy(recipe, context)
        if not bases:
            base, python = ensure_base()
            _prepare(context / "prepared", python)
            bases = {"PYTHON_IMAGE": base, "GO_IMAGE": base}
        build(context, "localnet/docker/Dockerfile", TAG, bases, digest)
    return TAG


def ensure_fleet_image(force: bool = False) -> str:
    """Return the tag of the image with the simulated devices, building both when need be. Raises: StepError.

    $LAMPPOST_FLEET_IMAGE names one to take as it is.
    """
    if named := os.environ.get("LAMPPOST_FLEET_IMAGE"):
        return named
    node = ensure_image(force)
    modules = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "localnet").glob("*.py"))
    own = [f"localnet/docker/{name}" for name in ("__init__.py", "devices.py", "homes.py", "fleet.Dockerfile")]
    recipe = [*modules, *own, "localnet/networks"]
    digest = tree_digest(recipe, extra=_digest_of(node))
    with _locked():
        if not force and _digest_of(FLEET) == digest:
            return FLEET
        context = BUILD / "fleet-context"
        shutil.rmtree(context, ignore_errors=True)
        _copy(recipe, context)
        _copy_readings(context / "readings" / "vega_datasets")
        build(context, "localnet/docker/fleet.Dockerfile", FLEET, {"NODE_IMAGE": node}, digest)
    return FLEET


@contextmanager
def _locked() -> Iterator[None]:
    """Keep a second run of this checkout out of the same folders."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ensure_base(*packages: str) -> tuple[str, str]:
    """Return the tag of the base image made with debootstrap, and the version of its Python. Raises: StepError."""
    script = HERE / "base.sh"
    key = hashlib.sha256(script.read_bytes() + " ".join(packages).encode()).hexdigest()[:12]
    tag, archive = f"{NAME}-base:{key}", BUILD / f"base-{key}.tar"
    version_file = archive.with_name(archive.name + ".python")
    if not archive.exists() or not version_file.exists():
        provide("debootstrap")
        archive.parent.mkdir(parents=True, exist_ok=True)
        run([str(script), str(archive), *packages], "making the base image with debootstrap, once")
    client = connect()
    if not client.images.list(name=tag):
        client.api.import_image_from_file(str(archive), repository=f"{NAME}-base", tag=key)
    client.close()
    return tag, version_file.read_text().strip()


def tree_digest(names: list[str], extra: str = "") -> str:
    """Return a digest over files and folders of the checkout, by their names and bytes."""
    digest = hashlib.sha256(extra.encode())
    for path in _files(names):
        digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_mode & 0o111}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _files(names: list[str]) -> Iterator[Path]:
    for name in names:
        path = ROOT / name
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (entry for entry in found if entry.is_file() and "__pycache__" not in entry.parts)


def _copy(names: list[str], folder: Path) -> None:
    for path in _files(names):
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)


def _copy_readings(folder: Path) -> None:
    """Copy the recorded temperatures alone: the package that ships them draws in far more than it is needed for."""
    found = importlib.util.find_spec("vega_datasets")
    if found is None or found.origin is None:
        raise StepError("the package vega_datasets is missing: run `make venv`")
    (folder / "_data").mkdir(parents=True)
    (folder / "__init__.py").touch()
    for name in ("seattle-temps.csv", "sf-temps.csv"):
        shutil.copyfile(Path(found.origin).parent / "_data" / name, folder / "_data" / name)


def bases_by_name() -> dict[str, str]:
    """Return the base images that the build takes from a registry, or none where they are made here."""
    named = {name: os.environ[name] for name in BASES if os.environ.get(name)}
    if len(named) == 1:
        raise StepError(f"{' and '.join(BASES)} are named both or not at all")
    makes_them = sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None
    return named or ({} if makes_them else dict(BASES))


def _digest_of(tag: str) -> str:
    from docker.errors import ImageNotFound

    client = connect()
    try:
        return str((client.images.get(tag).labels or {}).get(LABEL, ""))
    except ImageNotFound:
        return ""
    finally:
        client.close()


def _prepare(folder: Path, python: str) -> None:
    """Put CometBFT and the wheels of all that the build installs into the context."""
    folder.mkdir(parents=True)
    shutil.copyfile(cometbft.ensure() / "cometbft", folder / "cometbft")
    (folder / "cometbft").chmod(0o755)
    for wheel in _wheelhouse(python).glob("*.whl"):
        shutil.copyfile(wheel, folder / wheel.name)


def _wheelhouse(python: str) -> Path:
    """Return the folder with the wheels for a version of Python, downloading them once for each requirements.lock."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        wanted = [*tomllib.load(file)["project"]["dependencies"], "hatchling", "pip"]
    lock = ROOT / "requirements.lock"
    key = hashlib.sha256(lock.read_bytes() + repr(wanted).encode()).hexdigest()[:12]
    folder = BUILD / f"wheels-{python}-{key}"
    if not (folder / ".complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--only-binary=:all:",
        ]
        command += ["--only-binary=:all:", *_target(python), "--dest", str(folder), "--constraint", str(lock), *wanted]
        run(command, f"downloading the image's Python packages for Python {python}, once")
        (folder / ".complete").touch()
    return folder


def _target(python: str) -> list[str]:
    """Return pip's options for another Python than this one on the same machine."""
    from packaging.tags import platform_tags

    if python == f"{sys.version_info[0]}.{sys.version_info[1]}":
        return []
    options = ["--python-version", python, "--implementation", "cp"]
    for abi in (f"cp{python.replace('.', '')}", "abi3", "none"):
        options += ["--abi", abi]
    for tag in platform_tags():
        options += ["--platform", tag]
    return options


def build(context: Path, dockerfile: str, tag: str, arguments: dict[str, str], digest: str) -> None:
    """Build an image from a context with the daemon's own builder. Raises: StepError with the end of its output."""
    from docker.errors import BuildError, DockerException

    say(f"building {tag}")
    client = connect(600.0)
    try:
        image, _ = client.images.build(
            path=str(context),
            dockerfile=dockerfile,
            tag=tag,
            buildargs=arguments,
            labels={LABEL: digest},
            rm=True,
            forcerm=True,
        )
        # What bore the tag before; the other stages stay, they make the next build quick.
        client.images.prune({"dangling": True, "label": [LABEL]})
    except BuildError as error:
        told = "".join(str(line.get("stream", "")) for line in error.build_log if isinstance(line, dict))
        raise StepError(f"{told[-3000:]}\nbuilding {tag} failed: {error}") from error
    except DockerException as error:
        raise StepError(f"building {tag} failed: {error}") from error
    finally:
        client.close()
    say(f"built {tag}, {_megabytes(image)} MB")


def _megabytes(image: Any) -> int:
    return round(image.attrs["Size"] / 1e6)


def main(arguments: list[str]) -> int:
    """Build the images of this checkout."""
    try:
        ensure_daemon()
        force = "--force" in arguments
        say(f"{ensure_image(force)} and {ensure_fleet_image(force)} are current ({platform.machine()})")
    except (StepError, subprocess.SubprocessError, OSError) as error:
        say(f"error: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
