"""Tables as programs draw them: rules in every disguise, headers in white on dark, units above."""

from collections.abc import Callable
from pathlib import Path

import pytest
from table_pages import table_to_rows
from typeset import show, write_page

from pipeline.extraction import PageExtraction, ReaderKind, extract_page, open_reader

HEAD = ["Crop", "Area", "Yield", "Price"]
BODY = [["Wheat", "12", "7", "3"], ["Barley", "4", "5", "9"], ["Oats", "8", "6", "2"], ["Rye", "1", "2", "3"]]
#: A body in words: only rules, or the header's look, make a table of it.
WORDS = [["Wheat", "heavy", "late"], ["Oats", "light", "soon"], ["Hops", "deep", "late"]]
STARTS = [60, 200, 260, 320]
RULES = (643, 625, 551)

both = pytest.mark.parametrize("kind", ["pdfium", "pdfminer"])


def _rows(rows: list[list[str]], y: float) -> bytes:
    return b"".join(
        show(x, y - 15 * row, text)
        for row, texts in enumerate(rows)
        for x, text in zip(STARTS, texts, strict=False)
        if text
    )


def _page(path: Path, content: bytes, kind: ReaderKind) -> PageExtraction:
    with open_reader(write_page(path, content), kind) as reader:
        return extract_page(reader, 1)


def _stroke(y: float) -> bytes:
    return b"50 %g m 370 %g l S\n" % (y, y)


def _dashes(y: float) -> bytes:
    return b"[2 2] 0 d 50 %g m 370 %g l S\n" % (y, y)


def _thin_box(y: float) -> bytes:
    return b"50 %g 320 0.6 re f\n" % y


def _squares(y: float) -> bytes:
    return b"".join(b"%g %g 0.8 0.8 re f\n" % (50 + 3 * index, y) for index in range(108))


def _pieces(y: float) -> bytes:
    return b"".join(b"%g %g m %g %g l S\n" % (x, y, x + 80.2, y) for x in (50, 130, 210, 290))


@both
@pytest.mark.parametrize("rule", [_stroke, _dashes, _thin_box, _squares, _pieces])
def test_a_rule_is_a_rule_however_it_is_drawn(tmp_path: Path, kind: ReaderKind, rule: Callable[[float], bytes]) -> None:
    content = b"".join(rule(y) for y in (643, 625, 578)) + _rows([["Crop", "Soil", "Time"]], 630) + _rows(WORDS, 612)

    [table] = _page(tmp_path / "a.pdf", content, kind).tables

    assert table_to_rows(table) == [["Crop", "Soil", "Time"], *WORDS]


@both
def test_a_header_in_white_on_dark_is_the_header(tmp_path: Path, kind: ReaderKind) -> None:
    dark = b"0 0 0.4 rg 50 625 320 18 re f 1 1 1 rg " + _rows([HEAD], 630) + b"0 g "

    [table] = _page(tmp_path / "a.pdf", dark + _rows(BODY, 610), kind).tables

    assert table_to_rows(table) == [HEAD, *BODY]
    assert table.header_rows == 1


@both
@pytest.mark.parametrize("x", [60, 300], ids=["left", "right"])
@pytest.mark.parametrize("ruled", [True, False])
def test_caption_and_units_stay_above_the_table(tmp_path: Path, kind: ReaderKind, x: float, ruled: bool) -> None:  # noqa: FBT001 — pytest fills it in
    rules = b"".join(_stroke(y) for y in RULES) if ruled else b""
    above = show(60, 675, "Table 3. Crops of the county by year") + show(x, 655, "EUR million")

    page = _page(tmp_path / "a.pdf", rules + above + _rows([HEAD], 630) + _rows(BODY, 610), kind)

    [table] = page.tables
    assert table_to_rows(table) == [HEAD, *BODY]
    assert page.html.index("Table 3") < page.html.index("EUR million") < page.html.index("<table>")
