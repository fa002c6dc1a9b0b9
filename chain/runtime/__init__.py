"""Runs any tuple of modules: transactions, blocks, genesis, queries. It knows no module by name."""
