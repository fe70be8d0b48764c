"""The command line: `chiso`."""

from chiso.cli.app import main

__all__ = ["main"]
