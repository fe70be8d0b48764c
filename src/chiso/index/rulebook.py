"""The rulebook a body reads: every criterion with rule, inputs, evidence and examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chiso.index.model import Criterion, Index, Input, Node, Pillar
from chiso.index.wording import expression_words, rule_words
from chiso.language import Language, Text, number

_WORDS = {
    "version": Text("Phiên bản", "Version"),
    "law": Text("Căn cứ", "Legal basis"),
    "groups": Text("Đối tượng", "Bodies assessed"),
    "facts": Text("Số liệu chung, khai một lần", "General figures, asked once"),
    "points": Text("điểm", "points"),
    "weight": Text("trọng số", "weight"),
    "rule": Text("Cách tính điểm", "How points are given"),
    "inputs": Text("Số liệu cần khai", "What is asked"),
    "evidence": Text("Tài liệu kiểm chứng", "Evidence"),
    "required": Text("bắt buộc", "required"),
    "source": Text("Nguồn số liệu", "Where the value comes from"),
    "applies": Text("Chỉ áp dụng khi", "Applies only where"),
    "only": Text("Chỉ áp dụng cho", "Only for"),
    "optional": Text(
        "Cơ quan có thể khai không áp dụng, kèm lý do.",
        "A body may declare, with a reason, that this does not apply.",
    ),
    "bonus": Text("Điểm thưởng: không tăng điểm tối đa.", "A bonus: the maximum stays."),
    "deduction": Text("Điểm trừ.", "A deduction."),
    "examples": Text("Ví dụ", "Worked examples"),
    "reconstructed": Text("Dựng lại", "Reconstructed"),
    "quoted": Text("Theo nguồn", "As in the source"),
    "basis": Text("Cơ sở", "Basis"),
    "best": Text("cao nhất trong khối", "best of the group"),
    "advice": Text("Gợi ý", "Advice"),
    "contents": Text("Nội dung", "Contents"),
}
_SOURCES = {
    "report": Text("báo cáo của cơ quan", "the body's report"),
    "check": Text("kiểm tra trực tuyến", "online checks"),
    "published": Text("số liệu đã công bố", "published figures"),
    "appraiser": Text("thẩm định viên", "an appraiser"),
}
_YES_NO = {True: Text("có", "yes"), False: Text("không", "no")}


def rulebook(index: Index, language: Language) -> str:
    """The rulebook of an index as Markdown in one language."""
    return "\n".join(_Book(index, language).lines()) + "\n"


def source_words(criterion: Criterion, language: Language) -> str:
    """Where the value of a criterion comes from, in words."""
    return _SOURCES[criterion.source].get(language)


class _Book:
    def __init__(self, index: Index, language: Language) -> None:
        self.index, self.language = index, language

    def word(self, name: str) -> str:
        return _WORDS[name].get(self.language)

    def say(self, text: Text) -> str:
        return text.get(self.language)

    def amount(self, value: float) -> str:
        return number(value, self.language)

    def lines(self) -> Iterator[str]:
        index = self.index
        yield f"# {self.say(index.title)}"
        yield ""
        yield f"{self.word('version')}: {index.key}"
        yield ""
        if index.description.vi or index.description.en:
            yield self.say(index.description)
            yield ""
        if index.law:
            yield f"{self.word('law')}: {'; '.join(self.say(law) for law in index.law)}"
            yield ""
        groups = "; ".join(self.say(title) for title in index.groups.values())
        yield f"{self.word('groups')}: {groups}"
        yield ""
        if index.facts:
            yield f"## {self.word('facts')}"
            yield ""
            for name, fact in index.facts.items():
                yield from self.input(name, fact)
            yield ""
        for node in index.nodes:
            yield from self.pillar(node) if isinstance(node.item, Pillar) else self.criterion(node)

    def pillar(self, node: Node) -> Iterator[str]:
        yield f"{'#' * min(node.depth + 1, 5)} {self.say(node.item.title)}{self.size(node)}"
        yield ""
        yield from self.origin(node)
        for text in (node.item.note, node.item.caveat):
            if text.vi or text.en:
                yield self.say(text)
                yield ""

    def size(self, node: Node) -> str:
        item = node.item
        points = item.full if isinstance(item, Criterion) else item.points
        if points is not None and (item.points is not None or item.weight is None):
            return f" ({self.amount(points)} {self.word('points')})"
        if item.weight is not None:
            return f" ({self.word('weight')} {self.amount(item.weight)})"
        return ""

    def origin(self, node: Node) -> Iterator[str]:
        mark = self.word(node.item.provenance)
        basis = f": {node.item.origin}" if node.item.origin else ""
        yield f"*{mark}{basis}*"
        yield ""

    def criterion(self, node: Node) -> Iterator[str]:
        item = node.item
        assert isinstance(item, Criterion)
        declared = {name: d for name, (_, d) in self.index.declared(item).items()}
        yield f"{'#' * min(node.depth + 1, 6)} {self.say(item.title)}{self.size(node)}"
        yield ""
        yield f"`{item.id}`"
        yield ""
        yield from self.origin(node)
        yield from self.conditions(item, declared)
        yield f"- {self.word('source')}: {source_words(item, self.language)}"
        yield f"- {self.word('rule')}:"
        for line in rule_words(self.index, item, self.language):
            yield f"    {'  ' * ((len(line) - len(line.lstrip())) // 2)}- {line.strip()}"
        if item.inputs:
            yield f"- {self.word('inputs')}:"
            for name, declaration in item.inputs.items():
                for line in self.input(name, declaration):
                    yield f"    {line}"
        if item.evidence.ask.vi or item.evidence.ask.en:
            must = f" ({self.word('required')})" if item.evidence.required else ""
            yield f"- {self.word('evidence')}{must}: {self.say(item.evidence.ask)}"
        yield from self.examples(item, declared)
        for text in (item.note, item.caveat):
            if text.vi or text.en:
                yield f"- {self.say(text)}"
        yield ""

    def conditions(self, item: Criterion, declared: dict[str, Input]) -> Iterator[str]:
        if item.groups is not None:
            titles = "; ".join(self.say(self.index.groups[group]) for group in item.groups)
            yield f"- {self.word('only')}: {titles}"
        if item.applies is not None:
            words = expression_words(item.applies, declared, self.language)
            yield f"- {self.word('applies')}: {words}"
        if item.optional:
            yield f"- {self.word('optional')}"
        if item.counts != "points":
            yield f"- {self.word(item.counts)}"

    def examples(self, item: Criterion, declared: dict[str, Input]) -> Iterator[str]:
        if item.examples:
            yield f"- {self.word('examples')}:"
            for example in item.examples:
                given = "; ".join(
                    f"{self.input_title(name, declared)} = {self.value(name, value, declared)}"
                    for name, value in example.given.items()
                )
                if example.best is not None:
                    given += f"; {self.word('best')} = {self.amount(example.best)}"
                yield f"    - {given} → {self.amount(example.points)} {self.word('points')}"

    def input(self, name: str, item: Input) -> Iterator[str]:
        unit = f" ({self.say(item.unit)})" if item.unit.vi or item.unit.en else ""
        bounds = [
            f"{sign} {self.amount(bound)}"
            for sign, bound in (("≥", item.min), ("≤", item.max))
            if bound is not None
        ]
        allowed = bounds or [self.say(title) for title in item.options.values()]
        tail = f": {'; '.join(allowed)}" if allowed else ""
        yield f"- {self.say(item.title) or name}{unit}{tail}"
        for column, declared in item.columns.items():
            options = "; ".join(self.say(title) for title in declared.options.values())
            yield f"    - {self.say(declared.title) or column}{': ' + options if options else ''}"

    def input_title(self, name: str, declared: dict[str, Input]) -> str:
        return self.say(declared[name].title) or name if name in declared else name

    def value(self, name: str, value: Any, declared: dict[str, Input]) -> str:
        if isinstance(value, list):
            rows = [
                "(" + ", ".join(f"{k}: {self.plain(v)}" for k, v in row.items()) + ")"
                for row in value
            ]
            return ", ".join(rows) or "∅"
        item = declared.get(name)
        if item is not None and item.type == "choice" and str(value) in item.options:
            return self.say(item.options[str(value)])
        return self.plain(value)

    def plain(self, value: Any) -> str:
        if isinstance(value, bool):
            return self.say(_YES_NO[value])
        if value in ("yes", "no"):
            return self.say(_YES_NO[value == "yes"])
        return self.amount(float(value)) if isinstance(value, int | float) else str(value)
