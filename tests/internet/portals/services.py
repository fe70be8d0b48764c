"""Online public services: lists, procedures, forms, applying, tracking and figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Literal

from tests.internet.model import Asked, Reply
from tests.internet.portals import feeds, markup
from tests.internet.portals.content import ILLUSTRATIVE, Facts, paragraphs
from tests.internet.portals.site import Route

Wrap = Callable[[str, str, str], Reply]  # title, body, path → page
PAGE = 5  # services on a page of a list in pages

#: code, name, sector, level, days
SERVICES = (
    ("1.001193", "Đăng ký khai sinh", "Hộ tịch", "Toàn trình", 1),
    ("1.000894", "Đăng ký kết hôn", "Hộ tịch", "Một phần", 1),
    ("1.004873", "Cấp giấy xác nhận tình trạng hôn nhân", "Hộ tịch", "Toàn trình", 3),
    ("1.003554", "Hòa giải tranh chấp đất đai", "Đất đai", "Một phần", 45),
    ("1.004227", "Đăng ký biến động quyền sử dụng đất", "Đất đai", "Một phần", 10),
    ("2.000889", "Cấp đổi giấy chứng nhận quyền sử dụng đất", "Đất đai", "Toàn trình", 7),
    ("1.009994", "Cấp giấy phép xây dựng nhà ở riêng lẻ", "Xây dựng", "Toàn trình", 15),
    ("1.009995", "Điều chỉnh giấy phép xây dựng", "Xây dựng", "Toàn trình", 12),
    ("1.001612", "Đăng ký thành lập hộ kinh doanh", "Kinh doanh", "Toàn trình", 3),
    ("2.000720", "Đăng ký thay đổi nội dung hộ kinh doanh", "Kinh doanh", "Toàn trình", 3),
    ("1.001570", "Tạm ngừng hoạt động hộ kinh doanh", "Kinh doanh", "Toàn trình", 3),
    ("2.002516", "Xác định xe thuộc diện ưu tiên", "Giao thông", "Một phần", 2),
)

#: the eleven groups of fields (Circular 32/2017/TT-BTTTT), with what stands in them
GROUPS = (
    ("Trình tự thực hiện", ("Bước 1: nộp hồ sơ. Bước 2: cơ quan tiếp nhận kiểm tra. Bước 3: thẩm "
     "định. Bước 4: trả kết quả.")),
    ("Cách thức thực hiện", "Trực tiếp, trực tuyến hoặc qua dịch vụ bưu chính công ích."),
    ("Thành phần, số lượng hồ sơ", ("Tờ khai theo mẫu (01 bản chính); giấy tờ tùy thân. "
     "Số lượng: 01 bộ.")),
    ("Thời hạn giải quyết", "{days} ngày làm việc kể từ ngày nhận đủ hồ sơ hợp lệ."),
    ("Đối tượng thực hiện", "Cá nhân, hộ gia đình, tổ chức."),
    ("Cơ quan thực hiện", "Ủy ban nhân dân cấp xã; cơ quan phối hợp: Sở Tư pháp."),
    ("Kết quả thực hiện", "Giấy chứng nhận bản điện tử và bản giấy."),
    ("Phí, lệ phí", "Lệ phí: 8.000 đồng; miễn lệ phí với hộ nghèo."),
    ("Tên mẫu đơn, mẫu tờ khai", "{form}"),
    ("Yêu cầu, điều kiện thực hiện", "Không có yêu cầu đặc biệt."),
    ("Căn cứ pháp lý", "Luật Hộ tịch số 60/2014/QH13; Nghị định số 123/2015/NĐ-CP."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Desk:
    """A service portal; `base` is what its addresses begin with."""

    facts: Facts
    wrap: Wrap
    base: str = ""
    levels: bool = True
    paged: bool = False
    groups: int = 11  # fields of a procedure page
    forms: Literal["good", "broken", "none"] = "good"
    apply: Literal["login", "building", "session", "none"] = "login"
    tracking: Literal["get", "post", "building", "none"] = "get"
    figures: Literal["fresh", "old", "none"] = "fresh"
    extra: dict[str, Route] = field(default_factory=dict)

    def routes(self) -> dict[str, Route]:
        """What answers each address of the service portal."""
        base = self.base
        found: dict[str, Route] = {
            f"{base}/": self._home,
            f"{base}/danh-muc": self._list,
            f"{base}/dang-nhap": self._login,
            f"{base}/dang-nhap/vneid": self._identity,
            f"{base}/huong-dan": lambda _: self.wrap(
                "Hướng dẫn sử dụng", paragraphs("Tổng đài hỗ trợ: 1900 0000.", ILLUSTRATIVE),
                f"{base}/huong-dan",
            ),
        }  # fmt: skip
        if self.tracking != "none":
            found[f"{base}/tra-cuu-ho-so"] = self._tracking
        if self.figures != "none":
            found[f"{base}/thong-ke"] = self._figures
        for number, service in enumerate(SERVICES):
            code = service[0]
            found[f"{base}/thu-tuc/{code}"] = lambda _, n=number: self._procedure(n)
            found[f"{base}/nop-ho-so/{code}"] = lambda _, n=number: self._apply(n)
            if self.forms == "good":
                ending = "docx" if number % 2 else "odt"
                name = f"to-khai-{code}.{ending}"
                found[f"{base}/bieu-mau/{name}"] = lambda _, n=name, t=service[1]: feeds.file_reply(
                    n, f"Tờ khai: {t}. {ILLUSTRATIVE}."
                )
            elif self.forms == "broken":
                found[f"{base}/bieu-mau/to-khai-{code}.doc"] = lambda _: self.wrap(
                    "Tải tệp", paragraphs("Tệp không tồn tại."), f"{base}/bieu-mau"
                )
        return found | self.extra

    def menu(self) -> markup.Menu:
        """The menu of the service portal."""
        base = self.base
        found = [("Danh mục thủ tục hành chính", f"{base}/danh-muc")]
        if self.tracking != "none":
            found.append(("Tra cứu hồ sơ", f"{base}/tra-cuu-ho-so"))
        if self.figures != "none":
            found.append(("Thống kê tình hình giải quyết hồ sơ", f"{base}/thong-ke"))
        return [
            *found,
            ("Hướng dẫn sử dụng", f"{base}/huong-dan"),
            ("Đăng nhập", f"{base}/dang-nhap"),
        ]

    def _home(self, _: Asked) -> Reply:
        links = "".join(f"<li>{markup.linked(*entry)}</li>" for entry in self.menu())
        sectors = "".join(
            f"<li>{sector}: {sum(s[2] == sector for s in SERVICES)} thủ tục</li>"
            for sector in dict.fromkeys(s[2] for s in SERVICES)
        )
        body = (
            f"<ul class='chuc-nang'>{links}</ul><h2>Thủ tục theo lĩnh vực</h2><ul>{sectors}</ul>"
            f"<h2>Thủ tục nhiều người dùng</h2><ul>{self._links(SERVICES[:4])}</ul>"
        )
        return self.wrap(f"Cổng dịch vụ công tỉnh {self.facts.name}", body, f"{self.base}/")

    def _links(self, services: tuple[tuple[str, str, str, str, int], ...]) -> str:
        return "".join(
            f"<li>{markup.linked(s[1], f'{self.base}/thu-tuc/{s[0]}')}</li>" for s in services
        )

    def _list(self, asked: Asked) -> Reply:
        pages = -(-len(SERVICES) // PAGE) if self.paged else 1
        given = asked.query.get("trang", "1")
        number = min(max(int(given) if given.isdecimal() and len(given) < 4 else 1, 1), pages)
        shown = SERVICES[(number - 1) * PAGE : number * PAGE] if self.paged else SERVICES
        heads = ["Mã thủ tục", "Tên thủ tục", "Lĩnh vực", *["Mức độ"] * self.levels]
        rows = "".join(
            f"<tr><td>{code}</td><td>{markup.linked(name, f'{self.base}/thu-tuc/{code}')}</td>"
            f"<td>{sector}</td>{f'<td>{level}</td>' if self.levels else ''}</tr>"
            for code, name, sector, level, _ in shown
        )
        top = "".join(f"<th scope='col'>{head}</th>" for head in heads)
        more = "".join(
            markup.linked(f"Trang {n}", f"{self.base}/danh-muc?trang={n}") + " "
            for n in range(1, pages + 1)
        )
        body = f"<p>Có {len(SERVICES)} thủ tục.</p><table><tr>{top}</tr>{rows}</table>" + (
            f"<nav class='phan-trang' aria-label='Phân trang'>{more}</nav>" if self.paged else ""
        )
        return self.wrap("Danh mục thủ tục hành chính", body, f"{self.base}/danh-muc")

    def _procedure(self, number: int) -> Reply:
        code, name, sector, level, days = SERVICES[number]
        blocks = [f"<p>Mã thủ tục: {code}. Lĩnh vực: {sector}.</p>"]
        if self.levels:
            blocks.append(f"<p>Mức độ dịch vụ công trực tuyến: {level}</p>")
        for title, text in GROUPS[: self.groups]:
            said = text.format(days=days, form=self._form(number))
            blocks.append(f"<h2>{title}</h2><p>{said}</p>")
        if self.apply != "none":
            link = markup.linked("Nộp hồ sơ trực tuyến", f"{self.base}/nop-ho-so/{code}")
            blocks.append(f"<p class='nop'>{link}</p>")
        return self.wrap(name, "".join(blocks), f"{self.base}/thu-tuc/{code}")

    def _form(self, number: int) -> str:
        if self.forms == "none":
            return "Theo mẫu quy định."
        ending = "doc" if self.forms == "broken" else "docx" if number % 2 else "odt"
        name = f"to-khai-{SERVICES[number][0]}.{ending}"
        return markup.linked(f"Tải mẫu tờ khai ({ending})", f"{self.base}/bieu-mau/{name}")

    def _apply(self, number: int) -> Reply:
        path = f"{self.base}/nop-ho-so/{SERVICES[number][0]}"
        if self.apply == "login":
            return Reply(302, b"", {"Location": f"{self.base}/dang-nhap"})
        if self.apply == "session":
            words = "Phiên làm việc đã hết hạn. Vui lòng quay lại và thực hiện lại từ đầu."
            return self.wrap("Phiên làm việc", paragraphs(words), path)
        return self.wrap("Nộp hồ sơ", paragraphs("Chức năng đang xây dựng."), path)

    def _login(self, _: Asked) -> Reply:
        identity = markup.linked(
            "Đăng nhập bằng tài khoản định danh điện tử (VNeID)", f"{self.base}/dang-nhap/vneid"
        )
        body = (
            "<p>Đăng nhập để nộp hồ sơ trực tuyến.</p>"
            f"<p>{identity}</p><form method='post' action='{self.base}/dang-nhap'>"
            "<p><label for='ten'>Tên đăng nhập</label> <input id='ten' name='ten'></p>"
            "<p><label for='mat-khau'>Mật khẩu</label> "
            "<input id='mat-khau' name='mat_khau' type='password'></p>"
            "<button type='submit'>Đăng nhập</button></form>"
        )
        return self.wrap("Đăng nhập", body, f"{self.base}/dang-nhap")

    def _identity(self, _: Asked) -> Reply:
        words = "Chuyển đến hệ thống định danh và xác thực điện tử quốc gia."
        path = f"{self.base}/dang-nhap/vneid"
        return self.wrap("Định danh điện tử", paragraphs(words, ILLUSTRATIVE), path)

    def _tracking(self, asked: Asked) -> Reply:
        path = f"{self.base}/tra-cuu-ho-so"
        if self.tracking == "building":
            return self.wrap("Tra cứu hồ sơ", paragraphs("Chức năng đang được xây dựng."), path)
        code = asked.query.get("ma", "")[:60]
        said = ""
        if code and self.tracking == "get":
            said = f"<p class='ket-qua'>Không tìm thấy hồ sơ có mã «{escape(code)}».</p>"
        form = (
            f"<form method='{self.tracking}' action='{path}'><label for='ma'>Mã hồ sơ</label> "
            "<input id='ma' name='ma'> <button type='submit'>Tra cứu</button></form>"
        )
        return self.wrap("Tra cứu hồ sơ", form + said, path)

    def _figures(self, _: Asked) -> Reply:
        until = self.facts.ago(2)
        if self.figures == "old":
            until = dt.date(self.facts.day.year - 1, 12, 31)
        heads = (
            "Lĩnh vực", "Hồ sơ trực tuyến tiếp nhận", "Đã giải quyết", "Tỷ lệ đúng hạn",
            "Tổng hồ sơ trực tuyến và giấy", "Tỷ lệ hồ sơ trực tuyến", "Mức độ hài lòng",
        )  # fmt: skip
        rows = "".join(
            f"<tr><td>{sector}</td><td>{820 - 40 * n}</td><td>{790 - 40 * n}</td>"
            f"<td>98,{n}%</td><td>{1010 - 40 * n}</td><td>81,{n}%</td><td>96,{n}%</td></tr>"
            for n, sector in enumerate(dict.fromkeys(s[2] for s in SERVICES))
        )
        top = "".join(f"<th scope='col'>{head}</th>" for head in heads)
        body = (
            f"<p>Số liệu từ ngày 01/01/{until.year} đến ngày {until:%d/%m/%Y}.</p>"
            f"<table><tr>{top}</tr>{rows}</table>"
        )
        return self.wrap("Thống kê tình hình giải quyết hồ sơ", body, f"{self.base}/thong-ke")
