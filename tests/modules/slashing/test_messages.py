from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration

from chain.pb.cosmos.slashing.v1beta1 import slashing_pb2, tx_pb2
from chain.primitives.decimals import ONE
from chain.primitives.errors import ModuleError, SdkError
from chain.primitives.ints import NANOS
from modules.slashing import handlers
from modules.slashing.messages import Unjail, UpdateParams
from modules.slashing.params import MAX_WINDOW, Params
from modules.slashing.wire import params_proto
from tests.modules.auth.world import AUTHORITY, address
from tests.modules.distribution.world import World, operator

A = str(address(1))


def params(**more: Any) -> tx_pb2.MsgUpdateParams:
    made = slashing_pb2.Params()
    made.CopyFrom(params_proto(Params()))
    for name, value in more.items():
        if isinstance(value, Duration):
            getattr(made, name).CopyFrom(value)
        else:
            setattr(made, name, value)
    return tx_pb2.MsgUpdateParams(authority=A, params=made)


def test_messages_become_what_handlers_work_with() -> None:
    unjail = Unjail.from_proto(tx_pb2.MsgUnjail(validator_addr=operator(1).operator))
    assert (unjail, unjail.signers) == (Unjail(operator(1)), (operator(1),))
    update = UpdateParams.from_proto(params(signed_blocks_window=7))
    assert update == UpdateParams(address(1), Params(signed_blocks_window=7))
    assert update.signers == (address(1),)


BAD: list[tuple[str, Any, Any, tuple[str, int], str]] = [
    ("no operator", Unjail, tx_pb2.MsgUnjail(), ("sdk", 7), "validator input address: empty address string"),
    ("an account", Unjail, tx_pb2.MsgUnjail(validator_addr=A), ("sdk", 7), "expected lampvaloper, got lamp"),
    ("no authority", UpdateParams, tx_pb2.MsgUpdateParams(), ("sdk", 7), "invalid authority address"),
    ("no window", UpdateParams, params(signed_blocks_window=0), ("sdk", 18), "signed blocks window must be positive"),
    ("window below 0", UpdateParams, params(signed_blocks_window=-1), ("sdk", 18), "must be positive: -1"),
    ("huge window", UpdateParams, params(signed_blocks_window=MAX_WINDOW + 1), ("sdk", 18), "is above 100000"),
    ("no jail", UpdateParams, params(downtime_jail_duration=Duration()), ("sdk", 18), "must be positive"),
    (
        "jail below 0",
        UpdateParams,
        params(downtime_jail_duration=Duration(seconds=-1)),
        ("sdk", 18),
        "must be positive",
    ),
    ("endless", UpdateParams, params(downtime_jail_duration=Duration(seconds=10**10)), ("sdk", 18), "ten years"),
    ("below 0", UpdateParams, params(min_signed_per_window=b"-1"), ("sdk", 18), "min signed per window cannot be neg"),
    ("above 1", UpdateParams, params(min_signed_per_window=b"%d" % (ONE + 1)), ("sdk", 18), "per window too large"),
    ("above 1", UpdateParams, params(slash_fraction_double_sign=b"%d" % (ONE + 1)), ("sdk", 18), "too large: 1.0000"),
    ("above 1", UpdateParams, params(slash_fraction_downtime=b"%d" % (ONE + 1)), ("sdk", 18), "downtime slash"),
    ("no digits", UpdateParams, params(slash_fraction_downtime=b"0.5"), ("sdk", 18), "no decimal scaled"),
    ("no text", UpdateParams, params(slash_fraction_downtime=b"\xff"), ("sdk", 18), "invalid params"),
]


@pytest.mark.parametrize(("kind", "proto", "code", "text"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_message_is_refused_with_its_code(kind: Any, proto: Any, code: tuple[str, int], text: str) -> None:
    with pytest.raises(ModuleError) as caught:
        kind.from_proto(proto)
    assert (caught.value.codespace, int(caught.value.code)) == code
    assert text in caught.value.log


def test_only_the_authority_changes_parameters() -> None:
    world = World()
    changed = Params(signed_blocks_window=50, downtime_jail_duration=NANOS)
    with pytest.raises(SdkError) as caught:
        handlers.update_params(world.ctx, world.slashing, UpdateParams(address(1), changed))
    assert (caught.value.codespace, int(caught.value.code)) == ("sdk", 4)
    handlers.update_params(world.ctx, world.slashing, UpdateParams(AUTHORITY, changed))
    assert world.slashing.params(world.ctx) == changed


def test_unjailing_says_who_did_it() -> None:
    world = World()
    world.staking.jail(world.ctx, world.consensus(0))
    handlers.unjail(world.ctx, world.slashing, Unjail(operator(0)))
    assert world.events("message") == [{"module": "slashing", "sender": operator(0).operator}]
    assert not world.validator(0).jailed
