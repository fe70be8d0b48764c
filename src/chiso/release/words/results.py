"""Words of the front page and of the page of a body."""

from __future__ import annotations

from collections.abc import Mapping

from chiso.language import Text

FRONT: Mapping[str, Text] = {
    "front": Text("Trang đầu", "Front page"),
    "announced": Text("công bố {when}", "published in {when}"),
    "findings": Text("Ba điều chính", "Three findings"),
    "see_more": Text("Xem thêm", "See more"),
    "top_caption": Text("Các cơ quan xếp cao nhất đã biết", "The highest ranks that are known"),
    "whole_ranking": Text("Xem toàn bộ bảng xếp hạng", "See the whole ranking"),
    "no_rank_known": Text("Chưa có thứ hạng nào được biết.", "No rank is known."),
    "map": Text("Bản đồ ô", "Tile map"),
    "map_title": Text(
        "Mỗi ô là một tỉnh, thành phố; màu đậm là thứ hạng cao, gạch chéo là chưa có số liệu",
        "Each tile is a province or city; dark is a high rank, hatched is no data",
    ),
    "map_table": Text("Xem dưới dạng bảng", "See it as a table"),
    "tile_known": Text("hạng {rank}, điểm {score}", "rank {rank}, score {score}"),
    "tile_unknown": Text("chưa có số liệu về thứ hạng", "no data on the rank"),
    "band_1": Text("một phần năm đầu", "first fifth"),
    "band_2": Text("phần năm thứ hai", "second fifth"),
    "band_3": Text("phần năm thứ ba", "third fifth"),
    "band_4": Text("phần năm thứ tư", "fourth fifth"),
    "band_5": Text("một phần năm cuối", "last fifth"),
    "band_0": Text("chưa có số liệu", "no data"),
    "first_place": Text("Hạng 1", "Rank 1"),
    "with_score": Text("với điểm số {score}", "with a score of {score}"),
    "finding_leader": Text(
        "{names} dẫn đầu khối {group} năm {year} {with_score}.",
        "{names} leads the {group} of {year} {with_score}.",
    ),
    "finding_leaders": Text(
        "{names} cùng dẫn đầu khối {group} năm {year} {with_score}.",
        "{names} lead the {group} of {year} together {with_score}.",
    ),
    "finding_climber": Text(
        "{names} tăng nhiều nhất: {places} so với năm {before}{partly}.",
        "{names} rose most: {places} since {before}{partly}.",
    ),
    "as_far_as": Text(
        " (trong {n} cơ quan biết đủ hai năm)", " (among the {n} bodies known in both years)"
    ),
    "finding_weakest": Text(
        "Hạng mục yếu nhất của khối {group} là “{pillar}”: trung bình đạt {mean} số điểm.",
        "The weakest pillar of the {group} is “{pillar}”: {mean} of the points on average.",
    ),
    "finding_known": Text(
        "Khối {group} năm {year}: biết thứ hạng của {known} trong {n} cơ quan; phần còn lại để "
        "ngỏ, không suy đoán.",
        "Of the {group} in {year}, the ranks of {known} of {n} are known; the others are left "
        "open, not guessed.",
    ),
}

BODY: Mapping[str, Text] = {
    "where": Text("Đang ở đâu", "Where it stands"),
    "what_changed": Text("Điều gì đã thay đổi", "What changed"),
    "why": Text("Vì sao", "Why"),
    "how_sure": Text("Chắc chắn đến đâu", "How sure it is"),
    "firm_rank": Text(
        "Khi trọng số và số liệu thay đổi, thứ hạng nằm trong khoảng {best}–{worst} với xác suất "
        "90 %; xác suất vào nhóm 10 cơ quan đầu là {top}; nhóm {band}.",
        "When weights and measurements vary, the rank is within {best}–{worst} with a probability "
        "of 90 %; the probability of the first ten is {top}; band {band}.",
    ),
    "firm_how": Text(
        "{draws} lần rút thăm, hạt giống {seed}; thay đổi: {varied}.",
        "{draws} draws, seed {seed}; varied: {varied}.",
    ),
    "firm_interval": Text("Khoảng 90 %", "90 % interval"),
    "firm_band": Text("Nhóm", "Band"),
    "firm_note": Text(
        "Khoảng 90 %: thứ hạng khi trọng số và số liệu thay đổi. Nhóm A–D: phần tư thứ hạng đúng "
        "với xác suất ít nhất 90 %.",
        "90 % interval: the rank when weights and measurements vary. Bands A–D: the quarters that "
        "hold with a probability of at least 90 %.",
    ),
    "plan_title": Text(
        "Con đường ít công sức nhất tới hạng {rank}", "The cheapest way to rank {rank}"
    ),
    "plan_lead": Text(
        "{n} việc để đạt {score} điểm, mức đủ cho thứ hạng này nếu các cơ quan khác đứng yên. Công "
        "sức ước lượng theo số cơ quan cùng khối đã đạt mức đó.",
        "{n} steps to a score of {score}, which is enough for that rank while the others stand "
        "still. Effort is estimated from how many of the group have the level already.",
    ),
    "plan_caption": Text("Việc đáng làm nhất xếp trước.", "The most rewarding step first."),
    "plan_step": Text("Việc", "Step"),
    "plan_now": Text("Điểm nay", "Points now"),
    "plan_then": Text("Điểm cần", "Points then"),
    "plan_gain": Text("Điểm số thêm", "Score gained"),
    "plan_have": Text("Đã đạt", "Have it"),
    "plan_more": Text("Và {n} việc nữa:", "And {n} more:"),
    "what_next": Text("Việc tiếp theo", "What comes next"),
    "in_words": Text("Bài viết", "The article"),
    "formed_from": Text("Hình thành từ ngày {day}, từ: {names}.", "Formed on {day} from: {names}."),
    "became": Text("Từ ngày {day} thuộc: {names}.", "Part of {names} since {day}."),
    "gap": Text("Cách đơn vị dẫn đầu", "Gap to the leader"),
    "is_leader": Text("đang dẫn đầu", "leads"),
    "behind": Text("sau {names}", "behind {names}"),
    "rank_unknown": Text(
        "Thứ hạng chưa có trong các nguồn đã đọc; không suy đoán.",
        "The rank is not in the sources that were read; it is not guessed.",
    ),
    "source_says": Text("Nguồn ghi", "The source says"),
    "own_strip": Text(
        "{name} đạt {score}, trung vị của khối là {median}",
        "{name} scores {score}, the median of the group is {median}",
    ),
    "peers_region": Text("Cùng vùng {name}", "In the same region, {name}"),
    "peers_parent": Text("Cùng cấp trên trực tiếp", "Under the same body"),
    "peers_neighbours": Text("Gần nhất về thứ hạng", "Nearest in rank"),
    "peers_nearest_known": Text(
        "Gần nhất trong số ít cơ quan biết thứ hạng", "Nearest among the few with a known rank"
    ),
    "peer_place": Text(
        "thứ {place} trong {n} cơ quan biết thứ hạng", "place {place} of {n} with known ranks"
    ),
    "no_history": Text(
        "Chưa đủ hai năm có thứ hạng để vẽ biểu đồ.",
        "Fewer than two years have a known rank; there is nothing to draw.",
    ),
    "history_caption": Text("Thứ hạng và điểm số qua các năm", "Ranks and scores over the years"),
    "history_last": Text(
        "Năm {year} hạng {rank}, {move} so với năm {before}",
        "Rank {rank} in {year}, {move} since {before}",
    ),
    "history_best": Text("; cao nhất là {rank} năm {year}", "; the best is {rank} in {year}"),
    "history_best_now": Text("; cao nhất trong các năm đã biết", "; the best of the known years"),
    "bridge_one": Text("số liệu của {names} trước khi đổi", "figures of {names} before the change"),
    "bridge_mean": Text(
        "điểm trung bình của {names} trước khi sáp nhập", "the mean of {names} before the merger"
    ),
    "bridge_best": Text(
        "điểm cao nhất trong {names} trước khi sáp nhập", "the best of {names} before the merger"
    ),
    "bridge_none": Text(
        "trước khi sáp nhập là {names}; không quy đổi",
        "{names} before the merger; not converted",
    ),
    "rank_effects": Text(
        "Trong số cơ quan có mặt cả hai năm: {own}. Do cơ quan mới vào hoặc không còn: {others}.",
        "Among the bodies of both years: {own}. Through bodies that came or went: {others}.",
    ),
    "split": Text("Tách phần thay đổi điểm số", "The change of the score in parts"),
    "split_unknown": Text(
        "Không tách được: thiếu điểm số của một trong hai năm.",
        "It cannot be split: a score of one of the years is missing.",
    ),
    "split_published": Text(
        "Không tách được: năm {before} hoặc năm nay chỉ có kết quả đã công bố, không có số liệu "
        "khai.",
        "It cannot be split: {before} or this year has published results only, no answers.",
    ),
    "split_absent": Text(
        "Không tách được: năm {before} không có kết quả.",
        "It cannot be split: {before} has no results.",
    ),
    "split_inputs": Text(
        "Không tách được: quy tắc năm {before} cần số liệu mà năm nay không hỏi:",
        "It cannot be split: the rules of {before} need answers that are no longer asked:",
    ),
    "split_performance": Text("Do số liệu của chính cơ quan", "Own performance"),
    "split_population": Text("Do mức cao nhất trong khối thay đổi", "The best of the group moved"),
    "split_rules": Text("Do bộ chỉ số thay đổi", "The index changed"),
    "split_total": Text("Cộng lại", "Together"),
    "pillars_of": Text("Các hạng mục năm {year}", "The pillars of {year}"),
    "pillar_caption": Text("Các hạng mục năm {year}", "The pillars in {year}"),
    "top_ten": Text("trong 10 hạng đầu", "in the top ten"),
    "half_upper": Text("nửa trên", "upper half"),
    "half_lower": Text("nửa dưới", "lower half"),
    "losses": Text("Còn nhiều điểm nhất ở", "Where most points remain"),
    "lost": Text("còn {lost} điểm (đạt {of})", "{lost} points to gain (has {of})"),
    "derivation": Text("Điểm được tính thế nào", "How the points came about"),
    "derivation_lead": Text(
        "Mở từng hạng mục, từng tiêu chí để thấy quy tắc, số liệu, tài liệu và quyết định.",
        "Open pillars and criteria to see rules, answers, evidence and decisions.",
    ),
    "derivation_published": Text(
        "Các con số ở trên dừng ở mức đã công bố; nguồn của từng con số có ở mục sau.",
        "The figures above end where publication ends; the section below names their sources.",
    ),
    "coverage": Text(
        "Đã đo được {share} số điểm áp dụng.", "{share} of the applicable points were measured."
    ),
    "open": Text(
        "Tạm tính: {n} tiêu chí chưa đo được hoặc chờ xử lý.",
        "Provisional: criteria not yet measured or pending: {n}.",
    ),
    "again_count": Text(
        "{n} trong {criteria} tiêu chí có quy tắc dựng lại, không trích nguyên văn từ nguồn.",
        "{n} of {criteria} criteria have a reconstructed rule, not one quoted from the source.",
    ),
    "tie_note": Text(
        "Cùng hạng với cơ quan khác: điểm bằng nhau thì thứ hạng bằng nhau.",
        "Tied with others: equal scores share a rank.",
    ),
    "outcomes": Text("Tình trạng các tiêu chí", "States of the criteria"),
    "sources_count": Text("Nguồn của từng con số ({n})", "Sources of the figures ({n})"),
    "next_unknown": Text(
        "Chưa biết thứ hạng của các hạng mục nên không gợi ý việc ưu tiên.",
        "The ranks of the pillars are unknown, so no priority is suggested.",
    ),
    "next_none": Text(
        "Không có hạng mục nào cần ưu tiên hơn hẳn: các hạng mục biết thứ hạng đều ở nhóm đầu.",
        "No pillar stands out as weak: those with a known rank are near the top.",
    ),
    "traced_texts": Text(
        "Lời văn lấy từ bộ chỉ số và kỳ đánh giá", "Texts taken from the index and the round"
    ),
    "traced": Text("Số liệu của đoạn này ({n})", "Figures behind this section ({n})"),
    "not_chosen": Text("phương án không chọn", "alternative not chosen"),
    "quantity": Text("đo được {x}", "measured {x}"),
    "best": Text("cao nhất trong khối {x}", "best of the group {x}"),
    "reason": Text("lý do", "reason"),
    "observation": Text("Kiểm tra trực tuyến", "Online check"),
    "how_to_fix": Text("Cách khắc phục", "How to fix"),
    "look_again": Text("Xem lại bằng lệnh", "Look again with"),
    "picture_of": Text("Ảnh chụp trang khi kiểm tra", "Picture of the page as it was seen"),
    "ruling": Text("Kết quả thẩm định", "Ruling"),
    "decision_accept": Text("chấp nhận", "accepted"),
    "decision_correct": Text("điều chỉnh", "corrected"),
    "decision_reject": Text("không chấp nhận", "rejected"),
    "decision_not_applicable": Text("không áp dụng", "not applicable"),
    "decision_pending": Text("chờ xử lý", "pending"),
    "about_criterion": Text("Về tiêu chí này", "About this criterion"),
}
