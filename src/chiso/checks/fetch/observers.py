"""What is read inside a loaded page, and how: in a JavaScript world apart from the page's own.

Scripts of a page and of ours share the document but no objects, so a page that replaces
`PerformanceObserver`, `axe` or `Array.prototype` changes nothing of what is seen. What comes back
is still taken from a hostile document: it is bounded here and checked by type.

Loading is measured as it is, with no throttle of processor or network: a figure says what a phone
with a fast line and a fast processor would see at best.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError
from pydantic import ValidationError

from chiso.checks.artifacts import AxeResult

WORLD = "chiso"
#: conformance levels A and AA of WCAG 2.0, 2.1 and 2.2
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
MOST_HTML = 4_000_000  # bytes of a serialised page
PICTURE_HEIGHT = 4_000  # pixels
PICTURE_WIDTH = 1_280  # a page without a viewport tag is laid out at 980
_QUALITY = 60
#: waits a moment for a first paint that was not told of yet
_FIGURES = "await (globalThis.chisoFigures?.() ?? null)"
_FIGURES_ALONE = f"(async () => {_FIGURES})()"


@cache
def script(name: str) -> str:
    """A script of ours by name."""
    return (resources.files("chiso.checks.fetch") / "js" / f"{name}.js").read_text("utf-8")


@cache
def axe_source() -> str:
    """axe-core as the package axe-playwright-python carries it."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Look:
    """The facts of a page as it stands after loading."""

    url: str = ""
    title: str = ""
    language: str = ""
    viewport: str | None = None
    insecure_forms: tuple[str, ...] = ()
    html: bytes = b""
    lcp: float | None = None  # milliseconds
    cls: float | None = None


async def watch(session: CDPSession) -> None:
    """Have paint and layout shifts watched from the beginning of each document."""
    await session.send("Page.enable")
    await session.send(
        "Page.addScriptToEvaluateOnNewDocument", {"source": script("watch"), "worldName": WORLD}
    )


class Inside:
    """Our world in the main frame of a page. Raises PlaywrightError where the page is gone."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session
        self._context: int | None = None

    async def evaluate(self, expression: str) -> Any:
        """The value of an expression, awaited if it is a promise.

        Raises PlaywrightError, also where the expression throws.
        """
        if self._context is None:
            tree = await self._session.send("Page.getFrameTree")
            world = await self._session.send(
                "Page.createIsolatedWorld",
                {"frameId": tree["frameTree"]["frame"]["id"], "worldName": WORLD},
            )
            self._context = world["executionContextId"]
        answer = await self._session.send(
            "Runtime.evaluate",
            {
                "expression": expression,
                "contextId": self._context,
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"]
            text = str(thrown.get("exception", {}).get("description", thrown.get("text", "")))
            raise PlaywrightError(text[:300])
        return answer["result"].get("value")

    async def look(self) -> Look:
        """Title, language, forms, the DOM, and the figures of loading so far."""
        expression = f"(async () => [{script('look')}({MOST_HTML}), {_FIGURES}])()"
        return read_look(await self.evaluate(expression))

    async def figures(self) -> Look:
        """Only the figures of loading."""
        return read_look([None, await self.evaluate(_FIGURES_ALONE)])

    async def width(self, width: int, *, tell: bool) -> tuple[int, tuple[str, ...]]:
        """The width of the content at this width of the viewport, and what sticks out."""
        value = _mapping(await self.evaluate(f"{script('width')}({width}, {json.dumps(tell)})"))
        content = value.get("content")
        return (content if isinstance(content, int) else width), _texts(value.get("wide"), 5)

    async def axe(self) -> AxeResult | None:
        """What axe-core says of the main frame; None where its result cannot be read."""
        expression = f"{axe_source()};\n({script('rules')})({json.dumps(WCAG)})"
        return read_axe(await self.evaluate(expression))

    async def picture(self) -> bytes:
        """A JPEG from the top of the page, in CSS pixels; empty where none could be taken."""
        metrics = await self._session.send("Page.getLayoutMetrics")
        size = metrics["cssContentSize"]
        clip = {
            "x": 0,
            "y": 0,
            "width": max(1, min(float(size["width"]), PICTURE_WIDTH)),
            "height": max(1, min(float(size["height"]), PICTURE_HEIGHT)),
            "scale": 1,
        }
        answer = await self._session.send(
            "Page.captureScreenshot",
            {
                "format": "jpeg",
                "quality": _QUALITY,
                "clip": clip,
                "captureBeyondViewport": True,
                "optimizeForSpeed": True,
            },
        )
        try:
            return base64.b64decode(answer["data"], validate=True)
        except (binascii.Error, KeyError, TypeError):
            return b""


def read_look(value: Any) -> Look:
    """The facts from what the scripts returned; what has the wrong type is left out."""
    facts, watched = value if isinstance(value, list) and len(value) == 2 else (None, None)
    facts, watched = _mapping(facts), _mapping(watched)
    html = facts.get("html")
    doctype = "<!DOCTYPE html>\n" if facts.get("doctype") else ""
    viewport = facts.get("viewport")
    return Look(
        url=_text(facts.get("url")),
        title=_text(facts.get("title")).strip(),
        language=_text(facts.get("language")).strip(),
        viewport=viewport if isinstance(viewport, str) else None,
        insecure_forms=_texts(facts.get("insecure"), 20),
        html=_cut(doctype + html) if isinstance(html, str) and html else b"",
        lcp=_figure(watched.get("lcp")),
        cls=_figure(watched.get("cls")),
    )


def read_axe(value: Any) -> AxeResult | None:
    """A result of axe-core in the form of the record; None where it does not fit."""
    try:
        return AxeResult.model_validate(_plain(value))
    except ValidationError:
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    # Lone surrogates are legal in a script's text and in no file of ours.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _texts(value: Any, most: int) -> tuple[str, ...]:
    return tuple(_text(one) for one in value[:most]) if isinstance(value, list) else ()


def _cut(html: str) -> bytes:
    whole = html.encode("utf-8", "replace")
    return whole[:MOST_HTML].decode("utf-8", "ignore").encode()


def _figure(value: Any) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if usable and 0 <= value < 1e9 else None
