"""The article a body would publish about its place, sentence by sentence, each with its data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chiso.language import Language, Text


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and the keys of the figures it rests on."""

    text: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A few sentences under a heading; `items` are listed one by one."""

    heading: str
    sentences: tuple[Sentence, ...]
    items: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """An article in one language. `notice` is set when its data are illustrative."""

    language: Language
    title: Sentence
    sections: tuple[Section, ...]
    notice: str = ""

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence in reading order, the title first."""
        yield self.title
        for section in self.sections:
            yield from section.sentences
            yield from section.items

    def text(self, trace: bool = False) -> str:
        """Plain text for a terminal; with `trace` each sentence is followed by its keys."""
        lines = [self.title.text, "=" * len(self.title.text), ""]
        if trace and self.title.keys:
            lines.insert(1, _keys(self.title))
        if self.notice:
            lines += [f"[{self.notice}]", ""]
        for section in self.sections:
            if section.heading:
                lines += [section.heading, "-" * len(section.heading)]
            if trace:
                for sentence in section.sentences:
                    lines += [sentence.text, _keys(sentence)]
            elif section.sentences:
                lines.append(" ".join(sentence.text for sentence in section.sentences))
            for item in section.items:
                lines.append(f"- {item.text}")
                if trace:
                    lines.append(_keys(item))
            lines.append("")
        return "\n".join(lines).rstrip() + "\n"


def _keys(sentence: Sentence) -> str:
    return "    ← " + (", ".join(sentence.keys) if sentence.keys else "(no figure)")


@dataclass(frozen=True, slots=True)
class Occasion:
    """What is announced: who publishes what, when, from which data."""

    title: Text
    publisher: Text = Text()
    announced: Text = Text()
    data: Text = Text()
    illustrative: bool = False


def keys_of(*groups: Sequence[str] | str) -> tuple[str, ...]:
    """Join keys, keeping order and dropping repeats."""
    joined: dict[str, None] = {}
    for group in groups:
        for key in (group,) if isinstance(group, str) else group:
            joined[key] = None
    return tuple(joined)
