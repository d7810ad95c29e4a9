"""Lets ``python -m cli`` run the command line."""

from cli.main import main

main()
