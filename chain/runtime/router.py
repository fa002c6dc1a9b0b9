"""Which module answers to which message and which query."""

from collections.abc import Sequence
from typing import Any

from chain.primitives.errors import SdkCode, SdkError
from chain.sdk.module import Message, Module, ParsedMessage, Query


class Route:
    """One kind of message with all that is the same for each of its kind, made once."""

    __slots__ = ("handle", "keeper", "message", "module", "new", "type_url")

    def __init__(self, module: Module, message: Message) -> None:
        self.module = module.name
        self.keeper = module.keeper
        self.message = message
        self.handle = message.handle
        self.new = message.proto
        self.type_url = message.type_url


class Call:
    """One message of a transaction: its route and its parsed form."""

    __slots__ = ("parsed", "route")

    def __init__(self, route: Route, parsed: ParsedMessage) -> None:
        self.route = route
        self.parsed = parsed


class Router:
    """Routes of all modules. Raises: ValueError when two modules claim one name, message or path."""

    def __init__(self, modules: Sequence[Module]) -> None:
        self.modules = {module.name: module for module in modules}
        if len(self.modules) != len(modules):
            raise ValueError("two modules have one name")
        self.routes: dict[str, Route] = {}
        self.queries: dict[str, tuple[Any, Query]] = {}
        for module in modules:
            for message in module.messages:
                if message.type_url in self.routes:
                    raise ValueError(f"two modules handle {message.type_url}")
                self.routes[message.type_url] = Route(module, message)
            for query in module.queries:
                if query.path in self.queries:
                    raise ValueError(f"two modules answer {query.path}")
                self.queries[query.path] = (module.keeper, query)

    def route(self, type_url: str) -> Route:
        """Return the route of a message. Raises: SdkError(TX_DECODE) for an unknown type URL."""
        route = self.routes.get(type_url)
        if route is None:
            raise SdkError(SdkCode.TX_DECODE, f"unable to resolve type URL {type_url[:200]}")
        return route
