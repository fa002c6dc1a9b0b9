"""Canonical encodings: keys, values, transactions."""
