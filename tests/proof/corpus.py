"""Records to JSON and back: the corpus in ``tests/vectors/proof`` carries its own worlds."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from tests.proof.certificates import Records
from tracer.proof.knowledge import (
    KeyRecord,
    LabelRecord,
    LogRecord,
    Recall,
    Status,
    StoredCertificate,
    Voiding,
)
from tracer.proof.leaf import IssuedEntry

Json = dict[str, Any]


def world_to_json(world: Records) -> Json:
    """Bytes become hexadecimal; everything else keeps its shape."""
    rows = {row.statement: row for row in world.certificates.values()}
    return {
        "as_of": world.as_of,
        "sites": list(world.sites),
        "certificates": [row_to_json(row) for row in rows.values()],
        "references": {
            reference: list(rows).index(row.statement)
            for reference, row in world.certificates.items()
        },
        "keys": [
            {**asdict(record), "kid": kid.hex(), "public_key": record.public_key.hex()}
            for kid, record in world.keys.items()
        ],
        "log": [
            {
                "certificate_id": certificate_id,
                "index": record.entry.index,
                "recorded_at": record.entry.recorded_at,
                "salt": record.entry.salt.hex(),
                "evidence_root": record.entry.evidence_root.hex(),
                "leaf": record.leaf.hex(),
                "leaf_hash": record.leaf_hash.hex(),
            }
            for certificate_id, record in world.leaves.items()
        ],
        "labels": {code: label.certificate_id for code, label in world.labels.items()},
        "statuses": {
            certificate_id: asdict(status) for certificate_id, status in world.statuses.items()
        },
    }


def world_from_json(data: Json) -> Records:
    """The inverse of :func:`world_to_json`."""
    rows = [row_from_json(row) for row in data["certificates"]]
    return Records(
        certificates={reference: rows[at] for reference, at in data["references"].items()},
        keys={
            bytes.fromhex(key["kid"]): KeyRecord(
                bytes.fromhex(key["public_key"]),
                key["producer"],
                tuple(key["names"]),
                key["valid_from"],
                key["revoked_at_index"],
            )
            for key in data["keys"]
        },
        leaves={
            leaf["certificate_id"]: LogRecord(
                IssuedEntry(
                    leaf["index"],
                    leaf["recorded_at"],
                    bytes.fromhex(leaf["salt"]),
                    bytes.fromhex(leaf["evidence_root"]),
                ),
                bytes.fromhex(leaf["leaf"]),
                bytes.fromhex(leaf["leaf_hash"]),
            )
            for leaf in data["log"]
        },
        labels={code: LabelRecord(found) for code, found in data["labels"].items()},
        statuses={
            certificate_id: Status(
                Voiding(**status["voiding"]) if status["voiding"] else None,
                Recall(**status["recall"]) if status["recall"] else None,
            )
            for certificate_id, status in data["statuses"].items()
        },
        as_of=data["as_of"],
        sites=tuple(data["sites"]),
    )


def row_to_json(row: StoredCertificate) -> Json:
    """A stored row; the key's name among its columns becomes hexadecimal."""
    columns = {
        name: value.hex() if isinstance(value, bytes) else value
        for name, value in row.columns.items()
    }
    return {
        "statement": row.statement.hex(),
        "signature": row.signature.hex(),
        "columns": columns,
        "producer": row.producer,
    }


def row_from_json(data: Json) -> StoredCertificate:
    """The inverse of :func:`row_to_json`."""
    columns = {**data["columns"], "kid": bytes.fromhex(data["columns"]["kid"])}
    return StoredCertificate(
        bytes.fromhex(data["statement"]),
        bytes.fromhex(data["signature"]),
        columns,
        data["producer"],
    )
