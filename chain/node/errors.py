"""Errors of the node: each text says what to do."""


class NodeError(RuntimeError):
    """The node cannot start, go on, or do what was asked of it."""


class ConfigError(NodeError):
    """A configuration file, variable or flag with a mistake."""
