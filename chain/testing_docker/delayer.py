"""A slow and lossy link in user space, for kernels without `netem`: hold each packet of a netfilter queue for a while.

Run inside the network namespace of a node: `python -m chain.testing_docker.delayer --delay 100 --loss 0.05`.
Packets keep their order, as on a wire. Numbers are those of linux/netfilter/nfnetlink_queue.h.
"""

import argparse
import heapq
import random
import select
import socket
import struct
import sys
import time

NETLINK_NETFILTER = 12
QUEUE_SUBSYSTEM = 3 << 8
PACKET, VERDICT, CONFIG = 0, 1, 2
ATTR_PACKET_HEADER, ATTR_VERDICT = 1, 2
CFG_COMMAND, CFG_PARAMS, CFG_MAXLEN = 1, 2, 3
COMMAND_BIND, COPY_META = 1, 1
DROP, ACCEPT = 0, 1
REQUEST, ACKNOWLEDGE = 1, 4
ERROR = 2
MAX_WAITING = 20_000
"""Packets that may be held at once; more are dropped by the kernel, as a full router would."""


def message(kind: int, queue: int, attributes: bytes, flags: int = REQUEST) -> bytes:
    """Return a netlink message to a queue: nlmsghdr, nfgenmsg, attributes."""
    body = struct.pack("!BBH", socket.AF_UNSPEC, 0, queue) + attributes
    return struct.pack("=IHHII", 16 + len(body), QUEUE_SUBSYSTEM | kind, flags, 0, 0) + body


def attribute(kind: int, value: bytes) -> bytes:
    """Return a netlink attribute, padded to four bytes."""
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def packet_ids(data: bytes) -> list[int]:
    """Return the ids of the packets in what the kernel sent. Raises: OSError for an error that it reports."""
    found, at = [], 0
    while at + 16 <= len(data):
        length, kind = struct.unpack_from("=IH", data, at)
        if length < 16:
            break
        if kind == ERROR:
            code = struct.unpack_from("=i", data, at + 16)[0]
            if code:
                raise OSError(-code, "the kernel refuses the queue")
        elif kind == QUEUE_SUBSYSTEM | PACKET:
            found += _ids_of(data[at + 20 : at + length])
        at += (length + 3) & ~3
    return found


def _ids_of(attributes: bytes) -> list[int]:
    at = 0
    while at + 4 <= len(attributes):
        length, kind = struct.unpack_from("=HH", attributes, at)
        if kind & 0x3FFF == ATTR_PACKET_HEADER:
            return [int(struct.unpack_from("!I", attributes, at + 4)[0])]
        at += max(4, (length + 3) & ~3)
    return []


def verdict(queue: int, packet: int, what: int) -> bytes:
    """Return the message that lets a packet go, or drops it."""
    return message(VERDICT, queue, attribute(ATTR_VERDICT, struct.pack("!II", what, packet)))


def open_queue(queue: int) -> socket.socket:
    """Return a socket that is given the packets of a queue. Raises: OSError."""
    made = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    made.bind((0, 0))
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    settings = (
        attribute(CFG_COMMAND, struct.pack("!BBH", COMMAND_BIND, 0, 0)),
        attribute(CFG_PARAMS, struct.pack("!IB", 0, COPY_META)),
        attribute(CFG_MAXLEN, struct.pack("!I", MAX_WAITING)),
    )
    for setting in settings:
        made.send(message(CONFIG, queue, setting, REQUEST | ACKNOWLEDGE))
        packet_ids(made.recv(1 << 16))
    return made


class Link:
    """When each packet leaves, or that it is lost; times are seconds."""

    def __init__(self, delay: float, jitter: float, loss: float, seed: int = 1) -> None:
        self._delay, self._jitter, self._loss = delay, jitter, loss
        self._random = random.Random(seed)
        self._last = 0.0

    def leaves(self, now: float) -> float | None:
        """Return when a packet that comes now leaves, never before the one ahead of it; None when it is lost."""
        if self._random.random() < self._loss:
            return None
        self._last = max(self._last, now + max(0.0, self._delay + self._random.uniform(-self._jitter, self._jitter)))
        return self._last


def run(queue: int, link: Link) -> None:
    """Serve a queue until the process is ended."""
    kernel = open_queue(queue)
    print("ready", flush=True)
    held: list[tuple[float, int]] = []
    while True:
        pause = max(0.0, held[0][0] - time.monotonic()) if held else None
        readable, _, _ = select.select([kernel], [], [], pause)
        now = time.monotonic()
        if readable:
            for packet in _receive(kernel):
                leaves = link.leaves(now)
                if leaves is None:
                    kernel.send(verdict(queue, packet, DROP))
                else:
                    heapq.heappush(held, (leaves, packet))
        while held and held[0][0] <= now:
            kernel.send(verdict(queue, heapq.heappop(held)[1], ACCEPT))


def _receive(kernel: socket.socket) -> list[int]:
    try:
        return packet_ids(kernel.recv(1 << 18))
    except OSError as error:
        # ENOBUFS tells that packets came faster than they were read: those are lost, and the rest goes on.
        if error.errno != 105:
            raise
        return []


def main() -> None:
    """Delay the packets of a queue."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queue", type=int, default=7)
    parser.add_argument("--delay", type=float, default=0.0, help="milliseconds")
    parser.add_argument("--jitter", type=float, default=0.0, help="milliseconds, up or down")
    parser.add_argument("--loss", type=float, default=0.0, help="share of packets, 0 to 1")
    given = parser.parse_args()
    try:
        run(given.queue, Link(given.delay / 1000, given.jitter / 1000, given.loss))
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
