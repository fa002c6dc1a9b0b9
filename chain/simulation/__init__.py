"""Emission years ahead: the chain's own arithmetic without blocks, and what it comes to as tables and charts."""
