"""The words of the invented provinces; `{t}` stands for the province's name."""

from __future__ import annotations

NEWS = (
    "Tỉnh {t} khánh thành cầu treo Suối Đá phục vụ bà con vùng cao",
    "Phiên họp thường kỳ của Ủy ban nhân dân tỉnh {t} bàn giải pháp thúc đẩy giải ngân",
    "Ra mắt Tổ công nghệ số cộng đồng tại xã Nậm Lúa",
    "Công bố kế hoạch tổ chức Ngày hội chuyển đổi số lần thứ ba",
    "Hội nghị giới thiệu tiềm năng đầu tư vào khu công nghiệp Đồng Mây",
    "Nông dân xã Thanh Mai được mùa cam, giá bán tăng gấp rưỡi",
    "Lấy ý kiến nhân dân về đặt tên 12 tuyến đường mới ở phường Trung Tâm",
    "Tập huấn sử dụng chữ ký số cho cán bộ cấp xã",
    "Trao tặng 200 máy tính bảng cho học sinh trường nội trú Khe Lim",
    "Diễn tập ứng cứu sự cố an toàn thông tin mạng năm nay",
    "Khởi công tuyến đường nối cao tốc với cảng cạn Bến Lau",
    "Lễ hội hoa mận trắng thu hút hơn ba vạn du khách",
    "Bộ phận một cửa xã Phú Lộc thí điểm phục vụ ngày thứ Bảy",
    "Kiểm tra công tác phòng cháy rừng mùa hanh khô",
    "Giải chạy bán marathon Hồ Gươm Xanh hút hai nghìn vận động viên",
    "Bệnh viện đa khoa tỉnh {t} triển khai bệnh án điện tử",
    "Sản phẩm chè Tuyết Lĩnh được cấp chỉ dẫn địa lý",
    "Cắt giảm một nửa thời gian cấp phép xây dựng nhà ở riêng lẻ",
    "Đối thoại giữa lãnh đạo tỉnh {t} với thanh niên khởi nghiệp",
    "Hoàn thành số hóa sổ hộ tịch tại 42 xã, phường",
    "Phát động phong trào trồng một vạn cây xanh ven sông Mơ",
    "Đoàn công tác khảo sát mô hình hợp tác xã kiểu mới ở thôn Cốc Rế",
    "Triển lãm ảnh nghệ thuật về miền đất {t} xưa và nay",
    "Đường dây nóng tiếp nhận phản ánh về giá điện hoạt động suốt ngày đêm",
    "Hơn năm nghìn hộ được vay vốn ưu đãi phát triển kinh tế vườn rừng",
    "Chợ phiên Pá Hồng mở lại sau hai năm nâng cấp",
    "Thư viện lưu động đưa sách đến mười điểm trường lẻ",
    "Khai trương tuyến xe buýt điện đầu tiên của tỉnh {t}",
)

NEWS_TEXT = (
    (
        "Sáng nay, lãnh đạo tỉnh {t} cùng đại diện các sở, ngành, đoàn thể và "
        "đông đảo người dân đã "
        "có mặt để chứng kiến sự kiện. Đây là một trong những việc được nêu "
        "trong chương trình công "
        "tác của năm và được chuẩn bị trong nhiều tháng."
    ),
    (
        "Phát biểu tại buổi lễ, đại diện lãnh đạo tỉnh đề nghị các đơn vị tiếp "
        "tục phối hợp chặt chẽ, "
        "lắng nghe ý kiến của người dân, kịp thời tháo gỡ khó khăn và công khai "
        "tiến độ để mọi người "
        "cùng theo dõi, giám sát."
    ),
    (
        "Theo kế hoạch, các bước tiếp theo sẽ hoàn thành trước cuối quý tới. Mọi "
        "số liệu trong bài là "
        "dữ liệu minh họa."
    ),
)

#: kind, sign, summary
DOCUMENTS = (
    ("Quyết định", "QĐ-UBND", "Ban hành Quy chế quản lý, vận hành cổng thông tin điện tử tỉnh {t}"),
    ("Quyết định", "QĐ-UBND", "Quy định mức thu lệ phí hộ tịch trên địa bàn tỉnh {t}"),
    ("Chỉ thị", "CT-UBND", "Về tăng cường phòng cháy, chữa cháy rừng mùa khô"),
    ("Quyết định", "QĐ-UBND", "Ban hành Bảng giá các loại đất trên địa bàn tỉnh {t}"),
    ("Nghị quyết", "NQ-HĐND", "Về hỗ trợ học phí cho học sinh vùng khó khăn"),
    ("Quyết định", "QĐ-UBND", "Phê duyệt danh mục dịch vụ sự nghiệp công sử dụng ngân sách"),
    ("Công văn", "UBND-KSTT", "Về rà soát, đơn giản hóa thủ tục hành chính nội bộ"),
    ("Quyết định", "QĐ-UBND", "Quy định phân cấp quản lý tài sản công của tỉnh {t}"),
)

LEADERS = (
    ("Nguyễn Minh Hòa", "Chủ tịch Ủy ban nhân dân tỉnh {t}"),
    ("Trần Thị Lan Hương", "Phó Chủ tịch Ủy ban nhân dân tỉnh {t}"),
    ("Lê Quang Thịnh", "Phó Chủ tịch Ủy ban nhân dân tỉnh {t}"),
    ("Phạm Thu Hà", "Chánh Văn phòng Ủy ban nhân dân tỉnh {t}"),
)

UNITS = (
    ("Sở Nội vụ", "Đỗ Văn Khải", "Chánh Văn phòng"),
    ("Sở Tài chính", "Hoàng Thị Mận", "Phó Giám đốc"),
    ("Sở Nông nghiệp và Môi trường", "Vũ Đình Lộc", "Chánh Văn phòng"),
    ("Trung tâm Phục vụ hành chính công", "Bùi Ngọc Ánh", "Phó Giám đốc"),
)

#: project, package
BIDS = (
    ("Nâng cấp đường liên xã Nậm Lúa – Thanh Mai, tỉnh {t}", "Gói thầu số 03 xây lắp"),
    ("Xây dựng trường mầm non Khe Lim", "Gói thầu số 01 thiết bị"),
    ("Sửa chữa hồ chứa nước Đồng Mây", "Gói thầu số 02 xây lắp"),
    ("Mua sắm máy chủ cho trung tâm dữ liệu tỉnh {t}", "Gói thầu số 05 hàng hóa"),
    ("Cải tạo trạm y tế xã Phú Lộc", "Gói thầu số 01 xây lắp"),
    ("Trồng cây xanh ven sông Mơ", "Gói thầu số 04 dịch vụ"),
)

DRAFTS = (
    "Dự thảo Quyết định quy định quản lý chất thải rắn sinh hoạt trên địa bàn tỉnh {t}",
    "Dự thảo Nghị quyết về hỗ trợ hợp tác xã nông nghiệp",
    "Dự thảo Quy chế phối hợp quản lý quy hoạch, kiến trúc đô thị",
)

DIRECTION = (
    "Ý kiến kết luận của Chủ tịch tỉnh {t} về tiến độ giải ngân vốn đầu tư công",
    "Trả lời kiến nghị của cử tri xã Thanh Mai về đường vào khu tái định cư",
    "Lịch làm việc của lãnh đạo Ủy ban nhân dân tỉnh trong tuần",
    "Quyết định khen thưởng các doanh nghiệp tiêu biểu của năm",
    "Xử lý vi phạm hành chính đối với cơ sở khai thác cát trái phép",
    "Thông báo phân công nhiệm vụ các thành viên Ủy ban nhân dân tỉnh {t}",
)
DIRECTION_TEXT = (
    (
        "Chủ tịch Ủy ban nhân dân tỉnh {t} giao các sở, ngành và địa phương thực "
        "hiện nghiêm các nội "
        "dung sau, báo cáo kết quả trước ngày 25 hằng tháng."
    ),
    "Văn phòng Ủy ban nhân dân tỉnh theo dõi, đôn đốc và công khai kết quả trên cổng.",
)

LEGAL_EDUCATION = (
    "Những điểm mới của Luật Đất đai mà người dân cần biết",
    "Hỏi và trả lời về đăng ký cư trú trên môi trường số",
    "Hướng dẫn thực hiện chính sách hỗ trợ nhà ở cho hộ nghèo tại tỉnh {t}",
    "Phổ biến quy định về bảo vệ dữ liệu cá nhân",
    "Tuyên truyền Luật Trật tự, an toàn giao thông đường bộ",
)
LEGAL_TEXT = (
    (
        "Bài viết tóm tắt các quy định mới, đối tượng áp dụng và những việc người dân tỉnh {t} cần "
        "làm. Toàn văn văn bản có tại mục văn bản của cổng."
    ),
    "Người dân có thể gửi câu hỏi về mục hỏi đáp để được giải đáp thêm.",
)

PLANS = (
    "Kế hoạch phát triển kinh tế – xã hội năm tới của tỉnh {t}",
    "Quy hoạch tỉnh {t} giai đoạn mười năm",
    "Danh mục dự án kêu gọi đầu tư vào khu công nghiệp Đồng Mây",
    "Kế hoạch sử dụng đất hằng năm",
    "Quy hoạch thăm dò, khai thác khoáng sản làm vật liệu xây dựng",
    "Kế hoạch thu gom, xử lý nước thải đô thị",
)
PLANS_TEXT = (
    (
        "Văn bản nêu mục tiêu, chỉ tiêu chủ yếu, nhiệm vụ và giải pháp, nguồn "
        "lực và phân công thực "
        "hiện trên địa bàn tỉnh {t}."
    ),
    "Các sở, ngành và địa phương báo cáo kết quả thực hiện hằng quý.",
)

GAZETTE = (
    "Công báo tỉnh {t} số 36",
    "Công báo tỉnh {t} số 35",
    "Công báo tỉnh {t} số 34",
    "Công báo tỉnh {t} số 33",
)
GAZETTE_TEXT = ("Số công báo đăng các văn bản quy phạm pháp luật do tỉnh {t} ban hành trong kỳ.",)

SCIENCE = (
    "Đề tài: Nghiên cứu giống lúa chịu hạn cho vùng cao tỉnh {t}",
    "Đề tài: Ứng dụng cảm biến cảnh báo sớm lũ quét",
    "Chương trình: Phát triển tài sản trí tuệ cho nông sản địa phương",
    "Đề tài: Bảo tồn tiếng nói và chữ viết của đồng bào vùng cao",
)
SCIENCE_TEXT = (
    (
        "Mã số, cấp quản lý, lĩnh vực, đơn vị chủ trì, thời gian và kết quả của nhiệm vụ khoa học "
        "trên địa bàn tỉnh {t} được công khai tại đây."
    ),
)

STATISTICS = (
    "Tình hình kinh tế – xã hội tháng này của tỉnh {t}",
    "Chỉ số giá tiêu dùng và sản xuất công nghiệp tháng trước",
    "Kết quả điều tra lao động, việc làm",
    "Niên giám thống kê tóm tắt",
)
STATISTICS_TEXT = (
    (
        "Số liệu do cơ quan thống kê tỉnh {t} tổng hợp theo phương pháp điều tra "
        "mẫu; kèm phân tích "
        "và thời gian thực hiện."
    ),
)

INTRODUCTION = (
    (
        "Tỉnh {t} nằm ở vùng trung du, diện tích 4.210 km², dân số 812 nghìn "
        "người, gồm 42 xã, phường. "
        "Địa hình thấp dần từ tây bắc xuống đông nam, khí hậu có bốn mùa rõ rệt."
    ),
    (
        "Cơ cấu tổ chức: Hội đồng nhân dân tỉnh, Ủy ban nhân dân tỉnh, 14 sở và "
        "cơ quan ngang sở, 42 "
        "Ủy ban nhân dân xã, phường. Văn phòng Ủy ban nhân dân tỉnh giúp việc cho lãnh đạo tỉnh."
    ),
    (
        "Chức năng, nhiệm vụ: Ủy ban nhân dân tỉnh là cơ quan hành chính nhà nước ở địa phương, tổ "
        "chức thi hành Hiến pháp, pháp luật và nghị quyết của Hội đồng nhân dân cùng cấp."
    ),
    (
        "Lịch sử, văn hóa: vùng đất {t} được khai phá từ thế kỷ XV, có 26 dân "
        "tộc cùng chung sống với "
        "nhiều lễ hội, làn điệu dân ca và nghề thủ công truyền thống."
    ),
    "Bản đồ địa giới hành chính tới cấp xã được đăng kèm và cập nhật khi có thay đổi.",
)

MISSION = (
    (
        "Chức năng: Ủy ban nhân dân tỉnh {t} là cơ quan hành chính nhà nước ở "
        "địa phương, chịu trách "
        "nhiệm trước Nhân dân, Hội đồng nhân dân cùng cấp và cơ quan hành chính nhà nước cấp trên."
    ),
    (
        "Nhiệm vụ và quyền hạn: tổ chức thi hành pháp luật; xây dựng, trình Hội "
        "đồng nhân dân quyết "
        "định các kế hoạch phát triển; quản lý ngân sách, đất đai, giáo dục, y "
        "tế; phối hợp với các "
        "đoàn thể chăm lo đời sống của người dân; giải quyết khiếu nại, tố cáo theo quy định."
    ),
)

TRANSACTION = (
    (
        "Tên miền: {host}. Địa chỉ thư điện tử của cổng: banbientap@{host}. Điện thoại giao dịch: "
        "0200 3800 100. Tài khoản giao dịch của cổng được mở tại Kho bạc Nhà nước tỉnh {t}."
    ),
    (
        "Thông tin giao dịch chính thức của cổng thông tin điện tử với tổ chức, "
        "cá nhân gồm địa chỉ, "
        "điện thoại, số fax, địa chỉ thư điện tử dùng để giao dịch và tiếp nhận thông tin."
    ),
)

#: question, answer, age in days, days to the answer
QUESTIONS = (
    ("Thủ tục cấp lại giấy khai sinh cần giấy tờ gì?", "Ông, bà nộp tờ khai tại xã.", 9, 3),
    ("Khi nào đường liên xã Nậm Lúa hoàn thành?", "Dự kiến cuối quý tới.", 14, 5),
    ("Tôi có thể nộp hồ sơ đất đai qua mạng không?", "Có, tại cổng dịch vụ công.", 21, 6),
    ("Mức hỗ trợ mua bảo hiểm y tế hộ cận nghèo là bao nhiêu?", "Ngân sách hỗ trợ 70%.", 30, 8),
    ("Xin hỏi lịch tiếp công dân của Chủ tịch tỉnh?", "Ngày 15 hằng tháng.", 41, 4),
    ("Hồ sơ trợ cấp thất nghiệp nộp ở đâu?", "Tại Trung tâm Dịch vụ việc làm.", 55, 7),
)

ENGLISH_NEWS = (
    ("Suspension bridge over Stone Creek opened to traffic", 2),
    ("Provincial library brings books to ten remote schools", 9),
    ("First electric bus line starts in the provincial town", 18),
)
ENGLISH_TEXT = (
    (
        "The province of {t} lies in the midland, with an area of 4,210 square kilometres and a "
        "population of 812 thousand. It has 42 communes and wards."
    ),
    (
        "The People's Committee is the administrative body of the province. It has fourteen "
        "departments. The chairman is elected by the People's Council."
    ),
    (
        "Services for foreigners: work permits, registration of residence, "
        "recognition of marriages. "
        "Forms are explained in English at the public service centre, which is open on weekdays."
    ),
    (
        "Contact: 1 Square Street, Centre Ward. Telephone: (84) 200 3800 100. "
        "E-mail: english@{host}. "
        "All data on this site are illustrative."
    ),
)
