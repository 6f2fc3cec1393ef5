"""Whole pages of which fonts, or the direction of writing, say less than the eye sees (cases 37, 38 and 51)."""

from pathlib import Path

import pytest
from silent_fonts import Text, write_silent
from vertical_pages import write_vertical

from pipeline.extraction import PageExtraction, ReaderKind, extract_page, open_reader

KINDS: tuple[ReaderKind, ...] = ("pdfium", "pdfminer")


def _read(path: Path, kind: ReaderKind) -> PageExtraction:
    with open_reader(path, kind) as reader:
        return extract_page(reader, 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("font", ["ABCDEE+TimesNewRomanPSMT", "Arial-BoldMT"])
def test_37_a_few_glyphs_of_a_usual_font_are_read(tmp_path: Path, kind: ReaderKind, font: str) -> None:
    texts: list[Text] = [(50, 700, "Max Term:"), (120, 700, [23, 19, 60]), (160, 700, "/"), (170, 700, [21, 24, 60])]

    page = _read(write_silent(tmp_path / "a.pdf", font, texts), kind)

    assert page.text == "Max Term: 40Y / 25Y"
    assert page.unmapped == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("font", ["AdvMacMthSyN", "CMSY10"])
def test_38_the_sign_before_figures_is_a_minus_and_stays_in_their_cell(
    tmp_path: Path, kind: ReaderKind, font: str
) -> None:
    texts: list[Text] = []
    for y, label, figure in ((700, "Ecorr", "0.9393"), (680, "Icorr", "0.8276"), (660, "Rest", "0.1000")):
        texts += [(50, y, label), (200, y, [3]), (205, y, figure)]

    page = _read(write_silent(tmp_path / "a.pdf", font, texts), kind)

    assert page.text.splitlines() == ["Ecorr\t\u22120.9393", "Icorr\t\u22120.8276", "Rest\t\u22120.1000"]


@pytest.mark.parametrize("kind", KINDS)
def test_51_columns_of_unequal_height_are_read_from_the_right_and_are_no_table(
    tmp_path: Path, kind: ReaderKind
) -> None:
    columns = [
        "\u4e00\u4e03\u4e09\u4e01\u4e0a\u4e0b\u3002",
        "\u3042\u3044\u3002",
        "\u30ab\u30ad\u3001\u30af",
        "\u4e09\u4e03\u3002",
    ]

    page = _read(write_vertical(tmp_path / "a.pdf", columns * 4, pitch=16.0), kind)

    assert page.text.splitlines() == columns * 4
    assert page.tables == ()
