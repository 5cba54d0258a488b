"""Lets `python -m lendmill.cli` be the command line."""

from lendmill.cli import main

main()
