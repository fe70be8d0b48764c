"""Reading an index file: YAML whose every error names file, line and criterion."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.tokens import (
    AliasToken,
    AnchorToken,
    BlockEndToken,
    BlockMappingStartToken,
    BlockSequenceStartToken,
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    KeyToken,
    ScalarToken,
    TagToken,
    Token,
)

from chiso.index.model import Index, Loc, _nearest
from chiso.index.rules import KINDS
from chiso.problems import Collector, InvalidInput, Problem

ModelT = TypeVar("ModelT", bound=BaseModel)

LIBRARY = Path(__file__).parent / "library"
MAX_BYTES = 4_000_000
MAX_DEPTH = 60

_OPENING = (
    BlockMappingStartToken, BlockSequenceStartToken, FlowMappingStartToken, FlowSequenceStartToken,
)  # fmt: skip
_CLOSING = (BlockEndToken, FlowMappingEndToken, FlowSequenceEndToken)


def shipped_indexes() -> tuple[str, ...]:
    """The indexes that come with chiso, as `name/version`."""
    return tuple(sorted(f"{p.parent.name}/{p.stem}" for p in LIBRARY.glob("*/*.yaml")))


def find_index(name: str | Path) -> Path:
    """The file of an index: a path, `name/version`, or a bare name.

    A bare name means its latest version. Raises InvalidInput listing the shipped ones.
    """
    path = Path(name)
    for candidate in (path, LIBRARY / f"{name}.yaml"):
        if candidate.suffix in {".yaml", ".yml"} and candidate.is_file():
            return candidate
    versions = sorted((LIBRARY / str(name)).glob("*.yaml")) if "/" not in str(name) else []
    if versions:
        return versions[-1]
    raise InvalidInput(
        Problem(
            f"there is no index '{name}'",
            hint=f"give a YAML file or one of {', '.join(shipped_indexes())}",
        )
    )


def load_index(name: str | Path) -> Index:
    """Read an index by path or shipped name.

    Raises:
        InvalidInput: everything that keeps it from being an index, each with file and line.
    """
    path = find_index(name)
    return parse_index(read_text(path), file=str(path))


def read_text(path: Path) -> str:
    """Read a small UTF-8 text file, or raise InvalidInput that says what is wrong with it."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InvalidInput(Problem(f"larger than {MAX_BYTES // 1_000_000} MB", file=str(path)))
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        message = f"not UTF-8: byte {error.object[error.start]:#04x} cannot be read"
        raise InvalidInput(
            Problem(message, file=str(path), line=line, hint="save the file as UTF-8")
        ) from None
    except OSError as error:
        raise InvalidInput(Problem(f"cannot be read: {error.strerror}", file=str(path))) from None


def parse_index(text: str, file: str = "index.yaml") -> Index:
    """Read an index from YAML text. Raises InvalidInput like [`load_index`][]."""
    tree, lines = parse_yaml(text, file)
    index = validate(Index, tree, lines, file)
    index._file = file
    index._lines = lines
    return index


def parse_yaml(text: str, file: str) -> tuple[Any, dict[Loc, int]]:
    """Read YAML text into plain mappings and lists, with the line of every key.

    Anchors, aliases and merge keys are refused (they can grow without bound and hide where a
    value stands), and so are tags: a file holds texts, numbers, lists and mappings.
    """
    yaml = YAML(typ="rt", pure=True)
    yaml.version = (1, 2)
    depth, before = 0, None
    try:
        for token in YAML(typ="safe", pure=True).scan(text):
            depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
            refusal = _refusal(token, before) if depth <= MAX_DEPTH else "nested too deeply"
            before = token
            if refusal:
                raise InvalidInput(Problem(refusal, file=file, line=token.start_mark.line + 1))
        tree = yaml.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(str(error.problem or error.context or "cannot be read").split())
        line = mark.line + 1 if mark else None
        raise InvalidInput(Problem(f"not valid YAML: {problem}", file=file, line=line)) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise InvalidInput(Problem(f"not valid YAML: {error}", file=file)) from None
    if not isinstance(tree, CommentedMap):
        raise InvalidInput(Problem("the file must hold keys and values", file=file, line=1))
    lines: dict[Loc, int] = {}
    return _plain(tree, (), lines), lines


def _refusal(token: Token, before: Token | None) -> str | None:
    """Why a token of YAML is not accepted after the one before it, if it is not."""
    if isinstance(before, KeyToken) and isinstance(token, _OPENING):
        return "a key is a word, not a list or mapping"
    if isinstance(token, AnchorToken | AliasToken):
        return "anchors (&) and aliases (*) are not accepted; quote the text if it is one"
    if isinstance(token, TagToken):
        return "tags (!) are not accepted; quote the text if it is one"
    if isinstance(token, ScalarToken) and token.plain and token.value == "<<":
        return "merge keys (<<) are not accepted"
    return None


def _plain(node: Any, loc: Loc, lines: dict[Loc, int]) -> Any:
    if isinstance(node, CommentedMap):
        plain: dict[Any, Any] = {}
        for key, value in node.items():
            here = (*loc, key)
            lines[here] = node.lc.key(key)[0] + 1
            plain[key] = _plain(value, here, lines)
        return plain
    if isinstance(node, CommentedSeq):
        items = []
        for place, value in enumerate(node):
            here = (*loc, place)
            lines[here] = node.lc.item(place)[0] + 1
            items.append(_plain(value, here, lines))
        return items
    if isinstance(node, bool):
        return bool(node)
    for kind in (str, int, float):
        if isinstance(node, kind):
            return kind(node)
    return node


def validate(model: type[ModelT], tree: Any, lines: dict[Loc, int], file: str) -> ModelT:
    """Validate a tree against a model; every violation becomes a problem with its line."""
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        problems = Collector(file=file)
        for detail in error.errors(include_url=False):
            loc = _without_tags(detail["loc"])
            message = detail["msg"].removeprefix("Value error, ")
            if detail["type"] == "extra_forbidden":
                message = f"unknown key '{loc[-1]}'"
            elif detail["type"] == "missing":
                message = f"the key '{loc[-1]}' is missing"
            elif named := [str(part) for part in loc if isinstance(part, str)]:
                message = f"{named[-1]}: {message}"
            problems.add(
                message,
                line=_nearest(lines, loc) or 1,
                criterion=_owner(tree, loc),
            )
        raise InvalidInput(problems.found) from None


def _without_tags(loc: tuple[int | str, ...]) -> Loc:
    """Drop what pydantic adds to a path: a rule's kind, the type it tried, the mark of a key."""
    clean: list[int | str] = []
    before: int | str = ""
    for part in loc:
        # A rule stands under its kind, and the rule's key of the same name follows after that.
        kind = part in KINDS and _is_rule(clean) and not (before in KINDS and before == part)
        if not kind and part != "[key]" and clean[-1:] != ["observed"]:
            clean.append(part)
        before = part
    return tuple(clean)


def _is_rule(path: list[int | str]) -> bool:
    """Whether a path, as far as it is clean, ends where the file holds a rule."""
    match path:
        case [*_, int(), "rule"] | [*_, "adjust", "base"]:
            return True
        case [*_, "sum" | "best_of" | "bonus" | "deduct", int()]:
            return True
        case _:
            return False


def _owner(tree: Any, loc: Loc) -> str | None:
    """The id of the innermost node on the path."""
    owner = None
    for part in loc:
        try:
            tree = tree[part]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(tree, dict) and isinstance(tree.get("id"), str):
            owner = tree["id"]
    return owner
