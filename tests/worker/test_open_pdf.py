"""The PDF that a worker has open: its own contents."""

from pathlib import Path

from pdfs import Canvas, objects_to_pdf, pages_to_objects

from pipeline.document import LONGEST_TITLE, OutlineEntry
from pipeline.worker.open_pdf import OpenPdf


def outline_of(path: Path, items: dict[int, bytes]) -> tuple[OutlineEntry, ...]:
    objects = pages_to_objects([Canvas(), Canvas()])  # objects 5 and 7
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /Outlines 9 0 R >>"
    objects[9] = b"<< /Type /Outlines /First 10 0 R /Last 10 0 R >>"
    path.write_bytes(objects_to_pdf({**objects, **items}))
    pdf = OpenPdf(path)
    try:
        return pdf.outline()
    finally:
        pdf.close()


def test_the_files_own_contents_are_told_with_their_pages(tmp_path: Path) -> None:
    items = {
        10: b"<< /Title (A  report) /Dest [5 0 R /Fit] /First 11 0 R /Last 11 0 R >>",
        11: b"<< /Title (" + b"M" * 300 + b") /Dest [7 0 R /Fit] /Next 11 0 R >>",
    }

    assert outline_of(tmp_path / "a.pdf", items) == (
        OutlineEntry(text="A report", level=1, page=1),
        OutlineEntry(text="M" * LONGEST_TITLE, level=2, page=2),
    )


def test_a_file_without_contents_or_with_hostile_ones_has_none(tmp_path: Path) -> None:
    assert outline_of(tmp_path / "a.pdf", {10: b"<< /Title (\\000\\001) /Dest [5 0 R /Fit] >>"}) == ()
    assert outline_of(tmp_path / "b.pdf", {10: b"<< /Title (x) /Dest [99 0 R /Fit] /Next 10 0 R >>"}) == ()
