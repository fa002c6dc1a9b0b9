"""Accounts: who can pay and sign."""
