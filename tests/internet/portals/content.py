"""What invented provinces publish: news, documents, leaders, bidding … all illustrative."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tests.internet.portals import words

from chiso.language import fold

#: on every page of every portal
ILLUSTRATIVE = "Dữ liệu minh họa"


@dataclass(frozen=True, slots=True)
class Facts:
    """A province that does not exist."""

    name: str  # with diacritics
    host: str  # of the portal
    day: dt.date
    code: str = "200"  # of the phone area

    @property
    def owner(self) -> str:
        """The body that owns the portal."""
        return f"Ủy ban nhân dân tỉnh {self.name}"

    @property
    def portal(self) -> str:
        """The portal's name."""
        return f"Cổng thông tin điện tử tỉnh {self.name}"

    def title(self, lang: str = "") -> str:
        """The portal's name as its pages show it."""
        return f"Portal of {fold(self.name).title()} Province" if lang == "en" else self.portal

    def ago(self, days: int) -> dt.date:
        """A day so many days before the day of the visit."""
        return self.day - dt.timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Item:
    """A dated thing of a list: news, a document, an invitation to bid."""

    key: str
    title: str
    day: dt.date
    lines: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()
    shown: str = ""  # the date as printed; dd/mm/yyyy when empty

    @property
    def printed(self) -> str:
        """The date as the portal writes it."""
        return self.shown or f"{self.day:%d/%m/%Y}"


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a portal: a text, a list, or both."""

    id: str
    title: str
    slug: str
    text: str = ""  # HTML
    items: tuple[Item, ...] = ()
    table: bool = False  # shown as a table of the items' fields
    dated: bool = True  # the list shows dates
    linked: bool = True  # the menu has it
    latest: bool = True  # sorted with the newest first


def slug(text: str) -> str:
    """A title as it stands in an address."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:60].strip("-")


def paragraphs(*lines: str) -> str:
    """Lines as HTML paragraphs."""
    return "".join(f"<p>{line}</p>" for line in lines)


def item(
    facts: Facts, title: str, age: int, *lines: str, files: tuple[str, ...] = (), **fields: str
) -> Item:
    """An item `age` days old; names of fields are written with underscores for spaces."""
    named = tuple((name.replace("_", " "), value) for name, value in fields.items())
    return Item(slug(title), title, facts.ago(age), lines, named, files)


def aged(part: Part, facts: Facts, age: int, step: int = 9) -> Part:
    """The same list with its newest item `age` days old."""
    moved = [replace(e, day=facts.ago(age + n * step)) for n, e in enumerate(part.items)]
    return replace(part, items=tuple(moved))


def news(facts: Facts, ages: tuple[int, ...] = tuple(range(28)), *first: str) -> tuple[Item, ...]:
    """News, one for each age in days, `first` of all given headlines.

    The order of the others differs from portal to portal.
    """
    titles = [title for title in words.NEWS if title not in first]
    random.Random(facts.host).shuffle(titles)
    titles = [*first, *titles]
    found = []
    for age, title in zip(ages, titles, strict=False):
        headline = title.format(t=facts.name)
        lines = (f"{headline}.", *(line.format(t=facts.name) for line in words.NEWS_TEXT))
        found.append(item(facts, headline, age, *lines))
    return tuple(found)


def _series(
    facts: Facts, titles: tuple[str, ...], text: tuple[str, ...], age: int, step: int
) -> tuple[Item, ...]:
    lines = [line.format(t=facts.name) for line in text]
    return tuple(
        item(facts, title.format(t=facts.name), age + n * step, *lines)
        for n, title in enumerate(titles)
    )


def documents(facts: Facts, age: int = 1, form: str = "docx") -> tuple[Item, ...]:
    """Legal documents with number, day, issuer, summary and file."""
    found = []
    for n, (kind, sign, summary) in enumerate(words.DOCUMENTS):
        day = facts.ago(age + 6 * n)
        title = f"{kind} số {140 - n}/{sign}"
        fields = (
            ("Số/Ký hiệu", f"{140 - n}/{sign}"),
            ("Ngày ban hành", f"{day:%d/%m/%Y}"),
            ("Cơ quan ban hành", facts.owner),
            ("Loại văn bản", kind),
            ("Hiệu lực", "Còn hiệu lực"),
            ("Trích yếu", summary.format(t=facts.name)),
        )
        lines = (summary.format(t=facts.name), "Văn bản có hiệu lực kể từ ngày ký ban hành.")
        found.append(Item(slug(title), title, day, lines, fields, (f"van-ban-{140 - n}.{form}",)))
    return tuple(found)


def bids(facts: Facts, age: int = 2) -> tuple[Item, ...]:
    """Projects and bidding packages."""
    found = []
    for n, (project, package) in enumerate(words.BIDS):
        name = project.format(t=facts.name)
        title = f"Thông báo mời thầu: {package} – {name}"
        found.append(
            item(
                facts, title, age + 5 * n, f"Chủ đầu tư mời các nhà thầu quan tâm tới {name}.",
                Tên_dự_án=name, Mục_tiêu_chính="Phục vụ đời sống của người dân",
                Lĩnh_vực_chuyên_môn="Xây dựng", Loại_dự_án="Nhóm C",
                Thời_gian_thực_hiện="12 tháng", Kinh_phí="4,2 tỷ đồng",
                Loại_hình_tài_trợ="Ngân sách",
                Nhà_tài_trợ="Ngân sách tỉnh", Tình_trạng="Đang mời thầu",
            )
        )  # fmt: skip
    return tuple(found)


def drafts(facts: Facts, age: int = 3) -> tuple[Item, ...]:
    """Drafts open for comment, with the last day and where to send."""
    found = []
    for n, title in enumerate(words.DRAFTS):
        until = facts.day + dt.timedelta(days=20 - 12 * n)
        found.append(
            item(
                facts, title.format(t=facts.name), age + 12 * n,
                "Toàn văn dự thảo được đăng kèm để các tổ chức, cá nhân góp ý.",
                f"Hạn góp ý: {until:%d/%m/%Y}. Ý kiến gửi về gopy@{facts.host}.",
                "Ý kiến tiếp thu, giải trình được công bố sau khi hết hạn: đã nhận 14 ý kiến.",
                files=(f"du-thao-{n + 1}.docx",), Hạn_góp_ý=f"{until:%d/%m/%Y}",
            )
        )  # fmt: skip
    return tuple(found)


def leaders(facts: Facts, *, phone: bool = True, mail: bool = True) -> str:
    """The table of leaders; without phones or e-mail where the portal does not give them."""
    rows = []
    for n, (name, post) in enumerate(words.LEADERS):
        cells = [name, post.format(t=facts.name)]
        if phone:
            cells.append(f"0{facts.code} 3800 {101 + n}")
        if mail:
            cells.append(f"{slug(name).replace('-', '')}@{facts.host}")
        rows.append("".join(f"<td>{cell}</td>" for cell in cells))
    heads = ["Họ và tên", "Chức vụ", *["Điện thoại"] * phone, *["Thư điện tử"] * mail]
    top = "".join(f"<th scope='col'>{head}</th>" for head in heads)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table class='lanh-dao'><tr>{top}</tr>{body}</table>"


def contact(facts: Facts) -> str:
    """The contact page."""
    units = "".join(
        f"<tr><td>{unit}</td><td>{name}, {post}</td><td>0{facts.code} 3800 {200 + n}</td>"
        f"<td>{slug(unit).replace('-', '')}@{facts.host}</td></tr>"
        for n, (unit, name, post) in enumerate(words.UNITS)
    )
    return (
        paragraphs(
            f"{facts.owner}",
            f"Địa chỉ: Số 1 đường Quảng Trường, phường Trung Tâm, tỉnh {facts.name}",
            f"Điện thoại: 0{facts.code} 3800 100 – Thư điện tử: vanphong@{facts.host}",
            "Giờ làm việc: thứ Hai đến thứ Sáu, 7 giờ 30 – 11 giờ 30 và 13 giờ 30 – 17 giờ",
            "Bản đồ: <a href='/ban-do'>Bản đồ chỉ đường đến trụ sở</a>",
        )
        + "<table><tr><th scope='col'>Đơn vị</th><th scope='col'>Cán bộ đầu mối</th>"
        "<th scope='col'>Điện thoại</th><th scope='col'>Thư điện tử</th></tr>" + units + "</table>"
    )


def _text(facts: Facts, lines: tuple[str, ...]) -> str:
    return paragraphs(*(line.format(t=facts.name, host=facts.host) for line in lines))


def complete(facts: Facts) -> dict[str, Part]:
    """All the sections of the decree, filled and fresh."""
    series = {
        "direction": ("Chỉ đạo điều hành", words.DIRECTION, words.DIRECTION_TEXT, 1, 4),
        "legal_education": (
            "Tuyên truyền pháp luật", words.LEGAL_EDUCATION, words.LEGAL_TEXT, 2, 6,
        ),
        "plans": ("Chiến lược, quy hoạch, kế hoạch", words.PLANS, words.PLANS_TEXT, 2, 7),
        "gazette": ("Công báo điện tử", words.GAZETTE, words.GAZETTE_TEXT, 2, 8),
        "science": ("Chương trình, đề tài khoa học", words.SCIENCE, words.SCIENCE_TEXT, 3, 9),
        "statistics": ("Thông tin thống kê", words.STATISTICS, words.STATISTICS_TEXT, 2, 15),
    }  # fmt: skip
    parts = [
        Part("introduction", "Giới thiệu", "gioi-thieu", _text(facts, words.INTRODUCTION)),
        Part("mission", "Chức năng, nhiệm vụ", "chuc-nang-nhiem-vu", _text(facts, words.MISSION)),
        Part("leaders", "Thông tin lãnh đạo", "lanh-dao", leaders(facts)),
        Part("news", "Tin tức – Sự kiện", "tin-tuc", items=news(facts)),
        *(
            Part(key, title, slug(title), items=_series(facts, titles, text, age, step))
            for key, (title, titles, text, age, step) in series.items()
        ),
        Part(
            "legal_documents", "Văn bản quy phạm pháp luật", "van-ban-quy-pham-phap-luat",
            items=documents(facts), table=True,
        ),
        Part("bidding", "Dự án, đấu thầu, mua sắm công", "dau-thau", items=bids(facts)),
        Part("consultation", "Lấy ý kiến góp ý dự thảo", "gop-y-du-thao", items=drafts(facts)),
        Part(
            "transaction_information", "Thông tin giao dịch của cổng", "thong-tin-giao-dich",
            _text(facts, words.TRANSACTION),
        ),
        Part("contacts", "Liên hệ", "lien-he", contact(facts)),
    ]  # fmt: skip
    return {part.id: part for part in parts}


def renamed(parts: dict[str, Part], titles: Mapping[str, str]) -> dict[str, Part]:
    """The same sections under other titles and addresses."""
    return {
        key: replace(part, title=titles[key], slug=slug(titles[key])) if key in titles else part
        for key, part in parts.items()
    }


def swapped(day: dt.date) -> tuple[dt.date, dt.date]:
    """A pair (recent, old) that changes places when day and month are read the wrong way round.

    The first lies 4 to 30 days before `day`; the second is the same digits with day and month
    swapped, at least 130 days before `day`; of the year before where the year has just begun.
    """
    recent = day - dt.timedelta(days=4)
    for age in range(4, 31):
        recent = day - dt.timedelta(days=age)
        if recent.day <= 12 and recent.day != recent.month:
            old = dt.date(recent.year, recent.day, recent.month)
            if old < day - dt.timedelta(days=130):
                return recent, old
    return recent, dt.date(recent.year - 1, recent.month, min(recent.day, 28))
