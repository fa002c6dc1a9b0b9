"""A small ICS-23 verifier over parsed proofs, written from the specification; the stock ones are in tests/clients."""

from collections.abc import Sequence
from hashlib import sha256

from chain.store.proofs import ProofOp
from tests.chain.store.oracle import uvarint

Fields = list[tuple[int, bytes | int]]


def parse(data: bytes) -> Fields:
    """Split a protobuf message into (field number, value)."""
    at, out = 0, []
    while at < len(data):
        tag, at = _uvarint(data, at)
        value, at = _uvarint(data, at)
        if tag & 7 == 2:
            assert at + value <= len(data), "truncated"
            out.append((tag >> 3, data[at : at + value]))
            at += value
        else:
            assert tag & 7 == 0, "wire type"
            out.append((tag >> 3, value))
    return out


def _uvarint(data: bytes, at: int) -> tuple[int, int]:
    shift = value = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def existence_root(proof: bytes) -> tuple[bytes, bytes, bytes, list[tuple[bytes, bytes]]]:
    """Return key, value, root and steps of an ExistenceProof."""
    fields = dict(parse(proof))
    leaf = dict(parse(fields[3]))  # type: ignore[arg-type]
    assert {k: v for k, v in leaf.items() if k != 5} == {1: 1, 3: 1, 4: 1}
    key, value, prefix = fields[1], fields[2], leaf[5]
    assert isinstance(key, bytes) and isinstance(value, bytes) and isinstance(prefix, bytes)
    digest = sha256(prefix + uvarint(len(key)) + key + b"\x20" + sha256(value).digest()).digest()
    steps = []
    for number, data in parse(proof):
        if number == 4:
            step = dict(parse(data))  # type: ignore[arg-type]
            assert step[1] == 1
            before, after = step[2], step.get(3, b"")
            steps.append((before, after))
            digest = sha256(before + digest + after).digest()  # type: ignore[operator]
    return key, value, digest, steps  # type: ignore[return-value]


def verify_ops(ops: Sequence[ProofOp], app_hash: bytes, name: str, key: bytes, value: bytes | None) -> None:
    """Assert that two ops prove a key's value, or its absence, against the app hash."""
    store, simple = ops
    assert (store.type, store.key, simple.type, simple.key) == ("ics23:iavl", key, "ics23:simple", name.encode())
    ((kind, proof),) = parse(simple.data)
    map_key, root, top, _ = existence_root(proof)  # type: ignore[arg-type]
    assert (kind, map_key, top) == (1, name.encode(), app_hash)
    ((kind, proof),) = parse(store.data)
    assert isinstance(proof, bytes)
    if value is not None:
        assert kind == 1
        assert existence_root(proof)[:3] == (key, value, root)
        return
    assert kind == 2
    fields = dict(parse(proof))
    assert fields[1] == key
    left, right = (existence_root(fields[n]) if n in fields else None for n in (2, 3))  # type: ignore[arg-type]
    assert left or right
    for side in (left, right):
        assert side is None or side[2] == root
    assert left is None or left[0] < key
    assert right is None or key < right[0]
    _require_neighbours(left and left[3], right and right[3])


def _require_neighbours(left: list | None, right: list | None) -> None:  # type: ignore[type-arg]
    """Assert that no leaf lies between two paths; a missing one means that the other is at the end."""
    if left is not None and right is not None:
        while left and right and left[-1] == right[-1]:
            left, right = left[:-1], right[:-1]
        split_left, split_right = left[-1], right[-1]
        assert _is_left(split_left) and not _is_left(split_right)
        left, right = left[:-1], right[:-1]
    assert all(not _is_left(step) for step in left or [])
    assert all(_is_left(step) for step in right or [])


def _is_left(step: tuple[bytes, bytes]) -> bool:
    return len(step[1]) == 33
