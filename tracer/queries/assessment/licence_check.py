"""Whether a licence is what the association gave: its signature, leaf, columns and state."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from tracer.domain.assessing import LicenceAct, LicenceState, licence_state
from tracer.domain.clock import day_of
from tracer.proof.codec import CodecError
from tracer.proof.contents import licensed_content
from tracer.proof.keys import load_public
from tracer.proof.leaf import Event, Leaf, commit
from tracer.proof.licence import LicenceStatement
from tracer.proof.sign import LICENCE_TAG, verify
from tracer.store.tables import Assessment, IssuerKey, Licence, LogLeaf
from tracer.store.world import Tx

_ACTS = {
    Event.SUSPENDED.value: LicenceAct.SUSPENDED,
    Event.RESUMED.value: LicenceAct.RESUMED,
    Event.WITHDRAWN.value: LicenceAct.WITHDRAWN,
}


@dataclass(frozen=True)
class LicenceCheck:
    """What a check found. ``statement`` is what was signed, None where it cannot be read.

    ``state`` is by the log, so that a deleted row does not bring a withdrawn licence back.
    """

    statement: LicenceStatement | None
    signed: bool
    logged: bool
    as_signed: bool  # the columns that people read say what was signed
    state: LicenceState

    @property
    def genuine(self) -> bool:
        """Whether nothing was changed since it was given; ``state`` says whether it holds."""
        return self.signed and self.logged and self.as_signed


def check_licence(tx: Tx, licence: Licence) -> LicenceCheck:
    """The checks on one licence, as it stands today."""
    statement = _statement(licence)
    return LicenceCheck(
        statement=statement,
        signed=_signed(tx, licence),
        logged=_logged(tx, licence),
        as_signed=statement is not None and _columns(tx, licence) == _said(statement),
        state=_state(tx, licence),
    )


def _statement(licence: Licence) -> LicenceStatement | None:
    try:
        return LicenceStatement.from_bytes(licence.payload)
    except CodecError:
        return None


def _signed(tx: Tx, licence: Licence) -> bool:
    key = tx.session.exec(
        select(IssuerKey).where(IssuerKey.kid == licence.kid, IssuerKey.purpose == "licence")
    ).one_or_none()
    return key is not None and verify(
        LICENCE_TAG, licence.payload, licence.signature, load_public(key.public_key)
    )


def _logged(tx: Tx, licence: Licence) -> bool:
    kept = tx.session.get(LogLeaf, licence.log_index)
    said = licensed_content(licence.public_id, licence.payload, licence.signature)
    commitment = commit(licence.salt, said)
    leaf = Leaf(Event.LICENSED, licence.public_id, commitment, licence.issued_at)
    return kept is not None and (kept.leaf, kept.leaf_hash) == (leaf.to_bytes(), leaf.hash())


def _columns(tx: Tx, licence: Licence) -> tuple[object, ...]:
    assessment = tx.session.get_one(Assessment, licence.assessment_id)
    return (
        licence.public_id,
        licence.number,
        licence.mark,
        licence.holder,
        licence.subject,
        assessment.public_id,
        licence.valid_from.isoformat(),
        licence.valid_to.isoformat(),
        licence.issued_at,
        licence.kid,
    )


def _said(one: LicenceStatement) -> tuple[object, ...]:
    return (
        one.licence_id,
        one.number,
        one.mark,
        one.holder,
        one.subject,
        one.assessment_id,
        one.valid_from,
        one.valid_to,
        one.issued_at,
        one.kid,
    )


def _state(tx: Tx, licence: Licence) -> LicenceState:
    events = tx.session.exec(
        select(LogLeaf.event)
        .where(LogLeaf.subject == licence.public_id, col(LogLeaf.event).in_(_ACTS))
        .order_by(col(LogLeaf.index))
    )
    acts = [_ACTS[event] for event in events]
    return licence_state(acts, licence.valid_from, licence.valid_to, day_of(tx.now))
