"""Certificate forms: the statutory texts by edition, word for word."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.domain.reference.rows import Period, Provenance, provenance, read_csv, read_toml


@dataclass(frozen=True)
class BasisBox:
    """One box of 承诺依据; ``code`` is a ``words.Basis`` value on the forms now in use."""

    code: str
    label: str


@dataclass(frozen=True)
class FormField:
    """One field to fill in; an optional one is printed where it is known."""

    key: str
    label: str
    required: bool


@dataclass(frozen=True)
class Form:
    """An edition of the 承诺达标合格证.

    ``role`` is ``producer`` or ``purchaser``; ``read_only`` forms are recognised on old paper but
    never issued; ``qr_caption`` are the words that must stand beside the code of a QR form.
    """

    edition: str
    role: str
    title: str
    opening: str
    promises: tuple[str, ...]
    basis_heading: str
    basis: tuple[BasisBox, ...]
    fields: tuple[FormField, ...]
    qr_caption: str
    in_force: Period
    read_only: bool
    provenance: Provenance

    def basis_label(self, code: str) -> str:
        """The printed words of a box."""
        return next(box.label for box in self.basis if box.code == code)


@dataclass(frozen=True)
class BasisMapping:
    """One kind of basis through the editions; ``current`` is empty where none is its own."""

    code: str
    trial: str
    legacy: str
    current: str
    read_as: str
    provenance: Provenance


def load_forms() -> dict[str, Form]:
    """The forms by edition."""
    return {entry["edition"]: _form(entry) for entry in read_toml("forms")["form"]}


def load_basis_map() -> tuple[BasisMapping, ...]:
    """How the boxes of older certificates read today."""
    return tuple(
        BasisMapping(
            row["code"],
            row["trial"],
            row["legacy"],
            row["current"],
            row["read_as"],
            provenance(row),
        )
        for row in read_csv("basis_map")
    )


def _form(entry: dict) -> Form:
    return Form(
        edition=entry["edition"],
        role=entry["role"],
        title=entry["title"],
        opening=entry["opening"],
        promises=tuple(entry["promises"]),
        basis_heading=entry["basis_heading"],
        basis=tuple(BasisBox(box["code"], box["label"]) for box in entry["basis"]),
        fields=tuple(
            FormField(field["key"], field["label"], field.get("required", True))
            for field in entry["fields"]
        ),
        qr_caption=entry["qr_caption"],
        in_force=Period(entry["valid_from"], entry.get("valid_to")),
        read_only=entry["read_only"],
        provenance=provenance(entry),
    )
