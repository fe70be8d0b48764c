"""A derivation as a tree for the terminal."""

from __future__ import annotations

from rich.text import Text as Rich
from rich.tree import Tree

from chiso.index.model import Index
from chiso.language import Language, Text, number
from chiso.rounds.answers import Observation, State
from chiso.scoring.derivation import (
    Derivation,
    InputLine,
    RuleLine,
    outcome_title,
    state_title,
)

_UNKNOWN = Text("chưa có số liệu", "no data")
_RECONSTRUCTED = Text("dựng lại", "reconstructed")
_BEST = Text("cao nhất trong khối", "best of the group")
_SAYS = {
    "points": Text("điểm", "points"),
    "score": Text("điểm số", "score"),
    "rank": Text("thứ hạng", "rank"),
    "source": Text("nguồn", "source"),
    "evidence": Text("tài liệu kiểm chứng", "evidence"),
    "ruling": Text("kết quả thẩm định", "ruling"),
    "seen": Text("kiểm tra trực tuyến", "online check"),
    "reproduce": Text("xem lại bằng lệnh", "look again with"),
    "fix": Text("cách khắc phục", "how to fix"),
    "picture": Text("ảnh chụp", "picture"),
    "yes": Text("có", "yes"),
    "no": Text("không", "no"),
    "rows": Text("dòng", "rows"),
}


def derivation_tree(
    derivation: Derivation, title: str, index: Index, language: Language, depth: int
) -> Tree:
    """The tree of a derivation, `depth` levels deep."""
    words = _Words(index, language)
    tree = Tree(Rich(f"{title} · ").append(words.head(derivation)), guide_style="dim")
    words.fill(tree, derivation, depth)
    return tree


class _Words:
    def __init__(self, index: Index, language: Language) -> None:
        self.index, self.language = index, language

    def say(self, name: str) -> str:
        return _SAYS[name].get(self.language)

    def amount(self, value: float) -> str:
        return number(round(value, 6), self.language)

    def head(self, node: Derivation) -> Rich:
        line = Rich(node.title.get(self.language), style="bold")
        if node.node != "overall":
            line.append(f" [{node.node}]", style="dim")
        parts = []
        if node.points is not None and node.maximum is not None:
            parts.append(
                f"{self.amount(node.points)}/{self.amount(node.maximum)} {self.say('points')}"
            )
        if node.score is not None:
            decimals = self.index.publish.decimals
            if node.citation is not None and node.citation.decimals is not None:
                decimals = node.citation.decimals
            parts.append(f"{self.say('score')} {number(node.score, self.language, decimals)}")
        if node.rank is not None:
            among = f"/{node.ranked}" if node.ranked else ""
            parts.append(f"{self.say('rank')} {node.rank}{among}")
        if node.outcome is not None:
            parts.append(outcome_title(node.outcome, self.language))
        line.append(": " + (", ".join(parts) or _UNKNOWN.get(self.language)), style="not bold")
        if node.provenance == "reconstructed":
            line.append(f" ({_RECONSTRUCTED.get(self.language)})", style="italic yellow")
        return line

    def fill(self, tree: Tree, node: Derivation, depth: int) -> None:
        if depth <= 0:
            return
        branches = [tree]
        for rule in node.rules:
            branch = branches[rule.depth].add(self.rule(rule))
            branches = [*branches[: rule.depth + 1], branch]
        for line in node.inputs:
            tree.add(self.input(line))
        for check, seen in node.observations:
            self.observation(tree, check, seen)
        for document in node.evidence:
            tree.add(Rich(f"{self.say('evidence')}: {document}", style="dim"))
        if node.ruling is not None:
            ruling = node.ruling
            points = "" if ruling.points is None else f" {self.amount(ruling.points)}"
            by = f" ({ruling.by})" if ruling.by else ""
            text = f"{self.say('ruling')}: {ruling.decision}{points}. {ruling.reason}{by}"
            tree.add(Rich(text, style="magenta"))
        if node.citation is not None and node.citation.source:
            note = f" ({node.citation.note})" if node.citation.note else ""
            tree.add(Rich(f"{self.say('source')}: {node.citation.source}{note}", style="dim"))
        for child in node.children:
            self.fill(tree.add(self.head(child)), child, depth - 1)

    def observation(self, tree: Tree, check: str, seen: Observation) -> None:
        """What a check saw; where it fell short, how to fix it and how to look again."""
        level = "" if seen.level is None else f" {number(seen.level, self.language)}/1"
        said = (seen.seen.get(self.language), seen.url, seen.when)
        where = " ".join(part for part in said if part)
        title = f"{check} {seen.title.get(self.language)}".strip()
        branch = tree.add(
            Rich(f"{self.say('seen')} {title}: {seen.state}{level}. {where}", style="cyan")
        )
        if seen.reproduce:
            branch.add(Rich(f"{self.say('reproduce')}: {seen.reproduce}", style="dim"))
        if seen.state != "pass" and seen.fix.get(self.language):
            branch.add(Rich(f"{self.say('fix')}: {seen.fix.get(self.language)}", style="dim"))
        if seen.picture:
            branch.add(Rich(f"{self.say('picture')}: {seen.picture}", style="dim"))

    def rule(self, rule: RuleLine) -> Rich:
        parts = [rule.words.get(self.language)]
        if rule.quantity is not None:
            parts.append(f"= {self.amount(rule.quantity)}")
        if rule.best is not None:
            parts.append(f"({_BEST.get(self.language)} {self.amount(rule.best)})")
        gave = _UNKNOWN.get(self.language) if rule.points is None else self.amount(rule.points)
        parts.append(f"→ {gave}/{self.amount(rule.maximum)}")
        return Rich(" ".join(parts), style="" if rule.chosen else "dim")

    def input(self, line: InputLine) -> Rich:
        text = Rich(f"{line.title.get(self.language)}: ")
        if line.state is not State.REPORTED or not line.value:
            shown = state_title(line.state, self.language)
        elif line.value in ("yes", "no"):
            shown = self.say(line.value)
        elif line.number is not None and line.value == number(line.number, "en"):
            shown = self.amount(line.number)
        else:
            shown = line.value
        text.append(shown, style="bold")
        if line.unit.vi or line.unit.en:
            text.append(f" {line.unit.get(self.language)}")
        for extra in (line.reason, line.origin):
            if extra:
                text.append(f" ← {extra}", style="dim")
        return text
