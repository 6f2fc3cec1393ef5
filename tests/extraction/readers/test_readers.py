"""Both readers give the same, whatever a page does."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest
from odd_pdfs import encrypted_pdf
from page_contents import TABLE_PDFS, pdf_to_contents
from pdfs import stream_object
from shared_files import needs_shared
from typeset import show, write_page

from pipeline.extraction import (
    Char,
    ExtractionError,
    PageContent,
    ReaderKind,
    deadline_after,
    extract_page,
    open_reader,
)

#: How far (points) each edge of a character's box may differ: pdfium counts ink beyond the advance in, and kerning out.
TOLERANCE = 0.6
#: The share of characters that must agree in text and box, over all the sample PDFs.
AGREEMENT = 0.998
KINDS: tuple[ReaderKind, ...] = ("pdfium", "pdfminer")

both = pytest.mark.parametrize("kind", KINDS)


def _read(path: Path, kind: ReaderKind) -> PageContent:
    with open_reader(path, kind) as reader:
        return reader.read(1)


def _text(content: PageContent) -> str:
    return "".join(char.text for char in content.chars)


def _unmatched(chars: list[Char], others: list[Char]) -> int:
    """How many of the characters have no partner of the same text at the same place among the others."""
    shelves: dict[tuple[str, int], list[Char]] = defaultdict(list)
    for other in others:
        shelves[other.text, round(other.box.bottom)].append(other)
    missing = 0
    for char in chars:
        near = [shelf for row in (-1, 0, 1) for shelf in [shelves[char.text, round(char.box.bottom) + row]]]
        found = next(((shelf, other) for shelf in near for other in shelf if _agree(char, other)), None)
        if found is None:
            missing += 1
        else:
            found[0].remove(found[1])
    return missing


def _agree(char: Char, other: Char) -> bool:
    return all(abs(one - two) <= TOLERANCE for one, two in zip(char.box, other.box, strict=True))


@dataclass(slots=True)
class Comparison:
    """How far the readers agree over all the sample PDFs; ``marks`` are rulings longer than 3 points, and fills."""

    glyphs: int = 0
    glyphs_apart: int = 0
    marks: int = 0
    marks_apart: int = 0

    def add(self, one: PageContent, two: PageContent) -> None:
        drawn = [[char for char in content.chars if char.text != " "] for content in (one, two)]
        self.glyphs += max(map(len, drawn))
        self.glyphs_apart += max(_unmatched(drawn[0], drawn[1]), _unmatched(drawn[1], drawn[0]))
        longer = [[ruling for ruling in content.rulings if _length(ruling.box) > 3] for content in (one, two)]
        self.marks += len(longer[0]) + len(one.fills)
        self.marks_apart += abs(len(longer[0]) - len(longer[1])) + abs(len(one.fills) - len(two.fills))


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    found = Comparison()
    for path in TABLE_PDFS:
        for one, two in zip(*(pdf_to_contents(path, kind) for kind in KINDS), strict=True):
            found.add(one, two)
    return found


@pytest.mark.slow
@needs_shared
@pytest.mark.timeout(240)
def test_the_readers_agree_glyph_by_glyph_on_all_sample_pdfs(comparison: Comparison) -> None:
    assert comparison.glyphs > 200_000
    assert comparison.glyphs_apart <= (1 - AGREEMENT) * comparison.glyphs


@pytest.mark.slow
@needs_shared
@pytest.mark.timeout(240)
def test_the_readers_see_the_same_rulings_and_fills_on_all_sample_pdfs(comparison: Comparison) -> None:
    assert comparison.marks > 8_000
    assert comparison.marks_apart <= 0.01 * comparison.marks


def _length(box: tuple[float, float, float, float]) -> float:
    return box[2] - box[0] + box[3] - box[1]


@both
@pytest.mark.parametrize("turns", [0, 90, 180, 270])
def test_a_turned_page_is_read_as_it_is_shown(tmp_path: Path, kind: ReaderKind, turns: int) -> None:
    shown_upright = {
        0: b"1 0 0 1 50 700 Tm", 90: b"0 1 -1 0 100 50 Tm", 180: b"-1 0 0 -1 550 100 Tm", 270: b"0 -1 1 0 500 750 Tm",
    }[turns]  # fmt: skip
    content = b"BT /F1 10 Tf %s (Hello) Tj ET" % shown_upright
    path = write_page(tmp_path / "turned.pdf", content, entries=b"/Rotate %d" % turns)

    page = _read(path, kind)

    assert (page.width, page.height) == ((600, 800) if turns % 180 == 0 else (800, 600))
    assert [char.angle for char in page.chars] == [0] * 5
    assert page.chars[0].box.x0 == pytest.approx(50, abs=0.1)
    assert page.chars[0].box.bottom == pytest.approx(100 + 0.22 * 10, abs=0.1)


@both
def test_the_crop_box_is_the_page(tmp_path: Path, kind: ReaderKind) -> None:
    content = show(150, 700, "inside") + show(20, 20, "outside")
    path = write_page(tmp_path / "cropped.pdf", content, entries=b"/CropBox [100 100 500 750]")

    page = _read(path, kind)

    assert _text(page) == "inside"
    assert (page.width, page.height) == (400, 650)
    assert page.chars[0].box.x0 == pytest.approx(50, abs=0.1)


@both
def test_invisible_text_is_left_out_beside_visible(tmp_path: Path, kind: ReaderKind) -> None:
    path = write_page(tmp_path / "hidden.pdf", show(50, 700, "seen") + b"3 Tr\n" + show(50, 600, "unseen"))

    assert _text(_read(path, kind)) == "seen"


@both
def test_an_invisible_text_layer_stands_in_where_nothing_else_is(tmp_path: Path, kind: ReaderKind) -> None:
    path = write_page(tmp_path / "scan.pdf", b"3 Tr\n" + show(50, 600, "recognised"))

    page = _read(path, kind)

    assert (_text(page), page.hidden) == ("recognised", True)
    assert any("invisible layer" in warning for warning in page.warnings)


def _annotation(number: int, kind: bytes, rect: bytes, more: bytes = b"") -> bytes:
    form = b"/AP << /N %d 0 R >>" % number
    return b"<< /Type /Annot /Subtype /%s /Rect [%s] %s %s >>" % (kind, rect, form, more)


def _appearance(text: str, *, box: bytes = b"[0 0 100 20]") -> bytes:
    fonts = b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> "
    return stream_object(show(2, 5, text), b"/Type /XObject /Subtype /Form /BBox %s " % box + fonts)


@both
def test_what_was_typed_onto_the_page_and_into_its_fields_is_read_where_it_is_shown(
    tmp_path: Path, kind: ReaderKind
) -> None:
    annotations = {
        5: _annotation(10, b"FreeText", b"200 600 400 640"),  # twice as large as it was drawn
        6: _annotation(11, b"Widget", b"50 500 150 520", b"/FT /Tx /V (field)"),
        7: _annotation(12, b"FreeText", b"50 400 150 420", b"/F 2"),
        8: _annotation(13, b"Highlight", b"50 300 150 320"),
        9: _annotation(14, b"Widget", b"50 200 150 220", b"/FT /Btn /AS /On"),
    }
    drawn = {10: "typed", 11: "field", 12: "hidden", 13: "marker", 14: "ticked"}
    path = write_page(
        tmp_path / "annotated.pdf",
        show(50, 700, "own"),
        entries=b"/Annots [5 0 R 6 0 R 7 0 R 8 0 R 9 0 R]",
        others={**annotations, **{number: _appearance(text) for number, text in drawn.items()}},
    )

    page = _read(path, kind)

    assert _text(page) == "owntypedfield\u2612"
    typed = page.chars[3]
    assert typed.size == pytest.approx(20)
    assert typed.box.x0 == pytest.approx(204, abs=0.2)
    assert _read(path, kind) == page


@both
def test_a_filled_field_does_not_hide_the_text_layer_of_a_scan(tmp_path: Path, kind: ReaderKind) -> None:
    path = write_page(
        tmp_path / "scanned-form.pdf",
        b"3 Tr\n" + show(50, 600, "recognised"),
        entries=b"/Annots [5 0 R]",
        others={5: _annotation(6, b"Widget", b"50 500 150 520", b"/FT /Tx"), 6: _appearance("field")},
    )

    page = _read(path, kind)

    assert (_text(page), page.hidden) == ("recognisedfield", True)


@both
def test_lines_in_a_scaled_form_are_where_they_are_shown(tmp_path: Path, kind: ReaderKind) -> None:
    entries = b"/Type /XObject /Subtype /Form /BBox [0 0 100 100] /Matrix [2 0 0 2 0 0] "
    form = stream_object(b"2 w 10 10 m 90 10 l S 0 0 40 20 re f", entries)
    path = write_page(
        tmp_path / "form.pdf", b"q 1 0 0 1 100 100 cm /X Do Q", resources=b"/XObject << /X 5 0 R >>", others={5: form}
    )

    page = _read(path, kind)

    assert [tuple(round(edge) for edge in ruling.box) for ruling in page.rulings] == [(120, 680, 280, 680)]
    assert page.rulings[0].width == pytest.approx(4)
    assert [tuple(round(edge) for edge in fill.box) for fill in page.fills] == [(100, 660, 180, 700)]


@both
def test_the_width_of_a_line_is_that_at_the_time_of_drawing(tmp_path: Path, kind: ReaderKind) -> None:
    path = write_page(tmp_path / "width.pdf", b"5 w q .1 0 0 .1 0 0 cm 1000 1000 m 3000 1000 l S Q")

    assert [ruling.width for ruling in _read(path, kind).rulings] == [pytest.approx(0.5)]


@both
def test_links_lead_to_the_web_and_to_pages_and_nowhere_else(tmp_path: Path, kind: ReaderKind) -> None:
    annotations = b" ".join(
        b"<< /Type /Annot /Subtype /Link /Rect [50 %d 90 %d] %s >>" % (y, y + 10, target)
        for y, target in (
            (700, b"/A << /S /URI /URI (https://example.org/a?b=1) >>"),
            (680, b"/A << /S /URI /URI (javascript:alert\\(1\\)) >>"),
            (660, b"/Dest [3 0 R /Fit]"),
            (640, b"/A << /S /Launch /F (calc.exe) >>"),
        )
    )
    path = write_page(tmp_path / "links.pdf", show(50, 700, "here"), entries=b"/Annots [%s]" % annotations)

    page = _read(path, kind)

    assert [link.target for link in page.links] == ["https://example.org/a?b=1", "#page-1"]
    assert tuple(round(edge) for edge in page.links[0].box) == (50, 90, 90, 100)


@both
def test_what_an_author_gives_as_actual_text_is_the_text(tmp_path: Path, kind: ReaderKind) -> None:
    content = b"/Span << /ActualText (fine) >> BDC\n" + show(50, 700, "xyz") + b"EMC\n"
    path = write_page(tmp_path / "actual.pdf", content)

    assert _text(_read(path, kind)) == "fine"


@both
def test_a_soft_hyphen_that_is_drawn_is_a_hyphen(tmp_path: Path, kind: ReaderKind) -> None:
    path = write_page(tmp_path / "soft.pdf", show(50, 700, "re\u00adenter"))

    assert _text(_read(path, kind)) == "re-enter"


@both
def test_actual_text_in_a_named_property_list_counts_too(tmp_path: Path, kind: ReaderKind) -> None:
    content = b"/Span /P1 BDC\n" + show(50, 700, "xyz") + b"EMC\n"
    resources = b"/Properties << /P1 << /ActualText (fine) >> >>"
    path = write_page(tmp_path / "actual.pdf", content, resources=resources)

    assert _text(_read(path, kind)) == "fine"


@both
def test_a_glyph_without_a_meaning_is_marked_and_told(tmp_path: Path, kind: ReaderKind) -> None:
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /Odd /Encoding /Identity-H /DescendantFonts [6 0 R] >>"
    below = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Odd /CIDSystemInfo << /Registry (Adobe)"
    below += b" /Ordering (Identity) /Supplement 0 >> /FontDescriptor 7 0 R /DW 500 >>"
    described = b"<< /Type /FontDescriptor /FontName /Odd /Flags 4 /FontBBox [0 0 500 700] /Ascent 700 /Descent 0"
    described += b" /ItalicAngle 0 /CapHeight 700 /StemV 80 >>"
    content = b"BT /F9 10 Tf 1 0 0 1 50 700 Tm <00010002> Tj ET\n" + show(50, 600, "plain")
    path = write_page(tmp_path / "unmapped.pdf", content, others={5: font, 6: below, 7: described})
    path.write_bytes(path.read_bytes().replace(b"/F1 <<", b"/F9 5 0 R /F1 <<"))

    page = _read(path, kind)

    assert [char.mapped for char in page.chars if char.text not in "plain"] == [False, False]
    assert any("cannot be read" in warning for warning in page.warnings)


@both
def test_a_page_that_does_not_exist_is_an_error(tmp_path: Path, kind: ReaderKind) -> None:
    path = write_page(tmp_path / "one.pdf", b"")

    with open_reader(path, kind) as reader, pytest.raises(ExtractionError, match="There is no page 2"):
        reader.read(2)


@both
def test_a_file_that_is_no_pdf_is_an_error(tmp_path: Path, kind: ReaderKind) -> None:
    path = tmp_path / "text.pdf"
    path.write_text("no PDF at all")

    with pytest.raises(ExtractionError, match=r"text\.pdf cannot be read"):
        open_reader(path, kind)


@both
def test_a_password_opens_what_it_fits_and_stands_in_no_error(tmp_path: Path, kind: ReaderKind) -> None:
    path = encrypted_pdf(tmp_path / "a.pdf", password=b"sesame")

    with open_reader(path, kind, password="sesame") as reader:
        assert reader.read(1).chars
    for wrong in ("barley", "\N{EURO SIGN}uro", "\u0100"):
        with pytest.raises(ExtractionError) as caught:
            open_reader(path, kind, password=wrong)
        assert not any(part in str(caught.value) for part in (wrong, repr(wrong)[1:-1], "20ac", "0100"))


@both
def test_a_missing_file_is_an_error(tmp_path: Path, kind: ReaderKind) -> None:
    with pytest.raises(ExtractionError, match=r"absent\.pdf"):
        open_reader(tmp_path / "absent.pdf", kind)


@both
def test_a_deadline_in_the_past_gives_an_incomplete_page(tmp_path: Path, kind: ReaderKind) -> None:
    content = b"".join(show(50, 20 + index % 700, "many words on a page") for index in range(2000))
    path = write_page(tmp_path / "long.pdf", content)

    with open_reader(path, kind) as reader:
        page = reader.read(1, deadline=0.0)

    assert not page.complete
    assert any("want of time" in warning for warning in page.warnings)


def test_many_short_forms_within_each_other_are_read_no_longer_than_the_time_allows(tmp_path: Path) -> None:
    entries = b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /XObject << /X %d 0 R >> >> "
    forms = {number: stream_object(b"/X Do " * 10, entries % (number + 1)) for number in range(5, 16)}
    last = stream_object(b"0 0 5 5 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] ")
    path = write_page(
        tmp_path / "forms.pdf",
        show(50, 700, "words") + b" /X Do",
        resources=b"/XObject << /X 5 0 R >>",
        others={**forms, 16: last},
    )

    with open_reader(path, "pdfminer") as reader:
        page = reader.read(1, deadline=deadline_after(0.3))

    assert not page.complete
    assert "".join(char.text for char in page.chars) == "words"


@both
@pytest.mark.parametrize(
    ("state", "bold"),
    [
        (b"2 Tr 0.4 w", True),
        (b"6 Tr 0.4 w", True),
        (b"0.2 0.2 0.6 rg 0.2 0.2 0.6 RG 2 Tr 0.4 w", True),
        (b"1 0 0 RG 2 Tr 0.4 w", False),  # letters with a border
        (b"2 Tr 0.01 w", False),  # too thin to be seen
        (b"0 Tr 0.4 w", False),
        (b"1 Tr 0.4 w", False),  # hollow letters
    ],
)
def test_glyphs_outlined_in_their_own_colour_are_bold(
    tmp_path: Path,
    kind: ReaderKind,
    state: bytes,
    bold: bool,  # noqa: FBT001 — pytest fills it in
) -> None:
    page = write_page(
        tmp_path / "outlined.pdf", b"q " + state + b"\n" + show(50, 700, "heavy") + b"Q " + show(50, 600, "plain")
    )

    chars = _read(page, kind).chars

    assert [char.bold for char in chars] == [bold] * 5 + [False] * 5


@both
def test_boxes_of_a_form_are_signs_beside_their_labels_once_each(tmp_path: Path, kind: ReaderKind) -> None:
    fonts = b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >> >> >> "
    mark = stream_object(show(2, 3, "4"), b"/Type /XObject /Subtype /Form /BBox [0 0 12 12] " + fonts)
    states = {
        5: b"/AS /Yes /AP << /N << /Yes 9 0 R /Off 10 0 R >> >>",
        6: b"/AS /Off /AP << /N << /Yes 9 0 R /Off 10 0 R >> >>",
        7: b"/AS /Yes /AP << /N << /Other 9 0 R >> >>",  # the state has no appearance: nothing is shown
        8: b"/F 2 /AS /Yes /AP << /N << /Yes 9 0 R >> >>",  # hidden
    }
    fields = {
        number: b"<< /Type /Annot /Subtype /Widget /FT /Btn /Rect [50 %d 62 %d] %s >>" % (y, y + 12, state)
        for (number, state), y in zip(states.items(), range(698, 600, -20), strict=False)
    }
    empty = stream_object(b" ", b"/Type /XObject /Subtype /Form /BBox [0 0 12 12] ")
    labels = b"".join(show(70, y, text) for y, text in ((700, "yes"), (680, "no"), (660, "none"), (640, "hidden")))
    path = write_page(
        tmp_path / "form.pdf",
        labels,
        entries=b"/Annots [5 0 R 6 0 R 7 0 R 8 0 R]",
        others={**fields, 9: mark, 10: empty},
    )

    with open_reader(path, kind) as reader:
        extraction = extract_page(reader, 1)

    assert extraction.text.split("\n") == ["\u2612 yes", "\u2610 no", "\u2610 none", "hidden"]
    assert "<su" not in extraction.html


@both
def test_dingbats_are_read_as_what_they_show(tmp_path: Path, kind: ReaderKind) -> None:
    fonts = b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >> >> >> "
    form = stream_object(show(0, 0, "48ln\u00c0\u00ab"), b"/Type /XObject /Subtype /Form /BBox [0 0 100 20] " + fonts)
    resources = b"/XObject << /X 5 0 R >>"
    path = write_page(tmp_path / "dingbats.pdf", b"1 0 0 1 50 700 cm /X Do", resources=resources, others={5: form})

    assert _text(_read(path, kind)) == "\u2714\u2718\u25cf\u25a0\u2780\u2660"
