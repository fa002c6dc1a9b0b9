"""Integers, ids, coins, errors, events: the words that everything else is written in."""
