"""A file's own headings from its outline: the same from both readers, whatever the outline is like."""

from pathlib import Path

import pytest
from pdfs import Canvas, objects_to_pdf, pages_to_objects

from pipeline.extraction import ReaderKind, open_reader
from pipeline.extraction.model import Title
from pipeline.extraction.readers.outline import Entry, outline_to_titles

KINDS: tuple[ReaderKind, ...] = ("pdfium", "pdfminer")


def _write(path: Path, items: dict[int, bytes]) -> Path:
    """Two pages (objects 5 and 7) and an outline, object 9, with these items, from object 10 on."""
    objects = pages_to_objects([Canvas(), Canvas()])
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /Outlines 9 0 R >>"
    objects[9] = b"<< /Type /Outlines /First 10 0 R /Last 10 0 R >>"
    path.write_bytes(objects_to_pdf({**objects, **items}))
    return path


def _titles(path: Path, kind: ReaderKind, number: int) -> tuple[Title, ...]:
    with open_reader(path, kind) as reader:
        return reader.read(number).titles


@pytest.mark.parametrize("kind", KINDS)
def test_entries_stand_on_the_page_that_they_lead_to(tmp_path: Path, kind: ReaderKind) -> None:
    path = _write(
        tmp_path / "a.pdf",
        {
            10: b"<< /Title (A  report) /Dest [5 0 R /Fit] /First 11 0 R /Last 12 0 R >>",
            11: b"<< /Title (Methods) /A << /S /GoTo /D [7 0 R /XYZ 0 700 0] >> /Next 12 0 R >>",
            12: b"<< /Title <FEFF00DC00620065007200730069006300680074> /Dest [7 0 R /Fit] >>",
        },
    )

    assert _titles(path, kind, 1) == (Title("A report", 1),)
    assert _titles(path, kind, 2) == (Title("Methods", 2), Title("\u00dcbersicht", 2))


@pytest.mark.parametrize("kind", KINDS)
def test_an_outline_in_a_circle_or_to_nowhere_ends(tmp_path: Path, kind: ReaderKind) -> None:
    path = _write(
        tmp_path / "a.pdf",
        {
            10: b"<< /Title (One) /Dest [5 0 R /Fit] /Next 11 0 R >>",
            11: b"<< /Title (Nowhere) /Dest (nothing) /Next 10 0 R /First 10 0 R >>",
        },
    )

    assert _titles(path, kind, 1) == (Title("One", 2),)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_with_a_long_outline_is_read(tmp_path: Path, kind: ReaderKind) -> None:
    items = {
        number: b"<< /Title (Entry %d) /Dest [5 0 R /Fit] /Next %d 0 R >>" % (number, number + 1)
        for number in range(10, 2010)
    }

    assert len(_titles(_write(tmp_path / "a.pdf", items), kind, 1)) == 2000


def test_roots_are_sections_where_there_are_several() -> None:
    entries = [Entry("Introduction", 0, 1), Entry("Aims", 1, 1), Entry(" ", 1, 1), Entry("Results", 0, 3)]

    assert outline_to_titles(entries) == {
        1: (Title("Introduction", 2), Title("Aims", 3)),
        3: (Title("Results", 2),),
    }
