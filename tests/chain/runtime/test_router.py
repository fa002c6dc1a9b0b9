"""Names are claimed once."""

from dataclasses import replace

import pytest

from chain.app import build_modules
from chain.primitives.errors import SdkCode, SdkError
from chain.runtime.router import Router


def test_two_modules_cannot_have_one_name_message_or_path() -> None:
    bank = next(module for module in build_modules() if module.name == "bank")
    with pytest.raises(ValueError, match="two modules have one name"):
        Router([bank, bank])
    with pytest.raises(ValueError, match=r"two modules handle /cosmos.bank.v1beta1.Msg"):
        Router([bank, replace(bank, name="other")])
    with pytest.raises(ValueError, match=r"two modules answer /cosmos.bank.v1beta1.Query/"):
        Router([bank, replace(bank, name="other", messages=())])


def test_an_unknown_message_is_a_decoding_error_that_does_not_repeat_it_at_length() -> None:
    with pytest.raises(SdkError) as caught:
        Router([]).route("/" + "x" * 10_000)
    assert caught.value.code is SdkCode.TX_DECODE
    assert len(caught.value.log) < 300
