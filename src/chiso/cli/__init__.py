"""The command line: `chiso`."""

from chiso.cli.start import main

__all__ = ["main"]
