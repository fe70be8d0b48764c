"""Templates: one environment a language and depth, so that links are relative to the page."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from chiso.language import Language, date
from chiso.release.edition import Edition
from chiso.release.show import Show
from chiso.release.words import COLUMNS

HERE = Path(__file__).parent


class Renderer:
    """Renders pages of one edition. All text is escaped; a missing name is an error."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self._shows: dict[Language, Show] = {}
        self._environments: dict[tuple[Language, int], Environment] = {}

    def show(self, language: Language) -> Show:
        """How figures and texts are written in a language."""
        if language not in self._shows:
            self._shows[language] = Show(self.edition, language)
        return self._shows[language]

    def page(self, template: str, path: str, language: Language, depth: int, **values: Any) -> str:
        """The HTML of a page that stands `depth` folders below the root.

        `path` is from the root, with `{lang}` for the language.
        """
        environment = self._environment(language, depth)
        return environment.get_template(template).render(path=path, **values)

    def _environment(self, language: Language, depth: int) -> Environment:
        key = (language, depth)
        if key not in self._environments:
            environment = Environment(
                loader=FileSystemLoader(HERE / "templates"),
                autoescape=True,
                undefined=StrictUndefined,
                trim_blocks=True,
                lstrip_blocks=True,
                auto_reload=False,
            )
            environment.filters["capfirst"] = lambda text: text[:1].upper() + text[1:]
            environment.globals.update(self._globals(language, depth))
            self._environments[key] = environment
        return self._environments[key]

    def _globals(self, language: Language, depth: int) -> dict[str, Any]:
        show, edition = self.show(language), self.edition
        return {
            "lang": language,
            "other": "en" if language == "vi" else "vi",
            "edition": edition,
            "COLUMNS": COLUMNS,
            "show": show,
            "w": show.word,
            "t": show.text,
            "day": lambda day: date(day, language),
            "url": _linker(language, "../" * depth),
            "root": "../" * depth,
            "structured": lambda title, path: self._structured(str(title), path, language),
        }

    def _structured(self, title: str, path: str, language: Language) -> Markup:
        """What a page is, in the vocabulary of schema.org, as JSON-LD that is safe in HTML."""
        show, spec = self.show(language), self.edition.spec
        page: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": "WebPage",
            "name": unescape(title),
            "inLanguage": language,
            "isPartOf": {"@type": "WebSite", "name": show.say(spec.title)},
            "datePublished": (spec.released or spec.day).isoformat(),
        }
        if publisher := show.say(spec.publisher):
            page["publisher"] = {"@type": "GovernmentOrganization", "name": publisher}
        if spec.address:
            page["url"] = spec.address + path.replace("{lang}", language)
        return htmlsafe_json_dumps(page, ensure_ascii=False)


def _linker(language: Language, root: str) -> Callable[[str], str]:
    def url(path: str) -> str:
        return root + path.replace("{lang}", language)

    return url
