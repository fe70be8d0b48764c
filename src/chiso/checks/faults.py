"""What each error class means, whose side it usually is, and what it may do to a verdict."""

from __future__ import annotations

from collections.abc import Mapping

from chiso.checks.states import CheckState, ErrorClass, Fault, Side
from chiso.language import Text


def _fault(side: Side, vi: str, en: str, do_vi: str, do_en: str) -> Fault:
    return Fault(side, Text(vi, en), Text(do_vi, do_en))


FAULTS: Mapping[ErrorClass, Fault] = {
    ErrorClass.DNS_NXDOMAIN: _fault(
        "portal",
        "tên miền không tồn tại", "the name does not exist",
        "kiểm tra đăng ký tên miền và bản ghi của máy chủ tên miền",
        "check the registration of the domain and the records of its name servers",
    ),
    ErrorClass.DNS_NODATA: _fault(
        "portal",
        "tên miền không có địa chỉ", "the name has no address",
        "thêm bản ghi A hoặc AAAA cho tên miền", "add an A or AAAA record for the name",
    ),
    ErrorClass.DNS_SERVFAIL: _fault(
        "either",
        "hệ thống tên miền báo lỗi khi phân giải", "the name system failed to answer",
        "kiểm tra máy chủ tên miền và chữ ký DNSSEC; thử lại bằng bộ phân giải khác",
        "check the name servers and the DNSSEC signatures; try another resolver",
    ),
    ErrorClass.DNS_TIMEOUT: _fault(
        "between",
        "hệ thống tên miền không trả lời kịp", "the name system did not answer in time",
        "kiểm tra máy chủ tên miền; thử lại bằng bộ phân giải khác",
        "check the name servers; try another resolver",
    ),
    ErrorClass.DNSSEC_BOGUS: _fault(
        "portal",
        "chữ ký DNSSEC của tên miền không hợp lệ",
        "the DNSSEC signatures of the name are not valid",
        "ký lại vùng tên miền và đối chiếu bản ghi DS ở cấp trên",
        "sign the zone again and compare the DS record of the parent",
    ),
    ErrorClass.CONN_REFUSED: _fault(
        "portal",
        "máy chủ từ chối kết nối", "the server refused the connection",
        "kiểm tra dịch vụ web có đang chạy và cổng mạng có mở",
        "check that the web service runs and that the port is open",
    ),
    ErrorClass.CONN_TIMEOUT: _fault(
        "between",
        "không kết nối được trong thời gian chờ", "no connection within the time allowed",
        "kiểm tra máy chủ và tường lửa; tường lửa có thể đang chặn địa chỉ của điểm đo",
        "check the server and the firewall; it may be keeping out the measuring address",
    ),
    ErrorClass.CONN_RESET: _fault(
        "between",
        "kết nối bị ngắt giữa chừng", "the connection was cut",
        "kiểm tra máy chủ, bộ cân bằng tải và tường lửa",
        "check the server, the load balancer and the firewall",
    ),
    ErrorClass.UNREACHABLE: _fault(
        "between",
        "không có đường mạng tới máy chủ", "there is no route to the server",
        "kiểm tra định tuyến với nhà cung cấp mạng", "check the routing with the network provider",
    ),
    ErrorClass.READ_TIMEOUT: _fault(
        "portal",
        "máy chủ nhận yêu cầu nhưng không trả lời kịp",
        "the server took the request but did not answer in time",
        "kiểm tra tải của máy chủ và cơ sở dữ liệu",
        "check the load of the server and its database",
    ),
    ErrorClass.TLS_HANDSHAKE: _fault(
        "portal",
        "không thiết lập được kết nối bảo mật", "no secure connection could be made",
        "kiểm tra cấu hình TLS của máy chủ (TLS 1.2 hoặc 1.3)",
        "check the TLS settings of the server (TLS 1.2 or 1.3)",
    ),
    ErrorClass.TLS_CERT: _fault(
        "portal",
        "chứng thư số không được tin cậy", "the certificate is not trusted",
        "cài chứng thư còn hạn, đúng tên miền, đủ chuỗi trung gian",
        "install a certificate in date, for this name, with its whole chain",
    ),
    ErrorClass.HTTP_MALFORMED: _fault(
        "portal",
        "câu trả lời không đúng giao thức HTTP", "the answer is not proper HTTP",
        "kiểm tra máy chủ web và các thiết bị đứng trước nó",
        "check the web server and what stands before it",
    ),
    ErrorClass.REDIRECT_LOOP: _fault(
        "portal",
        "chuyển hướng vòng tròn", "the redirects go in a circle",
        "sửa quy tắc chuyển hướng giữa http, https và www",
        "mend the redirects between http, https and www",
    ),
    ErrorClass.TOO_MANY_REDIRECTS: _fault(
        "portal",
        "chuyển hướng quá nhiều lần", "there are too many redirects",
        "rút gọn chuỗi chuyển hướng", "shorten the chain of redirects",
    ),
    ErrorClass.TOO_LARGE: _fault(
        "either",
        "câu trả lời vượt giới hạn của công cụ đo", "the answer is beyond the limits of the tool",
        "xem lại dung lượng trang; người đánh giá xem trực tiếp",
        "look at the size of the page; a person looks at it",
    ),
    ErrorClass.DECODE: _fault(
        "either",
        "không giải nén được câu trả lời", "the answer could not be decompressed",
        "kiểm tra thiết lập nén của máy chủ", "check the compression settings of the server",
    ),
    ErrorClass.REFUSED_ADDRESS: _fault(
        "either",
        "tên miền trỏ về địa chỉ không công khai",
        "the name points to an address that is not public",
        "sửa bản ghi để tên miền chỉ trỏ về địa chỉ công khai",
        "let the name point to public addresses only",
    ),
    ErrorClass.REFUSED_URL: _fault(
        "either",
        "địa chỉ không thuộc loại được phép mở", "the address is of a kind that is not opened",
        "sửa liên kết hoặc chuyển hướng về http, https ở cổng thông thường",
        "let links and redirects use http or https on the usual ports",
    ),
    ErrorClass.ROBOTS: _fault(
        "portal",
        "tệp robots.txt không cho công cụ đo truy cập", "robots.txt keeps the tool out",
        "cho phép công cụ đo trong robots.txt", "allow the tool in robots.txt",
    ),
    ErrorClass.BUDGET: _fault(
        "ours",
        "hết hạn mức thời gian hoặc số trang của lượt đo", "the budget of the visit was used up",
        "đo lại với hạn mức lớn hơn", "measure again with a larger budget",
    ),
    ErrorClass.STOPPED: _fault(
        "ours",
        "lượt đo được dừng theo lệnh", "the visit was told to stop",
        "đo lại khi được phép", "measure again when allowed",
    ),
    ErrorClass.RENDER_CRASH: _fault(
        "ours",
        "trình duyệt của công cụ đo dừng đột ngột", "the browser of the tool crashed",
        "đo lại; nếu lặp lại thì người đánh giá xem trực tiếp",
        "measure again; if it happens again a person looks",
    ),
    ErrorClass.RENDER_TIMEOUT: _fault(
        "either",
        "trang không hiện xong trong thời gian chờ của trình duyệt",
        "the page did not finish within the browser's time",
        "đo lại; xem các tài nguyên tải chậm", "measure again; look for resources that load slowly",
    ),
    ErrorClass.ENGINE: _fault(
        "ours",
        "lỗi của công cụ đo", "an error of the tool",
        "báo cho người vận hành công cụ đo", "tell the operator of the tool",
    ),
}  # fmt: skip


def unmeasured(error: ErrorClass, *, availability: bool = False) -> CheckState:
    """The state to which an error leads where it left a check without an answer.

    Kept out by robots.txt: blocked. Otherwise not measured, for a portal that is down says nothing
    of its content. Only the checks of availability ask with `availability=True`: then a fault of
    the portal is a fail, and one that may stand between us and the portal is for review, because
    a firewall that drops our packets looks the same as a server that is off. The caller has
    confirmed the error before (design, section 7).
    """
    if error is ErrorClass.ROBOTS:
        return CheckState.BLOCKED
    if not availability:
        return CheckState.NOT_MEASURED
    side = FAULTS[error].side
    if side == "portal":
        return CheckState.FAIL
    return CheckState.NOT_MEASURED if side == "ours" else CheckState.NEEDS_REVIEW
