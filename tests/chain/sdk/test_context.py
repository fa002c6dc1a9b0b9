"""The context: gas of state access, events."""

import pytest

from chain.primitives.errors import SdkCode, SdkError
from chain.primitives.events import Event
from chain.primitives.ids import Address
from chain.sdk.gas import GasMeter
from tests.chain.sdk.kit import context


def test_state_access_costs_gas_by_the_price_table() -> None:
    ctx = context()
    ctx.set("s", b"key", b"value")
    assert ctx.gas.used == 2_000 + 30 * 8
    assert ctx.get("s", b"key") == b"value"
    assert ctx.gas.used == 2_240 + 1_000 + 3 * 8
    assert ctx.get("s", b"none") is None
    assert ctx.gas.used == 3_264 + 1_000 + 3 * 4
    assert list(ctx.iterate("s", b"", None)) == [(b"key", b"value")]
    assert ctx.gas.used == 4_276 + 30 + 3 * 8
    ctx.delete("s", b"key")
    assert ctx.gas.used == 4_330 + 1_000


@pytest.mark.parametrize("access", ["get", "set", "delete", "iterate"])
def test_access_beyond_the_limit_is_refused_before_it_writes(access: str) -> None:
    ctx = context()
    ctx.set("s", b"key", b"value")
    ctx.gas = GasMeter(10)
    with pytest.raises(SdkError, match=r"out of gas in location: .*; gasWanted: 10, gasUsed: [0-9]+") as caught:
        if access == "get":
            ctx.get("s", b"key")
        elif access == "set":
            ctx.set("s", b"key", b"other")
        elif access == "delete":
            ctx.delete("s", b"key")
        else:
            list(ctx.iterate("s", b"", None))
    assert caught.value.code is SdkCode.OUT_OF_GAS
    assert ctx.state.get("s", b"key") == b"value"


def test_a_meter_may_be_used_up_to_its_limit_and_not_further() -> None:
    gas = GasMeter(5)
    gas.consume(5, "here")
    with pytest.raises(SdkError, match=r"out of gas in location: there; gasWanted: 5, gasUsed: 6"):
        gas.consume(1, "there")


def test_events_hold_text_in_order() -> None:
    ctx = context()
    address = Address(b"x" * 20)
    ctx.emit("moved", by=address, amount=5, ok=True, not_ok=False, word="w")
    expected = (("by", str(address)), ("amount", "5"), ("ok", "true"), ("not_ok", "false"), ("word", "w"))
    assert ctx.events == [Event("moved", expected)]


def test_the_block_is_at_hand() -> None:
    ctx = context()
    assert (ctx.height, ctx.time, ctx.chain_id) == (7, 9, "chain-1")
