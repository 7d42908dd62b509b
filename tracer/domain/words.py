"""The field's words: one English identifier each, the Chinese exactly as it is written."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A coded word with its Chinese label."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        word = str.__new__(cls, code)
        word._value_ = code
        word.label = label
        return word


class ProducerKind(Word):
    """Who may stand on a certificate (market subject, 市场主体)."""

    ENTERPRISE = "enterprise", "农产品生产企业"
    COOPERATIVE = "cooperative", "农民专业合作社"
    FAMILY_FARM = "family_farm", "家庭农场"
    HOUSEHOLD = "household", "农户"
    PURCHASER = "purchaser", "收购者"
    SLAUGHTERHOUSE = "slaughterhouse", "屠宰企业"
    PROCESSOR = "processor", "加工企业"
    DISTRIBUTOR = "distributor", "销售企业"


NATURAL_PERSON_KINDS = frozenset({ProducerKind.HOUSEHOLD})


class Role(Word):
    """What an account may do."""

    PRODUCER = "producer", "生产者"
    INSPECTOR = "inspector", "检查员"
    EXPERT = "expert", "评价专家"
    OPERATOR = "operator", "平台管理员"
    BASE = "base", "基地申请方"


class Sector(Word):
    """The kind of production; it decides which operations exist."""

    PLANTING = "planting", "种植"
    MUSHROOM = "mushroom", "食用菌"
    LIVESTOCK = "livestock", "畜禽养殖"
    AQUACULTURE = "aquaculture", "水产养殖"
    PROCESSING = "processing", "加工"


class Basis(Word):
    """承诺依据: the boxes of the certificate in force since 2026-02-01."""

    CONTROL = "control", "质量安全控制符合要求"
    SELF_TEST = "self_test", "自行检测合格"
    COMMISSIONED_TEST = "commissioned_test", "委托检测合格"


class ReportKind(Word):
    """Who tested."""

    SELF = "self", "自行检测"
    COMMISSIONED = "commissioned", "委托检测"
    QUICK = "quick", "快速检测"


class BatchKind(Word):
    """How a batch came to be."""

    HARVEST = "harvest", "采收"
    SPLIT = "split", "拆分"
    MERGE = "merge", "合并"
    TRANSFORM = "transform", "加工"
    PURCHASE = "purchase", "收购"


class InputKind(Word):
    """投入品."""

    SEED = "seed", "种子种苗"
    FERTILISER = "fertiliser", "肥料"
    PESTICIDE = "pesticide", "农药"
    VETERINARY_DRUG = "veterinary_drug", "兽药"
    FEED = "feed", "饲料"
    ADDITIVE = "additive", "添加剂保鲜剂"


class Rating(Word):
    """评价."""

    GOOD = "good", "好评"
    NEUTRAL = "neutral", "中评"
    BAD = "bad", "差评"


class SourceProofKind(Word):
    """What a purchaser may hold for a batch that was bought in."""

    CERTIFICATE = "certificate", "承诺达标合格证"
    QUARANTINE = "quarantine", "动物检疫合格证明"
    TEST_REPORT = "test_report", "检测合格报告"
    QUALITY_MARK = "quality_mark", "绿色、有机或地理标志证书"


class Outcome(Word):
    """What a check of a certificate comes to."""

    GENUINE = "genuine", "签名有效"
    VOIDED = "voided", "已作废"
    ALTERED = "altered", "内容被改动"
    UNKNOWN = "unknown", "查无此码"
    CANNOT_TELL = "cannot_tell", "暂时无法判断"
