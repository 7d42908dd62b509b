"""The two faces labels are set in, what their characters measure, and which they lack.

Widths come from the font file, never from a renderer, so that one layout serves paper and
printer dots alike.
"""

import hashlib
import struct
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont
from pylopdf_fonts_zh_cn import sans_path

from labels.errors import LabelError

FILES = {"sans": "NotoSansSC-Regular.otf", "serif": "NotoSerifSC-Regular.otf"}
FAMILIES = {"sans": "Noto Sans SC", "serif": "Noto Serif SC"}
SHA256 = {
    "sans": "faa6c9df652116dde789d351359f3d7e5d2285a2b2a1f04a2d7244df706d5ea9",
    "serif": "e8f396decc1f0963a016a989c3d8852e863d1350996f573860a80767c83a1cd3",
}

# Where the Han square sits in its em: the same in both faces, read off their design.
ASCENT = 0.88


@dataclass(frozen=True)
class Fonts:
    """A folder with both font files; `folder` is what the typesetter is shown."""

    folder: Path
    _widths: dict[tuple[str, str], float] = field(default_factory=dict, repr=False, compare=False)

    def path(self, face: str) -> Path:
        return self.folder / FILES[face]

    def advance(self, face: str, character: str) -> float:
        """Width of one character in ems."""
        width = self._widths.get((face, character))
        if width is None:
            width = face_at(self.path(face), 1000).getlength(character) / 1000
            self._widths[face, character] = width
        return width

    def missing(self, face: str, text: str) -> str:
        """The characters of `text` that this face cannot draw, each once, in reading order."""
        starts, ends = _coverage(self.path(face))
        lacking = ""
        for character in text:
            at = bisect_right(starts, ord(character)) - 1
            if (at < 0 or ord(character) > ends[at]) and character not in lacking:
                lacking += character
        return lacking


@cache
def fonts_in(folder: Path | None = None) -> Fonts:
    """The installed fonts, checked against their SHA-256; or the two files in `folder`.

    Whoever names a folder answers for what is in it: it must hold the files of `FILES` with the
    family names of `FAMILIES`, and is not checked by hash.  Raises LabelError `font`.
    """
    chosen = Fonts(Path(sans_path()).parent if folder is None else folder)
    for face, name in FILES.items():
        path = chosen.path(face)
        if not path.is_file():
            raise LabelError("font", f"找不到字体文件 {name}，请检查字体目录的设置")
        if folder is None and hashlib.sha256(path.read_bytes()).hexdigest() != SHA256[face]:
            raise LabelError("font", f"字体文件 {name} 与发布的不一致，请重新安装")
    return chosen


@lru_cache(maxsize=64)
def face_at(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """The face at a whole number of dots an em, for painting."""
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _coverage(path: Path) -> tuple[list[int], list[int]]:
    """First and last code points of the runs that the font's `cmap` table maps.

    Reads the format 12 subtable (OpenType 1.9, `cmap`), which both faces carry.
    """
    data = path.read_bytes()
    tables = struct.unpack_from(">H", data, 4)[0]
    for record in range(12, 12 + 16 * tables, 16):
        if data[record : record + 4] == b"cmap":
            cmap = struct.unpack_from(">I", data, record + 8)[0]
            break
    else:
        raise LabelError("font", f"字体文件 {path.name} 已损坏，请重新安装")
    count = struct.unpack_from(">H", data, cmap + 2)[0]
    for record in range(cmap + 4, cmap + 4 + 8 * count, 8):
        start = cmap + struct.unpack_from(">I", data, record + 4)[0]
        if struct.unpack_from(">H", data, start)[0] == 12:
            groups = struct.unpack_from(">I", data, start + 12)[0]
            runs = list(struct.iter_unpack(">III", data[start + 16 : start + 16 + 12 * groups]))
            return [first for first, _, _ in runs], [last for _, last, _ in runs]
    raise LabelError("font", f"字体文件 {path.name} 不能用于排版，请换一个")
