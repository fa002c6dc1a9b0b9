"""Stock ICS-23 libraries accept every proof that the store gives, and none that was spoiled."""

import random
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from chain.store import StateStore, proofs
from chain.store.errors import ProofError
from chain.store.proofs import absent, existence, exists
from chain.store.view import View
from tests.chain.store.history import Changes, commit, random_key
from tests.chain.store.stock import VERIFIERS, Case, Verifier
from tests.chain.store.verifier import existence_root, parse

SIZES = (*range(1, 27), 49, 100, 300)

each_library = pytest.mark.parametrize("verifier", VERIFIERS, ids=lambda verifier: verifier.name)


def _store(folder: str, changes: Changes) -> StateStore:
    store = StateStore.open(folder, tuple(changes))
    commit(store, changes)
    return store


def _proof(view: View, name: str, key: bytes) -> Case:
    value, ops = view.prove(name, key)
    return Case("iavl", ops[0].data, view.roots()[name], key, value)


def _near(key: bytes) -> list[bytes]:
    """Return keys that sort just before and just after a key."""
    shorter = [key[:-1]] if len(key) > 1 else []
    return [*shorter, key + b"\x00", key[:-1] + bytes((key[-1] ^ 1,)), key + b"\xff"]


@cache
def _all_shapes() -> tuple[Case, ...]:
    """Return proofs of all keys, and of absence around all keys, in maps of many sizes."""
    source = random.Random(23)
    changes: Changes = {}
    for size in SIZES:
        keys: set[bytes] = set()
        while len(keys) < size:
            keys.add(random_key(source))
        changes[f"size-{size:03}"] = {key: source.randbytes(source.randint(1, 40)) for key in sorted(keys)}
    cases = []
    with TemporaryDirectory() as folder, _store(folder, changes) as store, store.at() as view:
        for name, writes in changes.items():
            cases += [_proof(view, name, key) for key in writes]
            absents = {near for key in writes for near in _near(key) if near not in writes}
            cases += [_proof(view, name, key) for key in sorted({*absents, b"\x00", b"\xff" * 9} - writes.keys())]
            _, ops = view.prove(name, b"any")
            cases.append(Case("tendermint", ops[1].data, view.app_hash, name.encode(), view.roots()[name]))
    return tuple(cases)


@each_library
def test_every_shape_of_proof_is_accepted(verifier: Verifier) -> None:
    cases = list(_all_shapes())
    kinds = {(case.spec, case.value is None) for case in cases}
    assert kinds == {("iavl", False), ("iavl", True), ("tendermint", False)}
    refused = [case for case, good in zip(cases, verifier.accepts(cases), strict=True) if not good]
    assert refused == []


def _spoiled() -> list[Case]:
    """Return proofs with one thing wrong each."""
    changes: Changes = {"bank": {b"key-%03d" % n: b"value %d" % n for n in range(200)}}
    with TemporaryDirectory() as folder, _store(folder, changes) as store, store.at() as view:
        good, gap = _proof(view, "bank", b"key-077"), _proof(view, "bank", b"key-077x")
        first, last = _proof(view, "bank", b"a"), _proof(view, "bank", b"z")
        other = _proof(view, "bank", b"key-078")
    root = good.root
    inner = parse(good.proof)[0][1]
    assert isinstance(inner, bytes)
    key, value, _, steps = existence_root(inner)
    out = []
    for at, (before, after) in enumerate(steps):
        for bit in (0, 13, 8 * len(before) - 1):
            out.append([*steps[:at], (_flip(before, bit), after), *steps[at + 1 :]])
        if after:
            out.append([*steps[:at], (before, _flip(after, 77)), *steps[at + 1 :]])
        out.append(steps[:at] + steps[at + 1 :])
        out.append([*steps[: at + 1], *steps[at:]])
    cases = [Case("iavl", exists(existence(key, value, b"\x00\x02\x02", each)), root, key, value) for each in out]
    cases += [
        Case("iavl", good.proof, root, key, value + b"!"),
        Case("iavl", good.proof, root, other.key, value),
        Case("iavl", good.proof, sha256(root).digest(), key, value),
        Case("iavl", exists(existence(key, value, b"\x00\x04\x02", steps)), root, key, value),
        Case("tendermint", good.proof, root, key, value),
        Case("iavl", gap.proof, root, key, None),
    ]
    left, right = _sides(gap)
    successor, predecessor = _sides(first)[1], _sides(last)[0]
    for sides in ((right, left), (left, b""), (b"", right), (left, successor), (predecessor, right), (b"", b"")):
        cases.append(Case("iavl", absent(gap.key, *sides), root, gap.key, None))
    for present in (key, other.key):
        cases.append(Case("iavl", absent(present, left, right), root, present, None))
        cases.append(Case("iavl", absent(present, _sides_of(good), _sides_of(other)), root, present, None))
    return cases


def _flip(data: bytes, bit: int) -> bytes:
    return data[: bit // 8] + bytes((data[bit // 8] ^ 1 << bit % 8,)) + data[bit // 8 + 1 :]


def _sides(case: Case) -> tuple[bytes, bytes]:
    fields = dict(parse(dict(parse(case.proof))[2]))  # type: ignore[arg-type]
    return fields.get(2, b""), fields.get(3, b"")  # type: ignore[return-value]


def _sides_of(case: Case) -> bytes:
    return dict(parse(case.proof))[1]  # type: ignore[return-value]


@each_library
def test_every_spoiled_proof_is_refused(verifier: Verifier) -> None:
    cases = _spoiled()
    accepted = [case for case, good in zip(cases, verifier.accepts(cases), strict=True) if good]
    assert accepted == []


def _comb(depth: int) -> dict[bytes, bytes | None]:
    """Return keys of which the deepest has `depth` others that part from it, each one bit further down."""
    width = (depth + 7) // 8
    deepest = (0).to_bytes(width, "big")
    keys: dict[bytes, bytes | None] = {deepest: b"deep"}
    for bit in range(depth):
        keys[(1 << 8 * width - 1 - bit).to_bytes(width, "big")] = b"tooth"
    return keys


@each_library
def test_a_path_of_128_steps_is_accepted(verifier: Verifier, tmp_path: Path) -> None:
    keys = _comb(128)
    deepest = min(keys)
    with _store(str(tmp_path), {"bank": keys}) as store, store.at() as view:
        proof = _proof(view, "bank", deepest)
        assert len(existence_root(_sides_of(proof))[3]) == 128
        assert verifier.accepts([proof]) == [True]


def test_a_path_of_129_steps_is_refused_by_name(tmp_path: Path) -> None:
    keys = _comb(129)
    deepest = min(keys)
    with _store(str(tmp_path), {"bank": keys}) as store, store.at() as view:
        with pytest.raises(ProofError, match="the path of this key has 129 steps; verifiers accept 128"):
            view.prove("bank", deepest)
        assert view.get("bank", deepest) == b"deep"
        # All but the two deepest keys can be proven.
        assert [view.prove("bank", key)[0] for key in sorted(keys)[2:4]] == [b"tooth", b"tooth"]


@each_library
def test_a_path_of_129_steps_is_what_only_the_go_library_refuses(
    verifier: Verifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "MAX_STEPS", 200)
    keys = _comb(129)
    with _store(str(tmp_path), {"bank": keys}) as store, store.at() as view:
        assert verifier.accepts([_proof(view, "bank", min(keys))]) == [verifier.name != "ics23_go"]
