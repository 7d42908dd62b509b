"""Numbers that name a person, a body or a trade item: normalised, or refused with a reason.

Check characters are computed here rather than by a general library: those refuse the codes of
village collectives (N…) and the citizens born before a county got its present code.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from tracer.domain.errors import Refusal

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_HOLDERS = {
    "1": "机关、事业单位",
    "5": "社会组织",
    "91": "企业",
    "92": "个体工商户",
    "93": "农民专业合作社",
    "9": "市场监管部门登记的单位",
    "N1": "组级集体经济组织",
    "N2": "村级集体经济组织",
    "N3": "乡镇级集体经济组织",
    "N": "农业农村部门登记的单位",
    "A": "军队单位",
    "Y": "其他单位",
}
_USCC_AUTHORITIES = "123456789ANY"
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})(\d{7,8})")
_SERVICE = re.compile(r"(400|800)(\d{3})(\d{4})")
_PESTICIDE = re.compile(r"(PD|WP|LS|WL)\d{5,8}(F\d+)?(-\d+)?")
_SEPARATORS = re.compile(r"[\s\u00b7\u2010-\u2015-]+")


def _plain(text: str) -> str:
    """Half-width, upper case, without spaces and hyphens: what people mean by what they type."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def parse_uscc(text: str) -> str:
    """The 18 characters of a 统一社会信用代码 (GB 32100-2015), or a Refusal.

    The first character must be a registering authority (N agriculture and Y other included), the
    next place is its kind of body, the check character is the sum of char x 3^i modulo 31.
    """
    code = _plain(text)
    if len(code) != 18:
        raise Refusal(
            "bad_length",
            f"统一社会信用代码应为 18 位，现在是 {len(code)} 位，请对照执照补全",
            "uscc",
        )
    wrong = next((char for char in code if char not in _USCC_ALPHABET), None)
    if wrong is not None:
        raise Refusal(
            "bad_character",
            f"统一社会信用代码里不会有“{wrong}”，请对照执照再看一遍（没有字母 I、O、S、V、Z）",
            "uscc",
        )
    if code[0] not in _USCC_AUTHORITIES:
        raise Refusal(
            "bad_authority", f"统一社会信用代码不会以“{code[0]}”开头，请对照执照再看一遍", "uscc"
        )
    total = sum(_USCC_ALPHABET.index(char) * pow(3, i, 31) for i, char in enumerate(code[:17]))
    if _USCC_ALPHABET[-total % 31] != code[17]:
        raise Refusal(
            "bad_check", "统一社会信用代码有误，有一两位看错了，请对照执照再看一遍", "uscc"
        )
    return code


def uscc_holder(code: str) -> str:
    """What kind of body a normalised code belongs to, in Chinese, by its first two characters."""
    return _USCC_HOLDERS.get(code[:2]) or _USCC_HOLDERS.get(code[0], "其他登记单位")


def parse_id_card(text: str, today: date) -> str:
    """The 18 characters of a 身份证号 (GB 11643), or a Refusal.

    Only what cannot be wrong is checked: the birth date lies in 1900..``today`` and the last
    character fits (ISO 7064 MOD 11-2). County codes are not: they change, and people keep theirs.
    """
    number = _plain(text)
    if len(number) != 18:
        raise Refusal(
            "bad_length", f"身份证号应为 18 位，现在是 {len(number)} 位，请对照证件补全", "id_card"
        )
    if not (number.isascii() and number[:17].isdigit() and number[17] in "0123456789X"):
        raise Refusal(
            "bad_character",
            "身份证号前 17 位是数字，最后一位是数字或 X，请对照证件再看一遍",
            "id_card",
        )
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        born = None
    if born is None or not date(1900, 1, 1) <= born <= today:
        raise Refusal(
            "bad_birth_date",
            f"身份证号第 7 到 14 位“{number[6:14]}”不是有效的出生日期，请对照证件再看一遍",
            "id_card",
        )
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    if _ID_CHECKS[total % 11] != number[17]:
        raise Refusal("bad_check", "身份证号有误，有一两位看错了，请对照证件再看一遍", "id_card")
    return number


def parse_phone(text: str) -> str:
    """联系方式: a mobile ``13812345678``, landline ``0532-88881234`` or ``400-123-4567`` number.

    A leading +86 or 0086 is dropped. Anything else is a Refusal.
    """
    digits = re.sub(r"[()]", "", _plain(text))
    digits = re.sub(r"^(\+86|0086)", "", digits)
    if digits.isascii():
        if _MOBILE.fullmatch(digits):
            return digits
        if landline := _LANDLINE.fullmatch(digits):
            return "-".join(landline.groups())
        if service := _SERVICE.fullmatch(digits):
            return "-".join(service.groups())
    raise Refusal(
        "bad_phone", "联系方式请填 11 位手机号，或带区号的座机，比如 0532-88881234", "phone"
    )


def parse_gtin(text: str) -> str:
    """A GTIN as 14 digits, from 8, 12, 13 or 14; or a Refusal.

    Prefixes 02, 04 and 20-29 are in-store numbers: they mean nothing outside one shop, so they
    are refused too.
    """
    digits = _plain(text)
    if len(digits) not in (8, 12, 13, 14):
        raise Refusal(
            "bad_length", "商品条码应为 8、12、13 或 14 位数字，请对照包装再看一遍", "gtin"
        )
    if not (digits.isascii() and digits.isdigit()):
        raise Refusal("bad_character", "商品条码只有数字，请对照包装再看一遍", "gtin")
    total = sum(
        int(digit) * (3 if i % 2 == 0 else 1) for i, digit in enumerate(reversed(digits[:-1]))
    )
    if -total % 10 != int(digits[-1]):
        raise Refusal("bad_check", "商品条码有误，有一两位看错了，请对照包装再看一遍", "gtin")
    gtin = digits.zfill(14)
    in_store = (
        digits[0] in "02" if len(digits) == 8 else gtin[1] == "2" or gtin[1:3] in ("02", "04")
    )
    if in_store:
        raise Refusal(
            "restricted_gtin",
            "这是店内条码，出了店就不能用，请填商品自己的条码，没有就不填",
            "gtin",
        )
    return gtin


def is_chinese_gtin(gtin: str) -> bool:
    """Whether GS1 China issued it (prefixes 680, 681, 690-699): elsewhere is odd, not wrong."""
    return gtin[1:4] in ("680", "681") or gtin[1:3] == "69"


def parse_pesticide_registration(text: str) -> str:
    """A 农药登记证号 such as ``PD20080660`` or ``PD85105-12``, or a Refusal.

    Callers treat the Refusal as advice: old numbers have odd shapes, and the label decides.
    """
    number = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()
    if not (number.isascii() and _PESTICIDE.fullmatch(number)):
        raise Refusal(
            "bad_registration",
            "农药登记证号一般像 PD20080660，请对照标签再看一遍",
            "registration_no",
        )
    return number
