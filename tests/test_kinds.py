"""Kinds of files, told by their names."""

import pytest

from pipeline.kinds import Kind, name_to_kind, original_end, without_end


@pytest.mark.parametrize(
    ("name", "kind", "stem", "end"),
    [
        ("report.pdf", Kind.PDF, "report", ".pdf"),
        ("REPORT.PDF", Kind.PDF, "REPORT", ".pdf"),
        ("scan.page.TIFF", Kind.IMAGES, "scan.page", ".tiff"),
        ("photo.JPG", Kind.IMAGES, "photo", ".jpg"),
        ("a.pdf.webp", Kind.IMAGES, "a.pdf", ".webp"),
        ("letter.docx", None, "letter.docx", ".pdf"),
        ("png", None, "png", ".pdf"),
        ("", None, "", ".pdf"),
    ],
)
def test_a_name_tells_kind_stem_and_ending(name: str, kind: Kind | None, stem: str, end: str) -> None:
    assert (name_to_kind(name), without_end(name), original_end(name)) == (kind, stem, end)
