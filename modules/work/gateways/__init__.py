"""Gateways: accounts that hand in receipts of a network's devices without fees, up to a quota per epoch."""
