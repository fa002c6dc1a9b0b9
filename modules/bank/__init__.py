"""Coins: who has what, and how it moves."""
