"""Sites that the tests of this room look at: built once, of real, small and seeded rounds."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest

from chiso.comparison import History
from chiso.release import Site, build_site
from chiso.scoring.results import results_with_history

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def worlds() -> ModuleType:
    """The module `worlds.py` beside this file, off the path in import mode `importlib`."""
    specification = importlib.util.spec_from_file_location("worlds", HERE / "worlds.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["worlds"] = module
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def small_site(worlds: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of a small computed round, illustrative, with hostile names."""
    opened, history = worlds.small_world(illustrative=True)
    return build_site(opened, history, tmp_path_factory.mktemp("small") / "site")


@pytest.fixture(scope="session")
def real_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of the published results of 2016 to 2019."""
    opened, results = results_with_history(HERE.parents[1] / "examples/vietnam-ict-2019")
    history = History(results, opened.register, opened.spec.merge_rule)
    return build_site(opened, history, tmp_path_factory.mktemp("real") / "site")


@pytest.fixture(scope="session")
def seeded_site(worlds: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of the index of 2019 with seeded answers of the government agencies."""
    opened, history = worlds.large_world(groups=("agency",))
    return build_site(opened, history, tmp_path_factory.mktemp("seeded") / "site")


@dataclass(frozen=True)
class Tag:
    """A start tag with its attributes."""

    name: str
    attributes: dict[str, str | None]


class Document(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[Tag] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(Tag(tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """The text with single spaces."""
        return " ".join(" ".join(self.words).split())

    def named(self, name: str) -> list[Tag]:
        """All tags of a name."""
        return [tag for tag in self.tags if tag.name == name]


class Reader:
    """Reads the pages of a site."""

    def page(self, site: Site, path: str) -> Document:
        """One page."""
        return Document((site.folder / path).read_text(encoding="utf-8"))

    def pages(self, site: Site) -> Iterator[tuple[Path, Document]]:
        """All pages."""
        for path in sorted(site.folder.rglob("*.html")):
            yield path, Document(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def read() -> Reader:
    """A reader of pages."""
    return Reader()
