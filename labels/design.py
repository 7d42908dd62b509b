"""Designs as data: `designs/<name>/design.toml`.

A design is a size, the forms it may be printed as, and boxes in mm.  The fields it can show are
described once for all designs in `designs/fields.toml`.  `docs/labels.md` describes both files.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from labels.errors import LabelError
from labels.stock import Pair

# GB 7718-2011 clause 3.9 asks for characters at least 1.8 mm high on food labels.  A Han
# character fills 0.92 of its em, and 2 mm is 16 dots of a 203 dpi printer: the least at which
# its strokes stay apart.
LEAST_TEXT_MM = 2.0


# How much of the spare room lies before what is aligned.
SHARE = {"left": 0.0, "top": 0.0, "center": 0.5, "middle": 0.5, "right": 1.0, "bottom": 1.0}


@dataclass(frozen=True)
class Field:
    """One value a design prints: its printed name and what a preview shows."""

    key: str
    label: str
    sample: str
    samples: Mapping[str, str]

    def sample_for(self, form: str) -> str:
        return self.samples.get(form, self.sample)


@dataclass(frozen=True)
class Box:
    """A place on the label.  Lengths in mm, `at` = left, top, width, height.

    kinds: `text` one line or a few, fixed or a field; `choices` ticked and empty boxes, each line
    of the field beginning with ☑ or □; `rows` several fields as name and value; `bar` a filled
    rectangle, such as a hairline; `frame` an outline; `qr` the symbol, as large as the box allows;
    `logo` the user's own picture, if there is one.  `names` of rows are tried in turn; of rows
    that are `strong` the first is.
    """

    kind: str
    at: tuple[float, float, float, float]
    forms: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    text: str = ""
    label: str = ""
    face: str = "sans"
    size: Pair = (0, 0)
    align: str = "left"
    valign: str = "top"
    leading: float = 1.35
    spacing: float = 0
    pitch: float = 0
    names: tuple[str, ...] = ("column",)
    name_scale: float = 1
    weight: float = 0
    strong: bool = False
    varies: bool = False

    @property
    def shares(self) -> Pair:
        """How much of the spare room lies left of and above what the box holds."""
        return SHARE[self.align], SHARE[self.valign]


@dataclass(frozen=True)
class Design:
    """A label or certificate design.

    `forms` maps each form it may be printed as to the fields that must not be empty; `dpi` is the
    dot grid its PDF keeps to.
    """

    name: str
    title: str
    size: Pair
    dpi: int
    stock: str
    forms: Mapping[str, tuple[str, ...]]
    fields: Mapping[str, Field]
    boxes: tuple[Box, ...] = field(repr=False)

    def sample(self, form: str | None = None) -> dict[str, str]:
        """Invented values for a preview of one form (the first one unless given)."""
        form = form or next(iter(self.forms))
        return {"form": form} | {key: spec.sample_for(form) for key, spec in self.fields.items()}

    def optional(self, form: str) -> tuple[str, ...]:
        """The fields a form shows but may leave out."""
        shown = {key for box in self.boxes_for(form) for key in box.fields}
        return tuple(key for key in self.fields if key in shown.difference(self.forms[form]))

    def has_logo(self, form: str) -> bool:
        """Whether a form has a place for the user's own picture."""
        return any(box.kind == "logo" for box in self.boxes_for(form))

    def boxes_for(self, form: str) -> list[Box]:
        return [box for box in self.boxes if not box.forms or form in box.forms]


@cache
def designs() -> Mapping[str, Design]:
    """All designs by name."""
    root = files("labels").joinpath("designs")
    table = tomllib.loads(root.joinpath("fields.toml").read_text("utf-8"))
    known = {
        key: Field(key, entry["label"], entry["sample"], entry.get("samples", {}))
        for key, entry in table.items()
    }
    made = [_read(folder, known) for folder in root.iterdir() if folder.is_dir()]
    # The largest first: certificates before labels, as a user looks for them.
    made.sort(key=lambda one: (one.name.split("-")[0], -one.size[0] * one.size[1]))
    return MappingProxyType({one.name: one for one in made})


def design(name: str) -> Design:
    """One design; raises LabelError `design_unknown`."""
    try:
        return designs()[name]
    except KeyError:
        raise LabelError("design_unknown", f"没有名为“{name}”的标签样式，请从列表里选") from None


def _read(folder: Traversable, known: Mapping[str, Field]) -> Design:
    table = tomllib.loads(folder.joinpath("design.toml").read_text("utf-8"))
    boxes = tuple(_box(entry) for entry in table["box"])
    shown = {key for box in boxes for key in box.fields}
    if unknown := shown.difference(known):
        raise ValueError(f"{folder.name}: unknown fields {sorted(unknown)}")
    made = Design(
        name=folder.name,
        title=table["title"],
        size=tuple(table["size"]),
        dpi=table["dpi"],
        stock=table["stock"],
        forms={form: tuple(needed) for form, needed in table["forms"].items()},
        fields={key: one for key, one in known.items() if key in shown},
        boxes=boxes,
    )
    _check(made)
    return made


def _box(entry: dict) -> Box:
    lists = {key: tuple(value) for key, value in entry.items() if isinstance(value, list)}
    return Box(**(entry | lists))


def _check(made: Design) -> None:
    """A design that cannot keep its word is a fault of the design: ValueError."""
    for box in made.boxes:
        left, top, width, height = box.at
        if left < 0 or top < 0 or left + width > made.size[0] or top + height > made.size[1]:
            raise ValueError(f"{made.name}: a {box.kind} box leaves the label")
        if box.kind in ("text", "choices", "rows") and box.size[1] < LEAST_TEXT_MM:
            raise ValueError(f"{made.name}: {box.kind} text may shrink below {LEAST_TEXT_MM} mm")
    for form, needed in made.forms.items():
        shown = {key for box in made.boxes_for(form) for key in box.fields}
        if hidden := set(needed) - shown:
            raise ValueError(f"{made.name}: form {form} never shows {sorted(hidden)}")
