"""A second opinion on the trie: plain recursion over sorted keys as text of bits; slow and obviously right.

It shares no code with the store. Every function follows the definition: a key's bits are a 1 and eight bits per byte,
then a 0; the left child holds the keys whose first distinguishing bit is 0.
"""

from hashlib import sha256


def bits(key: bytes) -> str:
    """Return a key's bits."""
    return "".join("1" + format(byte, "08b") for byte in key) + "0"


def uvarint(number: int) -> bytes:
    """Return the unsigned LEB128 form."""
    return bytes([number]) if number < 128 else bytes([number % 128 + 128]) + uvarint(number // 128)


def trie(items: dict[bytes, bytes]) -> tuple[bytes, int, int]:
    """Return root hash, height and size of a non-empty map."""
    rows = sorted((bits(key), key, value) for key, value in items.items())
    return _node(rows, 0)


def _node(rows: list[tuple[str, bytes, bytes]], depth: int) -> tuple[bytes, int, int]:
    if len(rows) == 1:
        _, key, value = rows[0]
        leaf = b"\x00\x02\x02" + uvarint(len(key)) + key + b"\x20" + sha256(value).digest()
        return sha256(leaf).digest(), 0, 1
    while rows[0][0][depth] == rows[-1][0][depth]:
        depth += 1
    split = next(at for at, row in enumerate(rows) if row[0][depth] == "1")
    left, left_height, left_size = _node(rows[:split], depth + 1)
    right, right_height, right_size = _node(rows[split:], depth + 1)
    height, size = 1 + max(left_height, right_height), left_size + right_size
    preimage = uvarint(2 * height) + uvarint(2 * size) + b"\x02\x20" + left + b"\x20" + right
    return sha256(preimage).digest(), height, size


def root(items: dict[bytes, bytes]) -> bytes:
    """Return a store's root."""
    return trie(items)[0] if items else sha256(b"").digest()


def app_hash(stores: dict[str, dict[bytes, bytes]]) -> bytes:
    """Return the root over all stores: RFC 6962's tree of the simple map."""
    leaves = []
    for name in sorted(stores):
        leaf = b"\x00" + uvarint(len(name)) + name.encode() + b"\x20" + sha256(root(stores[name])).digest()
        leaves.append(sha256(leaf).digest())
    return _merkle(leaves)


def _merkle(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + _merkle(leaves[:split]) + _merkle(leaves[split:])).digest()
