"""The fonts are the ones we mean, and what they lack is known before painting."""

import shutil

import pytest

from labels.errors import LabelError
from labels.fonts import FILES, SHA256, fonts_in


def test_the_installed_fonts_are_the_expected_files():
    fonts = fonts_in()
    assert fonts.path("sans").name == "NotoSansSC-Regular.otf"
    assert fonts.path("serif").name == "NotoSerifSC-Regular.otf"


def test_a_changed_font_is_refused(monkeypatch):
    monkeypatch.setitem(SHA256, "sans", "0" * 64)
    fonts_in.cache_clear()
    with pytest.raises(LabelError) as refused:
        fonts_in()
    assert refused.value.code == "font"
    fonts_in.cache_clear()


def test_a_folder_without_the_fonts_is_refused(tmp_path):
    with pytest.raises(LabelError) as refused:
        fonts_in(tmp_path)
    assert refused.value.code == "font"


def test_fonts_may_stand_in_another_folder(tmp_path):
    for face in FILES:
        shutil.copy(fonts_in().path(face), tmp_path)
    assert fonts_in(tmp_path).advance("sans", "证") == 1


def test_rare_place_names_are_there_and_the_missing_are_named():
    fonts = fonts_in()
    assert fonts.missing("sans", "蓼㐂䶮𬱖𫖯，；0532-（）") == ""
    assert fonts.missing("sans", "𠮷野家☑𠮷\n") == "𠮷☑\n"


def test_han_characters_fill_their_em():
    fonts = fonts_in()
    assert all(fonts.advance(face, mark) == 1 for face in FILES for mark in "承诺达标合格证：；")
