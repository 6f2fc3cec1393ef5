"""A tagged file's own headings: the same from both readers, and believed where the page agrees."""

import re
from pathlib import Path

import pytest
from pdfs import objects_to_pdf, stream_object
from typeset import show

from pipeline.extraction import ReaderKind, extract_page, open_reader
from pipeline.extraction.model import Title

KINDS: tuple[ReaderKind, ...] = ("pdfium", "pdfminer")
_LINES = ["The committee examined the accounts of three years and found", "nothing in them that it had to object to."]


def _write(path: Path, elements: dict[int, bytes], root: bytes = b"/K [11 0 R 12 0 R]") -> Path:
    """A page with a heading (mark 0), text (mark 1) and a number (mark 2); the elements begin with object 11."""
    marked = [
        (b"/Span", 0, show(50, 700, "Plant material")),
        (b"/P", 1, b"".join(show(50, 680 - 12 * index, line) for index, line in enumerate(_LINES))),
        (b"/P", 2, show(50, 100, "12")),
    ]
    content = b"".join(b"%s <</MCID %d>> BDC %s EMC " % (tag, mark, drawn) for tag, mark, drawn in marked)
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /MarkInfo << /Marked true >> /StructTreeRoot 10 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /StructParents 0"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        4: stream_object(content),
        5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        6: b"<< >>",
        7: b"<< >>",
        8: b"<< >>",
        9: b"<< /Nums [0 [11 0 R 12 0 R 12 0 R]] >>",
        10: b"<< /Type /StructTreeRoot /ParentTree 9 0 R %s >>" % root,
        **elements,
    }
    path.write_bytes(objects_to_pdf(objects))
    return path


def _titles(path: Path, kind: ReaderKind) -> tuple[Title, ...]:
    with open_reader(path, kind) as reader:
        assert reader.page_count == 1
        return reader.read(1).titles


@pytest.mark.parametrize("kind", KINDS)
def test_a_tagged_heading_is_one_on_the_page(tmp_path: Path, kind: ReaderKind) -> None:
    path = _write(
        tmp_path / "a.pdf",
        {
            11: b"<< /Type /StructElem /S /H2 /P 10 0 R /Pg 3 0 R /K 0 >>",
            12: b"<< /Type /StructElem /S /P /P 10 0 R /Pg 3 0 R /K [1 2] >>",
        },
    )

    assert _titles(path, kind) == (Title("Plant material", 3),)
    with open_reader(path, kind) as reader:
        html = extract_page(reader, 1).html
    assert re.search("<h3>Plant material</h3>\n<p>The committee", html)


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_a_files_own_stand_for_those_that_they_are_mapped_to(tmp_path: Path, kind: ReaderKind) -> None:
    path = _write(
        tmp_path / "a.pdf",
        {
            11: b"<< /Type /StructElem /S /Own /P 10 0 R /K << /Type /MCR /Pg 3 0 R /MCID 0 >> >>",
            12: b"<< /Type /StructElem /S /P /P 10 0 R /Pg 3 0 R /K [1 2] >>",
        },
        b"/K [11 0 R 12 0 R] /RoleMap << /Own /H1 >>",
    )

    assert _titles(path, kind) == (Title("Plant material", 2),)


@pytest.mark.parametrize("kind", KINDS)
def test_a_paragraph_that_is_tagged_as_a_heading_stays_one(tmp_path: Path, kind: ReaderKind) -> None:
    path = _write(
        tmp_path / "a.pdf",
        {
            11: b"<< /Type /StructElem /S /P /P 10 0 R /Pg 3 0 R /K 0 >>",
            12: b"<< /Type /StructElem /S /H1 /P 10 0 R /Pg 3 0 R /K [1 2] >>",
        },
    )

    with open_reader(path, kind) as reader:
        assert "<h" not in extract_page(reader, 1).html


@pytest.mark.parametrize("kind", KINDS)
def test_a_structure_in_a_circle_ends(tmp_path: Path, kind: ReaderKind) -> None:
    path = _write(
        tmp_path / "a.pdf",
        {
            11: b"<< /Type /StructElem /S /Sect /P 10 0 R /Pg 3 0 R /K [12 0 R 0] >>",
            12: b"<< /Type /StructElem /S /Sect /P 11 0 R /Pg 3 0 R /K [11 0 R 1] >>",
        },
    )

    assert _titles(path, kind) == ()
