"""Signing keys: one per producer, because nobody may issue for another (不得代开具)."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlmodel import select

from tracer.actions import log
from tracer.domain.errors import Refusal
from tracer.proof import keys
from tracer.proof.contents import key_content
from tracer.proof.leaf import Event
from tracer.store.tables import IssuerKey, Producer
from tracer.store.world import Tx

KEK_VERSION = 1
LICENCE = "licence"
_YEAR = 366 * 86400
_DAY = 86400


def root_key(tx: Tx) -> IssuerKey:
    """The installation's own key, which names producers' keys to PDF readers; made when missing."""
    row = tx.session.exec(select(IssuerKey).where(IssuerKey.purpose == "root")).one_or_none()
    if row is not None:
        return row
    key = keys.generate_key()
    row = _row(tx, key, None, "root")
    row.x509 = keys.root_certificate(
        key, "承诺达标合格证服务根证书", tx.now - _DAY, tx.now + 30 * _YEAR
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def create_issuer_key(tx: Tx, producer: Producer) -> IssuerKey:
    """A new signing key for a producer, in force from now; its leaf is written with it."""
    root = root_key(tx)
    key = keys.generate_key()
    row = _row(tx, key, producer.id, "certificate")
    row.x509 = keys.leaf_certificate(
        open_key(tx, root),
        root.x509,
        key.public_key(),
        producer.name,
        tx.now - _DAY,
        tx.now + 10 * _YEAR,
    )
    row.log_index, row.salt = log.append(
        tx, Event.KEY, row.kid.hex(), key_content(producer.public_id, row.public_key)
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def licence_key(tx: Tx) -> IssuerKey:
    """The association's key that signs licences; made when missing, with its leaf."""
    row = tx.session.exec(
        select(IssuerKey).where(
            IssuerKey.purpose == LICENCE,
            IssuerKey.revoked_at == None,  # noqa: E711
        )
    ).first()
    if row is not None:
        return row
    root = root_key(tx)
    key = keys.generate_key()
    row = _row(tx, key, None, LICENCE)
    row.x509 = keys.leaf_certificate(
        open_key(tx, root),
        root.x509,
        key.public_key(),
        "评价证书签名",
        tx.now - _DAY,
        tx.now + 30 * _YEAR,
    )
    row.log_index, row.salt = log.append(
        tx, Event.KEY, row.kid.hex(), key_content(LICENCE, row.public_key)
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def issuer_key(tx: Tx, producer_id: int) -> IssuerKey:
    """The producer's key that is in force."""
    row = tx.session.exec(
        select(IssuerKey)
        .where(
            IssuerKey.producer_id == producer_id,
            IssuerKey.purpose == "certificate",
            IssuerKey.revoked_at == None,  # noqa: E711
        )
        .order_by(IssuerKey.id.desc())  # type: ignore[union-attr]
    ).first()
    if row is None:
        raise Refusal("no_key", "签名钥匙已停用，请联系平台管理员重新启用")
    return row


def open_key(tx: Tx, row: IssuerKey) -> EllipticCurvePrivateKey:
    """The private key, unwrapped for this one use."""
    return keys.unwrap(row.wrapped, tx.secrets.kek, row.kid, KEK_VERSION)


def _row(tx: Tx, key: EllipticCurvePrivateKey, producer_id: int | None, purpose: str) -> IssuerKey:
    return IssuerKey(
        kid=keys.kid_of(key),
        producer_id=producer_id,
        purpose=purpose,
        public_key=keys.public_der(key),
        wrapped=keys.wrap(key, tx.secrets.kek, KEK_VERSION),
        x509=b"",
        valid_from=tx.now,
    )
