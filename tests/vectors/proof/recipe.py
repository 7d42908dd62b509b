"""The recipe's cases: what is handed in, in which world, and what must be answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

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
from tests.proof.corpus import Json, row_to_json
from tracer.proof import qrtext
from tracer.proof.keys import kid_of, public_der
from tracer.proof.knowledge import LabelRecord, Recall, Status, Voiding
from tracer.proof.labelcode import code as label_code
from tracer.proof.labelseal import LabelSeal
from tracer.proof.sign import CERTIFICATE_TAG, LABEL_TAG, ORDER, sign

GOOD = Issued(statement())
SAID, ID = GOOD.said, GOOD.said.certificate_id
OTHER_ID = public_id("7K3M9QF2XJ")
THIEF = key("thief")

# A reason's outcome and the step that decides; 0 where all seven pass.
ANSWERS = {
    "genuine": ("genuine", 0),
    "voided": ("voided", 6),
    "replaced": ("voided", 6),
    "recalled": ("voided", 6),
    "key_not_in_force": ("voided", 4),
    "log_differs": ("altered", 5),
    "other_issuer": ("altered", 4),
    "fields_differ": ("altered", 3),
    "foreign_site": ("altered", 3),
    "other_key": ("altered", 2),
    "bad_signature": ("altered", 2),
    "bad_seal": ("altered", 2),
    "seal_of_another": ("altered", 1),
    "statement_malformed": ("altered", 1),
    "document_altered": ("altered", 1),
    "qr_altered": ("altered", 1),
    "not_logged": ("unknown", 5),
    "unknown_key": ("unknown", 4),
    "unknown_certificate": ("unknown", 1),
    "unknown_label": ("unknown", 1),
    "qr_unreadable": ("unknown", 1),
    "document_unreadable": ("unknown", 1),
    "bad_check": ("unknown", 1),
    "logged_at_another_time": ("cannot_tell", 5),
    "no_key": ("cannot_tell", 2),
    "no_records": ("cannot_tell", 1),
    "label_without_certificate": ("cannot_tell", 1),
    "batch": ("cannot_tell", 1),
}

FORMS: dict[str, Any] = {
    "json": GOOD.json.decode(),
    "symbol": GOOD.qr,
    "row": row_to_json(GOOD.row),
    "signed tag": GOOD.signed_tag,
    "tag": qrtext.label_text(SITE, GOOD.label),
    "link": qrtext.certificate_text(SITE, ID),
    "typed id": ID.lower(),
    "typed number": SAID.number,
}
SIGNED = ("json", "symbol", "row")
REFERENCES = ("signed tag", "tag", "link", "typed id", "typed number")


def worlds() -> dict[str, Records]:
    """Name to records: the installation that issued ``GOOD``, and that world bent in one place."""
    plain = records(GOOD)
    registered, logged = plain.keys[SAID.kid], plain.leaves[ID]

    def with_key(**changes: Any) -> Records:
        return replace(plain, keys={SAID.kid: replace(registered, **changes)})

    def with_leaf(**changes: Any) -> Records:
        return replace(plain, leaves={ID: replace(logged, **changes)})

    def with_status(status: Status) -> Records:
        return replace(plain, statuses={ID: status})

    voiding = Voiding("数量写错", ISSUED_AT + 60, "请退回承诺主体")
    late = records(Issued(SAID, delay=30 * 86_400))
    return {
        "plain": plain,
        "voided": with_status(Status(voiding)),
        "replaced": with_status(Status(replace(voiding, replaced_by=OTHER_ID))),
        "recalled": with_status(Status(recall=Recall("复检不合格", "请退货", ISSUED_AT + 120))),
        "no key registered": replace(plain, keys={}),
        "key of another name": with_key(names=("邻村合作社",)),
        "key of another producer": with_key(producer="P2"),
        "key swapped": with_key(public_key=public_der(THIEF)),
        "key revoked before": with_key(revoked_at_index=GOOD.index),
        "key revoked after": with_key(revoked_at_index=GOOD.index + 1),
        "key not yet in force": with_key(valid_from=ISSUED_AT + 1),
        "not logged": replace(plain, leaves={}),
        "leaf changed": with_leaf(leaf=logged.leaf[:-1] + b"\0"),
        "leaf hash changed": with_leaf(leaf_hash=bytes(32)),
        "evidence changed": with_leaf(entry=replace(logged.entry, evidence_root=bytes(32))),
        "logged a month late": late,
        "label without certificate": replace(plain, labels={GOOD.label: LabelRecord(None)}),
        "nothing issued": replace(plain, certificates={}, leaves={}, labels={}),
        "another address": replace(plain, sites=("https://other.example.cn",)),
    }


def cases() -> Iterator[Json]:
    """Every case of the recipe."""
    yield from _bent_worlds()
    yield from _bent_codes()
    yield from _forgeries()
    yield from _bent_files()


def _case(name: str, world: str | None, material: Any, code: str, *answer: Any) -> Json:
    """``answer`` is outcome and step, where they are not the ones usual for the reason."""
    outcome, step = answer or ANSWERS[code]
    return {
        "name": name,
        "world": world,
        "row" if isinstance(material, dict) else "text": material,
        "outcome": outcome,
        "code": code,
        "decided_by": step,
    }


def _bent_worlds() -> Iterator[Json]:
    everywhere = (
        ("plain", "genuine"),
        ("key revoked after", "genuine"),
        ("voided", "voided"),
        ("replaced", "replaced"),
        ("recalled", "recalled"),
        ("key revoked before", "key_not_in_force"),
        ("key not yet in force", "key_not_in_force"),
        ("leaf changed", "log_differs"),
        ("leaf hash changed", "log_differs"),
        ("evidence changed", "log_differs"),
        ("key of another name", "other_issuer"),
        ("not logged", "not_logged"),
    )
    for form, material in FORMS.items():
        for world, code in everywhere:
            yield _case(f"{form}: {world}", world, material, code)
    for world, code, forms in (
        ("logged a month late", "logged_at_another_time", ("symbol", "row", "tag", "link")),
        ("another address", "foreign_site", ("json", "symbol")),
        ("key swapped", "other_key", ("json", "symbol", "row", "tag")),
        ("no key registered", "other_key", ("symbol", "row", "tag")),
        ("nothing issued", "not_logged", ("json", "symbol")),
        ("nothing issued", "unknown_label", ("tag", "signed tag")),
        ("nothing issued", "unknown_certificate", ("link", "typed id", "typed number")),
        ("label without certificate", "label_without_certificate", ("tag", "signed tag")),
        ("key of another producer", "other_issuer", ("row", "tag", "link")),
        ("key of another producer", "genuine", ("json", "symbol")),
    ):
        for form in forms:
            yield _case(f"{form}: {world}", world, FORMS[form], code)
    for form in ("tag", "link"):
        world = "another address"
        yield _case(f"{form}: {world}", world, FORMS[form], "foreign_site", "unknown", 1)
    yield _case(
        "signed tag: another address",
        "another address",
        FORMS["signed tag"],
        "foreign_site",
        "altered",
        1,
    )
    yield _case("json: no records", None, FORMS["json"], "no_records", "cannot_tell", 4)
    yield _case("symbol: no records", None, FORMS["symbol"], "no_key")
    for form in REFERENCES:
        yield _case(f"{form}: no records", None, FORMS[form], "no_records")


def _bent_codes() -> Iterator[Json]:
    made_up = qrtext.label_text(SITE, label_code(99_999, bytes(32)))
    seal = LabelSeal(ID, GOOD.label, SAID.kid).to_bytes()
    by_thief = sign(LABEL_TAG, seal, THIEF)
    wrong_tag = sign(CERTIFICATE_TAG, seal, key())
    digits = GOOD.signed_tag.rpartition("/")[2]
    slip = f"{SITE}/C/{ID}/"
    for name, text, code in (
        ("label nobody printed", made_up, "unknown_label"),
        ("seal by a thief", qrtext.signed_label_text(SITE, GOOD.label, seal, by_thief), "bad_seal"),
        (
            "seal under the certificate's tag",
            qrtext.signed_label_text(SITE, GOOD.label, seal, wrong_tag),
            "bad_seal",
        ),
        (
            "seal of another label",
            f"{SITE}/T/{label_code(8, LABEL_KEY)}/{digits}",
            "seal_of_another",
        ),
        ("link of a batch", qrtext.batch_text(SITE, SAID.batch_id), "batch"),
        ("nothing", "", "qr_unreadable"),
        ("another web page", "https://other.example/p/7", "qr_unreadable"),
        ("another file", '{"name":"invoice"}', "document_unreadable"),
        ("typed id with a slip", ID[:-1] + "0", "bad_check"),
        ("typed number with a slip", SAID.number[:-1] + "0", "bad_check"),
        ("digits cut short", GOOD.qr[:-1], "qr_altered"),
        ("digits with a letter", GOOD.qr[:-1] + "X", "qr_altered"),
        ("digits with a leading zero", slip + "0" + GOOD.qr.rpartition("/")[2], "qr_altered"),
        ("symbol with a slip in its id", GOOD.qr.replace(ID, ID[:-1] + "0"), "qr_altered"),
    ):
        yield _case(name, "plain", text, code)


def _forgeries() -> Iterator[Json]:
    def symbol(message: bytes, signature: bytes, identifier: str = ID) -> str:
        return qrtext.signed_certificate_text(SITE, identifier, message, signature)

    message, signature = GOOD.message, GOOD.signature
    s = int.from_bytes(signature[32:], "big")
    for name, other in (
        ("high-s twin", signature[:32] + (ORDER - s).to_bytes(32, "big")),
        ("zero signature", bytes(64)),
        ("signed under the label's tag", sign(LABEL_TAG, message, key())),
        ("signed without a tag", sign(b"", message, key())),
        ("signed by another key", sign(CERTIFICATE_TAG, message, THIEF)),
    ):
        yield _case(name, "plain", symbol(message, other), "bad_signature")
    for name, changes in (
        ("more weight", {"quantity_milli": 5_125_000}),
        ("another product", {"product": "番茄"}),
        ("a later day", {"issued_at": ISSUED_AT + 86_400}),
        ("another box ticked", {"basis": 7}),
    ):
        forged = Issued(statement(**changes))
        old = symbol(forged.message, signature)
        yield _case(f"{name}, old signature", "plain", old, "bad_signature")
        yield _case(f"{name}, signed again: symbol", "plain", forged.qr, "log_differs")
        yield _case(f"{name}, signed again: json", "plain", forged.json.decode(), "log_differs")
    for name, other in (
        ("version 2", b"\x8e\x02" + message[2:]),
        ("version in two bytes", b"\x8e\x18\x01" + message[2:]),
        ("statement cut short", message[:-1]),
        ("statement with a byte more", message + b"\0"),
    ):
        yield _case(name, "plain", symbol(other, signature), "statement_malformed")
    moved = symbol(message, signature, OTHER_ID)
    yield _case("link of another certificate", "plain", moved, "fields_differ")
    stranger = Issued(statement(certificate_id=OTHER_ID, kid=kid_of(THIEF)), THIEF)
    yield _case("key nobody registered", "plain", stranger.qr, "unknown_key")
    never = Issued(statement(certificate_id=OTHER_ID))
    yield _case("good signature, never logged", "plain", never.qr, "not_logged")


def _bent_files() -> Iterator[Json]:
    for column, value in (
        ("form", "2025-purchaser"),
        ("number", "37028326112200001434"),
        ("product", "番茄"),
        ("quantity_milli", 5_125_000),
        ("unit", "斤"),
        ("origin", "山东省青岛市莱西市"),
        ("issuer", "平度绿丰果品专业合作社"),
        ("contact", "13900005678"),
        ("issued_at", ISSUED_AT - 86_400),
        ("basis", 7),
    ):
        row = replace(GOOD.row, columns={**GOOD.row.columns, column: value})
        yield _case(f"row with another {column}", "plain", row_to_json(row), "fields_differ")
    text = GOOD.json.decode()
    for name, value in SAID.readable().items():
        bent = text.replace(f'"{name}":"{value}"', f'"{name}":"{value}."')
        yield _case(f"file with another {name}", "plain", bent, "fields_differ")
    for name, bent, code in (
        ("file with a doubled key", text[:-1] + ',"url":"x"}', "document_altered"),
        ("file of version 2", text.replace("certificate-v1", "certificate-v2"), "document_altered"),
        ("file cut short", text[:-1], "document_altered"),
        ("file with another key", Issued(SAID, THIEF).json.decode(), "other_key"),
        ("file with another place in the log", Issued(SAID, index=7).json.decode(), "log_differs"),
    ):
        yield _case(name, "plain", bent, code)
