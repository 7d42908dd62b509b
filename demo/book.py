"""The demo village's rows, gathered sheet by sheet, and the short hand they are written in.

All persons, firms and numbers are invented: the numbers pass their checks, registration numbers
carry the year 2099, and the persons were born in 1900.
"""

from __future__ import annotations

from collections.abc import Iterable

from tracer.actions.exchange.sheets import BY_NAME

COUNTY, TOWN = "370283", "370283108"
PLACE = "山东省平度市蓼兰镇"
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def uscc(body: str) -> str:
    """A 统一社会信用代码 of 17 characters with its check character (GB 32100-2015)."""
    total = sum(_USCC.index(char) * pow(3, i, 31) for i, char in enumerate(body))
    return body + _USCC[-total % 31]


def id_card(sequence: int) -> str:
    """An 身份证号 of somebody born on 1 January 1900, with its check character (GB 11643)."""
    body = f"{COUNTY}19000101{sequence:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


class Book:
    """Rows by sheet, each the filled cells by column title."""

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, str]]] = {name: [] for name in BY_NAME}

    def add(self, sheet: str, *cells: str, **more: str) -> None:
        """A row: the cells in the order of the sheet's columns, then others by title."""
        titles = [column.title for column in BY_NAME[sheet].columns]
        row = dict(zip(titles, cells, strict=False)) | more
        unknown = row.keys() - set(titles)
        if unknown or len(cells) > len(titles):
            raise ValueError(f"{sheet}: {unknown or cells}")
        self.tables[sheet].append({title: row[title] for title in titles if row.get(title)})


class Farm:
    """One producer's pages of the book."""

    def __init__(self, book: Book, name: str, operator: str) -> None:
        self.book = book
        self.name = name
        self.operator = operator

    def plots(self, *rows: tuple[str, ...]) -> None:
        """Name, facility, 亩, village and environment."""
        for name, facility, area, village, environment in rows:
            self.book.add(
                "地块",
                self.name,
                name,
                **{
                    "类型": facility,
                    "面积（亩）": area,
                    "乡镇（街道）代码": TOWN,
                    "村": village,
                    "产地环境": environment,
                },
            )

    def product(
        self, name: str, category: str, sector: str, introduction: str, **more: str
    ) -> None:
        self.book.add(
            "产品",
            self.name,
            name,
            **{
                "产地": PLACE,
                "产品类别代码": category,
                "生产类型": sector,
                "产品介绍": introduction,
                **more,
            },
        )

    def input(
        self,
        kind: str,
        name: str,
        number: str,
        maker: str,
        supplier: str,
        ingredients: str = "",
        content: str = "",
        form: str = "",
        uses: Iterable[str] = (),
    ) -> None:
        """An input; each use is ``crop | days | most uses | highest dose with unit``.

        ``未标注`` stands for a label without an interval, ``375度日`` for degree days.
        """
        self.book.add(
            "投入品", self.name, kind, name, number, maker, supplier, ingredients, content, form
        )
        for use in uses:
            crop, interval, most, dose = (part.strip() for part in use.split("|"))
            amount, _, unit = dose.partition(" ")
            cells = {"作物或动物": crop, "每季最多次数": most, "最高用量": amount, "用量单位": unit}
            if interval == "未标注":
                cells["标签未标注安全间隔期"] = "是"
            elif interval.endswith("度日"):
                cells["休药期（度日）"] = interval.removesuffix("度日")
            else:
                cells["安全间隔期或休药期（天）"] = interval
            self.book.add("投入品用法", self.name, name, number, **cells)

    def tell(self, sheet: str, lines: str, *titles: str) -> None:
        """Entries of 资料, one a line: the cells of ``titles``, separated by ``|``."""
        for line in lines.strip().splitlines():
            cells = [cell.strip() for cell in line.split("|")]
            self.book.add(sheet, self.name, **dict(zip(titles, cells, strict=True)), 公开="是")

    def campaign(
        self,
        ref: str,
        product: str,
        plot: str,
        name: str,
        begin: str,
        end: str = "",
        works: str = "",
    ) -> None:
        """A campaign and its works, one a line:

        ``day | kind | input | target | method | dose with unit | amount with unit | more``, where
        more is ``title=text``, ``至`` with the last day, or a note, separated by semicolons.
        """
        self.book.add("作业项目", self.name, ref, product, "", plot, name, begin, end)
        lines = [line for line in works.strip().splitlines() if line.strip()]
        for number, line in enumerate(lines, start=1):
            parts = [part.strip() for part in line.split("|")]
            day, kind, used, target, method, dose, amount, more = parts + [""] * (8 - len(parts))
            cells = {"投入品": used, "防治对象": target, "使用方法": method}
            cells["用量"], _, cells["用量单位"] = dose.partition(" ")
            cells["数量"], _, cells["数量单位"] = amount.partition(" ")
            for item in filter(None, more.split("；")):
                title, equals, text = item.partition("=")
                if item.startswith("至"):
                    title, equals, text = "停用日期", "=", item[1:]
                cells |= {title: text} if equals else {"备注": item}
            self.book.add(
                "农事记录",
                self.name,
                f"{ref}-{number:02d}",
                ref,
                **{"作业内容": kind, "作业日期": day, "执行人": self.operator, **cells},
            )

    def harvests(self, ref: str, prefix: str, unit: str, lines: str, kind: str = "") -> None:
        """Harvested batches, one a line: ``day amount``; numbered by prefix and day."""
        for line in lines.split(","):
            day, amount = line.split()
            self.batch(
                f"{prefix}{day.replace('-', '')[2:]}",
                "采收",
                day,
                amount,
                unit,
                **{"作业编号": ref, "作业内容": kind, "执行人": self.operator},
            )

    def batch(
        self,
        code: str,
        comes_from: str,
        day: str,
        amount: str,
        unit: str,
        sources: Iterable[tuple[str, str]] = (),
        **more: str,
    ) -> None:
        """A batch, and its sources as number and amount in the batch's unit, empty for the rest."""
        self.book.add(
            "批次",
            self.name,
            code,
            comes_from,
            **{"日期": day, "数量": amount, "单位": unit, **more},
        )
        for source, taken in sources:
            self.book.add("批次关系", self.name, code, source, taken, "公斤" if taken else "")

    def report(
        self,
        number: str,
        batch: str,
        kind: str,
        laboratory: str,
        sampled: str,
        tested: str,
        items: str,
        passed: str = "合格",
    ) -> None:
        """A report; items are ``analyte value limit``, with 不合格 after those that failed."""
        self.book.add(
            "检测报告", self.name, number, batch, kind, laboratory, "", sampled, tested, passed
        )
        for item in items.split(","):
            analyte, value, limit, *failed = item.split()
            self.book.add(
                "检测项目",
                self.name,
                number,
                analyte,
                "",
                value,
                limit,
                "mg/kg",
                *(failed or ["合格"]),
            )
