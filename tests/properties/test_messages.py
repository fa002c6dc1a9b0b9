"""Whatever a message holds: a rejection has a code and leaves the state as it was, and no message is a bug."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.app import build_modules
from chain.pb.tendermint.abci.types_pb2 import RequestQuery
from chain.primitives.errors import ModuleError
from chain.primitives.ids import Address
from chain.sdk.module import Message, Query
from tests.modules.work.village import PEOPLE, Village
from tests.properties.messages import messages

MESSAGES = {message.type_url: message for module in build_modules() for message in module.messages}
BEACON = b"\x03"
"""The key of work's beacon, which holds a bit of every block."""
QUERIES = {query.path: query for module in build_modules() for query in module.queries}


@pytest.fixture(scope="module")
def village() -> Iterator[Village]:
    with Village() as made:
        yield made


def words(village: Village) -> list[str]:
    """Return texts that mean something in the village."""
    people = [str(village.chain.address(name)) for name in (*PEOPLE, "stranger")]
    devices = [str(village.id(name)) for name in ("a", "b", "c", "unknown")]
    return [*people, *people, *devices, "ulamp", "uother", "weather", "storage", "garden", "PRN"]


def work_of_devices(village: Village) -> list[tuple[bytes, bytes]]:
    """Return the keys and values of work, but for the beacon's."""
    with village.chain.store.at(village.chain.height) as view:
        return [item for item in view.iterate("work", b"", None) if item[0] != BEACON]


def signers(village: Village, message: Message, proto: Any) -> list[str]:
    """Return who must sign, as far as they are people of the village."""
    names = {village.chain.address(name): name for name in PEOPLE}
    try:
        wanted: tuple[Address, ...] = message.parse(proto).signers
    except ModuleError:
        return ["alice"]
    return [names.get(address, "alice") for address in wanted]


@pytest.mark.parametrize("type_url", sorted(MESSAGES))
def test_a_rejected_message_leaves_the_bytes_unchanged(village: Village, type_url: str) -> None:
    message = MESSAGES[type_url]
    chain = village.chain

    @settings(max_examples=40)
    @given(messages(message.proto, words(village)), st.sampled_from([10_000_000, 26_000, 40_000]))
    def check(proto: Any, gas: int) -> None:
        before, work = chain.store.roots(chain.height), work_of_devices(village)
        raw = chain.tx(proto, signer=signers(village, message, proto), gas=gas)
        result = chain.deliver(raw, seconds=0, process=False).tx_results[0]
        assert result.codespace != "undefined", result.log
        if result.code:
            assert result.codespace and result.log and not result.data
            after = chain.store.roots(chain.height)
            # The admission itself uses up a sequence, and may store a key; every block adds to the beacon of work.
            assert {name for name in after if after[name] != before[name]} <= {"auth", "work"}
            assert work_of_devices(village) == work

    check()


@pytest.mark.parametrize("path", sorted(QUERIES))
def test_any_request_of_a_query_is_answered_and_never_a_bug(village: Village, path: str) -> None:
    query: Query = QUERIES[path]

    @settings(max_examples=40)
    @given(messages(query.request, words(village)), st.integers(-1, 3))
    def check(request: Any, height: int) -> None:
        asked = RequestQuery(path=path, data=request.SerializeToString(), height=height)
        answer = village.chain.app.query(asked)
        assert answer.codespace != "undefined", answer.log
        if answer.code:
            assert answer.codespace == "sdk" and answer.log and not answer.value
        else:
            query.response.FromString(answer.value)

    check()
