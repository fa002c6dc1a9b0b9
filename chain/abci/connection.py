"""One client's connection and the thread that serves it."""

import contextlib
import logging
import select
import socket
import threading
import time
from collections.abc import Callable, Mapping

from chain.abci.dispatch import (
    CONSENSUS,
    FLUSHED,
    RefusalError,
    RequestError,
    Route,
    check_dialect,
    echo_in_place,
    exception_frame,
    is_flush,
    parse,
)
from chain.abci.frames import Frame, FrameError, FrameReader
from chain.abci.handover import Handover
from chain.pb.tendermint.abci import types_pb2 as pb

log = logging.getLogger("chain.abci")

OUTPUT_LIMIT = 1 << 24
"""Bytes of answers kept for a client that does not read; beyond it no more requests are served until it does."""

STREAM_SECONDS = 0.005
"""Answers are sent after this long even though more requests wait, so that the node works at the same time."""

AHEAD_SECONDS = 0.001
"""Requests are taken from the socket this often while others are served: a CometBFT whose requests do not fit into the
socket does not sleep until they do, but spins on a timer of 20 ns, on the processor that the application could use."""

LINGER_SECONDS = 1.0
"""A last answer gets this long to reach the client: closing with unread input would make TCP discard it."""

_HUNG_UP = select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0)

FaultHandler = Callable[[Exception], None]
"""Told of an exception that escaped the application, after the client was."""


class Connection:
    """Serves one client, in order, on a thread of its own; nothing that happens here touches other connections."""

    def __init__(
        self,
        sock: socket.socket,
        name: str,
        routes: Mapping[str, Route],
        handover: Handover,
        frame_limit: int,
        on_fault: FaultHandler | None,
    ) -> None:
        self.name = name
        self._sock = sock
        self._routes = routes
        self._handover = handover
        self._reader = FrameReader(frame_limit)
        self._on_fault = on_fault
        self._out = bytearray()
        self._pushed = 0.0
        self._read_at = 0.0
        self._stopping = False
        self._flag = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"abci-{name}", daemon=True)

    def start(self) -> None:
        """Begin to serve; a machine that is out of threads loses the connection only."""
        try:
            self._thread.start()
        except RuntimeError as error:
            log.error("connection %s refused: %s", self.name, error)
            self._end()

    def stop(self) -> None:
        """Serve no request after the one in flight; its answer is still sent."""
        self._stopping = True
        self._shutdown(socket.SHUT_RD)

    def abort(self) -> None:
        """Cut the connection, whatever is in flight."""
        self._stopping = True
        self._shutdown(socket.SHUT_RDWR)

    def join(self, seconds: float) -> bool:
        """Wait for the thread; say whether it ended. From that thread itself there is nothing to wait for."""
        if threading.current_thread() is self._thread:
            return True
        return self._ended.wait(seconds)

    @property
    def alive(self) -> bool:
        """Whether this connection is still served."""
        return not self._ended.is_set()

    def gone(self) -> bool:
        """Say whether the client hung up, even while its last request is still being served."""
        with self._flag:
            if self._ended.is_set():
                return True
            poll = select.poll()
            poll.register(self._sock, _HUNG_UP)
            return bool(poll.poll(0))

    def wait_ended(self) -> None:
        """Block until nothing of this connection is being served."""
        self._ended.wait()

    def _shutdown(self, how: int) -> None:
        with self._flag, contextlib.suppress(OSError):
            if not self._ended.is_set():
                self._sock.shutdown(how)

    def _run(self) -> None:
        log.debug("connection %s opened", self.name)
        try:
            self._serve()
            log.debug("connection %s closed", self.name)
        except (FrameError, RequestError) as error:
            log.warning("connection %s closed: %s", self.name, error)
            with contextlib.suppress(OSError):
                self._linger()
        except OSError as error:
            log.info("connection %s lost: %s", self.name, error.strerror or error)
        finally:
            self._end()

    def _end(self) -> None:
        # Under the lock, because a descriptor that is closed may at once belong to somebody else.
        with self._flag:
            self._ended.set()
            self._sock.close()

    def _serve(self) -> None:
        reader = self._reader
        while not self._stopping:
            if self._out and not self._exchange():
                continue
            count = self._sock.recv_into(reader.space())
            if count == 0:
                if reader.partial and not self._stopping:
                    log.warning("connection %s ended within a frame, after %d bytes of it", self.name, reader.partial)
                break
            reader.received(count)
            for body in reader.frames():
                if not self._answer(body):
                    self._linger()
                    return
                if self._stopping:
                    break
            self._push()
        self._drain(None)
        if self._stopping:
            self._linger()

    def _answer(self, body: Frame) -> bool:
        """Serve one request; False when the connection must end."""
        if is_flush(body):
            self._out += FLUSHED
            self._push()
            return True
        if echo_in_place(body):
            self._out.append(len(body))
            self._out += body
            return True
        try:
            self._out += self._call(body)
        except RequestError:
            raise
        except RefusalError as error:
            log.error("connection %s: %s", self.name, error)
            self._out += exception_frame(str(error))
            return False
        except Exception as error:  # whatever the application raises is a fault that its node must hear of
            self._fault(error)
            return False
        now = time.perf_counter()
        if now - self._read_at > AHEAD_SECONDS:
            self._read_at = now
            self._read_ahead()
        if len(self._out) > OUTPUT_LIMIT or now - self._pushed > STREAM_SECONDS:
            self._push()
            while len(self._out) > OUTPUT_LIMIT:
                self._wait(select.POLLOUT)
                self._push()
        return True

    def _call(self, body: Frame) -> bytes:
        route, request = parse(self._routes, body)
        if route.name in CONSENSUS:
            self._handover.claim(self)
        elif isinstance(request, pb.RequestInfo):
            check_dialect(request)
            self._handover.greet(self)
        return route.answer(request)

    def _fault(self, error: Exception) -> None:
        """Tell the client, the log and the owner of the server, in this order."""
        log.error("connection %s: the application failed", self.name, exc_info=error)
        self._out += exception_frame(f"internal fault: {type(error).__name__}: {error}")
        with contextlib.suppress(OSError):
            self._drain(LINGER_SECONDS)
        if self._on_fault is None:
            return
        try:
            self._on_fault(error)
        except Exception:  # the owner's own failure must not take the other connections with it
            log.exception("the fault handler failed")

    def _push(self) -> None:
        """Send what the socket takes without waiting."""
        self._pushed = time.perf_counter()
        if not self._out:
            return
        try:
            sent = self._sock.send(self._out, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        del self._out[:sent]

    def _read_ahead(self) -> None:
        """Take what has arrived, without waiting; an end of the connection shows itself in the next ordinary read."""
        space = self._reader.ahead()
        if space:
            with contextlib.suppress(BlockingIOError):
                self._reader.received(self._sock.recv_into(space, 0, socket.MSG_DONTWAIT))

    def _exchange(self) -> bool:
        """With answers that the client has not taken: wait until it reads or writes; say whether there is input."""
        reading = select.POLLIN if len(self._out) <= OUTPUT_LIMIT else 0
        events = self._wait(select.POLLOUT | reading)
        if events & ~select.POLLIN:
            self._push()
        return bool(events & reading)

    def _wait(self, events: int, seconds: float | None = None) -> int:
        """Return which of the events are there, 0 when none came in time."""
        poll = select.poll()
        poll.register(self._sock, events)
        ready = poll.poll(None if seconds is None else seconds * 1000)
        return ready[0][1] if ready else 0

    def _drain(self, patience: float | None) -> None:
        """Send all that is left; give up on a client that takes nothing for `patience` seconds."""
        while self._out:
            self._push()
            if self._out and not self._wait(select.POLLOUT, patience):
                return

    def _linger(self) -> None:
        """Send all that is left and wait until the client has it."""
        self._drain(LINGER_SECONDS)
        self._shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + LINGER_SECONDS
        scrap = bytearray(1 << 16)
        while (left := deadline - time.monotonic()) > 0:
            self._sock.settimeout(left)
            try:
                if not self._sock.recv_into(scrap):
                    return
            except TimeoutError:
                return
