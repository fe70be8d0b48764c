"""The article in English."""

from __future__ import annotations

from itertools import groupby

from chiso.comparison import node_of
from chiso.language import Text, join, ordinal
from chiso.narrative.article import Sentence, keys_of
from chiso.narrative.writer import ROUND_KEYS, Writer
from chiso.scoring.standings import Standing

_AUDIENCES = {
    "body": "{own} should",
    "units": "Its departments and districts should",
    "communes": "Its communes, wards and towns should",
    "staff": "Officials and public employees should",
}
_TIMES = {2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth"}
_COUNTS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 10: "ten"}


def _places(count: int) -> str:
    return f"{count} place" if count == 1 else f"{count} places"


class EnglishWriter(Writer):
    """Words the sentences in English."""

    language = "en"

    def headings(self) -> dict[str, str]:
        return {
            "place": "The place",
            "change": "Score and distance",
            "pillars": "The pillars",
            "losses": "Where most points remain",
            "next": "What deserves attention next",
            "others": "The other groups",
        }

    def illustrative(self) -> str:
        return "Illustrative data, not real results"

    def title(self) -> Sentence:
        overall, year = self.facts.overall, self.facts.year
        if overall.rank is None:
            return Sentence(f"{self.own} in the assessment of {year}")
        keys, mark = self.rank_keys([overall]), ""
        if self.facts.tops:
            standing = self.facts.tops[0].years[-1][1]
            keys = keys_of(keys, self.rank_keys([standing]))
            mark = f", strongest in “{self.pillar(node_of(standing))}”"
        return Sentence(f"{year}: {self.own} ranks {self.place(overall)}{mark}", keys)

    def opening(self) -> Sentence | None:
        publisher = self.say(self.occasion.publisher)
        if not publisher:
            return None
        announced = self.say(self.occasion.announced)
        when = f"In {announced}, the" if announced else "The"
        index = self.say(self.facts.index.title)
        return Sentence(
            f"{when} {publisher} published the {self.facts.year} results of “{index}”.", ROUND_KEYS
        )

    def rank(self) -> Sentence | None:
        overall = self.facts.overall
        if overall.rank is None:
            note = overall.citation.note if overall.citation else ""
            if note:
                return Sentence(
                    f"The exact rank of {self.own} is not stated in the sources at hand ({note}).",
                    (f"{overall.key}.rank",),
                )
            return Sentence(
                f"No rank of {self.own} is known for {self.facts.year}.", (f"{overall.key}.rank",)
            )
        tied = " (tied)" if overall.tied else ""
        lead = f"{self.own} ranks {self.place(overall)}{tied} among the {self.peers}"
        if overall.rank == 1:
            count = f"{overall.ranked} " if overall.ranked else ""
            lead = f"{self.own} leads{tied} the {count}{self.peers}"
        parts, keys, previous = [lead], self.rank_keys([overall]), None
        for change in self.known_changes():
            places = change.places or 0
            against = f"{change.before_year} ({self.place(change.before)})"
            direction = (places > 0) - (places < 0)
            if direction == 0:
                move = f"unchanged from {against}"
            elif direction > 0:
                move = f"up {_places(places)} from {against}"
            else:
                move = f"down {_places(-places)} from {against}"
            if previous is None:
                parts.append(f", {move}")
            elif direction != previous and direction < 0:
                parts.append(f", but still {_places(-places)} below {against}")
            elif direction != previous and direction > 0:
                parts.append(f", but still {_places(places)} above {against}")
            else:
                parts.append(f" and {move}")
            if change.bridge:
                parts.append(f" (taken from {self.names(change.bridge.predecessors)})")
            previous = direction
            keys = keys_of(keys, self.rank_keys([change.before]))
        return Sentence("".join(parts) + ".", keys)

    def method(self) -> Sentence | None:
        pillars = [self.pillar(node.id) for node in self.facts.index.top]
        if len(pillars) < 2:
            return None
        names = "; ".join(f"({n}) {title}" for n, title in enumerate(pillars, 1))
        count = _COUNTS.get(len(pillars), str(len(pillars)))
        return Sentence(
            f"The index has {count} pillars: {names}. Each is checked and given points; together "
            "they make the score by which the bodies are ranked.",
            self.index_keys(),
        )

    def data(self) -> Sentence | None:
        data = self.say(self.occasion.data)
        return Sentence(f"The data come from {data}.", ("round.data",)) if data else None

    def total(self) -> Sentence | None:
        overall = self.facts.overall
        if overall.score is None:
            return None
        keys = self.score_keys([overall])
        text = f"The score of {self.own} is {self.score(overall)}"
        change = self.facts.changes[0] if self.facts.changes else None
        if change and change.score is not None:
            keys = keys_of(keys, self.score_keys([change.before]))
            before = f"{change.before_year} ({self.score(change.before)})"
            if change.bridge and len(change.bridge.predecessors) > 1:
                names = self.names(change.bridge.predecessors)
                before = f"the {change.before_year} mean of {names} ({self.score(change.before)})"
            if abs(change.score) < 1e-9:
                text += f", the same as in {before}"
            else:
                word = "up" if change.score > 0 else "down"
                text += f", {word} {self.difference(change.score)} from {before}"
        return Sentence(text + ".", keys)

    def distance(self) -> Sentence | None:
        gap = self.facts.gap
        if gap is None:
            return None
        if self.facts.body in gap.leaders:
            if self.facts.runner_up is None:
                return None
            name, second = self.facts.runner_up
            if second.score is None or self.facts.overall.score is None:
                return None
            ahead = self.difference(self.facts.overall.score - second.score)
            return Sentence(
                f"It is {ahead} ahead of the next, {self.name(name)} ({self.score(second)}).",
                keys_of(gap.keys, self.score_keys([second])),
            )
        leader = (
            self.facts.history[self.facts.year].groups[self.facts.group].standing(gap.leaders[0])
        )
        word = "leader" if len(gap.leaders) == 1 else "leaders"
        return Sentence(
            f"That is {self.difference(gap.distance)} behind the {word}, "
            f"{self.names(gap.leaders)} ({self.score(leader)}).",
            gap.keys,
        )

    def shrank(self) -> Sentence | None:
        now, before = self.facts.gap, self.facts.gap_before
        if now is None or before is None or self.facts.body in now.leaders:
            return None
        was = (
            f"in {before.year} it was {self.difference(before.distance)} behind "
            f"{self.names(before.leaders)}"
        )
        if before.distance == 0:
            was = f"in {before.year} {self.own} was the leader itself"
        difference = now.distance - before.distance
        if abs(difference) < 1e-9:
            text = f"The distance to the leader is unchanged: {was}."
        elif difference < 0:
            text = f"The distance to the leader shrank: {was}."
        else:
            text = f"The distance to the leader grew: {was}."
        return Sentence(text, keys_of(now.keys, before.keys))

    def broken(self) -> Sentence | None:
        broken = [c.before_year for c in self.facts.changes if c.broken]
        if not broken:
            return None
        years = join([str(year) for year in broken], "en")
        return Sentence(
            f"The index has changed since {years}; comparisons across the change are indicative."
        )

    def top_ten(self, place: int) -> Sentence | None:
        top = self.facts.tops[place]
        standing = next(s for year, s in top.years if year == self.facts.year)
        title, keys = self.pillar(top.node), self.rank_keys(s for _, s in top.years)
        lead = "The highlight is" if place == 0 else "Also strong is"
        text = f"{lead} “{title}”, ranked {self.place(standing)}"
        if standing.rank == 1:
            text = f"{lead} “{title}”, first of the group"
            text += f" ({self.place(standing)})" if standing.ranked else ""
        earlier = [(year, s) for year, s in top.years if year != self.facts.year]
        if earlier:
            years = join(
                [f"{ordinal(s.rank or 0, 'en')} in {year}" for year, s in reversed(earlier)], "en"
            )
            times = _TIMES.get(top.times, ordinal(top.times, "en"))
            text += f", its {times} time in the top {_COUNTS.get(top.top, top.top)} ({years})"
        return Sentence(text + ".", keys)

    def improved(self) -> Sentence | None:
        change = self.facts.profile.most_improved
        if change is None:
            return None
        return Sentence(
            f"The pillar that rose most is “{self.pillar(change.node)}”: up "
            f"{_places(change.places or 0)}, from {self.place(change.before)} in "
            f"{change.before_year} to {self.place(change.now)} in {change.year}.",
            self.rank_keys([change.now, change.before]),
        )

    def fallen(self) -> Sentence | None:
        change = self.facts.profile.most_fallen
        if change is None:
            return None
        return Sentence(
            f"The pillar that fell most is “{self.pillar(change.node)}”: down "
            f"{_places(-(change.places or 0))}, from {self.place(change.before)} in "
            f"{change.before_year} to {self.place(change.now)} in {change.year}.",
            self.rank_keys([change.now, change.before]),
        )

    def lower_half(self) -> Sentence | None:
        lower = self.facts.profile.lower_half
        if not lower:
            return None
        names = join([f"“{self.pillar(node_of(s))}” ({self.place(s)})" for s in lower], "en")
        keys = self.rank_keys(lower)
        if len(lower) == 1:
            return Sentence(f"One pillar is in the lower half of the ranking: {names}.", keys)
        count = _COUNTS.get(len(lower), str(len(lower))).capitalize()
        return Sentence(f"{count} pillars are in the lower half of the ranking: {names}.", keys)

    def middle(self, standings: list[Standing]) -> list[Sentence | None]:
        sentences: list[Sentence | None] = []
        ordered = sorted(standings, key=lambda s: (s.rank is None, s.rank or 0))
        for rank, same in groupby(ordered, key=lambda s: s.rank):
            alike = list(same)
            scored = [s for s in alike if s.score is not None]
            keys = keys_of(
                self.rank_keys(s for s in alike if s.rank is not None), self.score_keys(scored)
            )
            names = join([f"“{self.pillar(node_of(s))}”" for s in alike], "en")
            scores = join([self.score(s) for s in scored], "en")
            several = len(scored) > 1
            if rank is None:
                text = f"The {'scores' if several else 'score'} of {names}: {scores}."
                sentences.append(Sentence(text, keys))
                continue
            told = f" ({'scores' if several else 'score'} {scores})" if scored else ""
            both = {1: "ranks", 2: "both rank"}.get(len(alike), "all rank")
            sentences.append(Sentence(f"{names} {both} {self.place(alike[0])}{told}.", keys))
        return sentences

    def losses_lead(self) -> Sentence | None:
        if not self.facts.losses:
            return None
        return Sentence(f"{self.own} can still gain most at:", self.loss_keys())

    def losses(self) -> tuple[Sentence, ...]:
        found = []
        for loss in self.facts.losses:
            points, maximum, lost = (
                self.amount(v) for v in (loss.standing.points, loss.standing.maximum, loss.lost)
            )
            found.append(
                Sentence(
                    f"“{self.pillar(loss.node)}”: {points} of {maximum} points, {lost} to gain",
                    (f"{loss.standing.key}.points",),
                )
            )
        return tuple(found)

    def next_lead(self) -> Sentence | None:
        weak = self.weak_standings()
        if not weak:
            return None
        names = join([f"“{self.pillar(node_of(s))}”" for s in weak], "en")
        return Sentence(
            f"For a better place in the coming years, {names} come first.", self.rank_keys(weak)
        )

    def advise(self, audience: str, chosen: list[tuple[str, Text]]) -> Sentence:
        lead = _AUDIENCES[audience].format(own=self.own)
        tasks = "; ".join(self.say(text) for _, text in chosen)
        return Sentence(f"{lead} {tasks}.", self.advice_keys(chosen, audience))

    def hold(self, chosen: list[tuple[str, Text]]) -> Sentence:
        names = join(
            [f"“{self.pillar(node)}”" for node in dict.fromkeys(n for n, _ in chosen)], "en"
        )
        tasks = "; ".join(dict.fromkeys(self.say(text) for _, text in chosen))
        return Sentence(
            f"To hold and raise the place in {names}: {tasks}.",
            self.advice_keys(chosen, "body", "staff"),
        )

    def other(self, place: int) -> Sentence | None:
        other = self.facts.others[place]
        group = self.say(self.facts.index.groups[other.group])
        first = join([f"{self.name(b)} ({s.rank})" for b, s in other.first], "en")
        last = join([f"{self.name(b)} ({s.rank})" for b, s in other.last], "en")
        keys = self.rank_keys(s for _, s in (*other.first, *other.last))
        count = _COUNTS.get(len(other.first), "")
        lead = f"the first {count} are" if len(other.first) > 1 else "the first is"
        end = f"the last {count} are" if len(other.last) > 1 else "the last is"
        return Sentence(f"Among the {other.ranked} {group}, {lead} {first}; {end} {last}.", keys)
