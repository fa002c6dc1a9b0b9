"""A small disk: a volume in memory that outlives the node's container, because a second container holds it."""

import io
import tarfile
from pathlib import Path
from typing import Any

from chain.testing_docker.engine import EngineError

BALLAST = "ballast"


class SmallDisk:
    """A volume of a size with a node's home in it; filled and freed by the container that holds it."""

    def __init__(self, client: Any, image: str, name: str, size: int, labels: dict[str, str], at: str) -> None:
        options = {"type": "tmpfs", "device": "tmpfs", "o": f"size={size}"}
        self.volume = client.volumes.create(name, driver="local", driver_opts=options, labels=labels)
        self._at = at
        # A volume of this kind is emptied when the last container that uses it ends.
        self._holder = client.containers.run(
            image,
            entrypoint=["sleep", "infinity"],
            command=[],
            name=f"{name}-holder",
            labels=labels,
            volumes={name: {"bind": at, "mode": "rw"}},
            user="0:0",
            network_mode="none",
            detach=True,
            init=True,
            # The health check of the image is about a node, which this is not.
            healthcheck={"test": ["NONE"]},
        )

    def put(self, home: Path, user: tuple[int, int]) -> None:
        """Copy a home onto the disk. Raises: EngineError."""
        packed = io.BytesIO()

        def own(entry: tarfile.TarInfo) -> tarfile.TarInfo:
            entry.uid, entry.gid = user
            return entry

        with tarfile.open(fileobj=packed, mode="w") as archive:
            archive.add(home, arcname=".", filter=own)
        if not self._holder.put_archive(self._at, packed.getvalue()):
            raise EngineError(f"the home cannot be copied to {self._at}")
        self._run(f"chown {user[0]}:{user[1]} {self._at}")

    def fill(self, room: int) -> None:
        """Write a file until the disk is full, then give back so many bytes."""
        file = f"{self._at}/{BALLAST}"
        self._run(f"dd if=/dev/zero of={file} bs=64k 2>/dev/null; truncate -c -s -{room} {file}")

    def free(self) -> None:
        """Remove that file."""
        self._run(f"rm -f {self._at}/{BALLAST}")

    def left(self) -> int:
        """Return how many bytes are free."""
        return int(self._run(f"df -B1 --output=avail {self._at} | tail -1").strip())

    def _run(self, script: str) -> str:
        code, output = self._holder.exec_run(["sh", "-c", script])
        text = str(output.decode(errors="replace"))
        if code:
            raise EngineError(f"`{script}` on the small disk: {text.strip()}")
        return text
