"""Invented values as long as the fields may legally be, and a code of each tier."""

PROMISES = {
    "2025-producer": (
        "我承诺生产销售的食用农产品：\n"
        "未使用禁用农药、兽药及其他化合物；\n"
        "使用的常规农药、兽药残留不超标。"
    ),
    "2025-purchaser": (
        "我承诺销售的食用农产品：\n"
        "已按规定收取并保存该批次农产品承诺达标合格证或者其他质量安全合格证明；\n"
        "未违规使用保鲜剂、防腐剂、添加剂等。"
    ),
}
ISSUER = "某某县某某镇某某村三里河西岸绿色蔬菜种植与销售农民专业合作联社"[:30]
LONGEST = {
    "basis": "☑质量安全控制符合要求\n☑自行检测合格\n☑委托检测合格",
    "product": "高山有机玫瑰香鲜食葡萄特级礼盒装双层加厚",
    "quantity": "12345.678 公斤（共 1200 箱）",
    "origin": "某某省某某市某某县某某镇某某村东北三里河西岸第二十八号地块甲",
    "issuer": ISSUER,
    "producer": ISSUER,
    "contact": "0532-00000000-880012",
    "issued_at": "2026年12月28日",
    "produced_on": "2026年12月28日",
    "number": "37028326122800000123",
    "code": "WMQ3 9WM2 XHWM",
}
TAG = "https://T.EXAMPLE.CN/T/WMQ39WM2XHWM"
SIGNED_TAG = "https://T.EXAMPLE.CN/T/WMQ39WM2XHWM/" + "8401735962" * 20
CERTIFICATE = "https://TRACE.EXAMPLE.CN/C/7K3M9QF2XHP/" + "1934567890" * 70


def longest(form: str) -> dict[str, str]:
    """Values for a form, each as long as it may be."""
    return {**LONGEST, "form": form, "promise": PROMISES.get(form, "")}
