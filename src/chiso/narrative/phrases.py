"""How the article words things, in both languages side by side.

A phrase has the same fields in Vietnamese and English (a test compares them), so that a sentence
is composed once and said twice. What grammar needs beyond that (counts, ordinals, plurals) is
in the functions below.
"""

from __future__ import annotations

from collections.abc import Mapping

from chiso.language import Language, Text, ordinal

HEADINGS: Mapping[str, Text] = {
    "place": Text("Vị trí", "The place"),
    "change": Text("Điểm số và khoảng cách", "Score and distance"),
    "pillars": Text("Các hạng mục", "The pillars"),
    "losses": Text("Những tiêu chí còn nhiều điểm", "Where most points remain"),
    "next": Text("Những việc cần quan tâm tiếp theo", "What deserves attention next"),
    "others": Text("Các khối khác", "The other groups"),
}
PHRASES: Mapping[str, Text] = {
    # the place
    "title": Text("Năm {year}: {own} xếp thứ {place}", "{year}: {own} ranks {place}"),
    "title_unknown": Text(
        "{own} trong kết quả đánh giá năm {year}", "{own} in the assessment of {year}"
    ),
    "title_mark": Text(", điểm nhấn là “{pillar}”", ", strongest in “{pillar}”"),
    "opening": Text(
        "{publisher} công bố kết quả đánh giá “{index}” năm {year}.",
        "the {publisher} published the {year} results of “{index}”.",
    ),
    "announced": Text("{when}, ", "in {when}, "),
    "rank_unstated": Text(
        "Thứ hạng chính xác của {own} chưa được nêu trong các nguồn hiện có ({note}).",
        "The exact rank of {own} is not stated in the sources at hand ({note}).",
    ),
    "rank_unknown": Text(
        "Chưa có số liệu về thứ hạng của {own} năm {year}.",
        "No rank of {own} is known for {year}.",
    ),
    "tied": Text(" (đồng hạng)", " (tied)"),
    "ranks": Text(
        "{own} xếp thứ {place}{tied} {peers}", "{own} ranks {place}{tied} among the {peers}"
    ),
    "ranks_among": Text(
        "{own} xếp thứ {place}{tied} trong các {peers}",
        "{own} ranks {place}{tied} among the {peers}",
    ),
    "leads": Text("{own} dẫn đầu{tied} {count}{peers}", "{own} leads{tied} the {count}{peers}"),
    "in_year": Text("năm {year} ({place})", "{year} ({place})"),
    "up": Text("tăng {places} so với {against}", "up {places} from {against}"),
    "down": Text("giảm {places} so với {against}", "down {places} from {against}"),
    "same": Text("giữ nguyên thứ hạng so với {against}", "unchanged from {against}"),
    "but_down": Text(
        ", nhưng vẫn thấp hơn {places} so với {against}", ", but still {places} below {against}"
    ),
    "but_up": Text(
        ", nhưng vẫn cao hơn {places} so với {against}", ", but still {places} above {against}"
    ),
    "and": Text(" và {move}", " and {move}"),
    "bridge": Text(" (tính theo {names})", " (taken from {names})"),
    "method": Text(
        "Bộ chỉ số gồm {count} hạng mục: {names}. Mỗi hạng mục được kiểm tra, chấm điểm; "
        "kết quả tổng hợp dùng để xếp hạng chung.",
        "The index has {count} pillars: {names}. Each is checked and given points; together they "
        "make the score by which the bodies are ranked.",
    ),
    "data": Text("Số liệu được lấy từ {data}.", "The data come from {data}."),
    # score and distance
    "total": Text(
        "Về tổng điểm, {own} đạt {score}{change}.", "The score of {own} is {score}{change}."
    ),
    "score_in_year": Text("năm {year} ({score})", "{year} ({score})"),
    "score_of_predecessors": Text(
        "trung bình năm {year} của {names} ({score})", "the {year} mean of {names} ({score})"
    ),
    "score_same": Text(", bằng {before}", ", the same as in {before}"),
    "score_up": Text(", tăng {difference} so với {before}", ", up {difference} from {before}"),
    "score_down": Text(", giảm {difference} so với {before}", ", down {difference} from {before}"),
    "behind": Text(
        "So với đơn vị dẫn đầu là {leaders} ({score}), {own} còn kém {distance}.",
        "{own} is {distance} behind the leader, {leaders} ({score}).",
    ),
    "ahead": Text(
        "Khoảng cách của {own} với đơn vị xếp kế tiếp, {next} ({score}), là {distance}.",
        "{own} is {distance} ahead of the next, {next} ({score}).",
    ),
    "gap_was": Text(
        "năm {year} kém {leaders} {distance}", "in {year} it was {distance} behind {leaders}"
    ),
    "gap_was_none": Text("năm {year} chính {own} dẫn đầu", "in {year} {own} was the leader itself"),
    "gap_same": Text(
        "Khoảng cách với đơn vị dẫn đầu không thay đổi ({was}).",
        "The distance to the leader is unchanged: {was}.",
    ),
    "gap_shrank": Text(
        "Khoảng cách với đơn vị dẫn đầu đã được rút ngắn ({was}).",
        "The distance to the leader shrank: {was}.",
    ),
    "gap_grew": Text(
        "Khoảng cách với đơn vị dẫn đầu đã rộng thêm ({was}).",
        "The distance to the leader grew: {was}.",
    ),
    "broken": Text(
        "Bộ chỉ số đã thay đổi so với năm {years}; so sánh giữa các năm chỉ để tham khảo.",
        "The index has changed since {years}; comparisons across the change are indicative.",
    ),
    # pillars
    "highlight": Text(
        "Điểm nhấn là hạng mục “{pillar}” xếp thứ {place}{again}.",
        "The highlight is “{pillar}”, ranked {place}{again}.",
    ),
    "strong": Text(
        "Hạng mục “{pillar}” xếp thứ {place}{again}.",
        "Also strong is “{pillar}”, ranked {place}{again}.",
    ),
    "highlight_first": Text(
        "Điểm nhấn là hạng mục “{pillar}” dẫn đầu cả khối ({place}){again}.",
        "The highlight is “{pillar}”, first of the group ({place}){again}.",
    ),
    "strong_first": Text(
        "Hạng mục “{pillar}” dẫn đầu cả khối ({place}){again}.",
        "Also strong is “{pillar}”, first of the group ({place}){again}.",
    ),
    "again": Text(
        "; đây là lần thứ {times} hạng mục này ở trong nhóm {top} ({years})",
        ", its {times} time in the top {top} ({years})",
    ),
    "rank_in_year": Text("năm {year} xếp {rank}", "{rank} in {year}"),
    "rose": Text(
        "Hạng mục tăng bậc nhiều nhất là “{pillar}”, tăng {places}, từ {before} năm {before_year} "
        "lên {now} năm {year}.",
        "The pillar that rose most is “{pillar}”: up {places}, from {before} in {before_year} to "
        "{now} in {year}.",
    ),
    "fell": Text(
        "Hạng mục giảm bậc nhiều nhất là “{pillar}”, giảm {places}, từ {before} năm {before_year} "
        "xuống {now} năm {year}.",
        "The pillar that fell most is “{pillar}”: down {places}, from {before} in {before_year} to "
        "{now} in {year}.",
    ),
    "lower_one": Text(
        "Hạng mục ở nửa dưới của bảng xếp hạng là {names}.",
        "One pillar is in the lower half of the ranking: {names}.",
    ),
    "lower": Text(
        "{count} hạng mục ở nửa dưới của bảng xếp hạng là {names}.",
        "{count} pillars are in the lower half of the ranking: {names}.",
    ),
    "middle_one": Text(
        "Hạng mục {names} xếp thứ {place}{scores}.", "{names} ranks {place}{scores}."
    ),
    "middle": Text(
        "Các hạng mục {names} cùng xếp thứ {place}{scores}.", "{names} all rank {place}{scores}."
    ),
    "middle_two": Text(
        "Hai hạng mục {names} cùng xếp thứ {place}{scores}.", "{names} both rank {place}{scores}."
    ),
    "score_one": Text(" (điểm số {scores})", " (score {scores})"),
    "score_more": Text(" (điểm số lần lượt là {scores})", " (scores {scores})"),
    "only_scores": Text("Điểm của {names}: {scores}.", "Scores of {names}: {scores}."),
    # what next
    "losses": Text("{own} còn có thể tăng nhiều điểm nhất ở:", "{own} can still gain most at:"),
    "loss": Text(
        "“{pillar}”: đạt {points}/{maximum} điểm, còn {lost} điểm",
        "“{pillar}”: {points} of {maximum} points, {lost} to gain",
    ),
    "next": Text(
        "Để có thứ hạng tốt hơn trong những năm tới, cần ưu tiên {names}.",
        "For a better place in the coming years, {names} come first.",
    ),
    "advise_body": Text("Đối với {own}: cần {tasks}.", "{own} should {tasks}."),
    "advise_units": Text(
        "Đối với các đơn vị trực thuộc (sở, ngành, huyện, thành phố): cần {tasks}.",
        "Its departments and districts should {tasks}.",
    ),
    "advise_communes": Text(
        "Đối với các xã, phường, thị trấn: cần {tasks}.",
        "Its communes, wards and towns should {tasks}.",
    ),
    "advise_staff": Text(
        "Đối với cán bộ, công chức, viên chức: cần {tasks}.",
        "Officials and public employees should {tasks}.",
    ),
    "hold": Text(
        "Để giữ vững và nâng hạng ở {names}: cần {tasks}.",
        "To hold and raise the place in {names}: {tasks}.",
    ),
    # other groups
    "other": Text(
        "Trong {ranked} {group}, {first}; {last}.", "Among the {ranked} {group}, {first}; {last}."
    ),
    "first_one": Text("đứng thứ nhất là {names}", "the first is {names}"),
    "first": Text("{count} đơn vị dẫn đầu là {names}", "the first {count} are {names}"),
    "last_one": Text("đứng cuối là {names}", "the last is {names}"),
    "last": Text("{count} đơn vị đứng cuối là {names}", "the last {count} are {names}"),
}

_COUNTS: Mapping[Language, Mapping[int, str]] = {
    "vi": {2: "hai", 3: "ba", 4: "bốn", 5: "năm", 6: "sáu"},
    "en": {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 10: "ten"},
}
_TIMES: Mapping[Language, Mapping[int, str]] = {
    "vi": {2: "hai", 3: "ba", 4: "tư", 5: "năm", 6: "sáu"},
    "en": {2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth"},
}


def count_word(count: int, language: Language) -> str:
    """A small number in words."""
    return _COUNTS[language].get(count, str(count))


def times_word(times: int, language: Language) -> str:
    """What follows "lần thứ" in Vietnamese, and stands before "time" in English."""
    bare = str(times) if language == "vi" else ordinal(times, language)
    return _TIMES[language].get(times, bare)


def places_word(places: int, language: Language) -> str:
    """`10 bậc`, `1 place`, `10 places`."""
    if language == "vi":
        return f"{places} bậc"
    return f"{places} place" if places == 1 else f"{places} places"
