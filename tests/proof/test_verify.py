"""The recipe: what is genuine passes in every form, and each attack fails at its own step."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.proof.certificates import (
    ISSUED_AT,
    LABEL_KEY,
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
from tracer.proof.knowledge import LabelRecord, Recall, Status, Voiding
from tracer.proof.labelcode import code
from tracer.proof.labelseal import LabelSeal
from tracer.proof.qrtext import (
    batch_text,
    certificate_text,
    label_text,
    signed_certificate_text,
    signed_label_text,
)
from tracer.proof.sign import CERTIFICATE_TAG, LABEL_TAG, ORDER, sign
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


# --- altered ---------------------------------------------------------------------------------


def test_every_flipped_bit_of_the_statement_and_signature_is_noticed():
    signed = GOOD.message + GOOD.signature
    for bit in range(len(signed) * 8):
        changed = bytearray(signed)
        changed[bit // 8] ^= 1 << bit % 8
        text = signed_certificate_text(SITE, ID, bytes(changed[:-64]), bytes(changed[-64:]))
        assert verify(text, KNOWN).outcome is Outcome.ALTERED, bit
        assert verify(text).outcome is not Outcome.GENUINE, bit


def test_a_flipped_bit_in_any_byte_of_the_file_is_noticed():
    dice = random.Random(2)
    for at in range(len(GOOD.json)):
        _assert_flip_is_noticed(at, dice.randrange(8))


@pytest.mark.soak
def test_every_flipped_bit_of_the_file_is_noticed():
    for at in range(len(GOOD.json)):
        for bit in range(8):
            _assert_flip_is_noticed(at, bit)


def _assert_flip_is_noticed(at: int, bit: int) -> None:
    changed = bytearray(GOOD.json)
    changed[at] ^= 1 << bit
    assert verify(bytes(changed), KNOWN).outcome is Outcome.ALTERED, (at, bit)


@pytest.mark.parametrize("form", ["qr", "signed tag"])
def test_every_swapped_character_of_a_signed_text_is_noticed(form):
    text = FORMS[form]
    for at, char in enumerate(text):
        for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZU/:?# ":
            same_to_people = {char.upper(), *("0O" if char in "0O" else "")}
            if other in same_to_people:
                continue
            verdict = verify(text[:at] + other + text[at + 1 :], KNOWN)
            assert verdict.outcome is Outcome.ALTERED, (at, char, other, verdict.code)


@pytest.mark.parametrize("form", ["tag", "link", "typed id", "typed number"])
def test_no_swapped_character_of_a_short_code_is_genuine(form):
    text = FORMS[form].upper()
    for at, char in enumerate(text):
        for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZ":
            if other != char:
                verdict = verify(text[:at] + other + text[at + 1 :], KNOWN)
                assert verdict.outcome is not Outcome.GENUINE, (at, char, other)


def test_the_high_s_twin_of_a_signature_is_altered():
    s = int.from_bytes(GOOD.signature[32:], "big")
    twin = GOOD.signature[:32] + (ORDER - s).to_bytes(32, "big")
    verdict = verify(signed_certificate_text(SITE, ID, GOOD.message, twin), KNOWN)
    assert (verdict.outcome, verdict.code) == (Outcome.ALTERED, "bad_signature")


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [
        ("form", "2025-purchaser", "样式"),
        ("certificate_id", public_id("7K3M9QF2XJ"), "合格证代码"),
        ("number", "37028326112200001434", "合格证编号"),
        ("product", "番茄", "产品名称"),
        ("quantity_milli", 5_125_000, "重量或数量"),
        ("unit", "斤", "重量或数量"),
        ("origin", "山东省青岛市莱西市", "产地"),
        ("issuer", "平度绿丰果品专业合作社", "承诺主体"),
        ("contact", "13900005678", "联系方式"),
        ("issued_at", ISSUED_AT - 86_400, "开具时间"),
        ("basis", 7, "承诺依据"),
        ("batch_id", public_id("B4TCH00002"), "批次代码"),
        ("kid", bytes(8), "签名钥匙"),
        ("product", None, "产品名称"),
        ("quantity_milli", 512_500.0, "重量或数量"),
    ],
)
def test_a_changed_column_of_the_row_is_named(known, column, value, named):
    row = known.bend_row(GOOD, **{column: value})
    for material in (row, certificate_text(SITE, ID), label_text(SITE, GOOD.label)):
        verdict = verify(material, known)
        assert (verdict.outcome, verdict.code) == (Outcome.ALTERED, "fields_differ")
        assert verdict.reason_zh == f"这些内容和签名时不一样：{named}"
        assert [check.passed for check in verdict.checks][:4] == [True, True, False, None]
    assert verify(GOOD.qr, known).outcome is Outcome.GENUINE


@pytest.mark.parametrize("name", ["产品名称", "重量或数量", "承诺依据", "开具时间"])
def test_a_changed_text_of_the_file_is_named(name):
    was = GOOD.said.readable()[name]
    file = GOOD.json.replace(f'"{name}":"{was}"'.encode(), f'"{name}":"别的"'.encode())
    for knowledge in (KNOWN, None):
        verdict = verify(file, knowledge)
        assert (verdict.outcome, verdict.code) == (Outcome.ALTERED, "fields_differ")
        assert name in verdict.reason_zh


def test_a_row_whose_bytes_were_changed_with_its_columns_is_altered(known):
    forged = Issued(statement(quantity_milli=5_125_000))
    row = replace(GOOD.row, statement=forged.message, columns=forged.said.columns())
    assert verify(row, known).code == "bad_signature"


def test_a_row_signed_again_with_the_same_key_is_not_what_was_logged(known):
    forged = Issued(statement(quantity_milli=5_125_000))
    verdict = verify(forged.row, known)
    assert (verdict.outcome, verdict.code) == (Outcome.ALTERED, "log_differs")
    assert verify(forged.qr, known).code == "log_differs"
    assert verify(forged.json, known).code == "log_differs"


def test_a_file_with_another_key_inside_is_altered(known):
    thief = Issued(statement(), signer=key("thief"))
    assert verify(thief.json, known).code == "other_key"
    assert verify(thief.json).code == "other_key"


def test_a_key_row_with_another_key_inside_is_altered(known):
    kid = GOOD.said.kid
    known.keys[kid] = replace(known.keys[kid], public_key=public_der(key("thief")))
    for form in FORMS.values():
        assert verify(form, known).outcome is Outcome.ALTERED


def test_a_file_that_claims_another_place_in_the_log_is_altered(known):
    moved = Issued(statement(), index=7).json
    verdict = verify(moved, known)
    assert (verdict.outcome, verdict.code) == (Outcome.ALTERED, "log_differs")


@pytest.mark.parametrize("part", ["leaf", "leaf_hash"])
def test_a_log_with_one_bit_wrong_is_noticed(known, part):
    record = known.leaves[ID]
    value = bytearray(getattr(record, part))
    value[-1] ^= 1
    known.leaves[ID] = replace(record, **{part: bytes(value)})
    for form in FORMS.values():
        assert verify(form, known).code == "log_differs"


def test_changed_evidence_is_not_what_was_promised_on(known):
    record = known.leaves[ID]
    entry = replace(record.entry, evidence_root=bytes(32))
    known.leaves[ID] = replace(record, entry=entry)
    assert verify(GOOD.row, known).code == "log_differs"


def test_a_salt_of_another_length_is_noticed(known):
    record = known.leaves[ID]
    known.leaves[ID] = replace(record, entry=replace(record.entry, salt=b"short"))
    assert verify(GOOD.row, known).code == "log_differs"


@pytest.mark.parametrize("site", ["https://trace.examp1e.cn", "http://trace.example.cn"])
def test_a_certificate_behind_another_address_is_not_ours(known, site):
    elsewhere = Issued(statement(), site=site)
    for text in (elsewhere.qr, elsewhere.json, elsewhere.signed_tag):
        assert (verify(text, known).outcome, verify(text, known).code) == (
            Outcome.ALTERED,
            "foreign_site",
        )
    verdict = verify(certificate_text(site, ID), known)
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, "foreign_site")


def test_an_address_may_be_one_of_the_past_or_of_a_trial_start(known):
    known.sites = ("https://new.example.cn", SITE)
    assert verify(GOOD.qr, known).outcome is Outcome.GENUINE
    trial = Issued(statement(), site="http://127.0.0.1:8123")
    assert verify(trial.json, known).outcome is Outcome.GENUINE


# --- whose key, and when ----------------------------------------------------------------------


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


# --- afterwards -------------------------------------------------------------------------------

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


# --- labels -----------------------------------------------------------------------------------


def _signed_tag(seal: LabelSeal, signer=None, site=SITE) -> str:
    message = seal.to_bytes()
    return signed_label_text(site, seal.code, message, sign(LABEL_TAG, message, signer or key()))


def test_a_label_nobody_printed_is_unknown(known):
    made_up = code(99_999, bytes(32))
    assert verify(label_text(SITE, made_up), known).code == "unknown_label"
    seal = LabelSeal(ID, made_up, GOOD.said.kid)
    assert verify(_signed_tag(seal), known).code == "unknown_label"


def test_a_label_without_certificate_borrows_none(known):
    known.labels[GOOD.label] = LabelRecord(None)
    verdict = verify(label_text(SITE, GOOD.label), known)
    assert (verdict.outcome, verdict.code) == (Outcome.CANNOT_TELL, "label_without_certificate")


def test_a_seal_names_its_own_label_and_certificate(known):
    other = code(8, LABEL_KEY)
    known.labels[other] = LabelRecord(ID)
    seal = LabelSeal(ID, other, GOOD.said.kid)
    assert verify(_signed_tag(seal), known).outcome is Outcome.GENUINE
    digits = _signed_tag(seal).rpartition("/")[2]
    moved = verify(f"{SITE}/T/{GOOD.label}/{digits}", known)
    assert (moved.outcome, moved.code) == (Outcome.ALTERED, "seal_of_another")
    known.labels[other] = LabelRecord(public_id("7K3M9QF2XJ"))
    assert verify(_signed_tag(seal), known).code == "seal_of_another"


def test_a_seal_by_another_hand_is_altered(known):
    thief = key("thief")
    assert verify(_signed_tag(LabelSeal(ID, GOOD.label, GOOD.said.kid), thief), known).code == (
        "bad_seal"
    )
    by_name = LabelSeal(ID, GOOD.label, kid_of(thief))
    assert verify(_signed_tag(by_name, thief), known).code == "seal_of_another"


def test_a_label_may_be_sealed_with_a_later_key_of_the_producer(known):
    later = key("later")
    known.keys[kid_of(later)] = replace(known.keys[GOOD.said.kid], public_key=public_der(later))
    seal = LabelSeal(ID, GOOD.label, kid_of(later))
    assert verify(_signed_tag(seal, later), known).outcome is Outcome.GENUINE


def test_a_certificates_signature_does_not_serve_as_a_seal(known):
    seal = LabelSeal(ID, GOOD.label, GOOD.said.kid).to_bytes()
    text = signed_label_text(SITE, GOOD.label, seal, sign(CERTIFICATE_TAG, seal, key()))
    assert verify(text, known).code == "bad_seal"


# --- anything else ----------------------------------------------------------------------------


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
