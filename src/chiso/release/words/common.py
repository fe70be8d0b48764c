"""What all pages share: the frame, tables, distributions."""

from __future__ import annotations

from collections.abc import Mapping

from chiso.language import Text

CHROME: Mapping[str, Text] = {
    "skip": Text("Tới nội dung chính", "Skip to the content"),
    "illustrative": Text("Số liệu minh họa.", "Illustrative data."),
    "illustrative_more": Text(
        "Không phải kết quả thật của bất kỳ cơ quan nào.", "Not the real results of any body."
    ),
    "other_language": Text("English", "Tiếng Việt"),
    "nav_main": Text("Các trang chính", "Main pages"),
    "nav_ranking": Text("Xếp hạng", "Ranking"),
    "nav_method": Text("Phương pháp", "Method"),
    "nav_data": Text("Dữ liệu", "Data"),
    "nav_about": Text("Giới thiệu", "About"),
    "crumbs": Text("Đường dẫn", "Breadcrumb"),
    "published_by": Text("Cơ quan công bố", "Published by"),
    "index_version": Text("Bộ chỉ số", "Index"),
    "foot_data": Text("Tải toàn bộ số liệu", "Download all data"),
    "made_with": Text("dựng bằng chiso", "made with chiso"),
    "find": Text("Tìm cơ quan", "Find a body"),
    "find_none": Text("Không có cơ quan nào khớp.", "No body matches."),
    "find_some": Text("Số cơ quan khớp: {n}", "Bodies that match: {n}"),
    "yes": Text("có", "yes"),
    "no": Text("không", "no"),
    "unknown": Text("chưa có số liệu", "no data"),
    "unknown_short": Text("chưa có", "no data"),
}

TABLES: Mapping[str, Text] = {
    "rank": Text("Thứ hạng", "Rank"),
    "body": Text("Cơ quan", "Body"),
    "bodies": Text("Số cơ quan", "Bodies"),
    "score": Text("Điểm số", "Score"),
    "points": Text("Điểm", "Points"),
    "points_word": Text("điểm", "points"),
    "change": Text("Thay đổi", "Change"),
    "change_from": Text("So với năm {before}", "Since {before}"),
    "change_since": Text("Thay đổi so với năm {before}.", "Change since {before}."),
    "year": Text("Năm", "Year"),
    "group": Text("Khối", "Group"),
    "pillar": Text("Hạng mục", "Pillar"),
    "state": Text("Tình trạng", "State"),
    "marks": Text("Vị trí", "Place"),
    "table": Text("Bảng xếp hạng", "The ranking"),
    "pick": Text("Chọn năm và khối", "Choose year and group"),
    "up": Text("tăng", "up"),
    "down": Text("giảm", "down"),
    "unchanged": Text("giữ nguyên", "unchanged"),
    "place": Text("{n} bậc", "{n} place"),
    "places": Text("{n} bậc", "{n} places"),
    "tied": Text("đồng hạng", "tied"),
    "rows": Text("{n} dòng", "{n} rows"),
    "other_count": Text("(trên {before} rồi {now} cơ quan)", "(of {before}, then {now} bodies)"),
    "ranking_title": Text("Xếp hạng {group} năm {year}", "Ranking of {group}, {year}"),
    "missing_title": Text("Không có trang này", "There is no such page"),
    "missing_text": Text(
        "Địa chỉ có thể đã đổi, hoặc trang thuộc một kỳ khác.",
        "The address may have changed, or the page belongs to another round.",
    ),
    "missing_home": Text("Về trang đầu", "To the front page"),
    "ranking_caption": Text(
        "Thứ hạng trên số cơ quan được xếp, điểm số từ 0 đến 1.",
        "Rank of the number ranked, score from 0 to 1.",
    ),
    "leader_sentence": Text("{names} dẫn đầu", "{names} leads"),
    "leaders_sentence": Text("{names} cùng dẫn đầu", "{names} lead together"),
    "known_of": Text(
        "Trong {n} cơ quan, biết thứ hạng của {ranks} và điểm số của {scores}.",
        "Of {n} bodies, the ranks of {ranks} and the scores of {scores} are known.",
    ),
    "known_all": Text(
        "Biết đủ thứ hạng và điểm số của {n} cơ quan.", "Ranks and scores of all {n} are known."
    ),
    "origin_computed": Text(
        "Kết quả được tính từ số liệu khai và kết quả kiểm tra.",
        "The results are computed from answers and checks.",
    ),
    "origin_published": Text(
        "Kết quả ghi lại từ nguồn đã công bố; không tính lại.",
        "The results are taken from published sources, not computed.",
    ),
    "origin_word_computed": Text("tính từ số liệu khai", "computed"),
    "origin_word_published": Text("theo nguồn công bố", "published"),
    "broken": Text(
        "Bộ chỉ số đã thay đổi so với năm {before}: so sánh hai năm chỉ có tính tham khảo.",
        "The index has changed since {before}: comparing the two years is only indicative.",
    ),
    "pillar_cells": Text(
        "Cột hạng mục ghi thứ hạng, dưới là điểm số nếu biết.",
        "Pillar columns give the rank and, below it, the score where it is known.",
    ),
    "download_table": Text("Tải bảng này", "Download this table"),
    "download_body": Text("Tải mọi số liệu của cơ quan này", "Download all data of this body"),
    "spread": Text("Phân bố điểm số", "How scores spread"),
    "strip_finding": Text(
        "Điểm số đã biết từ {least} đến {most}, trung vị {median}",
        "Known scores run from {least} to {most}, the median is {median}",
    ),
    "bars_finding": Text(
        "{full} trong {n} cơ quan đạt trọn điểm, {none} không có điểm",
        "{full} of {n} bodies earned full points, {none} earned none",
    ),
    "least": Text("thấp nhất", "lowest"),
    "most": Text("cao nhất", "highest"),
    "median": Text("trung vị", "median"),
    "bin_none": Text("không có điểm", "no points"),
    "bin_1": Text("đến 25%", "up to 25%"),
    "bin_2": Text("đến 50%", "up to 50%"),
    "bin_3": Text("đến 75%", "up to 75%"),
    "bin_4": Text("dưới 100%", "below 100%"),
    "bin_full": Text("trọn điểm", "full points"),
    "bin_unknown": Text("chưa có số liệu", "no data"),
}
