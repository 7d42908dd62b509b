"""The shipped tables: every row says where it comes from, and the questions give dated answers."""

from __future__ import annotations

from datetime import date

import pytest

from tracer.domain.errors import Refusal
from tracer.domain.reference import Scope, load
from tracer.domain.reference.rows import read_csv, read_toml, table_names
from tracer.domain.words import Basis

TODAY = date(2026, 7, 8)
KEYS = {
    "basis_map": ("code",),
    "cert_scope": ("group", "name", "effective_from"),
    "crop_names": ("name", "kind"),
    "dose_units": ("code",),
    "element_fields": ("row", "field"),
    "elements": ("key",),
    "ingredient_names": ("name",),
    "operations": ("code",),
    "pesticide_status": ("name", "status", "scope", "effective_from"),
    "phi_reference": ("ingredient", "content", "formulation", "crop"),
    "product_categories": ("key",),
    "public_fields": ("field", "subject"),
    "towns": ("code",),
    "vet_banned": ("name", "status"),
    "withdrawal_reference": ("drug", "species", "product"),
}
BANNED_AT = [
    (date(2007, 1, 1), 23),
    (date(2013, 10, 31), 33),
    (date(2017, 7, 1), 39),
    (date(2018, 10, 1), 40),
    (date(2023, 1, 29), 46),
    (date(2024, 8, 31), 46),
    (date(2024, 9, 1), 50),
    (date(2026, 5, 31), 50),
    (date(2026, 6, 1), 54),
]


def test_every_table_has_a_known_key():
    assert set(table_names()) == set(KEYS)


@pytest.mark.parametrize("table", sorted(KEYS))
def test_rows_are_unique_and_say_where_they_come_from(table):
    rows = read_csv(table)
    keys = [tuple(row[column] for column in KEYS[table]) for row in rows]
    assert len(set(keys)) == len(keys) > 0
    for row in rows:
        assert None not in row, row  # no cell beyond the header
        assert row["source"], row
        assert date.fromisoformat(row["verified_on"]) <= date(2100, 1, 1)
        assert row["confidence"] in ("H", "M", "L")
        assert not any("http" in cell for cell in row.values())


@pytest.mark.parametrize("table", sorted(KEYS))
def test_periods_run_forward(table):
    for row in read_csv(table):
        starts, ends = row.get("effective_from", ""), row.get("effective_to", "")
        if starts and ends:
            assert date.fromisoformat(starts) <= date.fromisoformat(ends), row


def test_forms_say_where_they_come_from():
    for entry in read_toml("forms")["form"]:
        assert entry["source"]
        assert entry["confidence"] in ("H", "M", "L")
        assert isinstance(entry["verified_on"], date)


def test_producer_form_has_the_statutory_words():
    form = load().form("2025-producer")
    assert form.title == "承诺达标合格证"
    assert form.opening == "我承诺生产销售的食用农产品："
    assert form.promises == (
        "未使用禁用农药、兽药及其他化合物；",
        "使用的常规农药、兽药残留不超标。",
    )
    assert [box.label for box in form.basis] == [
        "质量安全控制符合要求",
        "自行检测合格",
        "委托检测合格",
    ]
    assert [field.label for field in form.fields] == [
        "产品名称",
        "重量或数量",
        "产地",
        "承诺主体",
        "联系方式",
        "开具时间",
    ]


def test_purchaser_form_has_its_own_promise():
    form = load().form("2025-purchaser")
    assert form.opening == "我承诺销售的食用农产品："
    assert form.promises == (
        "已按规定收取并保存该批次农产品承诺达标合格证或者其他质量安全合格证明；",
        "未违规使用保鲜剂、防腐剂、添加剂等。",
    )


@pytest.mark.parametrize("edition", ["2025-producer", "2025-purchaser"])
def test_boxes_of_the_forms_in_use_are_the_words_of_the_field(edition):
    boxes = {box.code: box.label for box in load().form(edition).basis}
    assert boxes == {basis.value: basis.label for basis in Basis}


@pytest.mark.parametrize("role", ["producer", "purchaser"])
def test_forms_start_with_the_order_in_force(role):
    assert load().form_for(role, date(2026, 2, 1)).edition == f"2025-{role}"
    with pytest.raises(Refusal, match="没有可用的合格证样式"):
        load().form_for(role, date(2026, 1, 31))


def test_no_form_has_an_end_of_validity_field():
    for form in load().forms.values():
        assert not any("有效" in field.label for field in form.fields)


def test_old_boxes_read_as_one_of_the_three():
    reading = {row.legacy: row.read_as for row in load().basis_map}
    assert reading["自我承诺"] == Basis.CONTROL
    assert set(reading.values()) == {basis.value for basis in Basis}


@pytest.mark.parametrize(("on", "count"), BANNED_AT)
def test_number_of_banned_pesticides_by_date(on, count):
    banned = {
        rule.name
        for rule in load().pesticide_rules
        if rule.status == "banned" and rule.in_force.covers(on)
    }
    assert len(banned) == count


@pytest.mark.parametrize(
    ("ingredient", "crop", "key", "on", "status"),
    [
        ("克百威", "花生", "A1-32", date(2026, 5, 31), None),
        ("克百威", "花生", "A1-32", date(2026, 6, 1), "banned"),
        ("克百威", "黄瓜", "A1-7", date(2026, 5, 31), "restricted"),
        ("呋喃丹", "花生", "A1-32", date(2026, 6, 1), "banned"),
        ("3%克百威颗粒剂", "花生", "A1-32", date(2026, 6, 1), "banned"),
        ("丁硫克百威", "花生", "A1-32", date(2026, 6, 1), None),
        ("丁硫克百威", "黄瓜", "A1-7", date(2026, 6, 1), "restricted"),
        ("乐果", "小麦", "A1-1", TODAY, None),
        ("氧乐果", "小麦", "A1-1", TODAY, "banned"),
        ("硫环磷", "小麦", "A1-1", TODAY, None),
        ("甲基硫环磷", "小麦", "A1-1", TODAY, "banned"),
        ("毒死蜱", "番茄", "A1-12", date(2016, 12, 30), None),
        ("毒死蜱", "番茄", "A1-12", date(2016, 12, 31), "restricted"),
        ("毒死蜱", "苹果", "A1-21", TODAY, None),
        ("丁酰肼", "花生", "A1-32", TODAY, "restricted"),
        ("比久", "花生", "A1-32", TODAY, "restricted"),
        ("丁酰肼", "芝麻", "A1-32", TODAY, None),
        ("氟苯虫酰胺", "水稻", "A1-3", TODAY, "restricted"),
        ("氰戊菊酯", "茶", "A1-29", TODAY, "restricted"),
        ("S-氰戊菊酯", "茶", "A1-29", TODAY, None),
        ("磷化铝", "番茄", "A1-12", TODAY, "high_toxicity"),
        ("2,4-滴丁酯", "玉米", "A1-2", date(2023, 1, 28), None),
        ("2,4-滴丁酯", "玉米", "A1-2", date(2023, 1, 29), "banned"),
        ("甲拌磷", "甘蔗", "A1-37", date(2024, 8, 31), "restricted"),
        ("甲拌磷", "甘蔗", "A1-37", date(2024, 9, 1), "banned"),
    ],
)
def test_pesticide_status_by_crop_and_day(ingredient, crop, key, on, status):
    found = load().pesticide_status(ingredient, crop, key, on)
    assert (found[0].status if found else None) == status


def test_seed_coating_is_exempt_for_fipronil_and_quarantine_for_methyl_bromide():
    reference = load()
    assert reference.pesticide_status("氟虫腈", "玉米", "A1-2", TODAY, "喷雾")
    assert not reference.pesticide_status("氟虫腈", "玉米", "A1-2", TODAY, "种子包衣")
    assert reference.pesticide_status("溴甲烷", "玉米", "A1-2", TODAY, "土壤熏蒸")
    assert not reference.pesticide_status("溴甲烷", "玉米", "A1-2", TODAY, "检疫熏蒸")


@pytest.mark.parametrize(
    ("name", "on", "status"),
    [
        ("氯霉素", TODAY, "banned"),
        ("盐酸克仑特罗", TODAY, "banned"),
        ("孔雀石绿", TODAY, "banned"),
        ("诺氟沙星", date(2016, 12, 30), None),
        ("诺氟沙星", date(2016, 12, 31), "stopped"),
        ("喹乙醇", date(2019, 4, 30), None),
        ("喹乙醇", date(2019, 5, 1), "stopped"),
        ("恩诺沙星", TODAY, None),
        ("甲砜霉素", TODAY, None),
    ],
)
def test_veterinary_status_by_day(name, on, status):
    found = load().vet_status(name, on)
    assert (found[0].status if found else None) == status


def test_veterinary_list_has_the_groups_of_the_notice():
    assert len({rule.group for rule in load().vet_rules if rule.status == "banned"}) == 21


@pytest.mark.parametrize(
    ("key", "name", "on", "scope"),
    [
        ("A1-12", "番茄", TODAY, Scope.MANDATORY),
        ("A1-21", "苹果", TODAY, Scope.MANDATORY),
        ("A1-29", "茶", date(2026, 1, 31), Scope.VOLUNTARY),
        ("A1-29", "茶", date(2026, 2, 1), Scope.MANDATORY),
        ("A3-48", "鸡蛋", TODAY, Scope.MANDATORY),
        ("A3-42", "肉牛", TODAY, Scope.MANDATORY),
        ("A3-42", "牛奶", TODAY, Scope.VOLUNTARY),
        ("A4-55", "草鱼", TODAY, Scope.MANDATORY),
        ("S-1", "香菇", TODAY, Scope.MANDATORY),
        ("A1-32", "花生", TODAY, Scope.VOLUNTARY),
        ("A1-40", "荠菜", TODAY, Scope.VOLUNTARY),
        ("A2-43", "松茸", TODAY, Scope.VOLUNTARY),
        ("A5-65", "冷鲜肉", TODAY, Scope.NOT_APPLICABLE),
        ("A5-98", "绿茶", TODAY, Scope.NOT_APPLICABLE),
        ("A5-62", "大米", TODAY, Scope.NOT_APPLICABLE),
        ("A5-108", "酱腌菜", TODAY, Scope.NOT_APPLICABLE),
        ("A1-35", "棉花", TODAY, Scope.NOT_APPLICABLE),
        ("A3-53", "蚕茧", TODAY, Scope.NOT_APPLICABLE),
    ],
)
def test_scope_of_certificates(key, name, on, scope):
    assert load().scope_of(key, on, name).scope == scope


def test_catalogue_has_the_printed_rows_by_table_and_row():
    categories = load().categories
    printed = {
        "A1": [*range(1, 19), *range(21, 41), 20, 41],
        "A2": [42, 43, 44, 45, 48, 52],
        "A3": list(range(42, 54)),
        "A4": list(range(54, 61)),
        "A5": list(range(61, 135)),
        "S": [1],
    }
    for table, rows in printed.items():
        assert [category.row for category in categories.values() if category.table == table] == rows
    assert all(key == f"{c.table}-{c.row}" for key, c in categories.items())


def test_same_serial_means_different_things_in_two_tables():
    categories = load().categories
    assert categories["A2-42"].names == ("块菌",)
    assert "肉牛" in categories["A3-42"].names


def test_names_are_listed_once_per_row_and_doubts_are_kept():
    categories = load().categories
    for category in categories.values():
        assert len(set(category.names)) == len(category.names), category.key
        assert category.names or category.needs_review
    for key in ("A1-9", "A1-14", "A1-15", "A1-26", "A4-54", "A4-55", "A5-101"):
        assert categories[key].needs_review, key
    assert len(categories["A1-41"].names) > 400


def test_names_are_not_unique_in_the_catalogue():
    assert {c.key for c in load().categories_named("椰子")} >= {"A1-25", "A1-26", "A1-27"}


def test_every_category_has_a_scope_at_any_time():
    reference = load()
    for key in reference.categories:
        for on in (date(2021, 1, 1), date(2026, 1, 31), TODAY):
            assert reference.scope_of(key, on).scope in Scope


def test_restrictions_name_groups_or_crops_that_exist():
    reference = load()
    groups = {group for category in reference.categories.values() for group in category.groups}
    for rule in reference.pesticide_rules:
        for scope in rule.scope:
            known = scope == "*" or scope in groups or reference.categories_named(scope)
            assert known or reference.crops.main_name(scope), rule.name
            assert scope == "*" or scope in groups or not scope.isascii(), rule.name


@pytest.mark.parametrize(
    ("label", "crop", "covers"),
    [
        ("番茄", "西红柿", True),
        ("番茄（大棚）", "番茄", True),
        ("苹果树", "苹果", True),
        ("柑橘树", "脐橙", True),
        ("十字花科蔬菜", "大白菜", True),
        ("十字花科蔬菜", "黄瓜", False),
        ("甘蓝", "十字花科蔬菜", False),
        ("茶树", "茶叶", True),
        ("鸡", "鸡蛋", False),
        ("鸡", "肉鸡", True),
        ("鱼", "草鱼", True),
        ("番茄", "樱桃番茄", True),
        ("樱桃", "樱桃番茄", False),
    ],
)
def test_label_crops(label, crop, covers):
    assert load().crops.covers(label, crop) is covers


def test_places():
    reference = load()
    assert reference.place_name("370283108") == "山东省青岛市平度市蓼兰镇"
    assert reference.place_name("110101") == "北京市东城区"
    assert reference.region("659012").level == "county"
    assert reference.region("4419").level == "city"
    assert len(reference.places_within("370283")) == 17
    assert len(reference.places_within(None)) == 34
    assert all(
        region.parent in reference.regions
        for region in reference.regions.values()
        if region.level != "province"
    )


@pytest.mark.parametrize(
    "question",
    [
        lambda reference: reference.form("1999"),
        lambda reference: reference.category("A1-19"),
        lambda reference: reference.region("999999"),
        lambda reference: reference.dose_unit("瓢"),
    ],
)
def test_unknown_keys_are_refused_in_a_sentence(question):
    with pytest.raises(Refusal):
        question(load())
