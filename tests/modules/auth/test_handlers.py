from typing import Any

import pytest

from chain.pb.cosmos.auth.v1beta1 import auth_pb2, tx_pb2
from chain.primitives.errors import SdkCode, SdkError
from modules.auth.handlers import update_params
from modules.auth.messages import UpdateParams, params_to_proto
from modules.auth.params import BOUNDS, Params
from tests.modules.auth.world import AUTHORITY, address, world


def message(authority: str = str(AUTHORITY), **changes: int) -> tx_pb2.MsgUpdateParams:
    params = params_to_proto(Params())
    for name, value in changes.items():
        setattr(params, name, value)
    return tx_pb2.MsgUpdateParams(authority=authority, params=params)


def test_the_authority_replaces_the_parameters() -> None:
    ctx, keeper = world()
    parsed = UpdateParams.from_proto(message(max_memo_characters=9))
    assert parsed.signers == (AUTHORITY,)
    update_params(ctx, keeper, parsed)
    assert keeper.tx_params(ctx) == Params(max_memo_characters=9)


def test_nobody_else_does() -> None:
    ctx, keeper = world()
    with pytest.raises(SdkError) as caught:
        update_params(ctx, keeper, UpdateParams(address(1), Params(tx_sig_limit=1)))
    assert (caught.value.codespace, caught.value.code) == ("sdk", SdkCode.UNAUTHORIZED)
    assert caught.value.log == f"invalid authority; expected {AUTHORITY}, got {address(1)}: unauthorized"
    assert keeper.tx_params(ctx) == Params()


OUT = [(name, value) for name, bound in BOUNDS.items() for value in (bound.low - 1, bound.high + 1)]


@pytest.mark.parametrize(("name", "value"), OUT)
def test_a_parameter_out_of_bounds_is_refused(name: str, value: int) -> None:
    with pytest.raises(SdkError) as caught:
        UpdateParams.from_proto(message(**{name: value}))
    assert (caught.value.codespace, caught.value.code) == ("sdk", SdkCode.INVALID_REQUEST)
    assert caught.value.log.startswith(f"{name} must be ")


@pytest.mark.parametrize(
    ("proto", "code"),
    [
        (message("alice"), SdkCode.INVALID_ADDRESS),
        (tx_pb2.MsgUpdateParams(params=auth_pb2.Params()), SdkCode.INVALID_ADDRESS),
        (tx_pb2.MsgUpdateParams(authority=str(AUTHORITY)), SdkCode.INVALID_REQUEST),
    ],
)
def test_a_bad_message_is_refused_with_its_code(proto: Any, code: SdkCode) -> None:
    with pytest.raises(SdkError) as caught:
        UpdateParams.from_proto(proto)
    assert caught.value.code is code


def test_every_parameter_has_bounds_that_hold_its_default() -> None:
    for name, bound in BOUNDS.items():
        assert bound.low <= getattr(Params(), name) <= bound.high
        assert bound.unit
    assert list(BOUNDS) == [field.name for field in auth_pb2.Params.DESCRIPTOR.fields]
