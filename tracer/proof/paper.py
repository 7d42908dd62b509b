"""The certificate's PDF: signed with the producer's key, and read back without trusting a byte.

The signature is PAdES B-B: CMS over the whole file, P-256, invisible field. Nothing in the CMS is
free: it follows from the file's digest, the two X.509 certificates (whose hashes are signed) and
the low-s signature. Reading therefore takes those out, builds the CMS again and compares, so that
every byte of the file counts, also those between the brackets that the digest leaves out.

Reading uses no PDF parser. Where the signature holds, the file is byte for byte what its signer
wrote, and the attached certificate can be looked up by its first bytes; where it does not hold,
nothing in the file is worth parsing.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import islice

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pyhanko.pdf_utils.generic import ArrayObject, ByteStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.constants import ISO32002
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from tracer.domain.clock import BEIJING
from tracer.proof import document
from tracer.proof.keys import KeyUnusable, load_public, public_der
from tracer.proof.sign import sign_der, verify_der

ATTACHMENT = "certificate.json"
FIELD = "HgzCertificateV1"  # letters and digits only: others would be escaped
BYTES_RESERVED = 6144  # hexadecimal digits; the CMS takes about half

_SEAL = f"({FIELD})".encode()
_BYTE_RANGE = re.compile(rb"/ByteRange \[0 ([0-9]{1,9}) ([0-9]{1,9}) ([0-9]{1,9}) *\]")
_SPKI = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
_STREAMS_MAX = 1000  # a certificate has a few dozen
_UNUSABLE = (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.InvalidVersion)
_STREAM = re.compile(rb"stream\r?\n")


@dataclass(frozen=True)
class PaperEvidence:
    """What a PDF says about itself.

    ``sealed``: it carries this service's signature field. ``intact``: not one byte differs from
    what the owner of ``public_key`` (SPKI DER) signed. ``certificate`` is the attached JSON.
    """

    sealed: bool
    intact: bool
    public_key: bytes | None = None
    certificate: bytes | None = None


def sign_pdf(
    pdf: bytes,
    key: EllipticCurvePrivateKey,
    leaf_cert_der: bytes,
    root_cert_der: bytes,
    signing_time: int,
) -> bytes:
    """``pdf`` with the signature appended; ``signing_time`` in Unix seconds, shown by readers.

    The leaf must be ``key``'s certificate and issued by the root; KeyUnusable otherwise. What is to
    travel with the PDF must be attached before. The same input gives the same bytes.
    """
    if _chain_key(leaf_cert_der, root_cert_der) != public_der(key):
        raise KeyUnusable("the X.509 certificate is another key's")
    writer = _Writer(BytesIO(pdf))
    writer.ensure_output_version((2, 0))
    writer.register_extension(ISO32002)  # elliptic curves in PDF signatures
    field = PdfCMSEmbedder(SigFieldSpec(FIELD)).write_cms(FIELD, writer)
    next(field)
    field.send(
        SigObjSetup(
            SignatureObject(
                timestamp=datetime.fromtimestamp(signing_time, BEIJING),
                subfilter=SigSeedSubFilter.PADES,
                reason="开具承诺达标合格证",
                bytes_reserved=BYTES_RESERVED,
            )
        )
    )
    prepared, output = field.send(SigIOSetup(md_algorithm="sha256"))
    attributes = _signed_attributes(prepared.document_digest, leaf_cert_der, root_cert_der)
    signature = sign_der(attributes.dump(), key)
    field.send(_cms(attributes, leaf_cert_der, root_cert_der, signature))
    signed = bytes(output.getvalue())
    if not read_pdf(signed).intact:
        raise ValueError("the signed PDF does not read back")
    return signed


class _Writer(IncrementalPdfFileWriter):
    """Appends nothing but the signature, so that the same certificate gives the same bytes.

    The library would draw an identifier at random and put its name and the time into the metadata.
    """

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> ArrayObject:
        fresh = ByteStringObject(hashlib.sha256(prev.stream.getvalue()).digest()[:16])
        first = super()._handle_id(prev)[0] if "/ID" in prev.trailer else fresh
        return ArrayObject([first, fresh])

    def _update_meta(self) -> None:
        """The metadata stay as they were typeset."""


def claims_to_be_one(data: bytes) -> bool:
    """Whether the bytes are, or before a change were, a PDF."""
    return data[:5] == b"%PDF-" or b"/ByteRange" in data


def read_pdf(pdf: bytes) -> PaperEvidence:
    """What can be said of a PDF from any source; never raises."""
    ranges = _BYTE_RANGE.findall(pdf)
    # One changed byte may hit the field's name, but not the attachment's first bytes as well.
    sealed = _SEAL in pdf or (b"/ByteRange" in pdf and _attached(pdf) is not None)
    if len(ranges) != 1:
        return PaperEvidence(sealed, intact=False)
    start, end, rest = map(int, ranges[0])
    if not 0 < start < end < end + rest == len(pdf):
        return PaperEvidence(sealed, intact=False)
    digest = hashlib.sha256(pdf[:start] + pdf[end:]).digest()
    public_key = _signer(pdf[start:end], digest)
    if public_key is None:
        return PaperEvidence(sealed, intact=False)
    return PaperEvidence(sealed, True, public_key, _attached(pdf))


def _signer(contents: bytes, digest: bytes) -> bytes | None:
    """The key that signed a file with this digest, if ``contents`` is its signature to the byte."""
    try:
        der = bytes.fromhex(contents[1:-1].decode("ascii"))
        signed = cms.ContentInfo.load(der)["content"]
        one, other = (choice.chosen for choice in signed["certificates"])
        root, leaf = (one, other) if one.self_issued else (other, one)
        public_key = bytes(leaf.public_key.dump())
        signature = signed["signer_infos"][0]["signature"].native
        attributes = _signed_attributes(digest, leaf.dump(), root.dump())
        if not verify_der(signature, attributes.dump(), load_public(public_key)):
            return None
        expected = _cms(attributes, leaf.dump(), root.dump(), signature).hex().upper()
    except (KeyUnusable, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None
    whole = b"<%s>" % expected.encode().ljust(len(contents) - 2, b"0")
    return public_key if contents == whole else None


def _chain_key(leaf_der: bytes, root_der: bytes) -> bytes:
    """The leaf's public key, once the leaf is proven to be issued by the root."""
    try:
        leaf = x509.load_der_x509_certificate(leaf_der)
        root = x509.load_der_x509_certificate(root_der)
        leaf.verify_directly_issued_by(root)
        return public_der(load_public(leaf.public_key().public_bytes(*_SPKI)))
    except _UNUSABLE as error:
        raise KeyUnusable("not a leaf with its root") from error


def _signed_attributes(digest: bytes, leaf_der: bytes, root_der: bytes) -> cms.CMSAttributes:
    """What PAdES B-B signs: the content's type and digest, and which certificates are meant."""
    hashes = [{"cert_hash": hashlib.sha256(der).digest()} for der in (leaf_der, root_der)]
    certificates = tsp.SigningCertificateV2({"certs": hashes})
    return cms.CMSAttributes(
        [
            _attribute("content_type", "data"),
            _attribute("message_digest", digest),
            _attribute("signing_certificate_v2", certificates),
        ]
    )


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def _cms(
    attributes: cms.CMSAttributes, leaf_der: bytes, root_der: bytes, signature: bytes
) -> bytes:
    """The one CMS object (RFC 5652 §5) for these attributes, certificates and signature."""
    leaf = asn1_x509.Certificate.load(leaf_der)
    sha256 = {"algorithm": "sha256"}
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number",
                {"issuer": leaf.issuer, "serial_number": leaf.serial_number},
            ),
            "digest_algorithm": sha256,
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature": core.OctetString(signature),
        }
    )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [sha256],
            "encap_content_info": {"content_type": "data"},
            "certificates": [leaf, asn1_x509.Certificate.load(root_der)],
            "signer_infos": [signer],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


def _attached(pdf: bytes) -> bytes | None:
    """The attached certificate: the first stream that starts as one, at most ``MAX_BYTES`` long."""
    for match in islice(_STREAM.finditer(pdf), _STREAMS_MAX):
        data = _inflate(pdf, match.end(), len(document.PREFIX))
        if data == document.PREFIX:
            return _inflate(pdf, match.end(), document.MAX_BYTES)
    return None


def _inflate(pdf: bytes, at: int, limit: int) -> bytes:
    try:
        # Only as much as can be needed: what is handed in and not used is copied for each stream.
        packed = memoryview(pdf)[at : at + 2 * limit + 1024]
        return zlib.decompressobj().decompress(packed, limit)
    except zlib.error:
        return pdf[at : at + limit].partition(b"\nendstream")[0]
