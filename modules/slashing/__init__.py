"""Slashing: who signs, who is absent, and what that costs."""
