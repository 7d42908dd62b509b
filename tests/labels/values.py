"""Invented values as long as the fields may legally be, a code of each tier, and runs of labels."""

import io
import random

from PIL import Image, ImageDraw

from labels import qr_fits

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

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
SHORTEST = {
    "basis": "☑质量安全控制符合要求\n□自行检测合格\n□委托检测合格",
    "product": "葱",
    "quantity": "1 斤",
    "origin": "某村",
    "issuer": "王五",
    "producer": "王五",
    "contact": "0532-1",
    "issued_at": "2026年1月1日",
    "produced_on": "2026年1月1日",
}
TAG = "https://T.EXAMPLE.CN/T/WMQ39WM2XHWM"
SIGNED_TAG = "https://T.EXAMPLE.CN/T/WMQ39WM2XHWM/" + "8401735962" * 20
CERTIFICATE = "https://TRACE.EXAMPLE.CN/C/7K3M9QF2XHP/" + "1934567890" * 70


def longest(form: str) -> dict[str, str]:
    """Values for a form, each as long as it may be."""
    return {**LONGEST, "form": form, "promise": PROMISES.get(form, "")}


def shortest(form: str) -> dict[str, str]:
    """The same, each as short as it may be."""
    return longest(form) | SHORTEST


def dense(name: str) -> str:
    """The longest code that a design is meant for."""
    tiers = (CERTIFICATE, TAG) if name.startswith("certificate") else (SIGNED_TAG, TAG)
    return next(text for text in tiers if qr_fits(name, text))


def run_of(count: int, form: str = "2025-qr") -> tuple[dict[str, str], list[str]]:
    """The values of a run's first label and the QR texts of all."""
    chance = random.Random(count)
    codes = ["".join(chance.choices(ALPHABET, k=12)) for _ in range(count)]
    return with_code(codes[0], form), [f"https://T.EXAMPLE.CN/T/{code}" for code in codes]


def with_code(code: str, form: str = "2025-qr") -> dict[str, str]:
    """The longest values, and a code in three groups."""
    return longest(form) | {"code": f"{code[:4]} {code[4:8]} {code[8:]}"}


def a_logo() -> bytes:
    """A picture such as a co-op has: a green leaf on nothing."""
    picture = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((20, 20, 280, 180), fill=(20, 90, 40, 255))
    draw.line((40, 170, 260, 40), fill=(240, 250, 240, 255), width=12)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
