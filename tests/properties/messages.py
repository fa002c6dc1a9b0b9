"""Messages of any kind, filled with values that are often almost right."""

from collections.abc import Sequence
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message as ProtoMessage
from hypothesis import strategies as st

_BITS = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}
_NUMBERS = ["0", "1", "10", "-1", "1000000", str(2**256 - 1), str(2**256), "1.5", "x", ""]


def messages(kind: type[ProtoMessage], texts: Sequence[str], depth: int = 3) -> st.SearchStrategy[Any]:
    """Return a strategy of messages; text fields take `texts`, numbers in text, or any text."""

    @st.composite
    def filled(draw: st.DrawFn) -> Any:
        message = kind()
        _fill(draw, message, texts, depth)
        return message

    return filled()


def _fill(draw: st.DrawFn, message: Any, texts: Sequence[str], depth: int) -> None:
    for field in message.DESCRIPTOR.fields:
        if draw(st.integers(0, 9)) == 0:
            continue
        if field.message_type is not None:
            if depth == 0 or field.message_type.GetOptions().map_entry:
                continue
            if field.is_repeated:
                for _ in range(draw(st.integers(0, 2))):
                    _fill(draw, getattr(message, field.name).add(), texts, depth - 1)
            else:
                target = getattr(message, field.name)
                target.SetInParent()
                _fill(draw, target, texts, depth - 1)
        elif field.is_repeated:
            getattr(message, field.name).extend(draw(st.lists(_scalar(field, texts), max_size=3)))
        else:
            setattr(message, field.name, draw(_scalar(field, texts)))


def _scalar(field: FieldDescriptor, texts: Sequence[str]) -> st.SearchStrategy[Any]:
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        if field.type == FieldDescriptor.TYPE_BYTES:
            return st.binary(max_size=3) | st.binary(min_size=20, max_size=20) | st.binary(min_size=32, max_size=65)
        known = st.sampled_from([*texts, *_NUMBERS])
        return known | known | known | st.text(max_size=40).filter(_is_utf8)
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return st.booleans()
    if field.cpp_type == FieldDescriptor.CPPTYPE_ENUM:
        return st.integers(-1, 5)
    low, high = _BITS[field.cpp_type]
    return st.integers(0, 3) | st.integers(max(low, -1), min(high, 20_000)) | st.sampled_from([low, high])


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
