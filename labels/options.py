"""How labels are painted beside design, stock and values: what a user may choose."""

import io
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import repeat

from PIL import Image, ImageOps

from labels.check import require_statutory
from labels.design import Box, Design
from labels.device import Device
from labels.errors import LabelError
from labels.marks import Picture
from labels.picture import TOO_LARGE, open_picture

MOST_COPIES = 100
# A printer that is further off needs another roll guide, not another number.
MOST_SHIFT_UM = 10_000
LOGO_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
MOST_LOGO_PIXELS = 20_000_000


@dataclass(frozen=True)
class Options:
    """Choices of one run.

    `hide` names fields the form may leave out.  `logo` is a picture file for the designs that have
    a place for one, else it is ignored.  Of each label come `copies`: the whole run again
    and again, or those of a label `together`, never parted by the end of a sheet.  `shift_um` moves
    everything right and down, in micrometres: what a printer prints too far left and up.
    """

    hide: Set[str] = frozenset()
    logo: bytes = b""
    copies: int = 1
    together: bool = False
    shift_um: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        if not 1 <= self.copies <= MOST_COPIES:
            raise LabelError("copies", f"每张标签请印 1 到 {MOST_COPIES} 份", "copies")
        if max(map(abs, self.shift_um)) > MOST_SHIFT_UM:
            raise LabelError("shift", "最多移 10 毫米，再多请先把纸装正", "shift")

    @property
    def group(self) -> int:
        """So many labels stay on one page."""
        return self.copies if self.together else 1

    def shift(self, device: Device) -> tuple[float, float]:
        """The shift in mm, in whole dots."""
        x, y = (round(one / 1000 / device.dot) * device.dot for one in self.shift_um)
        return x, y

    def order(self, texts: Iterable[str]) -> Iterator[str]:
        """The labels as they are printed.

        Copies of a whole run need texts that can be read more than once: a list, no generator.
        """
        if self.copies == 1:
            return iter(texts)
        if self.together:
            return (copy for text in texts for copy in repeat(text, self.copies))
        if iter(texts) is texts:
            raise TypeError("texts that can be read only once cannot be printed twice")
        return (text for _ in range(self.copies) for text in texts)


NONE = Options()


def chosen(design: Design, values: Mapping[str, str], options: Options) -> dict[str, str]:
    """The values to be shown.

    Raises LabelError `form_unknown`, `field_missing`, `field_statutory`, `field_unknown`.
    """
    require_statutory(design, values)
    for key in sorted(options.hide - design.fields.keys()):
        may = [f"{one}（{design.fields[one].label}）" for one in design.optional(values["form"])]
        rest = "可以不印的有 " + "、".join(may) if may else "这种标签每一项都要印"
        raise LabelError("field_unknown", f"标签上没有“{key}”这一项，{rest}", "hide")
    for key in design.forms[values["form"]]:
        if key in options.hide:
            label = design.fields[key].label
            raise LabelError("field_statutory", f"“{label}”是必须印的，不能去掉", key)
    return {**values, **dict.fromkeys(options.hide, "")}


def logo(box: Box, content: bytes, device: Device) -> Picture:
    """A picture file as dots, as large as its box allows; LabelError `logo`."""
    too_large = LabelError("logo", "标志图片太大，请换一张小一些的", "logo")
    try:
        with open_picture(io.BytesIO(content), LOGO_FORMATS) as opened:
            if opened.width * opened.height > MOST_LOGO_PIXELS:
                raise too_large
            coloured = ImageOps.exif_transpose(opened).convert("RGBA")
    except TOO_LARGE:
        raise too_large from None
    except (OSError, ValueError, SyntaxError):
        raise LabelError("logo", "标志图片打不开，请换一张 PNG 或 JPG 图片", "logo") from None
    paper = Image.new("RGBA", coloured.size, "white")
    grey = Image.alpha_composite(paper, coloured).convert("L")
    left, top, width, height = box.at
    room = (int(width / device.dot + 1e-6), int(height / device.dot + 1e-6))
    dots = ImageOps.contain(grey, room, Image.Resampling.LANCZOS).convert("1")
    spare = (width - dots.width * device.dot, height - dots.height * device.dot)
    x, y = (
        round((edge + room * share) / device.dot) * device.dot
        for edge, room, share in zip((left, top), spare, box.shares, strict=True)
    )
    return Picture(x, y, device.dot, dots.width, dots.height, dots.tobytes("raw", "1;I"))
