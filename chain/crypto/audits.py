"""What an audit asks and how it is answered: the same rules for the chain, the agent and users' programs.

A question names a telemetry root that a device signed before it could know the nonce. The root commits to the number
of samples, so that the index asked for, nonce mod count, cannot be shopped for with the count.
"""

from collections.abc import Callable, Sequence

from google.protobuf.message import DecodeError

from chain.crypto.merkle import EMPTY_ROOT, HASH_BYTES, climb, counted_root, leaf_hash, path
from chain.pb.lamppost.work.v1.types_pb2 import AuditAnswer

SALT_BYTES = 16
"""Length of a sample's salt."""
MAX_SAMPLE = 4_096
"""Longest sample that can be shown, in bytes."""
MAX_COUNT = 2**32 - 1
"""Most samples of a tree."""
MAX_PATH = 32
"""Longest path in such a tree, in hashes."""
MAX_ANSWER = 11 + 6 + 2 + SALT_BYTES + 3 + MAX_SAMPLE + MAX_PATH * (2 + HASH_BYTES)
"""Longest answer, in bytes: nonce, count, salt, sample and path, each with its tag and length."""


def asked_index(nonce: int, count: int) -> int:
    """Return the index of the sample that a nonce asks for among `count`, which is above 0."""
    return nonce % count


def make_answer(nonce: int, leaves: Sequence[bytes], show: Callable[[int], tuple[bytes, bytes]]) -> bytes:
    """Return the answer over leaf hashes; `show` gives salt and sample of an index."""
    answer = AuditAnswer(nonce=nonce, count=len(leaves))
    if leaves:
        index = asked_index(nonce, len(leaves))
        answer.salt, answer.sample = show(index)
        answer.path.extend(path(leaves, index))
    return answer.SerializeToString(deterministic=True)


def answer_fault(encoded: bytes, nonce: int, root: bytes) -> str:
    """Return what is wrong with an answer to a nonce about a telemetry root, or the empty text."""
    if not encoded:
        return "no answer"
    if len(encoded) > MAX_ANSWER:
        return f"the answer has {len(encoded)} bytes, at most {MAX_ANSWER} are possible"
    try:
        answer = AuditAnswer.FromString(encoded)
    except DecodeError:
        return "the answer is no AuditAnswer"
    answer.DiscardUnknownFields()
    if answer.SerializeToString(deterministic=True) != encoded:
        return "the answer is not in its canonical encoding"
    if answer.nonce != nonce:
        return "the answer is to another nonce"
    tree = _tree_root(answer)
    if tree is None:
        return "the answer shows no sample of a tree"
    if counted_root(tree, answer.count) != root:
        return "the sample is not in the tree"
    return ""


def _tree_root(answer: AuditAnswer) -> bytes | None:
    if not answer.count:
        return None if answer.salt or answer.sample or answer.path else EMPTY_ROOT
    fits = answer.count <= MAX_COUNT and len(answer.path) <= MAX_PATH and len(answer.sample) <= MAX_SAMPLE
    if not fits or len(answer.salt) != SALT_BYTES or any(len(item) != HASH_BYTES for item in answer.path):
        return None
    leaf = leaf_hash(answer.salt + answer.sample)
    return climb(leaf, asked_index(answer.nonce, answer.count), answer.count, answer.path)
