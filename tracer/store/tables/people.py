"""Who there is: producers, accounts, sign-ins and API tokens."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import event
from sqlmodel import BigInteger, Field, SQLModel

from tracer.domain.masking import public_text, subject_of
from tracer.domain.spelling import findable


class Producer(SQLModel, table=True):
    """市场主体: who makes the promise and holds the signing key."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    kind: str  # words.ProducerKind
    name: str = Field(index=True)
    found_by: str = ""  # the name that may be published, with its pinyin; kept by the table itself
    uscc: str | None = Field(default=None, unique=True)  # 统一社会信用代码; None for 农户
    id_card_cipher: bytes | None = None  # 身份证号, wrapped under the key-encryption key
    id_card_hash: str | None = Field(default=None, unique=True)  # keyed hash, finds duplicates
    legal_person: str | None = None
    registered_on: date | None = None
    registered_capital: str | None = None
    licence_valid_to: date | None = None
    contact_name: str | None = None
    contact_phone: str
    contact_email: str | None = None
    county: str = Field(index=True)  # 6-digit GB/T 2260 code
    town: str | None = None  # 9-digit code
    address: str
    main_products: str | None = None
    introduction: str | None = None
    publish_name: bool = False  # a natural person's separate consent (PIPL art. 25)
    consented_at: int | None = Field(default=None, sa_type=BigInteger)
    business_type: str | None = None  # 经营类型
    business_address: str | None = None  # 经营地址
    id_card_valid_to: date | None = None
    suspended_at: int | None = Field(default=None, sa_type=BigInteger)
    suspended_reason: str | None = None
    created_at: int = Field(sa_type=BigInteger)


@event.listens_for(Producer, "before_insert")
@event.listens_for(Producer, "before_update")
def _spell(_mapper: Any, _connection: Any, row: Producer) -> None:
    """Searching must not tell what the page masks, so a person's whole name is never looked in."""
    subject = subject_of(row.kind, row.uscc)
    row.found_by = findable(public_text("name", row.name, subject, row.publish_name) or "")


class Account(SQLModel, table=True):
    """A person who signs in."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    login: str = Field(unique=True)
    password_hash: str  # argon2id
    role: str  # words.Role
    name: str
    producer_id: int | None = Field(default=None, foreign_key="producer.id", index=True)
    base_id: int | None = Field(default=None, foreign_key="base.id", index=True)
    disabled_at: int | None = Field(default=None, sa_type=BigInteger)
    created_at: int = Field(sa_type=BigInteger)


class SignIn(SQLModel, table=True):
    """One signed-in browser. The cookie holds the secret, the row only its hash."""

    __tablename__ = "sign_in"
    id: int | None = Field(default=None, primary_key=True)
    secret_hash: str = Field(unique=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    created_at: int = Field(sa_type=BigInteger)
    seen_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)


class ApiToken(SQLModel, table=True):
    """A bearer token for another program; only its hash is kept."""

    __tablename__ = "api_token"
    id: int | None = Field(default=None, primary_key=True)
    secret_hash: str = Field(unique=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    label: str = ""
    created_at: int = Field(sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)
