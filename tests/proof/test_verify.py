"""The recipe: what is genuine passes in every form, and each attack fails at its own step."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.proof.certificates import (
    ISSUED_AT,
    SITE,
    Issued,
    Records,
    key,
    public_id,
    records,
    statement,
)
from tracer.domain.words import Outcome
from tracer.proof.keys import kid_of, public_der
from tracer.proof.knowledge import Recall, Status, Voiding
from tracer.proof.qrtext import (
    batch_text,
    certificate_text,
    label_text,
    signed_certificate_text,
    signed_label_text,
)
from tracer.proof.verify import MAX_LOG_DELAY, verify

GOOD = Issued(statement())
KNOWN = records(GOOD)
ID = GOOD.said.certificate_id
FORMS = {
    "json": GOOD.json,
    "qr": GOOD.qr,
    "signed tag": GOOD.signed_tag,
    "tag": label_text(SITE, GOOD.label),
    "link": certificate_text(SITE, ID),
    "typed id": ID.lower(),
    "typed number": GOOD.said.number,
    "row": GOOD.row,
}


@pytest.fixture
def known() -> Records:
    return records(GOOD)


@pytest.mark.parametrize("form", FORMS)
def test_a_genuine_certificate_passes_in_every_form(form):
    verdict = verify(FORMS[form], KNOWN)
    assert verdict.outcome is Outcome.GENUINE
    assert verdict.code == "genuine"
    assert [check.passed for check in verdict.checks] == [True] * 7
    assert [check.number for check in verdict.checks] == [1, 2, 3, 4, 5, 6, 7]
    assert verdict.as_of == KNOWN.as_of
    assert verdict.statement == GOOD.said


@pytest.mark.parametrize(
    ("form", "passed"),
    [
        ("json", [True, True, True, None, None, None, None]),
        ("qr", [True, None, True, None, None, None, None]),
        ("signed tag", [None] * 7),
        ("tag", [None] * 7),
        ("link", [None] * 7),
        ("typed id", [None] * 7),
        ("typed number", [None] * 7),
    ],
)
def test_without_records_nobody_can_tell(form, passed):
    verdict = verify(FORMS[form])
    assert verdict.outcome is Outcome.CANNOT_TELL
    assert [check.passed for check in verdict.checks] == passed
    assert verdict.as_of is None


def test_a_certificate_is_no_other_because_of_its_case():
    for text in (GOOD.qr, GOOD.signed_tag, FORMS["tag"], FORMS["link"]):
        assert verify(text.lower(), KNOWN).outcome is Outcome.GENUINE


def test_a_good_signature_that_was_never_logged_is_not_genuine(known):
    never = Issued(statement(certificate_id=public_id("7K3M9QF2XJ")))
    for form in (never.qr, never.json, never.row):
        verdict = verify(form, known)
        assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, "not_logged")


def test_a_key_nobody_registered_is_unknown(known):
    thief = key("thief")
    said = statement(certificate_id=public_id("7K3M9QF2XJ"), kid=kid_of(thief))
    for form in (Issued(said, thief).qr, Issued(said, thief).json):
        verdict = verify(form, known)
        assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, "unknown_key")


def test_one_producer_cannot_promise_in_anothers_name(known):
    neighbour = key("neighbour")
    kid = kid_of(neighbour)
    known.keys[kid] = replace(
        known.keys[GOOD.said.kid], public_key=public_der(neighbour), producer="P2", names=("邻居",)
    )
    forged = Issued(statement(certificate_id=public_id("7K3M9QF2XJ"), kid=kid), neighbour)
    verdict = verify(forged.qr, known)
    assert (verdict.outcome, verdict.code) == (Outcome.ALTERED, "other_issuer")


def test_a_row_moved_to_another_producer_is_altered(known):
    verdict = verify(replace(GOOD.row, producer="P2"), known)
    assert (verdict.outcome, verdict.code) == (Outcome.ALTERED, "other_issuer")


def test_a_producer_may_change_its_name(known):
    kid = GOOD.said.kid
    known.keys[kid] = replace(known.keys[kid], names=("新名字合作社", GOOD.said.issuer))
    assert verify(GOOD.qr, known).outcome is Outcome.GENUINE


@pytest.mark.parametrize(
    ("revoked_at_index", "outcome"),
    [(GOOD.index + 1, Outcome.GENUINE), (GOOD.index, Outcome.VOIDED), (0, Outcome.VOIDED)],
)
def test_a_stolen_key_loses_its_future_and_not_its_past(known, revoked_at_index, outcome):
    kid = GOOD.said.kid
    known.keys[kid] = replace(known.keys[kid], revoked_at_index=revoked_at_index)
    for form in FORMS.values():
        assert verify(form, known).outcome is outcome


@pytest.mark.parametrize(
    ("valid_from", "outcome"), [(ISSUED_AT, Outcome.GENUINE), (ISSUED_AT + 1, Outcome.VOIDED)]
)
def test_a_key_has_no_past_before_it_came_into_force(known, valid_from, outcome):
    kid = GOOD.said.kid
    known.keys[kid] = replace(known.keys[kid], valid_from=valid_from)
    assert verify(GOOD.row, known).outcome is outcome


@pytest.mark.parametrize(
    ("delay", "outcome"),
    [
        (MAX_LOG_DELAY, Outcome.GENUINE),
        (MAX_LOG_DELAY + 1, Outcome.CANNOT_TELL),
        (30 * 86_400, Outcome.CANNOT_TELL),
        (-MAX_LOG_DELAY - 1, Outcome.CANNOT_TELL),
    ],
)
def test_a_back_dated_certificate_is_flagged(delay, outcome):
    dated = Issued(statement(), delay=delay)
    verdict = verify(dated.qr, records(dated))
    assert verdict.outcome is outcome
    if outcome is Outcome.CANNOT_TELL:
        assert verdict.code == "logged_at_another_time"


VOIDING = Voiding("数量写错", ISSUED_AT + 60, "请退回承诺主体")
RECALL = Recall("复检不合格", "请停止食用，到原处退货", ISSUED_AT + 120)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status(voiding=VOIDING), "voided"),
        (Status(voiding=replace(VOIDING, replaced_by=public_id("7K3M9QF2XJ"))), "replaced"),
        (Status(recall=RECALL), "recalled"),
        (Status(VOIDING, RECALL), "recalled"),
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_what_happened_since_is_told(known, form, status, code):
    known.statuses[ID] = status
    verdict = verify(FORMS[form], known)
    assert (verdict.outcome, verdict.code) == (Outcome.VOIDED, code)
    assert verdict.status == status
    assert [check.passed for check in verdict.checks] == [True] * 5 + [False, None]
    told = verdict.as_dict()
    assert told["outcome"] == "voided"
    assert (told["recalled"] is not None) == (status.recall is not None)
    assert (told["voided"] is not None) == (status.voiding is not None)


def test_a_batch_link_is_no_certificate():
    for knowledge in (KNOWN, None):
        verdict = verify(batch_text(SITE, GOOD.said.batch_id), knowledge)
        assert (verdict.outcome, verdict.code) == (Outcome.CANNOT_TELL, "batch")


def test_a_code_nobody_issued_is_unknown():
    for text in (certificate_text(SITE, public_id("7K3M9QF2XJ")), "37028326112200001434"):
        assert verify(text, KNOWN).outcome is Outcome.UNKNOWN


@settings(max_examples=300)
@given(
    st.text(max_size=80)
    | st.binary(max_size=200)
    | st.binary(max_size=200).map(lambda data: b"%PDF-2.0\n" + data)
    | st.binary(max_size=200).map(lambda data: b'{"format":"hgz-certificate-v1",' + data)
    | st.binary(max_size=200).map(lambda data: signed_certificate_text(SITE, ID, data, bytes(64)))
    | st.binary(max_size=200).map(lambda data: signed_label_text(SITE, GOOD.label, data, bytes(64)))
)
def test_whatever_is_handed_in_gets_a_sentence(material):
    for knowledge in (KNOWN, None):
        verdict = verify(material, knowledge)
        assert verdict.outcome is not Outcome.GENUINE
        assert verdict.reason_zh
        assert verdict.code
        assert len(verdict.checks) == 7
        assert verdict.as_dict()["outcome"] == verdict.outcome.value


def test_a_huge_file_is_refused_before_it_is_read():
    assert verify(b"%PDF-" + bytes(5 << 20), KNOWN).code == "too_large"


def test_the_answer_for_programs():
    told = verify(GOOD.json, KNOWN).as_dict()
    assert told["outcome_zh"] == "签名有效"
    assert told["as_of"] == "2026-11-22T01:12:00Z"
    assert told["source"] == "json"
    assert told["certificate"]["产品名称"] == "黄瓜"
    assert told["checks"][0] == {
        "number": 1,
        "key": "read",
        "label": "读出内容",
        "passed": True,
        "detail": f"合格证文件：{GOOD.said.number}",
    }
    assert told["voided"] is None
