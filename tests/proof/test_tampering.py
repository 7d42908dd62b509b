"""Lies told to the recipe: each is noticed, at its own step and by its own name."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

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
from tracer.proof.knowledge import LabelRecord
from tracer.proof.labelcode import code
from tracer.proof.labelseal import LabelSeal
from tracer.proof.qrtext import (
    certificate_text,
    label_text,
    signed_certificate_text,
    signed_label_text,
)
from tracer.proof.sign import CERTIFICATE_TAG, LABEL_TAG, ORDER, sign
from tracer.proof.verify import verify

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


def test_a_file_whose_leaf_is_not_its_own_is_altered_without_records_too():
    hashed = GOOD.entry.leaf(ID, GOOD.message, GOOD.signature).hash().hex()
    bent = GOOD.json.replace(hashed.encode(), hashed[::-1].encode())
    assert (verify(bent).outcome, verify(bent).code) == (Outcome.ALTERED, "log_differs")


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
    known.keys[kid_of(thief)] = replace(
        known.keys[GOOD.said.kid], public_key=public_der(thief), producer="P2"
    )
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
