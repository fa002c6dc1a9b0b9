"""Stake: who secures the chain, with whose tokens."""
