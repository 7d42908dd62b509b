"""聚畦: a purchaser with a cold store; 田蔚: a factory that makes pickled cucumbers."""

from __future__ import annotations

from demo import animals, vegetables
from demo.book import COUNTY, PLACE, TOWN, Book, Farm, uscc
from tracer.domain.ids import check_digit

BUYER = "平度聚畦果蔬收购站"
FACTORY = "平度田蔚食品有限公司"


def add(book: Book) -> None:
    """The rows of both traders."""
    book.add(
        "生产者",
        "收购者",
        BUYER,
        uscc("92370283MA99JQ004"),
        "",
        "吴仓禾",
        "2020-06-01",
        "",
        "",
        "吴仓禾",
        "13800001006",
        "",
        COUNTY,
        TOWN,
        "蓼兰镇集市西头",
        "黄瓜、番茄、鸡蛋",
        "逐批收证、逐批入账，分装后重新开证。",
    )
    _buyer(Farm(book, BUYER, "吴仓禾"))
    book.add(
        "生产者",
        "加工企业",
        FACTORY,
        uscc("91370283MA99TW005"),
        "",
        "郑味田",
        "2015-11-18",
        "300 万元",
        "",
        "郑味田",
        "0532-88880007",
        "",
        COUNTY,
        TOWN,
        "蓼兰镇工业路 9 号",
        "酱黄瓜",
        "老卤腌制，四十五天出缸。",
    )
    _factory(Farm(book, FACTORY, "郑味田"))


def _number(day: str, sequence: int) -> str:
    """The number of a certificate that came with the goods: 20 digits with a valid check."""
    body = f"{COUNTY}{day.replace('-', '')[2:]}{sequence:07d}"
    return body + check_digit(body)


def _buy(
    farm: Farm,
    ref: str,
    code: str,
    day: str,
    amount: str,
    unit: str,
    supplier: str,
    proof: str,
    number: str,
) -> None:
    farm.batch(
        code,
        "收购",
        day,
        amount,
        unit,
        **{
            "作业编号": ref,
            "执行人": farm.operator,
            "供货人": supplier,
            "产地": PLACE,
            "单据编号": f"SG-{code[2:]}",
        },
    )
    farm.book.add("来源凭证", farm.name, code, proof, number, supplier, day)


def _buyer(farm: Farm) -> None:
    farm.plots(
        ("集市冷库", "仓库", "0.6", "集市", "四度恒温，分区码放"),
    )
    farm.product("黄瓜", "A1-7", "种植", "产地直收，逐批留证。")
    farm.product("番茄", "A1-12", "种植", "产地直收，逐批留证。")
    farm.product(
        "鲜鸡蛋",
        "A3-48",
        "畜禽养殖",
        "散养户直收。",
        **{"作物或养殖品种": "鸡蛋", "计量单位": "枚"},
    )
    certificate = "承诺达标合格证"
    for product, ref in (("黄瓜", "2026-SG-HG"), ("番茄", "2026-SG-FQ"), ("鲜鸡蛋", "2026-SG-JD")):
        farm.campaign(ref, product, "集市冷库", f"2026 年收购{product}", "2026-03-01")
    _buy(
        farm,
        "2026-SG-HG",
        "SH260515",
        "2026-05-15",
        "600",
        "公斤",
        vegetables.NAME,
        certificate,
        _number("2026-05-14", 12),
    )
    _buy(
        farm,
        "2026-SG-HG",
        "SH261116",
        "2026-11-16",
        "300",
        "公斤",
        vegetables.NAME,
        certificate,
        _number("2026-11-15", 31),
    )
    _buy(
        farm,
        "2026-SG-HG",
        "SH261119",
        "2026-11-19",
        "260",
        "公斤",
        vegetables.NAME,
        certificate,
        _number("2026-11-18", 27),
    )
    farm.batch("SH2611H", "合并", "2026-11-19", "560", "公斤", [("SH261116", ""), ("SH261119", "")])
    farm.batch("SH2611A", "拆分", "2026-11-20", "240", "公斤", [("SH2611H", "240")])
    _buy(
        farm,
        "2026-SG-FQ",
        "SF261113",
        "2026-11-13",
        "180",
        "公斤",
        vegetables.NAME,
        certificate,
        _number("2026-11-12", 8),
    )
    _buy(
        farm,
        "2026-SG-JD",
        "SD261119",
        "2026-11-19",
        "900",
        "枚",
        animals.HENS,
        "检测合格报告",
        "QHH-26-1171",
    )


def _factory(farm: Farm) -> None:
    farm.plots(
        ("原料库", "仓库", "0.8", "工业路", "常温库，离地离墙"),
        ("腌制车间", "车间", "1.5", "工业路", "不锈钢池三十口，地面环氧"),
    )
    farm.product("黄瓜（原料）", "A1-7", "种植", "", **{"作物或养殖品种": "黄瓜"})
    farm.product(
        "田蔚酱黄瓜",
        "A5-108",
        "加工",
        "鲜黄瓜、食盐、酿造酱油，不加防腐剂。",
        **{"规格": "500 克/袋", "计量单位": "袋"},
    )
    farm.input("添加剂保鲜剂", "腌制用食盐", "", "海晏盐业有限公司", "海晏盐业平度站")
    farm.campaign("2026-YL", "黄瓜（原料）", "原料库", "2026 年黄瓜原料收购", "2026-04-01")
    for code, day, amount, sequence in (
        ("YL260429", "2026-04-29", "800", 9),
        ("YL260531", "2026-05-31", "640", 14),
        ("YL261109", "2026-11-09", "560", 22),
    ):
        _buy(
            farm,
            "2026-YL",
            code,
            day,
            amount,
            "公斤",
            vegetables.NAME,
            "承诺达标合格证",
            _number(day, sequence),
        )
    farm.campaign(
        "2026-JC",
        "田蔚酱黄瓜",
        "腌制车间",
        "2026 年酱黄瓜",
        "2026-04-30",
        "",
        """
        2026-04-30 | 清洗 | | | 三遍流水 | | 800 公斤
        2026-06-16 | 出厂检验 | | | 感官、净含量、亚硝酸盐 | | | 单据编号=TW-CJ-0616
        2026-07-18 | 出厂检验 | | | 感官、净含量、亚硝酸盐 | | | 单据编号=TW-CJ-0718
        """,
    )
    work = {"作业编号": "2026-JC", "作业内容": "加工", "执行人": farm.operator}
    farm.batch(
        "JC260615",
        "加工",
        "2026-06-15",
        "980",
        "袋",
        [("YL260429", "")],
        **work,
        **{"加工方法": "清洗、盐渍、脱盐、酱制、包装"},
    )
    farm.batch(
        "JC260717",
        "加工",
        "2026-07-17",
        "620",
        "袋",
        [("YL260531", "500")],
        **work,
        **{"加工方法": "清洗、盐渍、脱盐、酱制、包装"},
    )
    farm.report(
        "TW-CJ-0616",
        "JC260615",
        "自行检测",
        "田蔚食品化验室",
        "2026-06-15",
        "2026-06-16",
        "亚硝酸盐 2.1 20",
    )
