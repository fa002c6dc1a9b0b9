"""Frames of the ABCI socket: an unsigned varint length, then that many bytes of protobuf.

`FrameReader` does no I/O: it hands out room to receive into and cuts what arrived into frames. Its cost is linear in
the bytes received, however they were split: small frames are cut from one buffer, a frame larger than that buffer is
received straight into an array that the next large frame reuses, since fresh memory costs more than the bytes in it.
"""

from collections.abc import Iterator

BUFFER_SIZE = 1 << 20
"""Bytes of the buffer that small frames share: some 3,000 transactions, as far as reading goes ahead of serving."""

DEFAULT_FRAME_LIMIT = 1 << 28
"""Bytes of the largest frame taken: a block has at most 100 MiB, the rest is room for what a full mempool proposes."""

MAX_LENGTH_BYTES = 5
"""Bytes of the longest length prefix: CometBFT sends at most 2**31 - 1 bytes."""

LARGE_GROWTH = 16
"""A large frame's array grows by this factor as it fills, so that a length alone, without its bytes, claims little."""

KEPT_SIZE = 1 << 25
"""Bytes of the largest array that is kept for the next large frame."""

Frame = bytearray | memoryview
"""A frame's body; as a view, which large ones are, it is good until the next frame is taken."""


class FrameError(Exception):
    """What arrived cannot be cut into frames; the connection is beyond repair."""


def uvarint(value: int) -> bytes:
    """Encode a non-negative integer as protobuf's base-128 varint."""
    if value < 0x80:
        return bytes((value,))
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def frame(body: bytes) -> bytes:
    """Put the length in front of a message."""
    return uvarint(len(body)) + body


class FrameReader:
    """Cuts a stream of bytes into frames.

    Receive into `space()`, report the number of bytes to `received()`, then take `frames()` until it ends.
    """

    def __init__(self, limit: int = DEFAULT_FRAME_LIMIT) -> None:
        self._limit = limit
        self._buffer = bytearray(BUFFER_SIZE)
        self._view = memoryview(self._buffer)
        self._start = 0
        self._end = 0
        self._large = bytearray()
        self._large_length = 0
        self._filled = 0

    def space(self) -> memoryview:
        """Return room for the next bytes; it is never empty once `frames()` has ended."""
        if self._large_length:
            return memoryview(self._large)[self._filled : self._large_length]
        return self._view[self._end :]

    def ahead(self) -> memoryview:
        """Return room for bytes that arrive while frames are being taken; it may be empty."""
        return self._view[:0] if self._large_length else self._view[self._end :]

    def received(self, count: int) -> None:
        """Say how many bytes were put into the last `space()` or `ahead()`."""
        if self._large_length:
            self._filled += count
        else:
            self._end += count

    @property
    def partial(self) -> int:
        """Bytes held of a frame that is not whole."""
        return self._filled if self._large_length else self._end - self._start

    def frames(self) -> Iterator[Frame]:
        """Yield every whole frame, without its length; small ones are the caller's to change.

        Raises: FrameError on a length that is over the limit or not in its shortest form.
        """
        if self._large_length:
            if self._filled < self._large_length:
                self._grow_large()
                return
            yield memoryview(self._large)[: self._large_length]
            self._large_length = 0
            if len(self._large) > KEPT_SIZE:
                self._large = bytearray()
        buffer = self._buffer
        start = self._start
        end = 0
        # Whoever takes a frame may receive more before asking for the next one.
        while end < self._end:
            end = self._end
            while start < end:
                length = buffer[start]
                body = start + 1
                if length >= 0x80:
                    length, body = self._long_length(start, end)
                stop = body + length
                if stop > end or body > end:
                    if end < self._end:
                        break
                    self._make_room(start, body, length)
                    return
                self._start = start = stop
                yield buffer[body:stop]
        self._start = self._end = 0

    def _long_length(self, start: int, end: int) -> tuple[int, int]:
        """Read a length of several bytes; a body beyond `end` says that the length itself is not whole."""
        length = 0
        for index in range(MAX_LENGTH_BYTES):
            at = start + index
            if at >= end:
                return 0, end + 1
            byte = self._buffer[at]
            length |= (byte & 0x7F) << (7 * index)
            if byte < 0x80:
                if byte == 0:
                    raise FrameError("frame length is not in its shortest form")
                if length > self._limit:
                    raise FrameError(f"frame of {length} bytes is over the limit of {self._limit}")
                return length, at + 1
        raise FrameError(f"frame length has more than {MAX_LENGTH_BYTES} bytes")

    def _make_room(self, start: int, body: int, length: int) -> None:
        """Arrange for the rest of the frame that begins at `start`; each frame is moved at most once in the buffer."""
        end = self._end
        if body <= end and body - start + length > BUFFER_SIZE:
            self._large_length = length
            self._filled = end - body
            if len(self._large) < length:
                self._large = bytearray(min(length, BUFFER_SIZE * LARGE_GROWTH))
            self._large[: self._filled] = self._view[body:end]
            self._start = self._end = 0
        elif start > 0 and BUFFER_SIZE - end < BUFFER_SIZE // 2:
            self._buffer[: end - start] = self._buffer[start:end]
            self._start, self._end = 0, end - start

    def _grow_large(self) -> None:
        """Move a large frame that has filled its array into a larger one."""
        if self._filled == len(self._large):
            grown = bytearray(min(self._large_length, self._filled * LARGE_GROWTH))
            grown[: self._filled] = self._large
            self._large = grown
