"""Whether a certificate stands: one recipe in seven steps, for web page, command line and tests.

1. Read: the material is a PDF, a JSON file, a QR text or a typed code of this service, and the
   statement inside decodes. A code without signed bytes leads to the stored certificate; a signed
   tag's seal names the code it stands beside and the certificate that its label belongs to.
2. Signature: it holds over the exact bytes, low-s, under the certificate tag. A PDF is intact to
   the byte and signed with the same key; a signed tag's seal holds under the label tag.
3. Fields: what people read beside the bytes (file, stored row, link) says what the bytes say.
4. Key: it is registered, belongs to the promiser, and was in force when the leaf was written.
5. Log: the certificate's leaf is there, commits to exactly these bytes, has the hash that stands in
   the log, and was written when the certificate says it was issued.
6. Status: not voided, not replaced, not recalled since.
7. As of: how old the records are that steps 4 to 6 relied on.

A step that fails ends the recipe and gives the outcome. Steps 4 to 7 need somebody's records:
without them a good signature comes to ``cannot_tell``, never to ``genuine``. The same numbers stand
in ``docs/proof.md``.
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from tracer.domain.clock import format_instant
from tracer.domain.words import Outcome
from tracer.proof.codec import CodecError
from tracer.proof.keys import KeyUnusable, kid_of, load_public
from tracer.proof.knowledge import KeyRecord, Knowledge, LogRecord, Status, StoredCertificate
from tracer.proof.leaf import IssuedEntry, Leaf
from tracer.proof.lookup import Located, is_foreign, locate
from tracer.proof.merkle import leaf_hash
from tracer.proof.sign import CERTIFICATE_TAG, LABEL_TAG
from tracer.proof.sign import verify as signature_holds
from tracer.proof.statement import differences
from tracer.proof.verdict import Check, Finding, Verdict, bad, good, unmade

MAX_LOG_DELAY = 3600  # seconds between the instant a certificate names and its leaf
_LABELS = {
    "read": "读出内容",
    "signature": "签名",
    "fields": "文字与签名一致",
    "key": "签名钥匙",
    "log": "登记",
    "status": "作废和召回",
    "as_of": "记录的时间",
}
_GENUINE = Finding(True, "签名有效，登记在册，没有作废或召回", "genuine", Outcome.GENUINE)
_NOT_MADE = "前面没有通过，这一项没有再查"


def verify(
    material: bytes | str | StoredCertificate, knowledge: Knowledge | None = None
) -> Verdict:
    """The verdict on a file's bytes, a scanned or typed text, or a certificate's own row.

    ``knowledge`` is whoever holds the records; None without a network. Whatever is handed in is
    answered with a sentence; only what ``knowledge`` itself raises passes through.
    """
    found = locate(material, knowledge)
    if isinstance(found, Finding):
        return _verdict([found], knowledge, None)
    case = _Case(found, knowledge)
    findings: list[Finding] = []
    for step in case.steps:
        findings.append(step())
        if findings[-1].ends:
            break
    return _verdict(findings, knowledge, case)


def _verdict(findings: list[Finding], knowledge: Knowledge | None, case: _Case | None) -> Verdict:
    decisive = next((one for one in findings if one.ends), None)
    decisive = decisive or next((one for one in findings if one.passed is None), _GENUINE)
    unmade_ones = [unmade("not_made", _NOT_MADE)] * (len(_LABELS) - len(findings))
    return Verdict(
        outcome=decisive.outcome,
        code=decisive.code,
        reason_zh=decisive.detail,
        checks=tuple(
            Check(number, key, label, finding.passed, finding.detail)
            for number, ((key, label), finding) in enumerate(
                zip(_LABELS.items(), findings + unmade_ones, strict=True), 1
            )
        ),
        as_of=knowledge.as_of if knowledge else None,
        source=case.evidence.source if case else None,
        statement=case.said if case else None,
        status=case.status if case else Status(),
    )


class _Case:
    """One run of steps 1 to 7; each relies on what the steps before it have established."""

    def __init__(self, found: Located, knowledge: Knowledge | None) -> None:
        self.evidence, self.said, self.seal = found.evidence, found.said, found.seal
        self.knowledge = knowledge
        self.key = knowledge.key(found.said.kid) if knowledge else None
        self.log: LogRecord | None = None
        self.status = Status()

    @property
    def steps(self) -> tuple[Callable[[], Finding], ...]:
        return (
            self.read,
            self.signature,
            self.fields,
            self.signing_key,
            self.logged,
            self.stands,
            self.as_of,
        )

    # (1) read: lookup.locate has done it

    def read(self) -> Finding:
        return good(f"{self.evidence.source.label}：{self.said.number}")

    # (2) signature

    def signature(self) -> Finding:
        said, file, paper = self.said, self.evidence.document, self.evidence.paper
        public = self.key.public_key if self.key else file.public_key if file else None
        if file and (file.kid, file.public_key) != (said.kid, public):
            return bad(Outcome.ALTERED, "other_key", "文件里的公钥不是签名用的那一把")
        if paper and paper.public_key != public:
            return bad(Outcome.ALTERED, "paper_other_key", "这份 PDF 不是承诺主体签的")
        if public is None and self.knowledge and self.knowledge.certificate(said.certificate_id):
            return bad(Outcome.ALTERED, "other_key", "签名的钥匙和开具时的不是同一把")
        if public is None:
            return unmade("no_key", "手头没有签名人的公钥，签名没法查")
        key = _key_named(said.kid, public)
        if key is None:
            return bad(Outcome.ALTERED, "other_key", "公钥已损坏，或不是签名用的那一把")
        message, signature = self.evidence.statement, self.evidence.signature
        if not signature_holds(CERTIFICATE_TAG, message, signature, key):
            return bad(Outcome.ALTERED, "bad_signature", "签名和内容对不上，内容被改动过")
        return self._seal_fails() or good("签名和内容一个字节都不差")

    def _seal_fails(self) -> Finding | None:
        """A signed tag's own signature, by any key of the producer; a finding where it fails."""
        if self.seal is None or self.knowledge is None or self.evidence.stored is None:
            return None
        seal, text = self.seal
        record = self.knowledge.key(seal.kid)
        if record is None or record.producer != self.evidence.stored.producer:
            return bad(Outcome.ALTERED, "seal_of_another", "标签上的签名不是承诺主体的")
        key = _key_named(seal.kid, record.public_key)
        if key is None or not signature_holds(LABEL_TAG, text.seal, text.signature, key):
            return bad(Outcome.ALTERED, "bad_seal", "标签上的签名对不上，标签被改动过")
        return None

    # (3) fields

    def fields(self) -> Finding:
        said, evidence, site = self.said, self.evidence, ""
        names: tuple[str, ...] = ()
        if evidence.stored is not None:
            names = differences(evidence.stored.columns, said.columns())
        elif (file := evidence.document) is not None:
            names, site = differences(file.fields, said.readable()), file.site
            if file.url_id != said.certificate_id:
                names += ("网址",)
        elif (written := evidence.written) is not None:
            site = written.site
            if written.certificate_id != said.certificate_id:
                names = ("网址里的合格证代码",)
        if names:
            listed = "、".join(names)
            return bad(Outcome.ALTERED, "fields_differ", f"这些内容和签名时不一样：{listed}")
        if self.knowledge is not None and is_foreign(site, self.knowledge):
            return bad(Outcome.ALTERED, "foreign_site", f"网址被换成了 {site}，不是本系统的")
        return good("看到的文字就是签名时的文字")

    # (4) key

    def signing_key(self) -> Finding:
        said = self.said
        if self.knowledge is None:
            return unmade("no_records", "没有连上登记记录，不知道签名的钥匙是不是承诺主体的")
        if self.key is None:
            return bad(Outcome.UNKNOWN, "unknown_key", "签名的钥匙没有在本系统登记过")
        stored = self.evidence.stored
        if said.issuer not in self.key.names or (stored and stored.producer != self.key.producer):
            return bad(Outcome.ALTERED, "other_issuer", f"签名的钥匙不是“{said.issuer}”的")
        self.log = self.knowledge.log(said.certificate_id)
        if self.log is not None and not _in_force(self.key, self.log):
            return bad(
                Outcome.VOIDED, "key_not_in_force", "登记这张合格证时，签名的钥匙不在有效期内"
            )
        return good(f"钥匙登记在“{said.issuer}”名下")

    # (5) log

    def logged(self) -> Finding:
        said, file = self.said, self.evidence.document
        differs = bad(Outcome.ALTERED, "log_differs", "和登记时留下的指纹对不上")
        try:
            if file and file.leaf_hash != self._leaf(file.entry).hash():
                return differs
            if self.knowledge is None:
                return unmade("no_records", "没有连上登记记录，不知道是不是登记过")
            if self.log is None:
                return bad(Outcome.UNKNOWN, "not_logged", "签名没有破绽，但没有登记过，请不要采信")
            if self._leaf(self.log.entry).to_bytes() != self.log.leaf:
                return differs
        except CodecError:
            return differs
        if leaf_hash(self.log.leaf) != self.log.leaf_hash:
            return differs
        if file and (file.entry, file.leaf_hash) != (self.log.entry, self.log.leaf_hash):
            return differs
        recorded_at = self.log.entry.recorded_at
        when = format_instant(recorded_at)
        if abs(recorded_at - said.issued_at) > MAX_LOG_DELAY:
            return bad(
                Outcome.CANNOT_TELL,
                "logged_at_another_time",
                f"写的是{format_instant(said.issued_at)}开具，登记却在{when}，请向承诺主体核实",
            )
        return good(f"{when}登记，第 {self.log.entry.index + 1} 条")

    def _leaf(self, entry: IssuedEntry) -> Leaf:
        evidence = self.evidence
        return entry.leaf(self.said.certificate_id, evidence.statement, evidence.signature)

    # (6) status

    def stands(self) -> Finding:
        if self.knowledge is None:
            return unmade("no_records", "没有连上登记记录，不知道有没有作废或召回")
        self.status = self.knowledge.status(self.said.certificate_id)
        recall, voiding = self.status.recall, self.status.voiding
        if recall is not None:
            when = format_instant(recall.at)
            return bad(Outcome.VOIDED, "recalled", f"这批货已于{when}召回，原因：{recall.reason}")
        if voiding is not None and voiding.replaced_by is not None:
            return bad(
                Outcome.VOIDED, "replaced", f"已换新证，请看合格证代码 {voiding.replaced_by}"
            )
        if voiding is not None:
            when = format_instant(voiding.at)
            return bad(Outcome.VOIDED, "voided", f"已于{when}作废，原因：{voiding.reason}")
        return good("没有作废，没有召回")

    # (7) as of

    def as_of(self) -> Finding:
        if self.knowledge is None:
            return unmade("no_records", "没有连上登记记录")
        return good(f"依据 {format_instant(self.knowledge.as_of)} 的登记记录")


def _key_named(kid: bytes, der: bytes) -> EllipticCurvePublicKey | None:
    try:
        return load_public(der) if kid_of(der) == kid else None
    except KeyUnusable:
        return None


def _in_force(key: KeyRecord, log: LogRecord) -> bool:
    revoked = key.revoked_at_index
    return log.entry.recorded_at >= key.valid_from and (
        revoked is None or log.entry.index < revoked
    )
