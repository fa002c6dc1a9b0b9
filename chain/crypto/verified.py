"""Signatures that verified once are not verified again: between check, recheck, proposal and block on one node.

A verdict is a function of scheme, key, message and signature alone, so remembering it changes no result, only the time
that the second one takes. Only good signatures are remembered: bad ones cost their sender nothing to vary, and would
push out the good ones.
"""

from collections.abc import Sequence
from hashlib import sha256
from threading import Lock

from chain.crypto.batch import Item, verify_batch

CAPACITY = 65_536
"""Signatures of one generation, at about 130 bytes each; two generations are kept."""


class VerifiedSignatures:
    """Digests of signatures that verified, in two generations; safe to use from any thread.

    What is found in the older generation moves to the younger, and a full younger one takes the older's place.
    """

    __slots__ = ("_capacity", "_lock", "_old", "_young")

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._young: set[bytes] = set()
        self._old: set[bytes] = set()
        self._lock = Lock()

    def verify(self, items: Sequence[Item]) -> list[bool]:
        """Return the verdict of `chain.crypto.keys.verify` on each item, in order."""
        digests = [_digest(item) for item in items]
        young, old = self._young, self._old
        known = [digest in young or digest in old for digest in digests]
        unknown = [index for index, good in enumerate(known) if not good]
        if unknown:
            for index, good in zip(unknown, verify_batch([items[index] for index in unknown]), strict=True):
                known[index] = good
        self._remember([digest for digest, good in zip(digests, known, strict=True) if good and digest not in young])
        return known

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._young, self._old = set(), set()

    def __len__(self) -> int:
        return len(self._young) + len(self._old - self._young)

    def _remember(self, digests: list[bytes]) -> None:
        with self._lock:
            for digest in digests:
                if len(self._young) >= self._capacity:
                    self._old, self._young = self._young, set()
                self._young.add(digest)


def _digest(item: Item) -> bytes:
    algorithm, public_key, message, signature = item
    # With its lengths in front, no other item has these bytes; a hash that collides would split the network.
    head = b"%d %d %d " % (algorithm, len(public_key), len(message))
    return sha256(head + public_key + message + signature).digest()


REMEMBERED = VerifiedSignatures()
"""What this process remembers."""
verify_once = REMEMBERED.verify
"""Return the verdict on each item, in order; what verified before in this process costs a digest."""
