"""Words of pillars, criteria, checks and the method."""

from __future__ import annotations

from collections.abc import Mapping

from chiso.language import Text

NODES: Mapping[str, Text] = {
    "reconstructed": Text("dựng lại", "reconstructed"),
    "quoted": Text("theo nguồn", "as in the source"),
    "provenance": Text("Nguồn gốc", "Provenance"),
    "basis": Text("Cơ sở", "Basis"),
    "only_for": Text("Chỉ áp dụng cho", "Only for"),
    "inside": Text("Gồm có", "What it holds"),
    "results": Text("Kết quả", "Results"),
    "no_results": Text("Chưa có kết quả.", "There are no results."),
    "nothing_published": Text(
        "Chưa có số liệu nào được công bố ở mức này.", "Nothing was published at this level."
    ),
    "earlier_years": Text("Các năm trước", "Earlier years"),
    "table_of": Text("Bảng {n} cơ quan", "Table of {n} bodies"),
    "rule": Text("Cách tính điểm", "How points are given"),
    "formula": Text("Công thức trong bộ chỉ số", "The formula in the index"),
    "applies": Text("Chỉ áp dụng khi", "Applies only where"),
    "optional": Text(
        "Cơ quan có thể khai không áp dụng, kèm lý do.",
        "A body may declare, with a reason, that this does not apply.",
    ),
    "counts_bonus": Text("Điểm thưởng: không tăng điểm tối đa.", "A bonus: the maximum stays."),
    "counts_deduction": Text("Điểm trừ.", "A deduction."),
    "value_from": Text("Nguồn số liệu", "Where the value comes from"),
    "asked": Text("Số liệu cần khai", "What is asked"),
    "evidence": Text("Tài liệu kiểm chứng", "Evidence"),
    "required": Text("bắt buộc", "required"),
    "examples": Text("Ví dụ", "Worked examples"),
    "best_of_group": Text("cao nhất trong khối", "best of the group"),
    "worth_points": Text("{n} điểm", "{n} points"),
    "worth_weight": Text("trọng số {n}", "weight {n}"),
    "worth_none": Text("không có điểm riêng", "no points of its own"),
    "by_points": Text(
        "Điểm của một mức là tổng điểm các phần bên trong.",
        "The points of a level are the sum of the points inside it.",
    ),
    "by_arithmetic": Text(
        "Điểm số của một mức là trung bình cộng có trọng số của các phần bên trong.",
        "The score of a level is the weighted arithmetic mean of what is inside it.",
    ),
    "by_geometric": Text(
        "Điểm số của một mức là trung bình nhân có trọng số của các phần bên trong.",
        "The score of a level is the weighted geometric mean of what is inside it.",
    ),
}

CHECKS: Mapping[str, Text] = {
    "check_pass": Text("đạt", "passed"),
    "check_fail": Text("không đạt", "failed"),
    "check_partial": Text("đạt một phần", "partly passed"),
    "check_not_applicable": Text("không áp dụng", "not applicable"),
    "check_not_measured": Text("chưa đo được", "not measured"),
    "check_needs_review": Text("cần người xem lại", "needs review"),
    "check_blocked": Text("bị chặn khi đo", "blocked while measuring"),
    "check_maintenance": Text("đang bảo trì", "under maintenance"),
    "check_explained": Text("đã giải trình", "explained"),
}

METHOD: Mapping[str, Text] = {
    "method_title": Text("Phương pháp", "Method"),
    "method_counts": Text(
        "{pillars} hạng mục, {criteria} tiêu chí.", "{pillars} pillars, {criteria} criteria."
    ),
    "method_again": Text(
        "Quy tắc của {n} trong {criteria} tiêu chí được dựng lại vì nguồn bị cắt; các tiêu chí đó "
        "mang dấu “dựng lại”.",
        "The rules of {n} of {criteria} criteria were reconstructed because the source is cut; "
        "they carry the mark “reconstructed”.",
    ),
    "method_steps": Text("Từ số liệu đến thứ hạng", "From answers to ranks"),
    "step_answers": Text(
        "Cơ quan khai số liệu kèm tài liệu; trang, cổng được kiểm tra trực tuyến.",
        "Bodies give answers with evidence; portals are checked online.",
    ),
    "step_rules": Text(
        "Quy tắc của từng tiêu chí đổi số liệu thành điểm; thẩm định viên có thể quyết định khác, "
        "kèm lý do.",
        "The rule of each criterion turns answers into points; an appraiser may decide otherwise, "
        "with a reason.",
    ),
    "step_score": Text(
        "Điểm số là điểm đạt được chia cho điểm tối đa áp dụng, từ 0 đến 1.",
        "The score is the points earned divided by the points that apply, from 0 to 1.",
    ),
    "step_rank": Text(
        "Mỗi khối xếp hạng riêng, điểm số cao đứng trước.",
        "Each group is ranked by itself, the highest score first.",
    ),
    "rank_unrounded": Text(
        "Xếp hạng theo điểm số chưa làm tròn.", "Ranks are taken from unrounded scores."
    ),
    "rank_rounded": Text(
        "Xếp hạng theo điểm số làm tròn {n} chữ số sau dấu phẩy.",
        "Ranks are taken from scores rounded to {n} decimals.",
    ),
    "ties": Text(
        "Điểm bằng nhau thì đồng hạng và hạng kế tiếp bị bỏ qua: 1, 2, 2, 4.",
        "Equal scores share a rank and the next is left out: 1, 2, 2, 4.",
    ),
    "decimals": Text(
        "Điểm số được ghi với {n} chữ số sau dấu phẩy; số đã công bố giữ số chữ số của nguồn.",
        "Scores are shown with {n} decimals; published ones keep the decimals of their source.",
    ),
    "least_coverage": Text(
        "Chỉ công bố điểm số khi đo được ít nhất {share} số điểm áp dụng.",
        "A score is published only where at least {share} of the applicable points were measured.",
    ),
    "pillars": Text("Các hạng mục", "The pillars"),
    "pillars_caption": Text(
        "Hạng mục, mức điểm và số tiêu chí", "Pillars, what they are worth, and their criteria"
    ),
    "worth": Text("Mức điểm", "Worth"),
    "criteria": Text("Tiêu chí", "Criteria"),
    "of_them_again": Text("Trong đó dựng lại", "Of them reconstructed"),
    "all_criteria": Text("Các tiêu chí", "The criteria"),
    "list_of": Text("Danh sách {n} tiêu chí", "List of {n} criteria"),
    "states_title": Text("Số liệu thiếu, chưa đo, bị bác", "Missing, unmeasured, rejected"),
    "states_lead": Text(
        "Không phải mọi chỗ trống đều như nhau: không khai thì mất điểm, không đo được thì không.",
        "Not every gap is the same: what is not told loses its points, what could not be measured "
        "does not.",
    ),
    "states_caption": Text("Mỗi tình trạng dẫn tới điều gì", "What each state does"),
    "maximum_counts": Text("Tính vào điểm tối đa", "Maximum counts"),
    "covered": Text("Coi là đã đo", "Counts as measured"),
    "effect_rule": Text("theo quy tắc", "by the rule"),
    "effect_zero": Text("0 điểm", "0 points"),
    "effect_none": Text("không tính", "left out"),
    "effect_ruling": Text("theo quyết định thẩm định", "as ruled"),
    "crosswalk": Text("So với phiên bản trước", "Since the version before"),
    "cross_kept": Text("giữ nguyên", "kept"),
    "cross_renamed": Text("đổi tên", "renamed"),
    "cross_split": Text("tách", "split"),
    "cross_merged": Text("gộp", "merged"),
    "cross_new": Text("mới", "new"),
    "cross_dropped": Text("bỏ", "dropped"),
    "law": Text("Căn cứ và nguồn", "Law and sources"),
    "method_files": Text("Toàn văn", "In full"),
}
