"""Python's garbage collector, kept out of blocks: a full collection over a warm cache takes half a second."""

import gc

FREEZE_EVERY = 1_000
"""Blocks between two full collections, after which everything alive is set aside again."""


class Collector:
    """Collects between blocks; does nothing unless it is active, because the collector belongs to the process."""

    def __init__(self, active: bool) -> None:
        self._active = active
        self._blocks = 0

    def pause(self) -> None:
        """Stop collections while a block executes."""
        if self._active:
            gc.disable()

    def between_blocks(self) -> None:
        """Collect what is young, now and then set aside all that has become old, and let collections happen again."""
        if not self._active:
            return
        if self._blocks % FREEZE_EVERY == 0:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
        else:
            gc.collect(1)
        gc.enable()
        self._blocks += 1
