"""Reading and writing the register of targets."""

import datetime as dt

import pytest

from chiso.bodies import load_register
from chiso.checks.targets import Site
from chiso.checks.targets_reading import read_targets, valid_sites, write_targets, wrong_address
from chiso.problems import InvalidInput


@pytest.fixture
def table(tmp_path):
    def write(text):
        path = tmp_path / "targets.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_site_has_a_role_an_owner_dates_languages_and_hints(table):
    path = table(
        "body,url,role,owner,valid_from,valid_to,languages,hint:news\n"
        "Tỉnh A,https://a.gov.vn/,services,Sở TTTT,01/02/2019,31/12/2019,vi en,"
        "https://a.gov.vn/tin\n"
    )
    [site] = read_targets(path)
    assert site == Site(
        body="Tỉnh A",
        url="https://a.gov.vn/",
        role="services",
        owner="Sở TTTT",
        valid_from=dt.date(2019, 2, 1),
        valid_to=dt.date(2019, 12, 31),
        languages=("vi", "en"),
        hints={"news": "https://a.gov.vn/tin"},
    )


def test_body_and_url_are_enough(table):
    [site] = read_targets(table("body,url\nTỉnh A,http://a.gov.vn\n"))
    assert (site.role, site.languages, site.hints) == ("main", ("vi",), {})


def test_bodies_are_found_in_a_register_by_any_of_their_names(table):
    path = table("body,url\nBắc Kạn,https://backan.gov.vn/\n")
    [site] = read_targets(path, load_register("vietnam"), on=dt.date(2019, 12, 31))
    assert site.body == "bac-kan"


def test_every_problem_is_named_with_its_row_and_column(table):
    path = table(
        "body,url,role,valid_from,colour\n"
        "Tỉnh A,ftp://a.gov.vn,main,,\n"
        ",https://b.gov.vn,main,,\n"
        "Tỉnh C,https://c.gov.vn,boss,2019-31-12,\n"
        "Tỉnh D,https://user:word@d.gov.vn,main,,\n"
        "Tỉnh E,https://e.gov.vn,main,,\n"
        "Tỉnh E,https://e.gov.vn,main,,\n"
    )
    with pytest.raises(InvalidInput) as caught:
        read_targets(path)
    said = "\n".join(map(str, caught.value.problems))
    for part in (
        "the column 'colour' means nothing here",
        "row 2, column B: 'ftp://a.gov.vn' is no address",
        "row 3, column A: the cell is empty",
        "'boss' is not a role",
        "row 4, column D",
        "row 5, column B: an address of a site has no user name",
        "this site stands here and in row 6",
    ):
        assert part in said


def test_an_unknown_body_is_refused_with_candidates(table):
    with pytest.raises(InvalidInput, match="row 2, column A"):
        read_targets(table("body,url\nBắc Cạnh,https://b.gov.vn/\n"), load_register("vietnam"))


def test_what_was_written_is_read_again(tmp_path):
    sites = (
        Site(body="Tỉnh A", url="https://a.gov.vn/", hints={"news": "https://a.gov.vn/n"}),
        Site(body="Tỉnh B", url="https://b.gov.vn/", role="unit", languages=("vi", "en")),
    )
    write_targets(tmp_path / "t.csv", sites)
    assert read_targets(tmp_path / "t.csv") == sites


def test_only_sites_of_the_day_are_looked_at():
    old = Site(body="A", url="https://old.gov.vn/", valid_to=dt.date(2018, 12, 31))
    new = Site(body="A", url="https://new.gov.vn/", valid_from=dt.date(2019, 1, 1))
    assert valid_sites([old, new], dt.date(2019, 6, 1)) == (new,)
    with pytest.raises(InvalidInput, match="valid on 01/06/2019"):
        valid_sites([old], dt.date(2019, 6, 1))


@pytest.mark.parametrize(
    "text", ["a.gov.vn", "https://", "https://a b.vn/", "https://a.vn:99999/", "javascript:1"]
)
def test_what_is_no_address_is_said_to_be_none(text):
    assert wrong_address(text)
