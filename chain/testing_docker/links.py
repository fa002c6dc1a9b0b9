"""Slow and lossy links: `tc netem` in a node's network namespace, or the same in user space where there is none."""

import ipaddress
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

from chain.testing_docker.engine import EngineError

QUEUE = 7
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Weather:
    """What a node's outgoing packets to its peers suffer."""

    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    loss: float = 0.0
    """Share of packets that never arrive, 0 to 1."""


class SlowLink:
    """Weather on the link of one container, until `clear` or the end of its network namespace."""

    def __init__(self, pid: int, peers: ipaddress.IPv4Network, weather: Weather) -> None:
        self._pid = pid
        self._peers = peers
        self._helper: subprocess.Popen[str] | None = None
        self._device = ""
        if os.getuid() or not shutil.which("nsenter"):
            raise EngineError("slow links need root and nsenter, to enter the network namespace of a container")
        if not self._netem(weather):
            self._queue(weather)

    @property
    def means(self) -> str:
        """How the link is made slow: `netem` or `nfqueue`."""
        return "netem" if self._device else "nfqueue"

    def clear(self) -> None:
        """Make the link as it was; nothing when the container has gone meanwhile."""
        if self._device:
            self._inside("tc", "qdisc", "del", "dev", self._device, "root")
        else:
            self._inside("iptables", "-w", "-D", *self._rule())
        if self._helper is not None:
            self._helper.kill()
            self._helper.wait()
            if self._helper.stdout is not None:
                self._helper.stdout.close()
            self._helper = None

    def _netem(self, weather: Weather) -> bool:
        """Use the kernel's own means. Returns whether it has them."""
        device = self._find_device()
        settings = ["delay", f"{weather.delay_ms:g}ms", f"{weather.jitter_ms:g}ms", "loss", f"{weather.loss * 100:g}%"]
        if shutil.which("tc") is None:
            return False
        done = self._inside("tc", "qdisc", "add", "dev", device, "root", "netem", *settings)
        if done.returncode == 0:
            self._device = device
        return done.returncode == 0

    def _queue(self, weather: Weather) -> None:
        numbers = ["--delay", str(weather.delay_ms), "--jitter", str(weather.jitter_ms), "--loss", str(weather.loss)]
        command = [sys.executable, "-m", "chain.testing_docker.delayer", "--queue", str(QUEUE), *numbers]
        self._helper = subprocess.Popen(
            [*self._enter(), *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        said = self._helper.stdout.readline() if self._helper.stdout is not None else ""
        if said.strip() != "ready":
            rest = self._helper.stdout.read() if self._helper.stdout is not None else ""
            self._helper.wait()
            raise EngineError(f"this kernel has neither netem nor netfilter queues: {said}{rest}".strip())
        done = self._inside("iptables", "-w", "-I", *self._rule())
        if done.returncode:
            self._helper.kill()
            self._helper.wait()
            raise EngineError(f"packets cannot be queued: {done.stderr.strip()}")

    def _rule(self) -> list[str]:
        # With --queue-bypass packets pass when nobody serves the queue any more.
        target = ["-j", "NFQUEUE", "--queue-num", str(QUEUE), "--queue-bypass"]
        return ["OUTPUT", "-d", str(self._peers), *target]

    def _find_device(self) -> str:
        for line in self._inside("ip", "-o", "-4", "addr").stdout.splitlines():
            found = re.match(r"\d+: (\S+)\s+inet (\S+)/", line)
            if found and ipaddress.IPv4Address(found[2]) in self._peers:
                return found[1]
        raise EngineError("the node is not connected to its peers, so that there is no link to make slow")

    def _enter(self) -> list[str]:
        return ["nsenter", f"--net=/proc/{self._pid}/ns/net"]

    def _inside(self, *command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*self._enter(), *command], capture_output=True, text=True, timeout=START_SECONDS, check=False
        )
