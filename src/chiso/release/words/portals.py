"""Words of the report on portals, Vietnamese and English side by side."""

from __future__ import annotations

from collections.abc import Mapping

from chiso.language import Text

#: groups of checks by the beginning of their ids
GROUPS: tuple[tuple[frozenset[str], Text], ...] = (
    (frozenset({"AV"}), Text("Sẵn sàng và ổn định", "Availability and stability")),
    (frozenset({"CT"}), Text("Thông tin bắt buộc", "Required information")),
    (frozenset({"FN"}), Text("Chức năng hỗ trợ", "Supporting functions")),
    (frozenset({"SV"}), Text("Dịch vụ công trực tuyến", "Online public services")),
    (frozenset({"TL", "HD", "ST"}), Text("An toàn kết nối", "Secure connection")),
    (frozenset({"DN"}), Text("Tên miền", "Domain name")),
    (frozenset({"MB", "PF"}), Text("Thiết bị di động và tốc độ", "Mobile and speed")),
    (frozenset({"AX"}), Text("Tiếp cận cho mọi người", "Accessibility")),
)

WORDS: Mapping[str, Text] = {
    "report": Text("Kết quả kiểm tra cổng thông tin", "What the portals showed"),
    "skip": Text("Đến nội dung chính", "Skip to the content"),
    "other_language": Text("English", "Tiếng Việt"),
    "all_sites": Text("Tất cả các cổng", "All portals"),
    "looked": Text("Xem lúc {at}, từ điểm đo {vantage}", "Looked at {at}, from vantage {vantage}"),
    "measured": Text("Đo được {n} trên {all} nội dung", "{n} of {all} items were measured"),
    "unknown_note": Text(
        "Nội dung chưa đo được, bị chặn hoặc chờ người xem lại không bị tính là 0.",
        "What was not measured, was blocked, or waits for a person never counts as zero.",
    ),
    "first": Text("Nên làm trước", "What to do first"),
    "none": Text("Không có nội dung nào cần sửa.", "Nothing needs to be fixed."),
    "level": Text("mức {x} trên 1", "level {x} of 1"),
    "proposed": Text("máy đề nghị {x}", "the robot proposes {x}"),
    "informational": Text("chỉ để tham khảo, không tính điểm", "informational, no points"),
    "fix": Text("Cách khắc phục", "How to fix"),
    "again": Text("Xem lại bằng lệnh", "Look again with"),
    "tests": Text("Kiểm tra gì", "What is looked at"),
    "not_tested": Text("Không kiểm tra", "What is not tested"),
    "basis": Text("Căn cứ", "Legal basis"),
    "where": Text("Tại", "At"),
    "evidence": Text("Bằng chứng", "Evidence"),
    "more": Text("Chi tiết", "Details"),
    "picture": Text(
        "Trang chủ trên điện thoại khi kiểm tra", "The home page on a phone as it was seen"
    ),
    "download": Text("Tải kết quả của cổng này", "Download the results of this portal"),
    "body": Text("Cơ quan", "Body"),
    "site": Text("Cổng", "Portal"),
    "role": Text("Vai trò", "Role"),
    "role_main": Text("cổng chính", "main portal"),
    "role_services": Text("cổng dịch vụ công", "service portal"),
    "role_tracking": Text("tra cứu hồ sơ", "tracking"),
    "role_open_data": Text("dữ liệu mở", "open data"),
    "role_unit": Text("đơn vị trực thuộc", "unit"),
    "sites_found": Text("{n} cổng", "{n} portals"),
    "caption": Text("Số kết quả theo trạng thái của từng cổng", "Findings of each portal by state"),
    "hash": Text("Mã băm kết quả", "Hash of the finding"),
}
