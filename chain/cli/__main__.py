"""`python -m chain.cli` is `lampd`."""

from chain.cli.main import main

main()
