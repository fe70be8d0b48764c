"""A third-party reader on hostile bytes may raise anything: here it cannot get further."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from typing import ParamSpec, TypeVar

ReturnT = TypeVar("ReturnT")
ArgumentsP = ParamSpec("ArgumentsP")
logger = logging.getLogger(__name__)


def guarded(
    function: Callable[ArgumentsP, ReturnT], *args: ArgumentsP.args, **options: ArgumentsP.kwargs
) -> ReturnT | None:
    """What `function` returns, or None where it raises; its warnings are kept quiet."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(*args, **options)
        except Exception as error:  # noqa: BLE001 - the readers do not say what they raise
            logger.debug("%s could not read its input: %r", function.__name__, error)
            return None
