"""From a round's folder to its results, and those of earlier rounds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from chiso.executor import Progress, silent
from chiso.problems import Collector
from chiso.rounds.folder import Round, load_round
from chiso.rounds.reading import Reader
from chiso.scoring.engine import score
from chiso.scoring.published import PublishedBook, read_published
from chiso.scoring.standings import RoundResult


def score_round(opened: Round, progress: Progress = silent) -> list[RoundResult]:
    """The results of a round: its own year, and earlier years if results were published for them.

    Where a group has both answers and published results in the round's year, the answers are
    scored and the published figures are left aside.

    Raises InvalidInput with every problem of the published tables.
    """
    spec = opened.spec
    computed = {}
    for count, (group, answers) in enumerate(opened.answers.items(), 1):
        computed[group] = score(opened.index, group, answers, year=spec.year)
        progress("scoring", count, len(opened.answers))
    book = _published(opened)
    years = sorted({*book.years, spec.year})
    results = []
    for year in years:
        groups = dict(computed) if year == spec.year else {}
        for group in spec.groups:
            if group not in groups and (year, group) in book.figures:
                bodies = opened.register.in_group(group, on=dt.date(year, 12, 31))
                codes = tuple(body.code for body in bodies)
                groups[group] = book.standings(year, group, codes)
        ordered = {group: groups[group] for group in spec.groups if group in groups}
        results.append(RoundResult(year, opened.index, ordered, spec.illustrative))
    return results


def _published(opened: Round) -> PublishedBook:
    book, problems = PublishedBook(), Collector()
    reader = Reader(opened.spec, opened.folder, opened.index, opened.register, {}, problems)
    for source in opened.spec.published:
        read_published(reader, source, book)
    problems.raise_if_any()
    return book


def results_with_history(
    folder: Path, progress: Progress = silent
) -> tuple[Round, list[RoundResult]]:
    """A round and the results of all its years, those of the rounds in `history` included.

    Raises InvalidInput with the problems of the round, or of the earlier round at fault.
    """
    opened = load_round(folder, progress)
    results = {result.year: result for result in score_round(opened, progress)}
    for earlier in opened.history_folders:
        for result in score_round(load_round(earlier, progress), progress):
            results.setdefault(result.year, result)
    return opened, [results[year] for year in sorted(results)]
