"""Words of the pages on the data and about the site, and the meaning of columns."""

from __future__ import annotations

from collections.abc import Mapping

from chiso.language import Text

DATA: Mapping[str, Text] = {
    "data_title": Text("Dữ liệu", "Data"),
    "data_lead": Text(
        "Mọi bảng của trang này, để tính lại và dùng lại.",
        "Every table of this site, to compute again and to use again.",
    ),
    "files": Text("Tải về", "Downloads"),
    "data_ranking": Text("Bảng xếp hạng", "Ranking"),
    "data_figures": Text("Mọi con số, mỗi dòng một số", "All figures, one a line"),
    "data_answers": Text("Số liệu khai", "Answers"),
    "data_bodies": Text("Danh mục cơ quan", "Bodies"),
    "data_index": Text("Bộ chỉ số (YAML)", "The index (YAML)"),
    "data_rulebook_vi": Text(
        "Quy tắc chấm điểm, tiếng Việt (Markdown)", "Rulebook in Vietnamese (Markdown)"
    ),
    "data_rulebook_en": Text(
        "Quy tắc chấm điểm, tiếng Anh (Markdown)", "Rulebook in English (Markdown)"
    ),
    "data_pillar": Text("Theo hạng mục", "By pillar"),
    "data_criterion": Text("Theo tiêu chí", "By criterion"),
    "data_body": Text("Theo cơ quan", "By body"),
    "dictionary": Text("Ý nghĩa các cột", "What the columns mean"),
    "dictionary_lead": Text(
        "Tệp CSV dùng UTF-8, dấu phẩy ngăn cột, dấu chấm thập phân. Ô trống là chưa có số liệu, "
        "không phải 0. Dấu ' ở đầu một ô giữ cho bảng tính không coi chữ là công thức.",
        "CSV files are UTF-8 with commas between columns and decimal points. An empty cell is no "
        "data, not 0. A leading ' keeps a spreadsheet from taking a text for a formula.",
    ),
    "dictionary_caption": Text("Các cột của tệp CSV", "Columns of the CSV files"),
    "column": Text("Cột", "Column"),
    "meaning": Text("Ý nghĩa", "Meaning"),
    "unknown_title": Text("Những gì chưa biết", "What is unknown"),
    "unknown_lead": Text(
        "Bảng dưới đây đếm những gì đã biết theo từng năm và từng khối.",
        "The table counts what is known by year and group.",
    ),
    "unknown_caption": Text("Số thứ hạng và điểm số đã biết", "Ranks and scores that are known"),
    "origin": Text("Nguồn gốc", "Origin"),
    "ranks_known": Text("Biết thứ hạng", "Ranks known"),
    "scores_known": Text("Biết điểm số", "Scores known"),
    "sources": Text("Nguồn", "Sources"),
    "figures_count": Text("{n} số liệu", "figures: {n}"),
}

ABOUT: Mapping[str, Text] = {
    "about_title": Text("Về trang này", "About this site"),
    "about_round": Text("Kỳ đánh giá", "Round"),
    "about_data": Text("Số liệu lấy từ", "The data come from"),
    "about_read": Text("Đọc các con số", "How to read the figures"),
    "read_unknown": Text(
        "“chưa có số liệu” nghĩa là chưa biết, không phải 0; trên bản đồ là ô gạch chéo.",
        "“no data” means not known, not 0; on the map it is a hatched tile.",
    ),
    "read_again": Text(
        "“dựng lại” nghĩa là quy tắc không còn đọc được trọn trong nguồn và được dựng lại từ văn "
        "bản cùng thời.",
        "“reconstructed” means that the rule can no longer be read in full and was rebuilt from "
        "the law of the time.",
    ),
    "read_rank": Text(
        "Thứ hạng ghi trên số cơ quan được xếp, như 16/63; “đồng hạng” là có cơ quan khác cùng "
        "hạng.",
        "Ranks are given with the number ranked, as 16/63; “tied” means that others share it.",
    ),
    "read_change": Text(
        "▲ là tăng bậc, ▼ là giảm bậc so với năm trước có kết quả.",
        "▲ is up and ▼ is down, in places, since the year before with results.",
    ),
    "read_merged_mean": Text(
        "Cơ quan sáp nhập được so với điểm trung bình của các cơ quan trước đó.",
        "A merged body is compared with the mean score of those before it.",
    ),
    "read_merged_best": Text(
        "Cơ quan sáp nhập được so với điểm cao nhất của các cơ quan trước đó.",
        "A merged body is compared with the best score of those before it.",
    ),
    "read_merged_none": Text(
        "Cơ quan sáp nhập không được so với các cơ quan trước đó.",
        "A merged body is not compared with those before it.",
    ),
    "about_made": Text("Cách làm", "How it was made"),
    "about_made_text": Text(
        "Trang này được dựng tự động từ bộ chỉ số, số liệu và nguồn nêu ở trang Dữ liệu. Trang "
        "không tải gì từ bên ngoài, không theo dõi người đọc và đọc được khi không có mạng.",
        "This site was made from the index, the data and the sources named on the Data page. It "
        "loads nothing from elsewhere, follows nobody, and can be read offline.",
    ),
}

#: what the columns of the downloads mean; columns of pillars are `ID_rank` and `ID_score`
COLUMNS: Mapping[str, Text] = {
    "illustrative": Text("true nếu số liệu chỉ để minh họa", "true where the data only illustrate"),
    "key": Text("tên của con số: năm/khối/cơ quan/nút", "name: year/group/body/node"),
    "year": Text("năm đánh giá", "year of the round"),
    "group": Text("khối", "group"),
    "body": Text("mã cơ quan", "code of the body"),
    "name_vi, name_en": Text("tên cơ quan", "name of the body"),
    "node": Text("hạng mục, tiêu chí, hoặc overall", "pillar, criterion, or overall"),
    "node_vi, node_en": Text("tên của nút", "title of the node"),
    "rank": Text("thứ hạng, từ 1", "rank, from 1"),
    "ranked": Text("số cơ quan được xếp hạng", "how many were ranked"),
    "tied": Text("true nếu đồng hạng", "true where others share the rank"),
    "score": Text("điểm số từ 0 đến 1, không làm tròn", "score from 0 to 1, not rounded"),
    "points": Text("điểm đạt được", "points earned"),
    "maximum": Text("điểm tối đa áp dụng", "points that apply"),
    "coverage": Text("phần điểm đo được, từ 0 đến 1", "share of the points that was measured"),
    "outcome": Text("tình trạng của tiêu chí", "state of the criterion"),
    "places_gained": Text("số bậc tăng (âm là giảm)", "places gained (negative: lost)"),
    "since": Text("năm được so sánh", "the year compared with"),
    "origin": Text("computed: tính; published: theo nguồn", "computed or published"),
    "source": Text("nguồn", "source"),
    "note": Text("ghi chú của nguồn", "what the source says"),
    "ID_rank, ID_score": Text("thứ hạng và điểm số của hạng mục", "rank and score of a pillar"),
    "key, value, state, reason, given_in": Text(
        "số liệu khai: câu hỏi, trả lời, tình trạng, lý do, nơi khai",
        "answers: question, value, state, reason, where given",
    ),
    "region, official_code": Text("vùng, mã chính thức", "region, official code"),
    "valid_from, valid_to": Text("ngày bắt đầu, ngày kết thúc", "first and last day"),
}
