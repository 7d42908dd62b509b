"""What the platform may do: open accounts, suspend who breaks the rules. It never signs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated

import structlog
from pydantic import Field, StringConstraints
from sqlmodel import select

from tracer.actions import revisions
from tracer.actions.actor import Actor, require
from tracer.actions.bases import founding as bases
from tracer.actions.forms import Form
from tracer.actions.people.accounts import create_account, reset_password, working
from tracer.actions.text import Line, Name, PublicId, one_of
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.words import Role
from tracer.store.tables import Account, Producer, SignIn
from tracer.store.world import Tx

_log = structlog.get_logger()


class AccountForm(Form):
    """A new account; a producer's may act for a producer on record, a base's acts for its base."""

    login: Annotated[str, StringConstraints(max_length=40), Field(title="登录名")]
    name: Annotated[Name, Field(title="姓名")]
    role: Annotated[Role, one_of(Role), Field(title="身份")]
    producer: Annotated[PublicId | None, Field(title="生产主体")] = None
    base: Annotated[PublicId | None, Field(title="产品基地")] = None


class SuspendForm(Form):
    """Why a producer may not issue for now."""

    reason: Annotated[Line, Field(title="暂停原因")]


@dataclass(frozen=True)
class Opened:
    """A new account and its first password, shown this once."""

    account: Account
    password: str


def open_account(tx: Tx, actor: Actor, form: AccountForm) -> Opened:
    """Open an account with a random first password; never an operator's.

    Whoever opens an operator's account, or renews its password, can sign in as that operator and
    be the second pair of eyes on the own work. So both are done on the machine alone.
    """
    require(actor, Role.OPERATOR)
    if form.role is Role.OPERATOR:
        raise Refusal(
            "machine_only",
            "管理员账号不在这里开，请管服务器的人运行 tracer account create",
            "role",
        )
    producer_id = None
    if form.producer is not None:
        if form.role is not Role.PRODUCER:
            raise Refusal("not_a_producer", "只有生产者账号才对应生产主体", "producer")
        producer_id = _producer(tx, form.producer).id
    if (form.role is Role.BASE) != (form.base is not None):
        raise Refusal("not_a_base", "基地申请方的账号请在“基地”里开，别的身份不对应基地", "role")
    base_id = bases.find(tx, form.base).id if form.base is not None else None
    password = secrets.token_urlsafe(9)
    account = create_account(tx, form.login, password, form.role, form.name, producer_id, base_id)
    _log.info("account_opened", by=actor.account_id, account=account.id, role=account.role)
    return Opened(account, password)


def suspend(tx: Tx, actor: Actor, public_id: str, form: SuspendForm) -> Producer:
    """A producer issues nothing from now on; what it issued stays as it is."""
    require(actor, Role.OPERATOR)
    producer = _producer(tx, public_id)
    if producer.suspended_at is None:
        why = {"suspended_at": tx.now, "suspended_reason": form.reason}
        revisions.revise(tx, actor, producer, why)
    return producer


def resume(tx: Tx, actor: Actor, public_id: str) -> Producer:
    """A suspended producer may issue again."""
    require(actor, Role.OPERATOR)
    producer = _producer(tx, public_id)
    if producer.suspended_at is not None:
        cleared = {"suspended_at": None, "suspended_reason": None}
        revisions.revise(tx, actor, producer, cleared)
    return producer


def renew_password(tx: Tx, actor: Actor, login: str) -> str:
    """A new password for who forgot it; the operator hands it over, the account's browsers end.

    An operator's, even the own one, is renewed on the machine (:func:`open_account`).
    """
    require(actor, Role.OPERATOR)
    account = working(tx, login)
    if account.role == Role.OPERATOR:
        raise Refusal(
            "machine_only",
            "管理员的密码不在这里换，请管服务器的人运行 tracer account password",
            "login",
        )
    password = reset_password(tx, login)
    _log.info("password_renewed", by=actor.account_id, account=account.id)
    return password


def disable_account(tx: Tx, actor: Actor, login: str) -> Account:
    """An account that signs in no more; its open browsers end at once."""
    require(actor, Role.OPERATOR)
    account = tx.session.exec(select(Account).where(Account.login == login)).one_or_none()
    if account is None:
        raise NotFound("没有这个账号，请检查登录名")
    if account.id == actor.account_id:
        raise Refusal("own_account", "不能停用自己正在用的账号", "login")
    account.disabled_at = account.disabled_at or tx.now
    for row in tx.session.exec(select(SignIn).where(SignIn.account_id == account.id)):
        row.ended_at = row.ended_at or tx.now
    _log.info("account_disabled", by=actor.account_id, account=account.id)
    return account


def _producer(tx: Tx, public_id: str) -> Producer:
    row = tx.session.exec(select(Producer).where(Producer.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("没有这个生产主体，请回到列表重新选择")
    return row
