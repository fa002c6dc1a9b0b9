"""Reading a genesis section: typed access to JSON that names the path of whatever is wrong."""

from collections.abc import Callable
from typing import Any, TypeVar

from chain.primitives.ids import Address
from chain.sdk.module import GenesisError

T = TypeVar("T")


class Section:
    """A JSON object at a path such as `bank.params`; every reader raises GenesisError with the field's path.

    Integers of 64 bits and more are texts in the Cosmos SDK's JSON; numbers are taken as well. Fields that no reader
    asked for are refused by `done`.
    """

    __slots__ = ("_data", "_known", "path")

    def __init__(self, path: str, data: Any) -> None:
        if not isinstance(data, dict):
            raise GenesisError(path, f"must be an object, not {_kind(data)}")
        self.path = path
        self._data = data
        self._known: set[str] = set()

    def at(self, field: str) -> str:
        """Return the path of a field."""
        return f"{self.path}.{field}"

    def fail(self, field: str, reason: str) -> GenesisError:
        """Return the error of a field, to be raised."""
        return GenesisError(self.at(field), reason)

    def raw(self, field: str, default: Any = None) -> Any:
        """Return a field as it is, or the default when it is not there. Raises: GenesisError without a default."""
        self._known.add(field)
        value = self._data.get(field, default)
        if value is None:
            raise self.fail(field, "is missing")
        return value

    def has(self, field: str) -> bool:
        """Tell whether a field is there and not null."""
        self._known.add(field)
        return self._data.get(field) is not None

    def text(self, field: str, default: str | None = None) -> str:
        """Return a text. Raises: GenesisError."""
        value = self.raw(field, default)
        if not isinstance(value, str):
            raise self.fail(field, f"must be a text, not {_kind(value)}")
        return value

    def flag(self, field: str, default: bool | None = None) -> bool:
        """Return a truth value. Raises: GenesisError."""
        value = self.raw(field, default)
        if not isinstance(value, bool):
            raise self.fail(field, f"must be true or false, not {_kind(value)}")
        return value

    def uint(self, field: str, default: int | None = None, bits: int = 64) -> int:
        """Return an unsigned integer below 2^bits. Raises: GenesisError."""
        value = self.raw(field, default)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= bits:
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.fail(field, f"must be a whole number, not {str(value)[:40]!r}")
        if not 0 <= value < 1 << bits:
            raise self.fail(field, f"must be in 0..2^{bits}-1")
        return value

    def parsed(self, field: str, parse: Callable[[str], T]) -> T:
        """Return what `parse` makes of a text; its ValueError becomes the field's. Raises: GenesisError."""
        text = self.text(field)
        try:
            return parse(text)
        except ValueError as error:
            raise self.fail(field, str(error)) from error

    def address(self, field: str) -> Address:
        """Return an account address. Raises: GenesisError."""
        return self.parsed(field, Address.parse)

    def object(self, field: str) -> "Section":
        """Return the object in a field. Raises: GenesisError."""
        return Section(self.at(field), self.raw(field))

    def objects(self, field: str) -> list["Section"]:
        """Return the objects of a list; a missing list is empty. Raises: GenesisError."""
        return [Section(f"{self.at(field)}[{i}]", item) for i, item in enumerate(self._list(field))]

    def texts(self, field: str) -> list[str]:
        """Return the texts of a list; a missing list is empty. Raises: GenesisError."""
        items = self._list(field)
        for i, item in enumerate(items):
            if not isinstance(item, str):
                raise GenesisError(f"{self.at(field)}[{i}]", f"must be a text, not {_kind(item)}")
        return items

    def done(self) -> None:
        """Refuse fields that nobody read. Raises: GenesisError naming the first, with the known ones."""
        for field in sorted(set(self._data) - self._known):
            raise self.fail(field, f"is unknown; known are {', '.join(sorted(self._known))}")

    def _list(self, field: str) -> list[Any]:
        value = self.raw(field, [])
        if not isinstance(value, list):
            raise self.fail(field, f"must be a list, not {_kind(value)}")
        return value


def _kind(value: object) -> str:
    if value is None:
        return "null"
    names = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", int: "a number"}
    return names.get(type(value), "a number with a fraction")
