"""Accounts: passwords (argon2id), signed-in browsers, tokens for other programs."""

from __future__ import annotations

import hashlib
import re
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlmodel import select

from tracer.actions.actor import Actor
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.ids import new_id
from tracer.domain.words import Role
from tracer.store.tables import Account, ApiToken, SignIn
from tracer.store.world import Tx

IDLE_SECONDS = 12 * 3600
SEEN_STEP = 300  # seconds between two writes of "last seen"
HASHER = PasswordHasher()  # RFC 9106, low memory: a tenth of a second for each password
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{2,39}")


def create_account(
    tx: Tx,
    login: str,
    password: str,
    role: Role,
    name: str,
    producer_id: int | None = None,
    base_id: int | None = None,
) -> Account:
    """A new account. Logins are lower case letters, digits and ``. _ @ -``, 3 to 40 of them."""
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise Refusal("bad_login", "登录名用小写字母和数字，3 到 40 位，也可以用手机号", "login")
    if not 8 <= len(password) <= 200:
        raise Refusal("weak_password", "密码至少 8 位", "password")
    if tx.session.exec(select(Account).where(Account.login == login)).first():
        raise Conflict("login_taken", f"登录名“{login}”已有人用，请换一个", "login")
    account = Account(
        public_id=new_id(),
        login=login,
        password_hash=HASHER.hash(password),
        role=role.value,
        name=name,
        producer_id=producer_id,
        base_id=base_id,
        created_at=tx.now,
    )
    tx.session.add(account)
    tx.session.flush()
    return account


def authenticate(tx: Tx, login: str, password: str) -> Actor:
    """Whose login and password these are; one Refusal for every kind of failure.

    Takes about a tenth of a second by design, so it belongs in a reading transaction: in a writing
    one every sign-in would hold up everybody's records.
    """
    account = tx.session.exec(
        select(Account).where(Account.login == login.strip().lower())
    ).one_or_none()
    try:
        HASHER.verify(account.password_hash if account else _nobody(), password)
    except (VerifyMismatchError, InvalidHashError):
        account = None
    if account is None or account.disabled_at is not None:
        raise Refusal("sign_in_failed", "登录名或密码不对，请再试一次", "password")
    return actor_of(account)


def start_sign_in(tx: Tx, actor: Actor) -> str:
    """A new sign-in of an authenticated actor; returns the secret for the cookie."""
    secret = secrets.token_urlsafe(32)
    tx.session.add(
        SignIn(
            secret_hash=_hash(secret),
            account_id=actor.account_id,
            created_at=tx.now,
            seen_at=tx.now,
        )
    )
    return secret


def who(tx: Tx, secret: str) -> Actor | None:
    """Whose browser holds this secret; None when signed out, idle for 12 hours, or disabled."""
    row = tx.session.exec(
        select(SignIn, Account)
        .join(Account)
        .where(SignIn.secret_hash == _hash(secret), SignIn.ended_at == None)  # noqa: E711
    ).one_or_none()
    if row is None:
        return None
    sign_in_row, account = row
    if account.disabled_at is not None or tx.now - sign_in_row.seen_at > IDLE_SECONDS:
        return None
    return actor_of(account)


def needs_touch(tx: Tx, secret: str) -> bool:
    """Whether "last seen" of this browser is old enough to be worth a write."""
    row = tx.session.exec(select(SignIn).where(SignIn.secret_hash == _hash(secret))).one_or_none()
    return row is not None and row.ended_at is None and tx.now - row.seen_at > SEEN_STEP


def touch(tx: Tx, secret: str) -> None:
    """Note that the browser was seen now."""
    row = tx.session.exec(select(SignIn).where(SignIn.secret_hash == _hash(secret))).one_or_none()
    if row is not None and row.ended_at is None:
        row.seen_at = tx.now


def sign_out(tx: Tx, secret: str) -> None:
    """End the browser's sign-in; harmless when it has ended."""
    row = tx.session.exec(select(SignIn).where(SignIn.secret_hash == _hash(secret))).one_or_none()
    if row is not None and row.ended_at is None:
        row.ended_at = tx.now


def create_token(tx: Tx, login: str, label: str = "") -> str:
    """A new bearer token that acts as the account ``login``; shown once, kept as a hash."""
    account = working(tx, login)
    token = f"tr_{secrets.token_urlsafe(32)}"
    tx.session.add(
        ApiToken(secret_hash=_hash(token), account_id=_id(account), label=label, created_at=tx.now)
    )
    return token


def token_actor(tx: Tx, token: str) -> Actor | None:
    """Whom a bearer token acts for; None where it is unknown or revoked."""
    row = tx.session.exec(
        select(ApiToken, Account)
        .join(Account)
        .where(ApiToken.secret_hash == _hash(token), ApiToken.revoked_at == None)  # noqa: E711
    ).one_or_none()
    if row is None or row[1].disabled_at is not None:
        return None
    return actor_of(row[1])


def actor_of(account: Account) -> Actor:
    """The actor that an account is."""
    return Actor(
        _id(account), Role(account.role), account.name, account.producer_id, account.base_id
    )


def reset_password(tx: Tx, login: str) -> str:
    """A new random password for an account, shown once; every browser is signed out.

    Tokens stay: programs do not sign in with the password (see :func:`revoke_tokens`).
    """
    account = working(tx, login)
    password = secrets.token_urlsafe(9)
    account.password_hash = HASHER.hash(password)
    rows = select(SignIn).where(SignIn.account_id == account.id, SignIn.ended_at == None)  # noqa: E711
    for row in tx.session.exec(rows):
        row.ended_at = tx.now
    return password


def revoke_tokens(tx: Tx, login: str, label: str | None = None) -> int:
    """End an account's tokens, or those of one label; returns how many were in force."""
    account = tx.session.exec(
        select(Account).where(Account.login == login.strip().lower())
    ).one_or_none()
    if account is None:
        raise Refusal("unknown_login", f"没有“{login}”这个账号", "login")
    rows = select(ApiToken).where(
        ApiToken.account_id == account.id,
        ApiToken.revoked_at == None,  # noqa: E711
    )
    if label is not None:
        rows = rows.where(ApiToken.label == label)
    ended = tx.session.exec(rows).all()
    for row in ended:
        row.revoked_at = tx.now
    return len(ended)


def working(tx: Tx, login: str) -> Account:
    """The account of a login; a Refusal where there is none or it is disabled."""
    account = tx.session.exec(
        select(Account).where(Account.login == login.strip().lower())
    ).one_or_none()
    if account is None or account.disabled_at is not None:
        raise Refusal("unknown_login", f"没有“{login}”这个账号，或者已经停用", "login")
    return account


def _id(account: Account) -> int:
    if account.id is None:
        raise ValueError("account has not been stored")
    return account.id


def _nobody() -> str:
    """A hash that no password has, as slow to check as any other.

    It is verified where the login is unknown, so that both mistakes take the same time.
    """
    cost = f"m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
    return f"$argon2id$v=19${cost}${'A' * 22}${'A' * 43}"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
