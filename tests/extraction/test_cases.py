"""Faults found in public reports: each page of ../shared/cases-dev that concerns text, and what is right there."""

import re
from collections.abc import Iterable, Sequence

import pytest
from lxml import html as lxml_html
from shared_files import SHARED, needs_shared

from pipeline.extraction import PageExtraction, ReaderKind, extract_page, open_reader

pytestmark = needs_shared
KINDS: tuple[ReaderKind, ...] = ("pdfium", "pdfminer")
CASES = SHARED / "cases-dev"


def _read(case: str, name: str, kind: ReaderKind) -> PageExtraction:
    (folder,) = CASES.glob(f"{case}-*")
    with open_reader(folder / name, kind) as reader:
        return extract_page(reader, 1)


def _text(element: Iterable[object]) -> str:
    assert isinstance(element, lxml_html.HtmlElement)
    return " ".join("".join(str(text) for text in element.itertext()).split())


def _blocks(page: PageExtraction) -> list[str]:
    """The text of each element."""
    root = lxml_html.fromstring(f"<section>{page.html}</section>")
    return [_text(element) for element in root]


def _rows(page: PageExtraction) -> list[list[str]]:
    """The texts of the cells of the page's only table."""
    root = lxml_html.fromstring(f"<section>{page.html}</section>")
    (table,) = root.iter("table")
    return [[_text(cell) for cell in row] for row in table.iter("tr")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("crash1_min.pdf", ["A Title", "Abstract", "The committee examined"]),
        ("crash2_letter.pdf", []),
        ("crash4_two_words.pdf", ["A Title", "Main part", "The committee examined"]),
        ("crash5_twocol.pdf", []),
    ],
)
def test_01_a_heading_of_one_word_loses_no_page(kind: ReaderKind, name: str, begins: Sequence[str]) -> None:
    page = _read("01", name, kind)

    assert page.warnings == ()
    assert [block[: len(begin)] for block, begin in zip(_blocks(page), begins, strict=False)] == list(begins)
    assert "The committee examined" in page.text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["dropcap_2.pdf", "dropcap_3.pdf", "dropcap_col.pdf", "dropcap_raised.pdf"])
def test_02_a_drop_capital_begins_the_first_line_beside_it(kind: ReaderKind, name: str) -> None:
    first = _blocks(_read("02", name, kind))[0]

    assert first.startswith(
        "This release of the statistics, which are published every two years, is the second since the downturn that "
        "began in winter. The "
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("big_kpi.pdf", ["42%", "of all members paid their fees in time", "The committee"]),
        ("big_kpi_center.pdf", ["42%", "of all members paid their fees in time and without a reminder"]),
        ("big_total.pdf", ["Net 1,040.00 VAT 19 % 197.60 Please pay within 14 days.", "Bank: Hill Bank, 4711 0815"]),
    ],
)
def test_03_large_type_takes_in_no_lines_beside_it(kind: ReaderKind, name: str, begins: Sequence[str]) -> None:
    blocks = _blocks(_read("03", name, kind))

    assert [block[: len(begin)] for block, begin in zip(blocks, begins, strict=False)] == list(begins)
    if name == "big_total.pdf":
        assert blocks[-1] == "Total due 1,237.60"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["ord_center.pdf", "ord_split.pdf", "ord_none.pdf", "ord_header.pdf"])
def test_04_columns_below_a_title_are_read_one_after_the_other(kind: ReaderKind, name: str) -> None:
    blocks = _blocks(_read("04", name, kind))

    begins = ["1 General", "1.1 Application", "LEFT", "RIGHT1", "RIGHT2", "RIGHT3"]
    found = [begin for block in blocks for begin in begins if block.startswith(begin)]
    assert found == begins
    assert all(re.search(r"(?:General|Application|\.|SECTION 2.*)$", block) for block in blocks[2:])


@pytest.mark.parametrize("kind", KINDS)
def test_09_texts_that_run_into_each_other_keep_their_letters_and_their_cells(kind: ReaderKind) -> None:
    rows = _rows(_read("09", "touch_over.pdf", kind))

    assert rows[4][:3] == ["VALSANGIACOMO BLANCOS", "FERNANDO JORGE", "26.800.203"]
    assert "N1" in [cell for row in _rows(_read("09", "bank_none.pdf", kind)) for cell in row]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["watermark_diag.pdf", "watermark_small_steep.pdf"])
def test_27_a_watermark_is_in_no_cell_and_comes_once(kind: ReaderKind, name: str) -> None:
    page = _read("27", name, kind)

    assert _rows(page) == [
        ["Region", "2021", "2022", "2023"],
        ["North", "120", "131", "140"],
        ["South", "98", "97", "101"],
        ["East", "77", "80", "88"],
        ["West", "64", "69", "71"],
    ]
    if name == "watermark_small_steep.pdf":
        assert _blocks(page)[-1] == "jfenn 2024-03-12 copy"


@pytest.mark.parametrize("kind", KINDS)
def test_29_an_actual_text_that_says_nothing_takes_no_place(kind: ReaderKind) -> None:
    page = _read("29", "actualtext.pdf", kind)

    assert page.warnings == ()
    assert _rows(page) == [["Defence", "699", "709"], ["Other", "600", "610"], ["Total", "1,299", "1,319"]]


@pytest.mark.parametrize("kind", KINDS)
def test_30_brackets_of_text_from_right_to_left_open_before_they_close(kind: ReaderKind) -> None:
    rows = _rows(_read("30", "rtl_parens.pdf", kind))

    assert [row[-1] for row in rows] == [
        "מוצר",
        "תעשייה (ללא יהלומים)",
        "סך הכל לנפש (2)",
        "צריכה (1) לנפש",
        "גידול [אחוזים] (א)",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_31_boxes_that_are_drawn_are_ticked_or_not(kind: ReaderKind) -> None:
    page = _read("31", "checks.pdf", kind)

    assert page.text.splitlines() == [
        "Smoker \u2612 yes \u2610 no",
        "Married \u2610 yes \u2612 no",
        "Own car \u2612 yes \u2610 no",
        "Pets \u2610 yes \u2610 no",
    ]
    assert len(_blocks(page)) == 4
