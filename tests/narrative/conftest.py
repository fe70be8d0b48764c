from __future__ import annotations

from pathlib import Path

import pytest

from chiso.comparison import History
from chiso.narrative import Occasion, write_article
from chiso.scoring.results import results_with_history

EXAMPLE = Path(__file__).parents[2] / "examples" / "vietnam-ict-2019"


@pytest.fixture(scope="session")
def published():
    """The published example: its round and its history."""
    opened, results = results_with_history(EXAMPLE)
    return opened, History(results, opened.register, opened.spec.merge_rule)


@pytest.fixture(scope="session")
def article(published):
    """Write an article on a body of the published example."""
    opened, history = published
    spec = opened.spec

    def write(body="bac-kan", language="vi", year=2019, group="province"):
        occasion = Occasion(spec.title, spec.publisher, spec.announced, spec.data)
        return write_article(history, body, group, year, language, occasion)

    return write
