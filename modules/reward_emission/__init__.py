"""Reward emission: what each epoch emits, who shares it, and what devices earn of it."""
