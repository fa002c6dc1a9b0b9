"""Questions of audits and their answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.crypto.audits import MAX_ANSWER, MAX_COUNT, MAX_PATH, MAX_SAMPLE, answer_fault, asked_index, make_answer
from chain.crypto.merkle import EMPTY_ROOT, counted_root, leaf_hash, root
from chain.pb.lamppost.work.v1.types_pb2 import AuditAnswer

SAMPLES = [b"sample %d" % number for number in range(7)]
SALTS = [bytes([number]) * 16 for number in range(7)]
LEAVES = [leaf_hash(salt + sample) for salt, sample in zip(SALTS, SAMPLES, strict=True)]
ROOT = counted_root(root(LEAVES), 7)
NONCE = 2**64 - 5


def right(nonce: int = NONCE) -> bytes:
    return make_answer(nonce, LEAVES, lambda index: (SALTS[index], SAMPLES[index]))


def changed(**fields: object) -> bytes:
    answer = AuditAnswer.FromString(right())
    for name, value in fields.items():
        if name == "path":
            del answer.path[:]
            answer.path.extend(value)  # type: ignore[arg-type]
        else:
            setattr(answer, name, value)
    return answer.SerializeToString(deterministic=True)


@given(st.integers(1, 2**64 - 1), st.integers(1, 40))
def test_every_sample_that_is_asked_for_can_be_shown(nonce: int, count: int) -> None:
    samples = [b"%d" % number for number in range(count)]
    leaves = [leaf_hash(bytes(16) + sample) for sample in samples]
    answer = make_answer(nonce, leaves, lambda index: (bytes(16), samples[index]))
    assert AuditAnswer.FromString(answer).sample == samples[nonce % count]
    assert answer_fault(answer, nonce, counted_root(root(leaves), count)) == ""


@given(st.integers(0, 6), st.integers(1, 2**64 - 1))
def test_another_sample_than_the_one_asked_for_is_no_answer(index: int, nonce: int) -> None:
    shown = asked_index(nonce, 7)
    answer = make_answer(nonce, LEAVES, lambda _: (SALTS[index], SAMPLES[index]))
    assert (answer_fault(answer, nonce, ROOT) == "") == (index == shown)


def test_an_index_cannot_be_shopped_for_with_another_count() -> None:
    """Given nonce 6 and a device that kept sample 0 alone, when it shows it under a count of 6, then it is refused."""
    answer = make_answer(6, LEAVES[:6], lambda index: (SALTS[index], SAMPLES[index]))
    assert AuditAnswer.FromString(answer).sample == SAMPLES[0]
    assert answer_fault(answer, 6, ROOT) == "the sample is not in the tree"


FAULTS = {
    "no answer": b"",
    "the answer is no AuditAnswer": b"\xff",
    "the answer is not in its canonical encoding": right() + b"\x08\x07",
    "the answer is to another nonce": changed(nonce=5),
    "the sample is not in the tree": changed(sample=b"another"),
    f"the answer has {MAX_ANSWER + 1} bytes, at most {MAX_ANSWER} are possible": bytes(MAX_ANSWER + 1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_answer_is_told_what_is_wrong(fault: str) -> None:
    assert answer_fault(FAULTS[fault], NONCE, ROOT) == fault


@pytest.mark.parametrize(
    "encoded",
    [
        changed(salt=bytes(15)),
        changed(salt=b""),
        changed(count=0),
        changed(count=2**64 - 1),
        changed(path=[]),
        changed(path=[bytes(31)]),
        changed(path=[bytes(32)] * (MAX_PATH + 1)),
        changed(sample=bytes(MAX_SAMPLE + 1)),
    ],
)
def test_what_has_not_the_shape_of_an_answer_shows_nothing(encoded: bytes) -> None:
    assert answer_fault(encoded, NONCE, ROOT) == "the answer shows no sample of a tree"


def test_fields_that_nobody_knows_are_refused() -> None:
    assert answer_fault(right() + b"\x98\x06\x01", NONCE, ROOT) == "the answer is not in its canonical encoding"


def test_an_empty_tree_is_answered_by_a_count_of_zero() -> None:
    empty = counted_root(EMPTY_ROOT, 0)
    answer = make_answer(NONCE, [], lambda index: (b"", b""))
    assert answer != b""
    assert answer_fault(answer, NONCE, empty) == ""
    assert answer_fault(answer, NONCE, ROOT) == "the sample is not in the tree"
    assert answer_fault(right(), NONCE, empty) == "the sample is not in the tree"


def test_the_longest_answer_fits() -> None:
    longest = AuditAnswer(
        nonce=2**64 - 1,
        count=MAX_COUNT,
        salt=bytes(16),
        sample=bytes(MAX_SAMPLE),
        path=[bytes(32)] * MAX_PATH,
    )
    assert len(longest.SerializeToString(deterministic=True)) == MAX_ANSWER


@given(st.one_of(st.binary(max_size=300), st.binary(max_size=60).map(lambda tail: right()[:-60] + tail)))
def test_whatever_else_is_no_answer(encoded: bytes) -> None:
    assert (answer_fault(encoded, NONCE, ROOT) == "") == (encoded == right())
