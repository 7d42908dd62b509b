"""一乡一品产品基地: founding one, its products by 产业链, and who is admitted to it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationInfo, field_validator
from sqlmodel import col, select

from tracer.actions import revisions
from tracer.actions.actor import Actor, require
from tracer.actions.figures import Amount, Day, thousandths
from tracer.actions.forms import Form
from tracer.actions.text import Line, Name, Prose, PublicId, checked, one_of
from tracer.domain.bases import ApplicantKind, Industry
from tracer.domain.clock import day_of
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.domain.identity import parse_phone
from tracer.domain.ids import new_id
from tracer.domain.reference import load as reference
from tracer.domain.words import Role
from tracer.store.tables import Base, BaseProduct, BaseResident, Producer, Product, Revision
from tracer.store.world import Tx

_FIXED = ("name", "applicant", "applicant_kind")


class BaseForm(Form):
    """产品基地 (3.3) and its 申请方 (3.4)."""

    name: Annotated[Name, Field(title="基地名称")]
    applicant: Annotated[Name, Field(title="申请方")]
    applicant_kind: Annotated[ApplicantKind, one_of(ApplicantKind), Field(title="申请方类别")]
    industry: Annotated[Industry, one_of(Industry), Field(title="基地类型")]
    county: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9]{6}$"),
        checked(lambda text: reference().region(text).code),
        Field(title="县（市、区）代码"),
    ]
    boundary: Annotated[Line, Field(title="基地范围")]
    area: Annotated[Amount | None, Field(title="面积（亩）")] = None
    contact_name: Annotated[Name, Field(title="联系人")]
    contact_phone: Annotated[
        str, StringConstraints(max_length=40), checked(parse_phone), Field(title="联系电话")
    ]
    introduction: Annotated[Prose | None, Field(title="基地介绍")] = None


class BaseProductForm(Form):
    """A resident's product in its 产业链; with a certificate number it counts as certified."""

    product: Annotated[PublicId, Field(title="产品")]
    chain: Annotated[Name, Field(title="产业链")]
    certificate_no: Annotated[Name | None, Field(title="一乡一品证书编号")] = None
    certified_on: Annotated[Day | None, Field(title="发证日期", validate_default=True)] = None
    certified_to: Annotated[Day | None, Field(title="有效期至", validate_default=True)] = None

    @field_validator("certified_on", "certified_to")
    @classmethod
    def _complete(cls, day: Any, info: ValidationInfo) -> Any:
        if (day is None) != (info.data.get("certificate_no") is None):
            raise ValueError("证书编号、发证日期、有效期要一起填，没有证书就都不填")
        begins = info.data.get("certified_on")
        if info.field_name == "certified_to" and begins and day < begins:
            raise ValueError("有效期早于发证日期，请改正其中一个")
        return day


class ResidentForm(Form):
    """入驻: when a producer was admitted and how it meets the 入驻标准 (5.1.3)."""

    producer: Annotated[PublicId, Field(title="企业")]
    admitted_on: Annotated[Day, Field(title="入驻日期")]
    met: Annotated[Line, Field(title="怎样符合入驻标准")]


class LeaveForm(Form):
    """退出: the last day is the day before. It is told on the day itself, never backwards."""

    left_on: Annotated[Day, Field(title="退出日期")]


def create_base(tx: Tx, actor: Actor, form: BaseForm) -> Base:
    """A new base; the operator founds it for its 申请方. Names are unique."""
    require(actor, Role.OPERATOR)
    values = _values(form)
    known = tx.session.exec(select(Base).where(Base.name == form.name)).one_or_none()
    if known is not None:
        content, now = revisions.as_plain(values), revisions.plain(known)
        if revisions.same(content, revisions.states(tx, known, now)):
            return known
        raise revisions.differing(form, content, now, f"基地“{form.name}”")
    row = Base(public_id=new_id(), created_at=tx.now, **values)
    tx.session.add(row)
    tx.session.flush()
    return row


def edit_base(tx: Tx, actor: Actor, form: BaseForm) -> Base:
    """Change the actor's own base; its name and 申请方 are the operator's to change."""
    require(actor, Role.BASE)
    row = tx.session.get_one(Base, actor.base)
    values = _values(form)
    for name in _FIXED:
        if values[name] != getattr(row, name):
            title = BaseForm.model_fields[name].title
            raise Refusal("fixed_field", f"{title}要改的话，请联系平台管理员", name)
    revisions.revise(tx, actor, row, values)
    return row


def change_base(tx: Tx, actor: Actor, public_id: str, form: BaseForm) -> Base:
    """Change anything of a base; names stay unique."""
    require(actor, Role.OPERATOR)
    row = find(tx, public_id)
    taken = tx.session.exec(select(Base).where(Base.name == form.name, Base.id != row.id)).first()
    if taken is not None:
        raise Conflict("already_recorded", f"已经有叫“{form.name}”的基地，请换一个名称", "name")
    revisions.revise(tx, actor, row, _values(form))
    return row


def find(tx: Tx, public_id: str) -> Base:
    """The base with that public id."""
    row = tx.session.exec(select(Base).where(Base.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("没有这个基地，请回到列表重新选择")
    return row


def admit_resident(tx: Tx, actor: Actor, form: ResidentForm) -> BaseResident:
    """Admit a producer, or correct how and when; one that left may be admitted again."""
    require(actor, Role.BASE)
    if form.admitted_on > day_of(tx.now):
        raise Refusal("future", "入驻日期还没到，请检查", "admitted_on")
    producer = tx.session.exec(
        select(Producer).where(Producer.public_id == form.producer)
    ).one_or_none()
    if producer is None:
        raise NotFound("没有这个企业，请先请平台管理员登记")
    values = {"admitted_on": form.admitted_on, "met": form.met, "left_on": None}
    key = {"base_id": actor.base, "producer_id": producer.id}
    return _put(tx, actor, BaseResident, key, values)


def leave(tx: Tx, actor: Actor, producer: str, form: LeaveForm) -> BaseResident:
    """A resident leaves today; its products leave the base with it.

    An earlier day would take decisions that were upheld since then from the base (5.4.2).
    """
    require(actor, Role.BASE)
    row = _resident(tx, actor.base, producer)
    if row.left_on == form.left_on:
        return row
    today = day_of(tx.now)
    if form.left_on != today:
        said = f"退出从登记这天算起，退出日期请填今天（{today.isoformat()}）"
        raise Refusal("bad_day", said, "left_on")
    members = tx.session.exec(
        select(BaseProduct)
        .join(Product, col(Product.id) == BaseProduct.product_id)
        .where(
            BaseProduct.base_id == actor.base,
            Product.producer_id == row.producer_id,
            col(BaseProduct.left_at).is_(None),
        )
    )
    for member in members:
        _change(tx, actor, member, member.product_id, {"left_at": tx.now})
    _change(tx, actor, row, row.producer_id, {"left_on": form.left_on})
    return row


def put_product(tx: Tx, actor: Actor, form: BaseProductForm) -> BaseProduct:
    """Take a resident's product into the base, or change its chain and certificate."""
    require(actor, Role.BASE)
    product = _product(tx, form.product)
    resident = tx.session.get(BaseResident, (actor.base, product.producer_id))
    if resident is None or resident.left_on is not None:
        raise Refusal("not_resident", "这个产品的企业没有入驻，请先登记入驻", "product")
    if form.certified_on is not None and form.certified_on > day_of(tx.now):
        raise Refusal("future", "发证日期还没到，请检查", "certified_on")
    values = form.model_dump(exclude={"product"}) | {"left_at": None}
    return _put(tx, actor, BaseProduct, {"base_id": actor.base, "product_id": product.id}, values)


def drop_product(tx: Tx, actor: Actor, product: str) -> BaseProduct:
    """A product leaves the base; sent again it changes nothing."""
    require(actor, Role.BASE)
    row = tx.session.get(BaseProduct, (actor.base, _product(tx, product).id))
    if row is None:
        raise NotFound("基地里没有这个产品，请回到列表重新选择")
    if row.left_at is None:
        _change(tx, actor, row, row.product_id, {"left_at": tx.now})
    return row


def _resident(tx: Tx, base_id: int, producer: str) -> BaseResident:
    row = tx.session.exec(
        select(BaseResident)
        .join(Producer, col(Producer.id) == BaseResident.producer_id)
        .where(BaseResident.base_id == base_id, Producer.public_id == producer)
    ).one_or_none()
    if row is None:
        raise NotFound("基地里没有这个企业，请回到列表重新选择")
    return row


def _product(tx: Tx, public_id: str) -> Product:
    row = tx.session.exec(select(Product).where(Product.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("没有这个产品，请回到列表重新选择")
    return row


def _put(
    tx: Tx, actor: Actor, table: type[Any], key: dict[str, Any], values: dict[str, Any]
) -> Any:
    """The row of a pair, made or given new values."""
    row = tx.session.get(table, tuple(key.values()))
    if row is None:
        row = table(**key, **values, added_at=tx.now)
        tx.session.add(row)
        tx.session.flush()
    else:
        _change(tx, actor, row, tuple(key.values())[1], values)
    return row


def _change(
    tx: Tx, actor: Actor, row: BaseProduct | BaseResident, row_id: int, values: dict[str, Any]
) -> None:
    """Give a row of a pair new values and keep the old ones, which name the base."""
    before = revisions.plain(row)
    if revisions.same(revisions.as_plain(values), [before]):
        return
    tx.session.add(
        Revision(
            table=str(row.__tablename__),
            row_id=row_id,
            before=before,
            account_id=actor.account_id,
            recorded_at=tx.now,
        )
    )
    for name, value in values.items():
        setattr(row, name, value)
    tx.session.flush()


def _values(form: BaseForm) -> dict[str, Any]:
    """The columns a form fills."""
    area = thousandths(form.area) if form.area else None
    return form.model_dump(exclude={"area"}) | {
        "applicant_kind": form.applicant_kind.value,
        "industry": form.industry.value,
        "area_milli_mu": area,
    }
