"""Events as bytes are the same as events as messages."""

from hypothesis import given
from hypothesis import strategies as st

from chain.pb.tendermint.abci.types_pb2 import ExecTxResult, ResponseFinalizeBlock
from chain.primitives.events import Event
from chain.runtime import events as events_module
from chain.runtime.events import BLOCK_FIELD, RESULT_FIELD, encode_events

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=5) | st.integers(0, 3_000).map(lambda n: "v" * n)
PAIRS = st.lists(st.tuples(st.sampled_from(["sender", "amount", "k" * 200]), TEXTS), max_size=4).map(tuple)
EVENTS = st.lists(st.builds(Event, st.sampled_from(["transfer", "tx", "t" * 300]), PAIRS), max_size=4)


@given(EVENTS, PAIRS)
def test_bytes_and_messages_agree(events: list[Event], extra: tuple[tuple[str, str], ...]) -> None:
    expected = ExecTxResult(code=5, log="x")
    for event in events:
        made = expected.events.add(type=event.type)
        for key, value in (*event.attributes, *extra):
            made.attributes.add(key=key, value=value, index=key != "amount")
    found = ExecTxResult(code=5, log="x")
    found.MergeFromString(encode_events(RESULT_FIELD, events, extra))
    assert found == expected
    block = ResponseFinalizeBlock()
    block.MergeFromString(encode_events(BLOCK_FIELD, events, extra))
    assert list(block.events) == list(expected.events)


def test_what_is_remembered_of_attributes_is_bounded() -> None:
    for number in range(20_000):
        encode_events(RESULT_FIELD, [Event("e", (("key", str(number)),))])
    encode_events(RESULT_FIELD, [Event("e", (("key", "v" * 100_000),))])
    assert len(events_module._attributes) <= 8_192
    assert max(map(len, events_module._attributes.values())) <= 1_010
