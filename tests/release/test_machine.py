"""robots.txt and sitemaps of a site."""

import datetime as dt
from xml.etree import ElementTree

import pytest

from chiso.problems import InvalidInput
from chiso.release import machine
from chiso.rounds.spec import RoundSpec, read_spec

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


class Stub:
    """As much of an edition as the files need."""

    def __init__(self, **given):
        base = {"round": "r", "title": "t", "index": "egdi", "year": 2019, "groups": ["country"]}
        self.spec = RoundSpec.model_validate({**base, "published": ["p.csv"], **given})


@pytest.fixture
def root(tmp_path):
    for name in ("vi/index.html", "en/index.html", "vi/body/a&b.html", "vi/404.html"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return tmp_path


def test_without_an_address_there_is_no_sitemap(root):
    machine.write_machine_files(Stub(), root)
    assert (root / "robots.txt").read_text() == "User-agent: *\nAllow: /\n"
    assert not (root / "sitemap.xml").exists()


def test_with_an_address_every_page_but_the_missing_one_is_listed(root):
    stub = Stub(address="https://x.gov.vn/2019", released="2020-06-30")
    machine.write_machine_files(stub, root)
    assert "Sitemap: https://x.gov.vn/2019/sitemap.xml" in (root / "robots.txt").read_text()
    tree = ElementTree.parse(root / "sitemap.xml").getroot()
    listed = {node.findtext(f"{SPACE}loc"): node.findtext(f"{SPACE}lastmod") for node in tree}
    pages = ("vi/index.html", "en/index.html", "vi/body/a&b.html")
    assert listed == {f"https://x.gov.vn/2019/{page}": "2020-06-30" for page in pages}


def test_more_pages_than_one_sitemap_may_hold_get_an_index(root, monkeypatch):
    monkeypatch.setattr(machine, "MOST_URLS", 2)
    machine.write_machine_files(Stub(address="https://x.gov.vn/"), root)
    tree = ElementTree.parse(root / "sitemap.xml").getroot()
    assert tree.tag == f"{SPACE}sitemapindex"
    assert [node.findtext(f"{SPACE}loc") for node in tree] == [
        "https://x.gov.vn/sitemap-1.xml",
        "https://x.gov.vn/sitemap-2.xml",
    ]
    assert (root / "sitemap-2.xml").is_file()


def test_the_day_is_that_of_the_round_unless_it_was_released_on_another():
    assert Stub().spec.day == dt.date(2019, 12, 31)
    assert Stub(released="2020-06-30").spec.released == dt.date(2020, 6, 30)


@pytest.mark.parametrize(
    "text", ["ranking.gov.vn", "ftp://x.vn/", 'https://x.vn/"onload', "https://"]
)
def test_what_is_no_address_is_refused_with_its_line(tmp_path, text):
    (tmp_path / "round.yaml").write_text(
        f"round: r\ntitle: t\nindex: egdi\nyear: 2019\ngroups: [country]\npublished: [p.csv]\n"
        f"address: '{text}'\n"
    )
    with pytest.raises(InvalidInput, match=r"round\.yaml:7"):
        read_spec(tmp_path)
