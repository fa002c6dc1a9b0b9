"""The smallest whole module: each account has a counter, and may add to it."""
