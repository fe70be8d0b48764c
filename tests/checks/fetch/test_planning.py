"""What the planner asks for, and above all what it never does."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.checks.artifacts import Chain, Exchange, Page
from chiso.checks.fetch.addresses import harmful, key, normalised, registrable
from chiso.checks.fetch.asked import Wanted
from chiso.checks.fetch.naming import candidates, namings
from chiso.checks.fetch.planning import Plan
from chiso.checks.fetch.procedures import procedure_links
from chiso.checks.fetch.searching import find_search, known_query
from chiso.checks.law import load_law
from chiso.checks.network import Limits
from chiso.checks.reading.document import Document, parse_document
from chiso.checks.targets import Site

DAY = dt.date(2026, 11, 25)
NOON = dt.datetime(2026, 11, 25, 5, tzinfo=dt.UTC)
ROOT = "https://bacson.gov.vn/"
DESK = "https://dichvucong.bacson.gov.vn/"
MENU = """
<nav><a href="/gioi-thieu">Giới thiệu</a> <a href="/tin-tuc">Tin tức</a>
<a href="https://dichvucong.bacson.gov.vn/">Cổng dịch vụ công</a> <a href="/hoi-dap">Hỏi đáp</a>
<a href="/so-do-cong">Sơ đồ cổng</a> <a href="/gop-y">Góp ý</a> <a href="/en">English</a></nav>
"""
SEARCH = '<form action="/tim-kiem" role="search"><input name="q"><button>Tìm kiếm</button></form>'
NEWS = """
<main><ul class="list">
<li><a href="/tin-tuc/1">Hội nghị tổng kết công tác dân vận năm nay</a> <span>24/11/2026</span></li>
<li><a href="/tin-tuc/2">Khánh thành trường mầm non xã Đồng Mộc</a> <span>20/11/2026</span></li>
<li><a href="/tin-tuc/3">Tập huấn phòng cháy rừng mùa hanh khô</a> <span>12/11/2026</span></li>
</ul></main>
"""


def document(body: str, url: str = ROOT) -> Document:
    found = parse_document(f"<html><body>{body}</body></html>".encode(), url, "text/html")
    assert found is not None
    return found


def fetched(wanted: Wanted) -> Page:
    exchange = Exchange(url=wanted.url, at=NOON, status=200)
    return Page(role=wanted.role, chain=Chain(hops=(exchange,)), text=wanted.text,
                source=wanted.source)  # fmt: skip


def plan(seed: int = 1, limits: Limits | None = None, **site: object) -> Plan:
    target = Site.model_validate({"body": "BS", "url": ROOT} | site)
    return Plan(target, load_law(), limits or Limits(), seed, DAY)


def by_role(wanted: list[Wanted]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in wanted:
        found.setdefault(one.role, []).append(one.url)
    return found


def test_the_home_page_leads_to_sections_and_functions() -> None:
    roles = by_role(plan().first(document(MENU)))
    assert roles["section:news"] == [f"{ROOT}tin-tuc"]
    assert roles["section:introduction"] == [f"{ROOT}gioi-thieu"]
    assert roles["questions"] == [f"{ROOT}hoi-dap"]
    assert roles["sitemap_page"] == [f"{ROOT}so-do-cong"]
    assert roles["feedback"] == [f"{ROOT}gop-y"]
    asked = [url for urls in roles.values() for url in urls]
    assert DESK in asked


def test_a_hint_of_the_body_comes_before_a_link() -> None:
    wanted = plan(hints={"news": f"{ROOT}ban-tin", "services": DESK}).first(document(MENU))
    news = [one for one in wanted if one.role == "section:news"]
    assert [(one.url, one.source) for one in news] == [(f"{ROOT}ban-tin", "hint")]
    assert [one.source for one in wanted if one.role == "service_portal"] == ["hint"]


def test_a_hint_to_a_strangers_host_is_not_followed() -> None:
    wanted = plan(hints={"news": "https://elsewhere.com/tin"}).first(document(MENU))
    assert all("elsewhere" not in one.url for one in wanted)


def test_the_same_seed_gives_the_same_plan_and_another_one_another_sample() -> None:
    links = "".join(f"<a href='/muc/{n}'>Bài viết số {n} về đời sống</a>" for n in range(60))
    home = document(MENU + links)
    first, same, other = (plan(seed).last([home]) for seed in (3, 3, 4))
    assert first == same
    assert by_role(first)["sample"] != by_role(other)["sample"]
    assert len(by_role(first)["sample"]) == 5


def test_no_page_is_asked_for_twice_in_other_spellings() -> None:
    home = document(
        MENU + "<a href='http://www.bacson.gov.vn/tin-tuc/?utm_source=x'>Tin tức sự kiện</a>"
        "<a href='/tin-tuc#top'>Tin tức</a>"
    )
    keys = [key(one.url) for one in plan().first(home)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    "url",
    [
        "/logout", "/c/portal/logout", "/_layouts/SignOut.aspx", "/dang-xuat", "/tin/xoa?id=3",
        "/bai-viet?action=delete", "/print/12", "/tin.aspx?print=1", "/in-bai-viet/5",
        "/trang;jsessionid=AB12", "/trang?PHPSESSID=99", "/(S(abcd1234efgh))/trang.aspx",
        "/trang?token=abc", "http://user:pass@bacson.gov.vn/",
    ],
)  # fmt: skip
def test_an_address_that_acts_or_carries_a_session_is_never_asked_for(url: str) -> None:
    home = document(MENU + f"<a href='{url}'>Một bài viết rất hay</a>")
    maker = plan()
    wanted = [one.url for one in maker.first(home)]
    links = [link[0] for link in maker.links([(None, home)])]
    absolute = normalised(url if url.startswith("http") else ROOT + url.lstrip("/"))
    assert harmful(url if url.startswith("http") else ROOT + url.lstrip("/"))
    assert absolute not in wanted + links


@pytest.mark.parametrize(
    "path", ["xoa-doi-giam-ngheo", "in-an-xuat-ban", "printing-house", "session-2024", "sid-news"]
)
def test_an_address_that_only_resembles_a_harmful_one_is_allowed(path: str) -> None:
    assert not harmful(f"{ROOT}{path}")


def test_pages_stay_within_the_limits() -> None:
    links = "".join(f"<a href='/muc/{n}'>Bài viết số {n} về đời sống</a>" for n in range(60))
    maker = plan(limits=Limits(pages=6))
    waiting = maker.first(document(MENU + links))
    count = 1 + len(waiting)
    while waiting:
        one = waiting.pop()
        more = maker.after(fetched(one), document(NEWS + MENU + links, one.url))
        count += len(more)
        waiting += more
    assert count <= 6


def test_a_list_leads_to_its_newest_item_and_an_item_to_nothing() -> None:
    maker = plan()
    wanted = {one.role: one for one in maker.first(document(MENU))}
    after = maker.after(fetched(wanted["section:news"]), document(NEWS, f"{ROOT}tin-tuc"))
    assert [(one.role, one.url) for one in after] == [("item:news", f"{ROOT}tin-tuc/1")]
    assert maker.after(fetched(after[0]), document(NEWS, after[0].url)) == []


def test_a_date_ahead_does_not_make_an_item_the_newest() -> None:
    maker = plan()
    wanted = {one.role: one for one in maker.first(document(MENU))}
    ahead = NEWS.replace("12/11/2026", "12/12/2027")
    after = maker.after(fetched(wanted["section:news"]), document(ahead, f"{ROOT}tin-tuc"))
    assert after[0].url == f"{ROOT}tin-tuc/1"


def test_a_section_that_is_only_a_menu_is_followed_one_level_deeper_and_no_more() -> None:
    maker = plan()
    wanted = {one.role: one for one in maker.first(document(MENU))}
    below = "<main><a href='/gioi-thieu/bo-may'>Bộ máy</a></main>"
    after = maker.after(
        fetched(wanted["section:introduction"]), document(below, f"{ROOT}gioi-thieu")
    )
    assert [(one.role, one.url) for one in after] == [
        ("section:introduction", f"{ROOT}gioi-thieu/bo-may")
    ]
    deeper = "<main><a href='/gioi-thieu/bo-may/so-do'>Sơ đồ</a></main>"
    assert maker.after(fetched(after[0]), document(deeper, after[0].url)) == []


def test_a_service_portal_leads_to_lists_procedures_forms_and_the_first_step() -> None:
    maker = plan()
    wanted = maker.first(document(MENU))
    desk = next(one for one in wanted if one.url == DESK)
    body = (
        "<a href='/danh-muc'>Danh mục thủ tục hành chính</a>"
        "<a href='/tra-cuu'>Tra cứu hồ sơ</a><a href='/thong-ke'>Thống kê hồ sơ</a>"
    )
    roles = by_role(maker.after(fetched(desk), document(body, DESK)))
    assert roles == {
        "service_statistics": [f"{DESK}thong-ke"], "tracking": [f"{DESK}tra-cuu"],
        "service_list": [f"{DESK}danh-muc"],
    }  # fmt: skip
    rows = "".join(
        f"<tr><td><a href='/thu-tuc/1.00{n:04}'>Cấp giấy phép số {n}</a></td></tr>"
        for n in range(30)
    )
    listed = Wanted(f"{DESK}danh-muc", "service_list", "", DESK)
    after = maker.after(fetched(listed), document(f"<table>{rows}</table>", listed.url))
    assert {one.role for one in after} == {"procedure"}
    assert len(after) == 8
    page = (
        "<a href='/nop/1'>Nộp hồ sơ trực tuyến</a><a href='/mau/don.docx'>Đơn đề nghị</a>"
        "<a href='/dang-xuat'>Đăng xuất</a>"
    )
    last = by_role(maker.after(fetched(after[0]), document(page, after[0].url)))
    assert last == {"apply": [f"{DESK}nop/1"], "form": [f"{DESK}mau/don.docx"]}


def test_a_page_that_is_a_section_and_the_service_portal_is_followed_as_both() -> None:
    maker = plan()
    wanted = maker.first(document(MENU))
    desk = [one for one in wanted if one.url == DESK]
    assert len(desk) == 1
    body = "<a href='/danh-muc'>Danh mục thủ tục hành chính</a>"
    after = maker.after(fetched(desk[0]), document(body, DESK))
    assert f"{DESK}danh-muc" in [one.url for one in after]


def test_an_external_service_portal_is_followed_and_an_external_section_is_not() -> None:
    home = document(
        "<a href='https://dichvucong.tinhkhac.vn/'>Dịch vụ công trực tuyến</a>"
        "<a href='https://baomoi.com/'>Tin tức</a>"
    )
    wanted = plan().first(home)
    assert [one.url for one in wanted] == ["https://dichvucong.tinhkhac.vn/"]


def test_the_bodys_own_service_portal_is_preferred_to_the_national_one() -> None:
    home = document(
        "<a href='https://dichvucong.gov.vn/'>Cổng Dịch vụ công Quốc gia</a>"
        "<a href='https://dichvucong.bacson.gov.vn/'>Cổng dịch vụ công tỉnh</a>"
    )
    found = candidates(home, "service_portal")
    assert found[0].anchor.url == DESK


def test_a_headline_is_not_taken_for_a_function() -> None:
    home = document(
        "<a href='/tin/1'>Sở Tư pháp tổ chức hội nghị hỏi đáp pháp luật trực tuyến cho người dân "
        "các xã vùng cao trong tháng 11</a>"
    )
    assert candidates(home, "questions") == []


def test_a_page_from_a_strangers_host_leads_nowhere() -> None:
    maker = plan()
    wanted = {one.role: one for one in maker.first(document(MENU))}
    stray = document(NEWS, "https://parking.example.com/tin-tuc")
    assert maker.after(fetched(wanted["section:news"]), stray) == []


def test_a_search_takes_words_of_a_title_with_and_without_accents_and_nonsense() -> None:
    maker = plan()
    home = document(MENU + SEARCH)
    wanted = {one.role: one for one in maker.first(home)}
    listed = document(NEWS, f"{ROOT}tin-tuc")
    maker.after(fetched(wanted["section:news"]), listed)
    queries = maker.searches([(None, home), (None, listed)])
    assert [query.kind for query in queries] == ["known", "unaccented", "nonsense"]
    known, plain, nonsense = queries
    assert known.expected == "Khánh thành trường mầm non xã Đồng Mộc"  # settled for two days
    assert known.expected_url == f"{ROOT}tin-tuc/2"
    assert known.query in known.expected
    assert len(known.query.split()) >= 3
    assert plain.query.isascii()
    assert nonsense.query.isalpha()
    assert known.url.startswith(f"{ROOT}tim-kiem?q=")


def test_a_search_by_post_is_never_queried() -> None:
    maker = plan()
    home = document(MENU + SEARCH.replace("<form", "<form method='post'"))
    maker.first(home)
    assert maker.searches([(None, home)]) == []
    box = find_search(home)
    assert box is not None
    assert box.manner == "post"


def test_a_search_at_a_strangers_host_is_never_queried() -> None:
    home = document(SEARCH.replace("/tim-kiem", "https://cse.example.com/cse"))
    assert plan().searches([(None, home)]) == []


def test_hidden_fields_of_a_search_form_are_sent() -> None:
    home = document(
        "<form action='/index.php'><input type='hidden' name='nv' value='seek'>"
        "<input name='q' placeholder='Tìm kiếm'></form>"
    )
    box = find_search(home)
    assert box is not None
    assert box.url("bão số 5") == f"{ROOT}index.php?nv=seek&q=b%C3%A3o+s%E1%BB%91+5"


def test_a_login_form_is_no_search_box() -> None:
    home = document("<form><input name='user'><input type='password' name='p'></form>")
    assert find_search(home) is None


def test_a_query_takes_the_rarest_run_of_words() -> None:
    texts = ["Ủy ban nhân dân tỉnh họp"] * 5
    assert "Mường Lát" in known_query("Ủy ban nhân dân tỉnh họp ở Mường Lát Thượng", texts)
    assert known_query("Tin mới", []) == ""


def test_links_are_a_bounded_sample_of_own_pages_and_documents() -> None:
    body = "".join(f"<a href='/a/{n}.pdf'>Tệp {n}</a>" for n in range(80))
    home = document(MENU + body + "<a href='https://x.com/a'>x</a><a href='/a.jpg'>y</a>")
    maker = plan(limits=Limits(links=10))
    maker.first(home)
    links = maker.links([(None, home)])
    assert len(links) == 10
    assert all(url.startswith("https://") and "bacson.gov.vn" in url for url, _, _ in links)
    assert any(url.endswith(".pdf") for url, _, _ in links)


def test_feeds_and_sitemaps_of_a_strangers_host_are_not_asked_for() -> None:
    head = "<link rel='alternate' type='application/rss+xml' href='{}'>"
    body = head.format("/rss.xml") + head.format("https://feeds.example.com/x")
    found = parse_document(f"<html><head>{body}</head><body>x</body></html>".encode(), ROOT)
    assert found is not None
    maker = plan()
    assert maker.feeds(found) == [f"{ROOT}rss.xml"]
    given = ["https://other.gov.vn/sitemap.xml", f"{ROOT}map.xml"]
    assert maker.sitemaps(given, ROOT) == [f"{ROOT}map.xml", f"{ROOT}sitemap.xml"]


def test_a_page_about_feeds_leads_to_its_feeds() -> None:
    maker = plan()
    home = document(MENU + "<a href='/rss.aspx'>RSS</a>")
    assert maker.feeds(home) == []  # it may be a page as well as a feed
    wanted = {one.role: one for one in maker.first(home)}
    about = document("<a href='/rss/tin-moi.ashx'>Tin mới</a>", f"{ROOT}rss.aspx")
    after = maker.after(fetched(wanted["feed_page"]), about)
    assert [(one.role, one.url) for one in after] == [("feed", f"{ROOT}rss/tin-moi.ashx")]


def test_a_service_portal_two_clicks_away_is_found() -> None:
    maker = plan()
    wanted = {one.role: one for one in maker.first(document("<a href='/tin-tuc'>Tin tức</a>"))}
    second = document(f"<a href='{DESK}'>Dịch vụ công trực tuyến</a>" + NEWS, f"{ROOT}tin-tuc")
    roles = by_role(maker.after(fetched(wanted["section:news"]), second))
    assert roles["service_portal"] == [DESK]


def test_a_portal_of_services_starts_from_its_own_home_page() -> None:
    maker = plan(url=DESK, role="services")
    body = "<a href='/danh-muc'>Danh mục dịch vụ công</a><a href='/tra-cuu'>Tra cứu hồ sơ</a>"
    roles = by_role(maker.first(document(body, DESK)))
    assert roles["tracking"] == [f"{DESK}tra-cuu"]
    assert f"{DESK}danh-muc" in [url for urls in roles.values() for url in urls]


def test_a_guide_beside_procedures_is_no_procedure() -> None:
    body = (
        "<ul><li><a href='/tt/1'>Đăng ký khai sinh cho trẻ</a></li>"
        "<li><a href='/tt/2'>Cấp lại giấy khai sinh bản gốc</a></li>"
        "<li><a href='/tt/3'>Hòa giải tranh chấp đất đai</a></li>"
        "<li><a href='/huong-dan'>Hướng dẫn sử dụng cổng</a></li></ul>"
    )
    urls = [anchor.url for anchor in procedure_links(document(body, DESK))]
    assert urls == [f"{DESK}tt/1", f"{DESK}tt/2", f"{DESK}tt/3"]


def test_the_registrable_name_stands_under_the_government_domain() -> None:
    assert registrable("a.b.bacson.gov.vn", ("gov.vn",)) == "bacson.gov.vn"
    assert registrable("www.example.com", ("gov.vn",)) == "example.com"
    assert registrable("evilgov.vn", ("gov.vn",)) == "evilgov.vn"


def test_every_role_of_the_catalogue_of_links_has_names() -> None:
    assert all(naming.names for naming in namings().values())


@given(st.text(max_size=200))
def test_no_address_makes_the_planner_fail(url: str) -> None:
    normalised(url)
    key(url)
    harmful(url)


@given(st.binary(max_size=400))
def test_no_page_makes_the_planner_fail(body: bytes) -> None:
    found = parse_document(b"<html><a href='/tin-tuc'>Tin</a>" + body, ROOT, "text/html")
    if found is not None:
        maker = plan()
        for one in maker.first(found):
            maker.after(fetched(one), found)
        maker.searches([(None, found)])
        maker.links([(None, found)])
