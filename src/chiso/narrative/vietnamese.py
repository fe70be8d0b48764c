"""The article in Vietnamese."""

from __future__ import annotations

from itertools import groupby

from chiso.comparison import node_of
from chiso.language import Text, join
from chiso.narrative.article import Sentence, keys_of
from chiso.narrative.writer import ROUND_KEYS, Writer
from chiso.scoring.standings import Standing

_AUDIENCES = {
    "body": "Đối với {own}",
    "units": "Đối với các đơn vị trực thuộc (sở, ngành, huyện, thành phố)",
    "communes": "Đối với các xã, phường, thị trấn",
    "staff": "Đối với cán bộ, công chức, viên chức",
}
_TIMES = {2: "hai", 3: "ba", 4: "tư", 5: "năm", 6: "sáu"}
_COUNTS = {2: "Hai", 3: "Ba", 4: "Bốn", 5: "Năm", 6: "Sáu"}


class VietnameseWriter(Writer):
    """Words the sentences in Vietnamese."""

    language = "vi"

    def headings(self) -> dict[str, str]:
        return {
            "place": "Vị trí",
            "change": "Điểm số và khoảng cách",
            "pillars": "Các hạng mục",
            "losses": "Những tiêu chí còn nhiều điểm",
            "next": "Những việc cần quan tâm tiếp theo",
            "others": "Các khối khác",
        }

    def illustrative(self) -> str:
        return "Số liệu minh họa, không phải kết quả thật"

    def title(self) -> Sentence:
        overall, year = self.facts.overall, self.facts.year
        if overall.rank is None:
            return Sentence(f"{self.own} trong kết quả đánh giá năm {year}")
        keys = self.rank_keys([overall])
        if self.facts.tops:
            best = node_of(self.facts.tops[0].years[-1][1])
            keys = keys_of(keys, self.rank_keys([self.facts.tops[0].years[-1][1]]))
            mark = f", điểm nhấn là “{self.pillar(best)}”"
        else:
            mark = ""
        return Sentence(f"Năm {year}: {self.own} xếp thứ {self.place(overall)}{mark}", keys)

    def opening(self) -> Sentence | None:
        announced = self.say(self.occasion.announced)
        publisher = self.say(self.occasion.publisher)
        if not publisher:
            return None
        when = f"{announced}, " if announced else ""
        index = self.say(self.facts.index.title)
        text = f"{when}{publisher} công bố kết quả đánh giá “{index}” năm {self.facts.year}."
        return Sentence(text[0].upper() + text[1:], ROUND_KEYS)

    def rank(self) -> Sentence | None:
        overall = self.facts.overall
        if overall.rank is None:
            note = overall.citation.note if overall.citation else ""
            if note:
                return Sentence(
                    f"Thứ hạng chính xác của {self.own} chưa được công bố trong các nguồn hiện có.",
                    (f"{overall.key}.rank",),
                )
            return Sentence(
                f"Chưa có số liệu về thứ hạng của {self.own} năm {self.facts.year}.",
                (f"{overall.key}.rank",),
            )
        tied = " (đồng hạng)" if overall.tied else ""
        among = self.peers if overall.ranked else f"trong các {self.peers}"
        lead = f"{self.own} xếp thứ {self.place(overall)}{tied} {among}"
        if overall.rank == 1:
            lead = f"{self.own} dẫn đầu{tied} {overall.ranked or ''} {self.peers}".replace(
                "  ", " "
            )
        parts, keys = [lead], self.rank_keys([overall])
        previous = None
        for change in self.known_changes():
            places = change.places or 0
            against = f"năm {change.before_year} ({self.place(change.before)})"
            direction = (places > 0) - (places < 0)
            if direction == 0:
                move = f"giữ nguyên thứ hạng so với {against}"
            elif direction > 0:
                move = f"tăng {places} bậc so với {against}"
            else:
                move = f"giảm {-places} bậc so với {against}"
            if previous is None:
                parts.append(f", {move}")
            elif direction != previous and direction < 0:
                parts.append(f", nhưng vẫn thấp hơn {-places} bậc so với {against}")
            elif direction != previous and direction > 0:
                parts.append(f", nhưng vẫn cao hơn {places} bậc so với {against}")
            else:
                parts.append(f" và {move}")
            if change.bridge:
                parts.append(f" (tính theo {self.names(change.bridge.predecessors)})")
            previous = direction
            keys = keys_of(keys, self.rank_keys([change.before]))
        return Sentence("".join(parts) + ".", keys)

    def method(self) -> Sentence | None:
        pillars = [self.pillar(node.id) for node in self.facts.index.top]
        if len(pillars) < 2:
            return None
        names = "; ".join(f"({n}) {title}" for n, title in enumerate(pillars, 1))
        return Sentence(
            f"Bộ chỉ số gồm {len(pillars)} hạng mục: {names}. Mỗi hạng mục được kiểm tra, "
            "chấm điểm; kết quả tổng hợp dùng để xếp hạng chung.",
            self.index_keys(),
        )

    def data(self) -> Sentence | None:
        data = self.say(self.occasion.data)
        return Sentence(f"Số liệu được lấy từ {data}.", ("round.data",)) if data else None

    def total(self) -> Sentence | None:
        overall = self.facts.overall
        if overall.score is None:
            return None
        keys = self.score_keys([overall])
        text = f"Về tổng điểm, {self.own} đạt {self.score(overall)}"
        change = self.facts.changes[0] if self.facts.changes else None
        if change and change.score is not None:
            keys = keys_of(keys, self.score_keys([change.before]))
            before = f"năm {change.before_year} ({self.score(change.before)})"
            if change.bridge and len(change.bridge.predecessors) > 1:
                before = (
                    f"trung bình năm {change.before_year} của "
                    f"{self.names(change.bridge.predecessors)} ({self.score(change.before)})"
                )
            if abs(change.score) < 1e-9:
                text += f", bằng {before}"
            else:
                word = "tăng" if change.score > 0 else "giảm"
                text += f", {word} {self.difference(change.score)} so với {before}"
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
                f"Khoảng cách với đơn vị xếp kế tiếp, {self.name(name)} ({self.score(second)}), "
                f"là {ahead}.",
                keys_of(gap.keys, self.score_keys([second])),
            )
        leader = (
            self.facts.history[self.facts.year].groups[self.facts.group].standing(gap.leaders[0])
        )
        return Sentence(
            f"So với đơn vị dẫn đầu là {self.names(gap.leaders)} ({self.score(leader)}), "
            f"{self.own} còn kém {self.difference(gap.distance)}.",
            gap.keys,
        )

    def shrank(self) -> Sentence | None:
        now, before = self.facts.gap, self.facts.gap_before
        if now is None or before is None or self.facts.body in now.leaders:
            return None
        was = (
            f"năm {before.year} kém {self.names(before.leaders)} {self.difference(before.distance)}"
        )
        if before.distance == 0:
            was = f"năm {before.year} chính {self.own} dẫn đầu"
        difference = now.distance - before.distance
        if abs(difference) < 1e-9:
            text = f"Khoảng cách với đơn vị dẫn đầu không thay đổi ({was})."
        elif difference < 0:
            text = f"Khoảng cách với đơn vị dẫn đầu đã được rút ngắn ({was})."
        else:
            text = f"Khoảng cách với đơn vị dẫn đầu đã rộng thêm ({was})."
        return Sentence(text, keys_of(now.keys, before.keys))

    def broken(self) -> Sentence | None:
        broken = [c.before_year for c in self.facts.changes if c.broken]
        if not broken:
            return None
        years = join([str(year) for year in broken], "vi")
        return Sentence(
            f"Bộ chỉ số đã thay đổi so với năm {years}; so sánh giữa các năm chỉ để tham khảo."
        )

    def top_ten(self, place: int) -> Sentence | None:
        top = self.facts.tops[place]
        standing = next(s for year, s in top.years if year == self.facts.year)
        title = self.pillar(top.node)
        keys = self.rank_keys(s for _, s in top.years)
        lead = "Điểm nhấn là hạng mục" if place == 0 else "Hạng mục"
        text = f"{lead} “{title}” xếp thứ {self.place(standing)}"
        if standing.rank == 1:
            text = f"{lead} “{title}” dẫn đầu cả khối"
            text += f" ({self.place(standing)})" if standing.ranked else ""
        earlier = [(year, s) for year, s in top.years if year != self.facts.year]
        if earlier:
            years = join([f"năm {year} xếp thứ {s.rank}" for year, s in reversed(earlier)], "vi")
            times = _TIMES.get(top.times, str(top.times))
            text += f"; đây là lần thứ {times} hạng mục này ở trong nhóm {top.top} ({years})"
        return Sentence(text + ".", keys)

    def improved(self) -> Sentence | None:
        change = self.facts.profile.most_improved
        if change is None:
            return None
        return Sentence(
            f"Hạng mục tăng bậc nhiều nhất là “{self.pillar(change.node)}”, "
            f"tăng {change.places} bậc, từ {self.place(change.before)} năm {change.before_year} "
            f"lên {self.place(change.now)} năm {change.year}.",
            self.rank_keys([change.now, change.before]),
        )

    def fallen(self) -> Sentence | None:
        change = self.facts.profile.most_fallen
        if change is None:
            return None
        return Sentence(
            f"Hạng mục giảm bậc nhiều nhất là “{self.pillar(change.node)}”, "
            f"giảm {-(change.places or 0)} bậc, từ {self.place(change.before)} "
            f"năm {change.before_year} xuống {self.place(change.now)} năm {change.year}.",
            self.rank_keys([change.now, change.before]),
        )

    def lower_half(self) -> Sentence | None:
        lower = self.facts.profile.lower_half
        if not lower:
            return None
        names = join([f"“{self.pillar(node_of(s))}” ({self.place(s)})" for s in lower], "vi")
        keys = self.rank_keys(lower)
        if len(lower) == 1:
            return Sentence(f"Hạng mục ở nửa dưới của bảng xếp hạng là {names}.", keys)
        count = _COUNTS.get(len(lower), str(len(lower)))
        return Sentence(f"{count} hạng mục ở nửa dưới của bảng xếp hạng là {names}.", keys)

    def middle(self, standings: list[Standing]) -> list[Sentence | None]:
        sentences: list[Sentence | None] = []
        ordered = sorted(standings, key=lambda s: (s.rank is None, s.rank or 0))
        for rank, same in groupby(ordered, key=lambda s: s.rank):
            alike = list(same)
            scored = [s for s in alike if s.score is not None]
            keys = keys_of(
                self.rank_keys(s for s in alike if s.rank is not None), self.score_keys(scored)
            )
            names = join([f"“{self.pillar(node_of(s))}”" for s in alike], "vi")
            scores = join([self.score(s) for s in scored], "vi")
            if rank is None:
                sentences.append(Sentence(f"Điểm của {names} là {scores}.", keys))
                continue
            told = (
                f" (điểm số {'lần lượt là ' if len(scored) > 1 else ''}{scores})" if scored else ""
            )
            lead = f"{_COUNTS.get(len(alike), str(len(alike)))} hạng mục {names} cùng"
            if len(alike) == 1:
                lead = f"Hạng mục {names}"
            sentences.append(Sentence(f"{lead} xếp thứ {self.place(alike[0])}{told}.", keys))
        return sentences

    def losses_lead(self) -> Sentence | None:
        return (
            Sentence(f"{self.own} còn có thể tăng nhiều điểm nhất ở:")
            if self.facts.losses
            else None
        )

    def losses(self) -> tuple[Sentence, ...]:
        found = []
        for loss in self.facts.losses:
            points, maximum, lost = (
                self.amount(v) for v in (loss.standing.points, loss.standing.maximum, loss.lost)
            )
            found.append(
                Sentence(
                    f"“{self.pillar(loss.node)}”: đạt {points}/{maximum} điểm, còn {lost} điểm",
                    (f"{loss.standing.key}.points",),
                )
            )
        return tuple(found)

    def next_lead(self) -> Sentence | None:
        weak = self.weak_standings()
        if not weak:
            return None
        names = join([f"“{self.pillar(node_of(s))}”" for s in weak], "vi")
        return Sentence(
            f"Để có thứ hạng tốt hơn trong những năm tới, cần ưu tiên {names}.",
            self.rank_keys(weak),
        )

    def advise(self, audience: str, chosen: list[tuple[str, Text]]) -> Sentence:
        lead = _AUDIENCES[audience].format(own=self.own)
        tasks = "; ".join(self.say(text) for _, text in chosen)
        return Sentence(f"{lead}: cần {tasks}.", self.advice_keys(chosen, audience))

    def hold(self, chosen: list[tuple[str, Text]]) -> Sentence:
        names = join(
            [f"“{self.pillar(node)}”" for node in dict.fromkeys(n for n, _ in chosen)], "vi"
        )
        tasks = "; ".join(dict.fromkeys(self.say(text) for _, text in chosen))
        return Sentence(
            f"Để giữ vững và nâng hạng ở {names}: cần {tasks}.",
            self.advice_keys(chosen, "body", "staff"),
        )

    def other(self, place: int) -> Sentence | None:
        other = self.facts.others[place]
        group = self.say(self.facts.index.groups[other.group])
        first = join([f"{self.name(b)} ({s.rank})" for b, s in other.first], "vi")
        last = join([f"{self.name(b)} ({s.rank})" for b, s in other.last], "vi")
        keys = self.rank_keys(s for _, s in (*other.first, *other.last))
        count = _COUNTS.get(len(other.first), "").lower()
        lead = f"{count} đơn vị dẫn đầu là" if len(other.first) > 1 else "đứng thứ nhất là"
        end = f"{count} đơn vị đứng cuối là" if len(other.last) > 1 else "đứng cuối là"
        return Sentence(f"Trong {other.ranked} {group}, {lead} {first}; {end} {last}.", keys)
