"""What is clipped is not seen: text and lines outside a clip path, or outside the box of the form that draws them."""

from pathlib import Path

import pytest
from pdfs import stream_object
from typeset import show, write_page

from pipeline.extraction import PageContent, ReaderKind, open_reader
from pipeline.extraction.text.words import chars_to_words

KINDS: tuple[ReaderKind, ...] = ("pdfium", "pdfminer")
_FONTS = b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"


def _read(path: Path, kind: ReaderKind) -> PageContent:
    with open_reader(path, kind) as reader:
        return reader.read(1)


def _texts(content: PageContent) -> list[str]:
    return [word.text for word in chars_to_words(content.chars)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operator", [b"W n", b"W* n"])
def test_text_that_runs_out_of_its_cell_ends_where_the_cell_does(
    tmp_path: Path, kind: ReaderKind, operator: bytes
) -> None:
    cell = b"q 50 690 60 20 re %s %s Q " % (operator, show(52, 695, "Common name of the plant"))
    path = write_page(tmp_path / "a.pdf", cell + show(120, 695, "next") + show(50, 660, "below"))

    content = _read(path, kind)

    assert _texts(content) == ["Common", "na", "next", "below"]


@pytest.mark.parametrize("kind", KINDS)
def test_nested_clips_leave_what_is_in_all_of_them(tmp_path: Path, kind: ReaderKind) -> None:
    inner = b"q 50 690 200 20 re W n q 50 600 40 200 re W n %s Q %s Q " % (
        show(52, 695, "one two three four"),
        show(152, 695, "five"),
    )
    path = write_page(tmp_path / "a.pdf", inner + show(300, 695, "six"))

    assert _texts(_read(path, kind)) == ["one", "two", "five", "six"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("matrix", [(1, 0, 0, 1, 0, 0), (0.5, 0, 0, 0.5, 100, 300)])
def test_of_a_form_only_what_is_in_its_box_is_seen(tmp_path: Path, kind: ReaderKind, matrix: tuple[float, ...]) -> None:
    drawn = show(60, 640, "figure") + show(60, 740, "hidden page text") + b"60 720 m 300 720 l S 60 630 m 200 630 l S"
    form = stream_object(drawn, b"/Type /XObject /Subtype /Form /BBox [50 600 350 700] " + _FONTS)
    place = b"q %g %g %g %g %g %g cm /X Do Q " % matrix
    path = write_page(
        tmp_path / "a.pdf", place + show(60, 100, "text"), resources=b"/XObject << /X 5 0 R >>", others={5: form}
    )

    content = _read(path, kind)

    assert _texts(content) == ["figure", "text"]
    assert len(content.rulings) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_clip_ends_with_the_state_that_it_is_in(tmp_path: Path, kind: ReaderKind) -> None:
    path = write_page(
        tmp_path / "a.pdf", b"q 0 0 10 10 re W n Q " + show(60, 700, "seen") + b"Q Q " + show(60, 680, "too")
    )

    assert _texts(_read(path, kind)) == ["seen", "too"]


@pytest.mark.parametrize("kind", KINDS)
def test_lines_end_where_their_clip_does(tmp_path: Path, kind: ReaderKind) -> None:
    path = write_page(
        tmp_path / "a.pdf", b"q 50 690 100 20 re W n 0 700 m 500 700 l S 0 650 m 500 650 l S Q " + show(60, 100, "x")
    )

    [ruling] = _read(path, kind).rulings
    assert (round(ruling.box.x0), round(ruling.box.x1)) == (50, 150)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_clip_hides_what_follows_and_harms_nothing(tmp_path: Path, kind: ReaderKind) -> None:
    path = write_page(tmp_path / "a.pdf", b"W n " + show(60, 700, "seen"))

    assert _texts(_read(path, kind)) == ["seen"]
