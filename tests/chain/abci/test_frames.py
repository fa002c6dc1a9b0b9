import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.abci.frames import BUFFER_SIZE, LARGE_GROWTH, FrameError, FrameReader, frame, uvarint

bodies = st.lists(
    st.one_of(
        st.binary(max_size=300),
        st.builds(lambda size, byte: bytes([byte]) * size, st.integers(0, 3 * BUFFER_SIZE), st.integers(0, 255)),
    ),
    max_size=8,
)


def feed(reader: FrameReader, data: bytes, sizes: list[int] | None = None) -> list[bytes]:
    """Give data to a reader in pieces of these sizes, again and again; return the frames."""
    out = []
    at = turn = 0
    while at < len(data):
        space = reader.space()
        assert len(space) > 0
        size = sizes[turn % len(sizes)] if sizes else len(space)
        turn += 1
        count = min(size, len(space), len(data) - at)
        space[:count] = data[at : at + count]
        del space
        at += count
        reader.received(count)
        out.extend(bytes(body) for body in reader.frames())
    return out


@given(bodies, st.lists(st.integers(1, BUFFER_SIZE), min_size=1, max_size=5))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_frames_come_out_as_they_went_in_however_the_stream_is_split(items: list[bytes], sizes: list[int]) -> None:
    reader = FrameReader()
    stream = b"".join(frame(item) for item in items)
    if len(stream) // max(sizes) > 20_000:
        sizes = [*sizes, 5_000]
    assert feed(reader, stream, sizes) == items
    assert reader.partial == 0


@given(st.integers(0, 2**64))
@settings(max_examples=200, derandomize=True)
def test_a_varint_is_the_shortest_form_of_its_number(value: int) -> None:
    encoded = uvarint(value)
    assert sum((byte & 0x7F) << (7 * index) for index, byte in enumerate(encoded)) == value
    assert all(byte >= 0x80 for byte in encoded[:-1])
    assert encoded[-1] < 0x80
    assert len(encoded) == 1 or encoded[-1] > 0


def test_an_empty_frame_is_a_frame() -> None:
    assert feed(FrameReader(), b"\0\0") == [b"", b""]


@pytest.mark.parametrize("prefix", [b"\x80\x00", b"\x85\x00", b"\xff\xff\x00"], ids=["zero", "five", "three bytes"])
def test_a_length_that_is_not_in_its_shortest_form_is_refused(prefix: bytes) -> None:
    with pytest.raises(FrameError, match="shortest form"):
        feed(FrameReader(), prefix + b"hello")


def test_a_length_of_more_than_five_bytes_is_refused_before_it_ends() -> None:
    reader = FrameReader()
    assert feed(reader, b"\xff" * 4) == []
    with pytest.raises(FrameError, match="more than 5 bytes"):
        feed(reader, b"\xff")


def test_a_length_over_the_limit_is_refused_and_one_at_the_limit_taken() -> None:
    body = b"x" * 1000
    assert feed(FrameReader(limit=1000), frame(body)) == [body]
    with pytest.raises(FrameError, match="frame of 1001 bytes is over the limit of 1000"):
        feed(FrameReader(limit=1000), uvarint(1001))


def test_frames_before_a_bad_one_are_still_given() -> None:
    reader = FrameReader(limit=1000)
    data = frame(b"one") + frame(b"two") + uvarint(5000)
    reader.space()[: len(data)] = data
    reader.received(len(data))
    seen = []
    with pytest.raises(FrameError):
        for body in reader.frames():
            seen.append(bytes(body))
    assert seen == [b"one", b"two"]


def test_a_length_without_its_bytes_claims_little_memory() -> None:
    reader = FrameReader()
    assert feed(reader, uvarint(200 << 20) + b"x" * 100) == []
    assert len(reader.space()) <= BUFFER_SIZE * LARGE_GROWTH


def test_bytes_of_a_frame_that_is_not_whole_are_counted() -> None:
    reader = FrameReader()
    feed(reader, frame(b"whole") + frame(b"x" * 100)[:41])
    assert reader.partial == 41
    feed(reader, b"x" * 60)
    assert reader.partial == 0
    feed(reader, frame(b"x" * BUFFER_SIZE)[:1003])
    assert reader.partial == 1000


def test_a_stream_of_single_bytes_costs_no_copies_of_what_came_before() -> None:
    # Were each byte to copy the frame so far, this would move 32 GB.
    body = bytes(range(256)) * (BUFFER_SIZE // 256 + 1)
    assert feed(FrameReader(), frame(body), [1]) == [body]


def test_the_array_of_a_large_frame_is_used_again() -> None:
    reader = FrameReader()
    first, second, small = b"a" * 3_000_000, b"b" * 2_000_000, b"c"
    assert feed(reader, frame(first) + frame(small) + frame(second) + frame(small)) == [first, small, second, small]
