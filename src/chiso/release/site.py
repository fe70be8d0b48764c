"""The static site of a round: all its pages, tables and assets in one folder.

Equal input gives equal bytes: nothing on the pages depends on when or where they were made.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from chiso.comparison import History
from chiso.executor import Progress, silent
from chiso.index.model import Criterion, Node
from chiso.language import LANGUAGES, Language
from chiso.release.downloads import Downloads
from chiso.release.edition import Edition, Home
from chiso.release.machine import write_machine_files
from chiso.release.render import HERE, Renderer
from chiso.release.swap import whole_folder
from chiso.release.views.article import article_view
from chiso.release.views.body import BodyViews
from chiso.release.views.front import front_view
from chiso.release.views.method import knowledge, method_view, sources
from chiso.release.views.node import node_view, rule_view
from chiso.release.views.ranking import map_of, ranking_view
from chiso.rounds.folder import Round
from chiso.scoring.standings import Standings

Values: TypeAlias = Callable[[Language], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Site:
    """A site that was built: its folder, how many pages it has, and the one to open first."""

    folder: Path
    pages: int
    first: Path


@dataclass(frozen=True, slots=True)
class Page:
    """A page in both languages: its path with `{lang}`, its template, what it shows."""

    path: str
    template: str
    values: Values


def build_site(opened: Round, history: History, folder: Path, progress: Progress = silent) -> Site:
    """Build the site of a round in `folder`, which is replaced as a whole when all went well.

    Args:
        opened: the round.
        history: its results with those of earlier years.
        folder: where the site goes: a new or empty folder, or an earlier site.
        progress: told about `tables` and `pages` as they are written.

    Raises:
        InvalidInput: the folder holds something else. On any error the old site stays.
    """
    folder = Path(folder)
    edition = Edition(opened, history)
    with whole_folder(folder) as draft:
        shutil.copytree(HERE / "assets", draft / "assets")
        for name, data in edition.pictures.items():
            path = draft / (edition.picture(name) or "")
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        downloads = Downloads(edition, draft)
        downloads.write(_ticker("tables", downloads.count(), progress))
        pages = _write_pages(edition, downloads, draft, progress)
        write_machine_files(edition, draft)
    return Site(folder, pages, folder / "index.html")


def _write_pages(edition: Edition, downloads: Downloads, root: Path, progress: Progress) -> int:
    renderer = Renderer(edition)
    total = 1 + len(LANGUAGES) * _count(edition)
    tick = _ticker("pages", total, progress)

    def write(target: str, page: Page, language: Language) -> None:
        path = root / target
        path.parent.mkdir(parents=True, exist_ok=True)
        depth = target.count("/")
        text = renderer.page(page.template, page.path, language, depth, **page.values(language))
        path.write_bytes(text.encode("utf-8"))
        tick()

    for page in _pages(edition, renderer, downloads):
        for language in LANGUAGES:
            write(page.path.format(lang=language), page, language)
        if page.template == "front.html":
            write("index.html", page, "vi")
    return total


def _ticker(what: str, total: int, progress: Progress) -> Callable[[], None]:
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        progress(what, done, total)

    return tick


def _count(edition: Edition) -> int:
    rankings = sum(1 for _ in edition.tables())
    return 5 + rankings + len(edition.homes) + len(edition.index.nodes)


def _pages(edition: Edition, renderer: Renderer, downloads: Downloads) -> Iterator[Page]:
    show = renderer.show
    method = method_view(edition)
    known, cited = tuple(knowledge(edition)), sources(edition)
    data = {"downloads": downloads, "known": known, "sources": cited}
    yield Page(
        "{lang}/index.html", "front.html", lambda lang: {"view": front_view(edition, show(lang))}
    )
    yield Page("{lang}/method.html", "method.html", lambda _: {"view": method})
    yield Page("{lang}/data.html", "data.html", lambda _: data)
    yield Page("{lang}/about.html", "about.html", lambda _: {})
    yield Page("{lang}/404.html", "missing.html", lambda _: {})
    for standings in edition.tables():
        yield _ranking(edition, standings)
    for node in edition.index.nodes:
        yield _node(edition, renderer, node)
    views = BodyViews(edition)
    for home in edition.homes.values():
        yield _body(edition, renderer, views, home)


def _ranking(edition: Edition, standings: Standings) -> Page:
    view = ranking_view(edition, standings)
    return Page(
        edition.ranking_page(standings.group, standings.year),
        "ranking.html",
        lambda language: {"view": view, "map": map_of(edition, view, language)},
    )


def _node(edition: Edition, renderer: Renderer, node: Node) -> Page:
    view, item = node_view(edition, node), node.item
    path = edition.node_page(node.id) or ""
    if not isinstance(item, Criterion):
        return Page(path, "pillar.html", lambda _: {"view": view})
    return Page(
        path,
        "criterion.html",
        lambda language: {
            "view": view,
            "rule": rule_view(edition.index, item, renderer.show(language)),
        },
    )


def _body(edition: Edition, renderer: Renderer, views: BodyViews, home: Home) -> Page:
    view = views.view(home)
    return Page(
        edition.body_page(home.body.code) or "",
        "body.html",
        lambda language: {
            "view": view,
            "article": article_view(edition, renderer.show(language), home),
        },
    )
