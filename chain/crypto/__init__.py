"""Hashing, key types, addresses, and verification one by one and in batches."""

from chain.crypto.algorithms import Algorithm

__all__ = ["Algorithm"]
