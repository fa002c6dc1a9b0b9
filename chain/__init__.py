"""Lamppost: a DePIN appchain in pure Python, run by CometBFT validators over ABCI 2.0."""

__version__ = "0.1.0"
