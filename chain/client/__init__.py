"""Lamppost for Python programs: keys, transactions, queries. `Client` is where to begin."""
