"""The state store: overlay, authenticated tree, LevelDB, proofs."""

from chain.store.overlay import BlockState
from chain.store.store import StateStore

__all__ = ["BlockState", "StateStore"]
