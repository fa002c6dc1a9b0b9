"""Pages of a collection for queries, by key or by offset, as Cosmos clients ask for them.

A page's `next_key` is the encoded rest of the first key that was not returned; it is the `key` of the next request.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar

from chain.pb.cosmos.base.query.v1beta1.pagination_pb2 import PageRequest, PageResponse
from chain.primitives.errors import SdkCode, SdkError
from chain.sdk.context import Context
from chain.sdk.schema import KeySet, Map, prefix_end, scan_raw

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")

DEFAULT_LIMIT = 100
"""Items of a page when the request names no number, as in the Cosmos SDK."""
MAX_LIMIT = 1_000
"""Items of the largest page; larger requests get this many."""
MAX_OFFSET = 10_000
"""Largest number of items to skip; beyond it only keys work, because skipping costs a step each."""
MAX_COUNT = 10_000
"""Where counting the total stops; a total of this many means at least as many."""


def page(
    ctx: Context,
    collection: Map[K, V],
    request: PageRequest,
    within: bytes = b"",
    keep: Callable[[K, V], bool] | None = None,
) -> tuple[list[tuple[K, V]], PageResponse]:
    """Return one page of a map as (key, value) pairs, and what the client needs for the next.

    `within` is the encoding of a leading part that all keys share, `keep` picks the items that count.
    Raises: SdkError(INVALID_REQUEST) for a contradictory or too far request.
    """

    def read(raw: bytes, value: bytes) -> tuple[K, V] | None:
        item = (collection.key.decode(raw, 1)[0], collection.value.read(value, 0)[0])
        return item if keep is None or keep(*item) else None

    return _page(ctx, collection.store, collection.prefix + within, request, read, counted=keep is None)


def page_keys(
    ctx: Context,
    collection: KeySet[K],
    request: PageRequest,
    within: bytes = b"",
    keep: Callable[[K], bool] | None = None,
) -> tuple[list[K], PageResponse]:
    """Return one page of a set's or an index's keys; arguments and errors as `page`."""

    def read(raw: bytes, value: bytes) -> K | None:
        key = collection.key.decode(raw, 1)[0]
        return key if keep is None or keep(key) else None

    return _page(ctx, collection.store, collection.prefix + within, request, read, counted=keep is None)


def page_span(
    ctx: Context, collection: KeySet[K], request: PageRequest, first: bytes, last: bytes
) -> tuple[list[K], PageResponse]:
    """Return one page of the keys whose encodings begin with `first` to `last`, two parts of equal length.

    There is no total. Raises: SdkError(INVALID_REQUEST) for a contradictory or too far request, or a key elsewhere.
    """
    key, prefix = request.key, collection.prefix
    if key and not first <= key[: len(first)] <= last:
        raise SdkError(SdkCode.INVALID_REQUEST, "the page's key does not lie in what is asked for")
    start, end = prefix + first, prefix_end(prefix + last)
    if key and request.reverse:
        end = prefix + key + b"\0"
    elif key:
        start = prefix + key

    def read(raw: bytes, value: bytes) -> K:
        return collection.key.decode(raw, 1)[0]

    rows = ctx.iterate(collection.store, start, end, request.reverse)
    return _take(rows, request, read, len(prefix), counted=True)


def _page(
    ctx: Context,
    store: str,
    prefix: bytes,
    request: PageRequest,
    read: Callable[[bytes, bytes], T | None],
    counted: bool,
) -> tuple[list[T], PageResponse]:
    rows = scan_raw(ctx, store, prefix, request.key, request.reverse)
    items, response = _take(rows, request, read, len(prefix), counted)
    # The Cosmos SDK counts as well when no limit is given, and never for a page asked by key.
    if counted and not request.key and (request.count_total or request.limit == 0):
        response.total = _count(ctx, store, prefix)
    return items, response


def _take(
    rows: Iterator[tuple[bytes, bytes]],
    request: PageRequest,
    read: Callable[[bytes, bytes], T | None],
    shared: int,
    counted: bool,
) -> tuple[list[T], PageResponse]:
    if request.key and request.offset:
        raise SdkError(SdkCode.INVALID_REQUEST, "invalid request, either offset or key is expected, got both")
    if request.offset > MAX_OFFSET:
        raise SdkError(SdkCode.INVALID_REQUEST, f"offset is above {MAX_OFFSET}; ask by key instead")
    limit = min(request.limit or DEFAULT_LIMIT, MAX_LIMIT)
    items: list[T] = []
    response = PageResponse()
    for raw, value in _skip(rows, request.offset, read, counted):
        item = read(raw, value)
        if item is None:
            continue
        if len(items) == limit:
            response.next_key = raw[shared:]
            break
        items.append(item)
    return items, response


def _skip(
    rows: Iterator[tuple[bytes, bytes]], offset: int, read: Callable[[bytes, bytes], T | None], counted: bool
) -> Iterator[tuple[bytes, bytes]]:
    for raw, value in rows:
        if offset and (counted or read(raw, value) is not None):
            offset -= 1
            continue
        if offset == 0:
            yield raw, value


def _count(ctx: Context, store: str, prefix: bytes) -> int:
    from_state = Context(ctx.state, ctx.block, type(ctx.gas)(), ctx.authority)
    return sum(1 for _ in islice(scan_raw(from_state, store, prefix, b"", False), MAX_COUNT))
