"""The tables that a tagged file names: the same from both readers, with the spans and blanks that programs write."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from shutil import which

import pytest
from table_families import Sheet, sheets_to_pdf
from table_pages import table_to_rows
from tagged_pdfs import Tag, write_tagged
from web_hands import CHROMIUM, needs_browser

from pipeline.extraction import ReaderKind, extract_page, open_reader

KINDS: tuple[ReaderKind, ...] = ("pdfium", "pdfminer")
#: A table of words without rules, bold type, or full rows: nothing but its structure tells that it is one.
_HTML = """<style>table { border-spacing: 0 } td, th { padding: 2pt 9pt; font: 10pt sans-serif; text-align: left;
vertical-align: top }</style><h1>Finds</h1><p>What was found in these places is told below, and was told before.</p>
<table><tr><th rowspan=2>Place</th><th colspan=2>Found there</th><th rowspan=2>Note</th></tr>
<tr><th>Spring</th><th>Autumn</th></tr>
<tr><th>Oakham</th><td>many small stones of a kind</td><td></td><td>see below</td></tr>
<tr><th>Selby</th><td></td><td>none</td><td>a long<br>note of<br>three lines</td></tr>
<tr><th>Leeds</th><td>few</td><td>some</td><td>none</td></tr></table><p>Nothing follows after this.</p>"""
_ROWS = [
    ["Place [2x1]", "Found there [1x2]", "", "Note [2x1]"],
    ["", "Spring", "Autumn", ""],
    ["Oakham", "many small stones of a kind", "", "see below"],
    ["Selby", "", "none", "a long/note of/three lines"],
    ["Leeds", "few", "some", "none"],
]


def _places(path: Path, kind: ReaderKind) -> list[list[tuple[int, ...]]]:
    """Row, column, spans, whether it is a heading, and how many runs of text, for each cell of each table."""
    with open_reader(path, kind) as reader:
        return [[(*map(int, cell[:5]), len(cell.boxes)) for cell in table] for table in reader.read(1).tagged]


def _check(path: Path, kind: ReaderKind, rows: Sequence[Sequence[str]]) -> None:
    with open_reader(path, kind) as reader:
        page = extract_page(reader, 1)
    (table,) = page.tables
    assert table_to_rows(table) == rows
    assert table.header_rows == 2
    labels = [cell for cell in table.cells if cell.column == 0 and cell.row > 1]
    assert all(cell.header for cell in labels)
    assert "Nothing follows" not in str(table_to_rows(table))


@needs_browser
def test_the_table_of_a_page_that_chromium_has_tagged_is_found_though_it_leaves_blank_cells_out(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    sheets_to_pdf([Sheet(html=_HTML, tables=())], path, str(CHROMIUM))

    for kind in KINDS:
        _check(path, kind, _ROWS)


@pytest.mark.slow
@pytest.mark.skipif(which("soffice") is None, reason="needs LibreOffice (soffice), which is not installed")
def test_the_table_of_a_page_that_libreoffice_has_tagged_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(_HTML)
    target = 'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"}}'
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--infilter=HTML (StarWriter)", "--convert-to", target, "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.html")], check=True, capture_output=True, timeout=100)
    if not (tmp_path / "a.pdf").exists():
        pytest.skip("needs LibreOffice Writer, which is not installed")

    for kind in KINDS:
        _check(tmp_path / "a.pdf", kind, _ROWS)


@pytest.mark.parametrize("kind", KINDS)
def test_cells_have_the_spans_that_their_attributes_say_and_blank_ones_keep_their_place(
    tmp_path: Path, kind: ReaderKind
) -> None:
    head = Tag("TR", Tag("TH", 0, attributes="/ColSpan 2"), Tag("TH", 1, attributes="/RowSpan 2 /Scope /Column"))
    body = Tag("TBody", Tag("TR", Tag("TD", Tag("P", 2)), Tag("TD")), Tag("TR", Tag("TD"), Tag("TD", 3), Tag("TD", 4)))
    texts = [(50.0, 700.0, "a b"), (200.0, 700.0, "c"), (50.0, 680.0, "d"), (120.0, 660.0, "e"), (200.0, 660.0, "f")]
    path = write_tagged(tmp_path / "a.pdf", texts, [Tag("Document", Tag("Table", Tag("THead", head), body))])

    (cells,) = _places(path, kind)

    assert [cell for cell in cells if cell[-1]] == [
        (0, 0, 1, 2, 1, 1),
        (0, 2, 2, 1, 1, 1),
        (1, 0, 1, 1, 0, 1),
        (2, 1, 1, 1, 0, 1),
        (2, 2, 1, 1, 0, 1),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_within_a_cell_comes_after_the_one_around_it(tmp_path: Path, kind: ReaderKind) -> None:
    inner = Tag("Table", Tag("TR", Tag("TD", 0), Tag("TD", 1)))
    path = write_tagged(
        tmp_path / "a.pdf",
        [(50, 700, "a"), (100, 700, "b"), (200, 700, "c")],
        [Tag("Table", Tag("TR", Tag("TD", inner), Tag("TD", 2)))],
    )

    assert [len(cells) for cells in _places(path, kind)] == [2, 2]
    assert _places(path, kind)[0] == [(0, 0, 1, 1, 0, 2), (0, 1, 1, 1, 0, 1)]


@pytest.mark.parametrize("kind", KINDS)
def test_cells_that_cover_each_other_or_too_much_are_no_table(tmp_path: Path, kind: ReaderKind) -> None:
    wide = Tag("Table", Tag("TR", Tag("TD", 0, attributes="/ColSpan 1000000000 /RowSpan 1000000000"), Tag("TD", 1)))
    over = Tag(
        "Table",
        Tag("TR", Tag("TD", 2), Tag("TD", 3, attributes="/RowSpan 2")),
        Tag("TR", Tag("TD", 4, attributes="/ColSpan 2")),
    )
    texts = [(50.0 + 40 * n, 700.0, "a") for n in range(5)]

    assert _places(write_tagged(tmp_path / "a.pdf", texts, [wide, over]), kind) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("elements", [["TR", "Table", "TD"], ["H1", "Span", "P"]])
def test_a_structure_that_holds_itself_many_times_over_changes_nothing(
    tmp_path: Path, kind: ReaderKind, elements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("pdfium", "pdfminer"):
        monkeypatch.setattr(f"pipeline.extraction.readers.{module}.structure.MAX_ELEMENTS", 5_000)
    tag = Tag("TD", 0)
    for element in elements * 8:  # 4 ** 24 ways to the text
        tag = Tag(element, tag, tag, tag, tag)
    texts = [
        (50.0, 700.0, "What is said here is said once, and it is"),
        (50.0, 688.0, "said in two lines that are of one length."),
    ]

    with (
        open_reader(write_tagged(tmp_path / "a.pdf", texts, [tag]), kind) as reader,
        open_reader(write_tagged(tmp_path / "b.pdf", texts, []), kind) as plain,
    ):
        assert extract_page(reader, 1).html == extract_page(plain, 1).html


@pytest.mark.parametrize("kind", KINDS)
def test_a_structure_with_more_elements_than_are_read_names_no_table(
    tmp_path: Path, kind: ReaderKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Tag("Table", *(Tag("TR", Tag("TD", 2 * row), Tag("TD", 2 * row + 1)) for row in range(5)))
    texts = [(50.0 + 100 * (n % 2), 700.0 - 20 * (n // 2), "a") for n in range(10)]
    path = write_tagged(tmp_path / "a.pdf", texts, [table])
    assert len(_places(path, kind)) == 1

    for module in ("pdfium", "pdfminer"):
        monkeypatch.setattr(f"pipeline.extraction.readers.{module}.structure.MAX_ELEMENTS", 15)

    assert _places(path, kind) == []
