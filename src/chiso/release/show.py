"""Figures and texts as a page shows them: in its language, unknown in words, ranks in company."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from chiso.comparison import Bridge, Change, RankEffects
from chiso.index.model import Aggregate, Criterion, Node
from chiso.language import Language, Text, join, number
from chiso.release.charts import Bar
from chiso.release.edition import Edition
from chiso.release.words import WORDS
from chiso.rounds.answers import STATE_TITLES, State
from chiso.scoring.derivation import InputLine
from chiso.scoring.outcomes import EFFECTS, Effect, Outcome
from chiso.scoring.standings import Standing

if TYPE_CHECKING:
    from chiso.release.views.body import YearRow


class Show:
    """Writes values of one edition in one language. Methods that give Markup have escaped it."""

    def __init__(self, edition: Edition, language: Language) -> None:
        self.edition = edition
        self.language: Language = language

    # ── texts ──

    def word(self, key: str, **fields: object) -> str:
        """A label or sentence of the site."""
        text = WORDS[key].get(self.language)
        return text.format(**fields) if fields else text

    def say(self, text: Text) -> str:
        """A text in this language, or in the other where it is missing."""
        return text.get(self.language)

    def text(self, text: Text) -> Markup:
        """A text, marked with its language where it is not that of the page."""
        own = text.vi if self.language == "vi" else text.en
        if own or not (text.vi or text.en):
            return escape(own)
        other = "en" if self.language == "vi" else "vi"
        return Markup('<span lang="{}">{}</span>').format(other, self.say(text))

    def name(self, body: str) -> Markup:
        """The name of a body."""
        return self.text(self.edition.register.get(body).name)

    def plain_name(self, body: str) -> str:
        """The name of a body without markup."""
        return self.say(self.edition.register.get(body).name)

    def names(self, bodies: tuple[str, ...]) -> str:
        """Names joined as in a sentence."""
        return join([self.plain_name(body) for body in bodies], self.language)

    # ── numbers ──

    @property
    def unknown(self) -> Markup:
        """The words for a value that is not known."""
        return Markup('<span class="unknown">{}</span>').format(self.word("unknown"))

    def amount(self, value: float | None, decimals: int | None = None) -> str | Markup:
        """A number; by default with at most two decimals, fewer where they are zero."""
        if value is None:
            return self.unknown
        if decimals is None:
            return number(round(value, 2), self.language)
        return number(value, self.language, decimals)

    def exact(self, value: float) -> str:
        """A number with all the digits that matter to somebody who computes it again."""
        return number(float(f"{value:.6g}"), self.language)

    def decimals(self, standing: Standing) -> int:
        """The decimals of a score: those it was published with, or those of its index."""
        if standing.citation is not None and standing.citation.decimals is not None:
            return standing.citation.decimals
        year = int(standing.key.partition("/")[0])
        history = self.edition.history
        index = history[year].index if year in history else self.edition.index
        return index.publish.decimals

    def score(self, standing: Standing) -> str | Markup:
        """A score, or the words for unknown."""
        if standing.score is None:
            return self.unknown
        return number(standing.score, self.language, self.decimals(standing))

    def difference(self, value: float, standing: Standing | None = None) -> str:
        """An unsigned difference of scores."""
        decimals = self.edition.index.publish.decimals
        if standing is not None:
            decimals = self.decimals(standing)
        return number(abs(value), self.language, decimals)

    def signed(self, value: float, decimals: int = 4) -> str:
        """A difference with its sign."""
        text = number(value, self.language, decimals)
        return f"+{text}" if value > 0 else text

    def rank(self, standing: Standing) -> str | Markup:
        """A rank with the number ranked, ties marked: `16/63 (tied)`."""
        if standing.rank is None:
            return self.unknown
        among = f"/{standing.ranked}" if standing.ranked is not None else ""
        tied = f" ({self.word('tied')})" if standing.tied else ""
        return f"{standing.rank}{among}{tied}"

    def points(self, points: float | None, maximum: float | None) -> str | Markup:
        """Points of a maximum, `27/30`."""
        if points is None:
            return self.unknown
        of = "" if maximum is None else f"/{self.amount(maximum)}"
        return f"{self.amount(points)}{of}"

    def percent(self, share: float, decimals: int = 0) -> str:
        """A share as a percentage."""
        return f"{number(share * 100, self.language, decimals)}%"

    # ── changes ──

    def move(self, places: int | None) -> Markup:
        """Places gained or lost: `▲ 10 places`."""
        if places is None:
            return self.unknown
        if places == 0:
            return Markup(
                '<span class="change"><span aria-hidden="true">=</span> {}</span>'
            ).format(self.word("unchanged"))
        kind, mark = ("up", "▲") if places > 0 else ("down", "▼")
        return Markup(
            '<span class="change {}"><span aria-hidden="true">{}</span>'
            '<span class="sr">{}</span> {}</span>'
        ).format(kind, mark, self.word(kind), self.places(abs(places)))

    def places(self, count: int) -> str:
        """A number of places in words."""
        return self.word("place" if count == 1 else "places", n=count)

    def change(self, change: Change | None) -> Markup:
        """A change of rank, with what keeps it from being the same measure."""
        if change is None or change.places is None:
            return self.unknown
        shown = self.move(change.places)
        before, now = change.before.ranked, change.now.ranked
        if before is not None and now is not None and before != now:
            shown += Markup(' <small class="note">{}</small>').format(
                self.word("other_count", before=before, now=now)
            )
        return shown

    def bridge(self, bridge: Bridge) -> str:
        """What stands for a body that did not exist yet."""
        key = "bridge_one" if len(bridge.predecessors) == 1 else f"bridge_{bridge.rule}"
        return self.word(key, names=self.names(bridge.predecessors))

    def rank_effects(self, effects: RankEffects, change: Change) -> str:
        """A change of rank in its two parts."""
        own, others = self._moved(effects.performance), self._moved(effects.population)
        return self.word("rank_effects", own=own, others=others)

    def _moved(self, places: int) -> str:
        if places == 0:
            return self.word("unchanged")
        return f"{self.word('up' if places > 0 else 'down')} {self.places(abs(places))}"

    def history_finding(self, years: Sequence[YearRow]) -> str:
        """What the chart of ranks says: the last known rank, its move, and the best known."""
        known = [row for row in years if row.standing.rank is not None]
        last, before = known[0], known[1]
        places = (before.standing.rank or 0) - (last.standing.rank or 0)
        move = self._moved(places)
        best = min(known, key=lambda row: row.standing.rank or 0)
        text = self.word(
            "history_last",
            year=last.year,
            rank=self.rank(last.standing),
            move=move,
            before=before.year,
        )
        if best is last:
            return text + self.word("history_best_now")
        return text + self.word("history_best", rank=self.rank(best.standing), year=best.year)

    def bars_finding(self, found: Sequence[Bar]) -> str:
        """What the bars of a criterion say: how many earned all, how many nothing."""
        counts = {bar.label: bar.count for bar in found}
        return self.word(
            "bars_finding",
            full=counts["bin_full"],
            none=counts["bin_none"],
            n=sum(counts.values()) - counts["bin_unknown"],
        )

    # ── the index ──

    def worth(self, node: Node) -> str:
        """What a pillar or criterion is worth: its points or its weight."""
        item = node.item
        points = item.full if isinstance(item, Criterion) else item.points
        if points is not None and (item.points is not None or item.weight is None):
            return self.word("worth_points", n=self.amount(points))
        if item.weight is not None:
            return self.word("worth_weight", n=self.exact(item.weight))
        return self.word("worth_none")

    def aggregation(self, aggregate: Aggregate) -> str:
        """How the parts of a level make its total, in words."""
        return self.word("by_points" if aggregate.by == "points" else f"by_{aggregate.mean}")

    def effect(self, outcome: Outcome) -> Effect:
        """What an outcome does."""
        return EFFECTS[outcome]

    def outcome(self, outcome: Outcome | None) -> str | Markup:
        """What became of a criterion, where that says more than that nothing is known."""
        return self.unknown if not outcome else self.say(EFFECTS[outcome].title)

    def state(self, state: State) -> str:
        """The state of an answer."""
        return self.say(STATE_TITLES[state])

    def listed(self, texts: Sequence[Text]) -> str:
        """Several texts as a list in words."""
        return join([self.say(text) for text in texts], self.language)

    def check_state(self, state: str) -> str:
        """The state of a check; as written where it is not one that this site words."""
        return self.word(f"check_{state}") if f"check_{state}" in WORDS else state

    # ── answers ──

    def answer(self, line: InputLine) -> str | Markup:
        """An answer: options and yes and no in words, tables by their number of rows."""
        if line.value == "" and line.number is None:
            return self.unknown
        declared = self.edition.questions.get(line.key)
        unit = f" {self.say(line.unit)}" if line.unit.vi or line.unit.en else ""
        if declared is None:
            return f"{self.exact(line.number)}{unit}" if line.number is not None else line.value
        if declared.type == "table":
            return self.word("rows", n=self.amount(line.number))
        if declared.type == "choice" and line.value in declared.options:
            return self.text(declared.options[line.value])
        if declared.type == "yes_no":
            return self.word(line.value) if line.value in ("yes", "no") else line.value
        if line.number is not None:
            return f"{number(float(f'{line.number:.12g}'), self.language)}{unit}"
        return line.value
