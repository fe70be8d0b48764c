"""Starting the command line: all commands, and how errors are told."""

from __future__ import annotations

import sys

from chiso.cli import (
    analyse,
    check,
    demo,
    forms,
    imports,
    indexes,
    monitor,
    plans,
    ranks,
    rounds,
)
from chiso.cli.app import app
from chiso.cli.output import errors
from chiso.problems import InvalidInput

#: modules whose import registers commands
COMMANDS = (rounds, analyse, plans, check, monitor, forms, ranks, indexes, imports, demo)


def main() -> None:
    """Run the command line. Invalid input ends with a list of problems and exit code 2."""
    try:
        app()
    except InvalidInput as error:
        errors(error.problems)
        sys.exit(2)
    except OSError as error:
        errors([f"{error.filename or ''}: {error.strerror or error}"])
        sys.exit(2)
    except KeyboardInterrupt:
        errors(["interrupted; nothing was left half written"])
        sys.exit(130)
