"""Commands of the node: its home folder, running it, and looking into it."""
