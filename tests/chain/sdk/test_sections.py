from collections.abc import Callable
from typing import Any

import pytest

from chain.sdk.module import GenesisError
from chain.sdk.sections import Section

DATA = {"text": "x", "flag": True, "uint": "7", "number": 7, "list": [{"a": 1}, {"a": 2}], "texts": ["a"], "none": None}


def test_fields_are_read_by_type() -> None:
    section = Section("bank", DATA | {"object": {"a": "1"}})
    assert (section.text("text"), section.flag("flag"), section.uint("uint"), section.uint("number")) == (
        "x",
        True,
        7,
        7,
    )
    assert [row.uint("a") for row in section.objects("list")] == [1, 2]
    assert [row.path for row in section.objects("list")] == ["bank.list[0]", "bank.list[1]"]
    assert (section.texts("texts"), section.object("object").uint("a")) == (["a"], 1)
    assert (section.has("none"), section.has("missing"), section.has("text")) == (False, False, True)
    section.done()


def test_missing_fields_take_defaults() -> None:
    section = Section("bank", {})
    assert (section.text("a", ""), section.flag("b", False), section.uint("c", 5)) == ("", False, 5)
    assert (section.objects("d"), section.texts("e")) == ([], [])


BAD: list[tuple[Callable[[Section], Any], str, str]] = [
    (lambda s: s.text("missing"), "bank.missing", "is missing"),
    (lambda s: s.text("none"), "bank.none", "is missing"),
    (lambda s: s.text("number"), "bank.number", "must be a text, not a number"),
    (lambda s: s.flag("text"), "bank.text", "must be true or false, not a text"),
    (lambda s: s.uint("text"), "bank.text", "whole number"),
    (lambda s: s.uint("flag"), "bank.flag", "whole number"),
    (lambda s: s.uint("number", bits=2), "bank.number", r"0\.\.2\^2-1"),
    (lambda s: s.object("list"), "bank.list", "must be an object, not a list"),
    (lambda s: s.objects("text"), "bank.text", "must be a list, not a text"),
    (lambda s: s.objects("texts"), "bank.texts[0]", "must be an object, not a text"),
    (lambda s: s.texts("list"), "bank.list[0]", "must be a text, not an object"),
    (lambda s: s.address("text"), "bank.text", "bech32"),
    (lambda s: s.done(), "bank.flag", "is unknown; known are"),
]


@pytest.mark.parametrize(("read", "path", "reason"), BAD)
def test_what_does_not_fit_is_named_by_its_path(read: Callable[[Section], Any], path: str, reason: str) -> None:
    with pytest.raises(GenesisError, match=reason) as caught:
        read(Section("bank", DATA))
    assert caught.value.path == path
    assert str(caught.value).startswith(f"{path}: ")
