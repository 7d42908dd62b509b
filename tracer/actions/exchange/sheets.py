"""The sheets of the workbook: one table per kind of record, its columns taken from the forms.

The same tables serve the template, the import and the export. A cell that names another record
(the producer, a plot, a batch) holds the name people know it by; the import finds the record.
"""

from __future__ import annotations

from collections.abc import Iterable

from tracer.actions.exchange.columns import PRODUCER, YES_NO, Column, Sheet
from tracer.actions.exchange.dossier_sheets import DOSSIER_SHEETS
from tracer.actions.farm.batches import HarvestForm, PurchaseForm, TransformForm
from tracer.actions.farm.campaigns import CampaignForm, CloseForm
from tracer.actions.farm.farmwork import OperationForm
from tracer.actions.farm.flow import SourceForm
from tracer.actions.farm.holdings import FACILITIES, PlotForm, ProductForm
from tracer.actions.farm.inputs import InputForm, InputUseForm
from tracer.actions.farm.reports import ReportForm, ReportItemForm, SourceProofForm
from tracer.actions.forms import Form
from tracer.actions.people.enroll import ProducerForm
from tracer.domain.operations import operation_kinds
from tracer.domain.quantity import UNITS
from tracer.domain.reference import load as reference
from tracer.domain.words import (
    BatchKind,
    InputKind,
    ProducerKind,
    ReportKind,
    Sector,
    SourceProofKind,
)

MARK, NOTE_ROW, SAMPLE_ROW = "标记", "说明", "示例"
GUIDE, CHOICES, CERTIFICATES = "填写说明", "选项", "合格证"
UNREAD = frozenset({GUIDE, CHOICES, CERTIFICATES})


def _of(
    form: type[Form],
    field: str,
    sample: str = "",
    note: str = "",
    choices: Iterable[str] = (),
    required: bool | None = None,
) -> Column:
    """The column of a form's field: title and need come from the form."""
    info = form.model_fields[field]
    return Column(
        title=str(info.title),
        field=field,
        required=info.is_required() if required is None else required,
        note=note,
        sample=sample,
        choices=tuple(getattr(choice, "label", choice) for choice in choices),
    )


_UNITS = tuple(unit.label for unit in UNITS.values())
_DOSE_UNITS = tuple(unit.label for unit in reference().dose_units.values())
_OPERATIONS = tuple(kind.label for kind in operation_kinds().values())
_DAY = "写成 2026-07-08"

_PLOT = Column("地块", "plot", True, "地块表里的名称", "东棚 1 号", listed="地块.地块名称")
_CAMPAIGN = Column(
    "作业编号", "campaign", True, "作业项目表里的编号", "2026-HG-1", listed="作业项目.作业编号"
)
_BATCH = Column("批次编号", "batch", True, "批次表里的编号", "HG260706", listed="批次.批次编号")

PRODUCERS = Sheet(
    "生产者",
    "每个生产者一行。农户填身份证号（可不填），其余填统一社会信用代码。",
    (
        _of(ProducerForm, "kind", "农民专业合作社", choices=ProducerKind),
        _of(ProducerForm, "name", "绿畦蔬菜专业合作社", "与营业执照一致；农户写姓名"),
        _of(ProducerForm, "uscc", "93370283MA3T0X001N", "18 位；农户没有就不填"),
        _of(ProducerForm, "id_card", "", "只有农户填；加密保存，不公开"),
        _of(ProducerForm, "legal_person", "王禾"),
        _of(ProducerForm, "registered_on", "2019-03-12", _DAY),
        _of(ProducerForm, "registered_capital", "100 万元"),
        _of(ProducerForm, "licence_valid_to", "2039-03-11", "长期的写“长期”"),
        _of(ProducerForm, "contact_name", "王禾"),
        _of(ProducerForm, "contact_phone", "13800001234", "手机，或带区号的座机"),
        _of(ProducerForm, "contact_email", ""),
        _of(ProducerForm, "county", "370283", "6 位行政区划代码"),
        _of(ProducerForm, "town", "370283108", "9 位，可不填"),
        _of(ProducerForm, "address", "蓼兰镇河西村 1 号"),
        _of(ProducerForm, "main_products", "黄瓜、番茄"),
        _of(ProducerForm, "introduction", ""),
        _of(ProducerForm, "business_type", "种植", "比如 种植、加工、批发"),
        _of(ProducerForm, "business_address", ""),
        _of(ProducerForm, "id_card_valid_to", "", "法定代表人或农户的；长期的写“长期”"),
    ),
    named_by=(
        "名称",
        "统一社会信用代码",
    ),
)
PLOTS = Sheet(
    "地块",
    "每块地、每个棚、每口塘、每栋栏舍、每个车间一行。",
    (
        PRODUCER,
        _of(PlotForm, "name", "东棚 1 号"),
        _of(PlotForm, "base_name", "河西蔬菜基地"),
        _of(PlotForm, "facility", "大棚", choices=FACILITIES),
        _of(PlotForm, "area", "3.5"),
        _of(PlotForm, "town", "370283108", "9 位，可不填"),
        _of(PlotForm, "village", "河西村"),
        _of(PlotForm, "latitude", "36.62"),
        _of(PlotForm, "longitude", "119.83"),
        _of(PlotForm, "environment", "周边 1 公里内没有工矿企业，机井水浇灌"),
    ),
    named_by=("地块名称",),
)
PRODUCTS = Sheet(
    "产品",
    "每种产品每种规格一行。类别代码见“选项”表。",
    (
        PRODUCER,
        _of(ProductForm, "name", "黄瓜"),
        _of(ProductForm, "spec", "", "包装规格，散装不填"),
        _of(ProductForm, "origin", "山东省平度市蓼兰镇", "写到县或乡镇"),
        _of(ProductForm, "category", "A1-7", "见“选项”表", tuple(reference().categories)),
        _of(ProductForm, "crop", "黄瓜", "农药、兽药标签上的作物或动物名；与产品名相同就不填"),
        _of(ProductForm, "sector", "种植", choices=Sector),
        _of(ProductForm, "unit", "公斤", "不填就是公斤", _UNITS),
        _of(ProductForm, "introduction", "顶花带刺，棚里现摘"),
        _of(ProductForm, "gtin", "", "没有商品条码就不填"),
    ),
    named_by=("产品名称",),
)
INPUTS = Sheet(
    "投入品",
    "买来的种子、肥料、农药、兽药、饲料、添加剂，每种一行，照标签填。",
    (
        PRODUCER,
        _of(InputForm, "kind", "农药", choices=InputKind),
        _of(InputForm, "name", "啶虫脒乳油"),
        _of(InputForm, "registration_no", "PD20081234", "农药、兽药必填"),
        _of(InputForm, "maker", "禾下植保有限公司"),
        _of(InputForm, "supplier", "蓼兰农资店", "从哪里买的"),
        _of(InputForm, "ingredients", "啶虫脒", "农药、兽药必填；几种之间用、隔开", required=False),
        _of(InputForm, "content", "20%"),
        _of(InputForm, "formulation", "乳油"),
    ),
    named_by=("投入品名称",),
)
INPUT_USES = Sheet(
    "投入品用法",
    "标签上的每种作物或动物一行。安全间隔期、每季最多次数、最高用量都照标签填。",
    (
        PRODUCER,
        Column("投入品名称", required=True, sample="啶虫脒乳油", listed="投入品.投入品名称"),
        Column("登记证号或批准文号", note="和投入品表一样", sample="PD20081234"),
        _of(InputUseForm, "crop", "黄瓜"),
        _of(InputUseForm, "phi_days", "2", "标签上的天数"),
        _of(InputUseForm, "interval_unstated", "", "标签上确实没写安全间隔期才填“是”", YES_NO),
        _of(InputUseForm, "degree_days", "", "鱼药按度日的填这里"),
        _of(InputUseForm, "max_uses", "3"),
        _of(InputUseForm, "max_dose", "30"),
        _of(InputUseForm, "dose_unit", "毫升/亩", choices=_DOSE_UNITS),
    ),
)
CAMPAIGNS = Sheet(
    "作业项目",
    "一块地上一种产品的一季（一茬、一批次养殖）一行。",
    (
        PRODUCER,
        _of(CampaignForm, "ref", "2026-HG-1", "自己编，不要重复", required=True),
        Column("产品", "product", True, "产品表里的名称", "黄瓜", listed="产品.产品名称"),
        Column("规格", note="同名产品有几种规格时填"),
        _PLOT,
        _of(CampaignForm, "name", "2026 年夏茬黄瓜"),
        _of(CampaignForm, "started_on", "2026-04-01", _DAY),
        _of(CloseForm, "ended_on", "", "还没结束就不填", required=False),
    ),
    named_by=("作业编号",),
)
OPERATIONS = Sheet(
    "农事记录",
    "每做一次一行。打药、用药要写清防治对象、用量、方法和执行人。采收写在“批次”表里。",
    (
        PRODUCER,
        _of(OperationForm, "ref", "HG-0701", "自己编，不要重复", required=True),
        _CAMPAIGN,
        Column("地块", "plot", note="不填就是作业项目的地块", listed="地块.地块名称"),
        _of(OperationForm, "kind", "打药（化学防治）", choices=_OPERATIONS),
        _of(OperationForm, "occurred_on", "2026-07-01", _DAY),
        _of(OperationForm, "ended_on", "", "连着做了几天，填最后一天"),
        _of(OperationForm, "operator", "王禾"),
        Column(
            "投入品", "input", False, "投入品表里的名称", "啶虫脒乳油", listed="投入品.投入品名称"
        ),
        Column("登记证号或批准文号", note="同名投入品有几种时填", sample="PD20081234"),
        _of(OperationForm, "target", "蚜虫"),
        _of(OperationForm, "method", "喷雾"),
        _of(OperationForm, "dose", "25"),
        _of(OperationForm, "dose_unit", "毫升/亩", choices=_DOSE_UNITS),
        _of(OperationForm, "quantity", ""),
        _of(OperationForm, "unit", "", choices=_UNITS),
        _of(OperationForm, "supplier", "", "投入品表里写了就不用填"),
        _of(OperationForm, "partner", "", "卖给谁、运到哪里"),
        _of(OperationForm, "number", ""),
        _of(OperationForm, "water_temperature", "", "鱼塘用药后每天记"),
        _of(OperationForm, "note", ""),
    ),
)
BATCHES = Sheet(
    "批次",
    "采收、收购、加工、拆分、合并出来的每批货一行；后三种还要在“批次关系”表里写来源。",
    (
        PRODUCER,
        _of(HarvestForm, "code", "HG260706", "字母、数字，最多 20 位，不要重复", required=True),
        Column("来历", required=True, sample="采收", choices=tuple(k.label for k in BatchKind)),
        Column(
            "作业编号", "campaign", False, "拆分、合并不填", "2026-HG-1", listed="作业项目.作业编号"
        ),
        Column("作业内容", "kind", note="收蛋、挤奶、出栏等要写明", choices=_OPERATIONS),
        _of(HarvestForm, "made_on", "2026-07-06", _DAY),
        _of(HarvestForm, "operator", "王禾", "拆分、合并不填", required=False),
        _of(HarvestForm, "quantity", "500"),
        _of(HarvestForm, "unit", "公斤", choices=_UNITS),
        _of(PurchaseForm, "supplier", "", "收购时必填", required=False),
        _of(PurchaseForm, "origin", "", "收购时必填", required=False),
        _of(TransformForm, "method", "", "加工时必填", required=False),
        _of(PurchaseForm, "number", ""),
        _of(HarvestForm, "note", ""),
    ),
    named_by=("批次编号",),
)
BATCH_SOURCES = Sheet(
    "批次关系",
    "拆分、合并、加工用了哪批货、用了多少。用量不填，就是来源批次剩下的全部。",
    (
        PRODUCER,
        Column("批次编号", "code", True, "做出来的批次", "HG260707A", listed="批次.批次编号"),
        Column("来源批次", "batch", True, "用掉的批次", "HG260706", listed="批次.批次编号"),
        _of(SourceForm, "quantity", "200"),
        _of(SourceForm, "unit", "公斤", choices=_UNITS),
    ),
)
REPORTS = Sheet(
    "检测报告",
    "每份报告一行；检测的每个项目写在“检测项目”表里。不合格的报告也要登记。",
    (
        PRODUCER,
        _of(ReportForm, "number", "HX-2026-0701"),
        _BATCH,
        _of(ReportForm, "kind", "委托检测", choices=ReportKind),
        _of(ReportForm, "laboratory", "禾信检测技术有限公司", "自检写自己的名称"),
        _of(ReportForm, "method", "GB 23200.121"),
        _of(ReportForm, "sampled_on", "2026-07-06", _DAY),
        _of(ReportForm, "tested_on", "2026-07-07", _DAY),
        _of(ReportForm, "passed", "合格", choices=("合格", "不合格")),
    ),
)
REPORT_ITEMS = Sheet(
    "检测项目",
    "报告上的每个检测项目一行。用了什么药，就要检什么药。",
    (
        PRODUCER,
        Column("报告编号", required=True, sample="HX-2026-0701", listed="检测报告.报告编号"),
        _of(ReportItemForm, "analyte", "啶虫脒"),
        _of(ReportItemForm, "method", ""),
        _of(ReportItemForm, "value", "未检出"),
        _of(ReportItemForm, "limit", "1"),
        _of(ReportItemForm, "unit", "mg/kg"),
        _of(ReportItemForm, "passed", "合格", choices=("合格", "不合格")),
    ),
)
SOURCE_PROOFS = Sheet(
    "来源凭证",
    "收购来的每批货，向供货人收的合格证或其他凭证一行。没有凭证不能开收购者的合格证。",
    (
        PRODUCER,
        _BATCH,
        _of(SourceProofForm, "kind", "承诺达标合格证", choices=SourceProofKind),
        _of(SourceProofForm, "number", "37028326070600000013"),
        _of(SourceProofForm, "issuer", "李禾苗"),
        _of(SourceProofForm, "issued_on", "2026-07-06", _DAY),
    ),
)
SHEETS = (
    PRODUCERS,
    PLOTS,
    PRODUCTS,
    INPUTS,
    INPUT_USES,
    CAMPAIGNS,
    OPERATIONS,
    BATCHES,
    BATCH_SOURCES,
    REPORTS,
    REPORT_ITEMS,
    SOURCE_PROOFS,
    *DOSSIER_SHEETS,
)
BY_NAME = {sheet.name: sheet for sheet in SHEETS}
