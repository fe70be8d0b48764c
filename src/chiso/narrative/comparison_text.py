"""A comparison in plain lines, for the terminal and for pages."""

from __future__ import annotations

from collections.abc import Iterator

from chiso.comparison import (
    Change,
    Effects,
    History,
    Unsplit,
    change,
    gap,
    node_of,
    peers,
    profile,
    split_ranks,
    split_scores,
    top_years,
)
from chiso.index.model import OVERALL
from chiso.language import Language, Text, number
from chiso.scoring.standings import Standing, Standings

_NO_DATA = Text("chưa có số liệu", "no data")
_HEADINGS = {
    "change": Text("So với năm {year}", "Against {year}"),
    "gap": Text("Khoảng cách với đơn vị dẫn đầu", "Distance to the leader"),
    "top": Text("Trong nhóm 10", "In the top ten"),
    "half": Text("Nửa trên, nửa dưới", "Upper and lower half"),
    "extremes": Text("Mạnh nhất, yếu nhất", "Strongest and weakest"),
    "split": Text("Vì sao điểm thay đổi", "Why the score changed"),
    "peers": Text("Các đơn vị cùng nhóm", "Peers"),
}
_KINDS = {
    "region": Text("cùng vùng {name}", "same region, {name}"),
    "parent": Text("cùng cơ quan cấp trên", "same parent"),
    "neighbours": Text("liền kề về thứ hạng", "neighbours in rank"),
}
_REASONS = {
    "published": Text(
        "chỉ có kết quả đã công bố, không có số liệu gốc nên không tách được",
        "only published results are known, not the answers behind them",
    ),
    "absent": Text("một trong hai năm không có kết quả", "one of the years has no results"),
    "inputs": Text(
        "bộ chỉ số đã đổi: không còn số liệu {keys} (gãy chuỗi)",
        "the index changed: {keys} are no longer asked (a break in the series)",
    ),
}


def places(count: int | None, language: Language) -> str:
    """A change of rank: `▲ 10 bậc`, `▼ 2 places`, `= giữ nguyên`, or that it is unknown."""
    if count is None:
        return _NO_DATA.get(language)
    if count == 0:
        return Text("= giữ nguyên", "= unchanged").get(language)
    arrow = "▲" if count > 0 else "▼"
    plural = "" if abs(count) == 1 else "s"
    return f"{arrow} {abs(count)} {'bậc' if language == 'vi' else f'place{plural}'}"


def unsplit_reason(unsplit: Unsplit, language: Language) -> str:
    """Why a change could not be split, in words."""
    keys = ", ".join(unsplit.keys[:5]) + ("…" if len(unsplit.keys) > 5 else "")
    return _REASONS[unsplit.reason].get(language).format(keys=keys)


def effect_words(effects: Effects, language: Language, decimals: int = 4) -> list[str]:
    """The parts of a change, in words and with signs."""
    titles = (
        (Text("kết quả của chính cơ quan", "the body's own performance"), effects.performance),
        (Text("mức tốt nhất của khối thay đổi", "the best of the group moved"), effects.population),
        (Text("bộ chỉ số thay đổi", "the rules changed"), effects.rules),
    )
    return [
        f"{title.get(language)}: {_signed(value, language, decimals)}" for title, value in titles
    ]


def _signed(value: float, language: Language, decimals: int = 4) -> str:
    text = number(value, language, decimals)
    return f"+{text}" if value > 0 and text.strip("0,.") else text


def comparison_lines(
    history: History, body: str, standings: Standings, before: int | None, language: Language
) -> Iterator[str]:
    """The comparison of a body with an earlier year, the leader and its peers."""
    lines = _Lines(history, body, standings, language)
    if before is not None:
        yield from lines.changes(before)
    yield from lines.gaps(before)
    yield from lines.profile(before)
    if before is not None:
        yield from lines.split(before)
    yield from lines.peers()


class _Lines:
    def __init__(
        self, history: History, body: str, standings: Standings, language: Language
    ) -> None:
        self.history, self.body, self.standings = history, body, standings
        self.language = language
        self.year, self.group = standings.year, standings.group
        self.index = history[standings.year].index

    def head(self, name: str, **values: object) -> str:
        return _HEADINGS[name].get(self.language).format(**values)

    def title(self, node: str) -> str:
        if node == OVERALL:
            return Text("Chung", "Overall").get(self.language)
        return self.index.title_of(node).get(self.language)

    def name(self, body: str) -> str:
        return self.history.register.get(body).name.get(self.language)

    def where(self, standing: Standing) -> str:
        if not standing.known:
            return _NO_DATA.get(self.language)
        rank = "?" if standing.rank is None else str(standing.rank)
        place = f"{rank}/{standing.ranked}" if standing.ranked else rank
        score = (
            ""
            if standing.score is None
            else f" ({number(round(standing.score, 6), self.language)})"
        )
        return place + score

    def changes(self, before: int) -> Iterator[str]:
        yield self.head("change", year=before)
        for node in (OVERALL, *(n.id for n in self.index.top)):
            moved = change(self.history, self.body, self.group, self.year, before, node)
            if moved.now.known or moved.before.known:
                yield f"  {self.title(node)}: {self.moved(moved)}"

    def moved(self, moved: Change) -> str:
        text = f"{self.where(moved.before)} → {self.where(moved.now)}, "
        text += places(moved.places, self.language)
        if moved.score is not None:
            text += f", {_signed(moved.score, self.language)}"
        if moved.bridge is not None:
            names = ", ".join(self.name(code) for code in moved.bridge.predecessors)
            text += Text(f" [theo {names}]", f" [taken from {names}]").get(self.language)
        if moved.broken:
            text += Text(" [bộ chỉ số đã đổi]", " [the index changed]").get(self.language)
        return text

    def gaps(self, before: int | None) -> Iterator[str]:
        yield self.head("gap")
        for year in (self.year, before):
            found = gap(self.history, self.body, self.group, year) if year else None
            if year is None:
                continue
            if found is None:
                yield f"  {year}: {_NO_DATA.get(self.language)}"
                continue
            names = ", ".join(self.name(code) for code in found.leaders)
            distance = number(round(found.distance, 6), self.language)
            leader = number(round(found.leader_score, 6), self.language)
            yield f"  {year}: {distance} ({names}, {leader})"

    def profile(self, before: int | None) -> Iterator[str]:
        found = profile(self.history, self.body, self.group, self.year, before)
        yield self.head("top")
        for node in (OVERALL, *(n.id for n in self.index.top)):
            top = top_years(self.history, self.body, self.group, self.year, node)
            if top.years:
                years = ", ".join(f"{year}: {standing.rank}" for year, standing in top.years)
                yield f"  {self.title(node)}: {years}"
        yield self.head("half")
        for standing in found.pillars:
            if standing.half is not None:
                half = (
                    Text("nửa trên", "upper")
                    if standing.half == "upper"
                    else Text("nửa dưới", "lower")
                )
                title = self.title(node_of(standing))
                yield f"  {title}: {half.get(self.language)}, {self.where(standing)}"
        yield self.head("extremes")
        extremes = [
            (Text("mạnh nhất", "strongest"), found.best),
            (Text("yếu nhất", "weakest"), found.weakest),
        ]
        for label, extreme in extremes:
            if extreme is not None:
                title = self.title(node_of(extreme))
                yield f"  {label.get(self.language)}: {title}, {self.where(extreme)}"
        moves = [
            (Text("tăng nhiều nhất", "most improved"), found.most_improved),
            (Text("giảm nhiều nhất", "most fallen"), found.most_fallen),
        ]
        for label, move in moves:
            if move is not None:
                moved = places(move.places, self.language)
                yield f"  {label.get(self.language)}: {self.title(move.node)}, {moved}"

    def split(self, before: int) -> Iterator[str]:
        yield self.head("split")
        effects = split_scores(self.history, self.group, self.year, before)
        if isinstance(effects, Unsplit):
            yield f"  {unsplit_reason(effects, self.language)}"
            return
        own = effects.get(self.body)
        if own is None:
            yield f"  {_NO_DATA.get(self.language)}"
            return
        for line in effect_words(own, self.language):
            yield f"  {line}"
        earlier = self.history.group(before, self.group)
        ranks = split_ranks(self.standings, earlier, self.body) if earlier else None
        if ranks is not None:
            among = places(ranks.performance, self.language)
            others = places(ranks.population, self.language)
            yield "  " + Text(
                f"thứ hạng: {among} so với các đơn vị có ở cả hai năm; "
                f"{others} do đơn vị mới hoặc không còn",
                f"rank: {among} among bodies of both years; {others} through entries and exits",
            ).get(self.language)

    def peers(self) -> Iterator[str]:
        yield self.head("peers")
        for found in peers(self.history.register, self.standings, self.body):
            region = self.history.register.regions.get(found.name)
            name = region.get(self.language) if region else found.name
            listed = ", ".join(f"{self.name(code)} {s.rank}" for code, s in found.standings)
            yield f"  {_KINDS[found.kind].get(self.language).format(name=name)}: {listed}"
