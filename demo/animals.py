"""Two households: 孙塘生 with grass carp in a pond, 周谷雨 with laying hens."""

from __future__ import annotations

from datetime import date, timedelta

from demo.book import COUNTY, TOWN, Book, Farm, id_card

HENS = "周谷雨"
POND = "孙塘生"
_SHOP = "蓼兰牧野兽药店"
_LAB = "青禾衡检测技术有限公司"


def add(book: Book) -> None:
    """The rows of both households."""
    book.add(
        "生产者",
        "农户",
        HENS,
        "",
        id_card(101),
        "",
        "",
        "",
        "",
        HENS,
        "13800001004",
        "",
        COUNTY,
        TOWN,
        "蓼兰镇河东村",
        "鲜鸡蛋",
        "散养蛋鸡两千只，喂玉米豆粕。",
    )
    _hens(Farm(book, HENS, HENS))
    book.add(
        "生产者",
        "农户",
        POND,
        "",
        id_card(202),
        "",
        "",
        "",
        "",
        POND,
        "13800001005",
        "",
        COUNTY,
        TOWN,
        "蓼兰镇北塘村",
        "草鱼",
        "十亩池塘，春投秋捕。",
    )
    _pond(Farm(book, POND, POND))


def _hens(farm: Farm) -> None:
    farm.plots(
        ("林下鸡舍", "栏舍", "6", "河东村", "杨树林下散养，离村五百米"),
    )
    farm.product(
        "鲜鸡蛋",
        "A3-48",
        "畜禽养殖",
        "林下散养，每天早晚各收一次。",
        **{"作物或养殖品种": "鸡蛋", "计量单位": "枚"},
    )
    farm.input("种子种苗", "海兰褐育成鸡", "", "蓼兰青禽育雏场", "蓼兰青禽育雏场")
    farm.input("饲料", "蛋鸡配合饲料", "", "谷丰饲料有限公司", "谷丰饲料蓼兰站")
    farm.input(
        "兽药",
        "新城疫活疫苗",
        "兽药生字 990001",
        "安牧生物制品有限公司",
        _SHOP,
        "",
        "",
        "",
        ["鸡蛋 | 0 | | 2 头份"],
    )
    farm.input(
        "兽药",
        "黄芪多糖口服液",
        "兽药字 990002",
        "安牧药业有限公司",
        _SHOP,
        "黄芪多糖",
        "",
        "口服液",
        ["鸡蛋 | 3 | | 1 克/升水"],
    )
    farm.input("添加剂保鲜剂", "过硫酸氢钾复合盐消毒剂", "", "安牧药业有限公司", _SHOP)
    for year in (2025, 2026):
        farm.campaign(
            f"{year}-JD",
            "鲜鸡蛋",
            "林下鸡舍",
            f"{year} 年蛋鸡",
            f"{year}-02-20",
            "2025-12-31" if year == 2025 else "",
            f"""
            {year}-02-20 | 引种进苗 | 海兰褐育成鸡 | | | | 2000 只
            {year}-02-21 | 消毒 | 过硫酸氢钾复合盐消毒剂 | | 鸡舍喷洒 | 300 倍液
            {year}-03-01 | 饲喂 | 蛋鸡配合饲料 | | 料槽投喂 | | 220 公斤 | 至{year}-03-01
            {year}-03-15 | 免疫 | 新城疫活疫苗 | 新城疫 | 饮水 | 1 头份
            {year}-06-18 | 消毒 | 过硫酸氢钾复合盐消毒剂 | | 鸡舍喷洒 | 300 倍液
            {year}-07-10 | 用药 | 黄芪多糖口服液 | 热应激 | 饮水 | 0.5 克/升水 | | 至{year}-07-12
            {year}-09-05 | 饲喂 | 蛋鸡配合饲料 | | 料槽投喂 | | 230 公斤 | 至{year}-09-05
            {year}-10-12 | 消毒 | 过硫酸氢钾复合盐消毒剂 | | 鸡舍喷洒 | 300 倍液
            """,
        )
        days = ["04-20", "06-20", "08-20", "10-20"] + (["11-19"] if year == 2026 else [])
        lines = ",".join(f"{year}-{day} {1650 + 30 * n}" for n, day in enumerate(days))
        farm.harvests(f"{year}-JD", "DAN", "枚", lines, "收蛋")
    farm.report(
        "QHH-26-1171",
        "DAN261119",
        "委托检测",
        _LAB,
        "2026-11-19",
        "2026-11-20",
        "恩诺沙星 未检出 0.01,氟苯尼考 未检出 0.01,黄芪多糖 未检出 0.1",
    )


def _pond(farm: Farm) -> None:
    farm.plots(
        ("北塘", "池塘", "10", "北塘村", "水库补水，塘口装增氧机两台"),
    )
    farm.product("草鱼", "A4-55", "水产养殖", "清水塘养，捕捞前停料三天。")
    farm.input("种子种苗", "草鱼鱼种", "", "蓼兰清塘鱼种场", "蓼兰清塘鱼种场")
    farm.input("饲料", "草鱼膨化饲料", "", "谷丰饲料有限公司", "谷丰饲料蓼兰站")
    farm.input("添加剂保鲜剂", "生石灰", "", "云峰建材厂", "蓼兰禾田农资店")
    farm.input(
        "兽药",
        "氟苯尼考粉",
        "兽药字 990003",
        "安牧药业有限公司",
        _SHOP,
        "氟苯尼考",
        "10%",
        "粉剂",
        ["淡水鱼 | 375度日 | | 15 毫克/千克体重"],
    )
    for year in (2025, 2026):
        farm.campaign(
            f"{year}-CYU",
            "草鱼",
            "北塘",
            f"{year} 年草鱼",
            f"{year}-03-05",
            f"{year}-11-15",
            f"""
            {year}-03-05 | 清塘 | 生石灰 | | 干塘泼洒 | 75 公斤/亩
            {year}-03-22 | 投苗 | 草鱼鱼种 | | | | 9000 尾
            {year}-05-10 | 投饵 | 草鱼膨化饲料 | | 投饵机 | | 260 公斤 | 至{year}-09-24
            {year}-07-01 | 鱼病用药 | 氟苯尼考粉 | 肠炎 | 拌饵 | 12 毫克/千克体重 | | 至{year}-07-04
            {_water(date(year, 7, 5), 16)}
            {year}-08-15 | 调水 | 生石灰 | | 全塘泼洒 | 20 公斤/亩
            """,
        )
        farm.harvests(f"{year}-CYU", "CYU", "公斤", f"{year}-09-28 3200,{year}-11-10 4100", "捕捞")
    farm.report(
        "QHH-26-0966",
        "CYU260928",
        "委托检测",
        _LAB,
        "2026-09-28",
        "2026-09-30",
        "氟苯尼考 未检出 1,孔雀石绿 未检出 0.001,恩诺沙星 未检出 0.1",
    )


def _water(begin: date, days: int) -> str:
    """Daily water temperatures after a treatment: the withdrawal of fish counts degree days."""
    lines = []
    for number in range(days):
        temperature = 26 + (number * 7 % 5) / 2
        day = begin + timedelta(days=number)
        lines.append(f"{day} | 水质监测 | | | | | | 水温（℃）={temperature:g}")
    return "\n".join(lines)
