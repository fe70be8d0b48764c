"""What machines read of a portal: feeds, sitemaps, robots, security.txt, and files to download."""

from __future__ import annotations

import datetime as dt
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from html import escape

from tests.internet.model import Reply
from tests.internet.portals.content import Facts, Item

Entry = tuple[Item, str]  # an item and its absolute URL
_XML = "<?xml version='1.0' encoding='utf-8'?>"
_STAMP = (2026, 1, 5, 8, 0, 0)  # of files in archives, so that their bytes do not vary


def reply(body: bytes | str, kind: str, status: int = 200, **headers: str) -> Reply:
    """An answer of a media type; underscores in names of headers stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    data = body.encode() if isinstance(body, str) else body
    return Reply(status, data, {"Content-Type": kind, **named})


def rss(facts: Facts, entries: Iterable[Entry]) -> Reply:
    """RSS 2.0 with dates in the zone of the portal."""
    items = "".join(
        f"<item><title>{escape(e.title)}</title><link>{escape(url)}</link>"
        f"<guid>{escape(url)}</guid><pubDate>{e.day:%a, %d %b %Y} 08:15:00 +0700</pubDate></item>"
        for e, url in entries
    )
    return reply(
        f"{_XML}<rss version='2.0'><channel><title>{facts.portal}</title>"
        f"<link>https://{facts.host}/</link><description>Dữ liệu minh họa</description>{items}"
        "</channel></rss>",
        "application/rss+xml; charset=utf-8",
    )


def atom(facts: Facts, entries: Iterable[Entry]) -> Reply:
    """Atom 1.0 (RFC 4287)."""
    items = "".join(
        f"<entry><title>{escape(e.title)}</title><link href='{escape(url)}'/><id>{escape(url)}</id>"
        f"<updated>{e.day.isoformat()}T08:15:00+07:00</updated></entry>"
        for e, url in entries
    )
    return reply(
        f"{_XML}<feed xmlns='http://www.w3.org/2005/Atom'><title>{facts.portal}</title>"
        f"<id>https://{facts.host}/</id><updated>{facts.day.isoformat()}T09:00:00+07:00</updated>"
        f"{items}</feed>",
        "application/atom+xml; charset=utf-8",
    )


def sitemap(urls: Sequence[tuple[str, dt.date]]) -> Reply:
    """An XML sitemap of absolute URLs with the day of their last change."""
    lines = "".join(
        f"<url><loc>{escape(url)}</loc><lastmod>{day.isoformat()}</lastmod></url>"
        for url, day in urls
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return reply(f"{_XML}<urlset xmlns='{space}'>{lines}</urlset>", "application/xml")


def robots(host: str, forbidden: Sequence[str] = (), *, with_sitemap: bool = True) -> Reply:
    """robots.txt that keeps robots from the given paths."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in forbidden)]
    if not forbidden:
        lines.append("Disallow:")
    if with_sitemap:
        lines += ["", f"Sitemap: https://{host}/sitemap.xml"]
    return reply("\n".join(lines) + "\n", "text/plain; charset=utf-8")


def security_txt(facts: Facts, days: int = 200) -> Reply:
    """security.txt (RFC 9116) that expires so many days after the visit, or did before it."""
    until = facts.day + dt.timedelta(days=days)
    return reply(
        f"Contact: mailto:ungcuu@{facts.host}\nExpires: {until.isoformat()}T00:00:00Z\n"
        f"Preferred-Languages: vi, en\nCanonical: https://{facts.host}/.well-known/security.txt\n",
        "text/plain; charset=utf-8",
    )


def _archive(files: Iterable[tuple[str, str, int]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text, method in files:
            archive.writestr(zipfile.ZipInfo(name, _STAMP), text, compress_type=method)
    return target.getvalue()


def docx(text: str) -> bytes:
    """A word processing document (ECMA-376) of one paragraph."""
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    package = "application/vnd.openxmlformats-package.relationships+xml"
    packed = zipfile.ZIP_DEFLATED
    return _archive(
        [
            (
                "[Content_Types].xml",
                (
                    f"{_XML}<Types xmlns='{kinds}'><Default Extension='rels' "
                    f"ContentType='{package}'/>"
                    f"<Override PartName='/word/document.xml' ContentType='{main}'/></Types>"
                ),
                packed,
            ),
            (
                "_rels/.rels",
                (
                    f"{_XML}<Relationships xmlns='{relations}'><Relationship "
                    f"Id='r1' Type='{office}' "
                    "Target='word/document.xml'/></Relationships>"
                ),
                packed,
            ),
            (
                "word/document.xml",
                (
                    f"{_XML}<w:document "
                    f"xmlns:w='{word}'><w:body><w:p><w:r><w:t>{escape(text)}</w:t>"
                    "</w:r></w:p></w:body></w:document>"
                ),
                packed,
            ),
        ]
    )


def odt(text: str) -> bytes:
    """An OpenDocument text of one paragraph; the media type comes first and unpacked."""
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    words = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    kind = "application/vnd.oasis.opendocument.text"
    packed = zipfile.ZIP_DEFLATED
    return _archive(
        [
            ("mimetype", kind, zipfile.ZIP_STORED),
            (
                "content.xml",
                (
                    f"{_XML}<office:document-content xmlns:office='{office}' xmlns:text='{words}' "
                    f""
                    f"office:version='1.2'><office:body><office:text><text:p>{escape(text)}</text:p>"
                    "</office:text></office:body></office:document-content>"
                ),
                packed,
            ),
            (
                "META-INF/manifest.xml",
                (
                    f"{_XML}<manifest:manifest xmlns:manifest='{manifest}' manifest:version='1.2'>"
                    f"<manifest:file-entry manifest:full-path='/' manifest:media-type='{kind}'/>"
                    "<manifest:file-entry manifest:full-path='content.xml' "
                    "manifest:media-type='text/xml'/></manifest:manifest>"
                ),
                packed,
            ),
        ]
    )


def pdf(text: str, *, scan: bool = False) -> bytes:
    """A PDF of one page: of text, or of nothing but a picture as a scanner makes it."""
    plain = text.encode("ascii", "ignore").replace(b"(", b"").replace(b")", b"")
    drawing = (
        b"q 595 0 0 842 0 0 cm /I Do Q" if scan else b"BT /F 12 Tf 72 760 Td (%b) Tj ET" % plain
    )
    resources = b"/XObject << /I 5 0 R >>" if scan else b"/Font << /F 5 0 R >>"
    grey = bytes(range(64))
    thing = (
        b"<< /Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray "
        b"/BitsPerComponent 8 /Length 64 >>\nstream\n" + grey + b"\nendstream"
        if scan
        else b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << "
        + resources + b" >> >>",
        b"<< /Length %d >>\nstream\n" % len(drawing) + drawing + b"\nendstream",
        thing,
    ]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        out + b"xref\n0 %d\n0000000000 65535 f \n" % size + table
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    )  # fmt: skip


def picture(width: int = 120, height: int = 80, seed: int = 1) -> bytes:
    """A grey PNG of noise."""
    noise = random.Random(seed)
    rows = b"".join(b"\0" + noise.randbytes(width) for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


#: how a file is made, by the ending of its name, and its media type
_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAKERS = {
    "docx": (docx, _OFFICE),
    "odt": (odt, "application/vnd.oasis.opendocument.text"),
    "pdf": (pdf, "application/pdf"),
}


def file_reply(name: str, text: str, *, scan: bool = False) -> Reply:
    """A file to download, by the ending of its name. Raises KeyError for another ending."""
    ending = name.rpartition(".")[2]
    if ending == "pdf" and scan:
        return reply(pdf(text, scan=True), "application/pdf")
    make, kind = MAKERS[ending]
    return reply(make(text), kind)
