"""What machines read of a site: robots.txt, and a sitemap where the site knows its address."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

from chiso.language import LANGUAGES
from chiso.release.edition import Edition

#: the protocol allows no more in one file (sitemaps.org)
MOST_URLS = 50_000


def write_machine_files(edition: Edition, root: Path) -> None:
    """Write robots.txt, and sitemap.xml with every page where `address` is given.

    The day in the sitemap is that of the round: equal input gives equal bytes. Sites of more
    pages than one sitemap may hold get several and an index.
    """
    address = edition.spec.address
    lines = ["User-agent: *", "Allow: /"]
    if address:
        pages = sorted(
            path.relative_to(root).as_posix()
            for language in LANGUAGES
            for path in (root / language).rglob("*.html")
            if path.name != "404.html"
        )
        _write_sitemaps(
            root, address, pages, (edition.spec.released or edition.spec.day).isoformat()
        )
        lines.append(f"Sitemap: {address}sitemap.xml")
    (root / "robots.txt").write_bytes(("\n".join(lines) + "\n").encode())


def _write_sitemaps(root: Path, address: str, pages: list[str], day: str) -> None:
    parts = [pages[at : at + MOST_URLS] for at in range(0, len(pages), MOST_URLS)]
    if len(parts) == 1:
        _write(root / "sitemap.xml", "urlset", "url", address, parts[0], day)
        return
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    for name, part in zip(names, parts, strict=True):
        _write(root / name, "urlset", "url", address, part, day)
    _write(root / "sitemap.xml", "sitemapindex", "sitemap", address, names, day)


def _write(path: Path, outer: str, inner: str, address: str, names: list[str], day: str) -> None:
    lines = [
        f"<{inner}><loc>{escape(address + name)}</loc><lastmod>{day}</lastmod></{inner}>"
        for name in names
    ]
    path.write_bytes(
        "\n".join(
            [
                '<?xml version="1.0" encoding="UTF-8"?>',
                f'<{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
                *lines,
                f"</{outer}>",
                "",
            ]
        ).encode()
    )
