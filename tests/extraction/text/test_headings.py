"""Headings: by look, number, words and place; mastheads, names, labels and formulas are none; what a file names."""

import re
from dataclasses import replace

import pytest
from typeset import chars_to_content, lines_to_chars, text_to_chars

from pipeline.extraction import BBox, Char, PageContent, content_to_extraction
from pipeline.extraction.model import Title

TEXT = [
    "The committee examined the accounts of three years and found nothing in",
    "them that it had to object to, so it asks that they be passed as they are",
    "and that the next ones be laid before the members in good time.",
]


def _set(text: str, y: float, *, x: float = 50.0, size: float = 10.0, face: str = "") -> list[Char]:
    """A line whose face is "B" bold, "I" slanted, "BI" both, or the name of another font."""
    bold, italic = "B" in face and len(face) < 3, "I" in face and len(face) < 3
    font = face if len(face) > 2 else "Test"
    return [char._replace(bold=bold, italic=italic, font=font) for char in text_to_chars(text, x, y, size=size)]


def _text(y: float, *, x: float = 50.0) -> list[Char]:
    return lines_to_chars(TEXT, x, y)


def _page(*parts: list[Char]) -> PageContent:
    """Text around the parts, so that it is plain what the running text looks like."""
    return chars_to_content([*_text(300), *_text(360), *(char for part in parts for char in part), *_text(500)])


def _headings(content: PageContent) -> list[tuple[int, str]]:
    html = content_to_extraction(content).html
    return [(int(level), re.sub("<[^>]*>", "", text)) for level, text in re.findall(r"<h(\d)>(.*?)</h\1>", html)]


@pytest.mark.parametrize(
    ("face", "size", "text", "level"),
    [
        ("B", 10.0, "Plant material", 4),
        ("BI", 10.0, "Plant material", 5),
        ("I", 10.0, "Plant material and DNA", 6),
        ("Gill", 10.0, "Plant material", 5),
        ("", 10.0, "PLANT MATERIAL", 5),
        ("", 10.0, "2.1. Plant material", 6),
        ("B", 10.0, "2. Results", 4),
        ("B", 10.0, "2.1 Plant material", 5),
        ("B", 12.0, "Plant material", 3),
        ("", 12.0, "Plant material", 4),
        ("B", 10.0, "Methodology:", 4),
        ("", 10.0, "Introduction", 5),
    ],
)
def test_a_line_with_a_look_of_its_own_above_text_is_a_heading(face: str, size: float, text: str, level: int) -> None:
    content = _page(_set(text, 428, face=face, size=size), _text(440))

    assert _headings(content) == [(level, text)]


@pytest.mark.parametrize(
    ("face", "text"),
    [
        ("B", "Y = a + bX"),
        ("B", "Experiment Calculated (6)"),
        ("B", "Concentration (mg/mL)"),
        ("B", "Figure 2. Growth of plants"),
        ("B", "Keywords: plants, growth"),
        ("B", "www.example.org/reports"),
        ("B", "a b c d"),
        ("I", "et al. in the year before"),
        ("I", "Ocimum sanctum is a plant."),
        ("", "Plant material"),
        ("B", "42.5"),
    ],
)
def test_formulas_labels_addresses_and_pieces_of_text_are_no_headings(face: str, text: str) -> None:
    assert _headings(_page(_set(text, 428, face=face), _text(440))) == []


def test_a_label_without_text_below_it_is_no_heading() -> None:
    assert _headings(_page(_set("Aromatic", 420, x=300, face="B"), _set("Phenols", 440, x=350, face="B"))) == []


def test_the_heads_of_three_columns_are_no_headings() -> None:
    heads = [_set(text, 428, x=x, face="B") for text, x in (("Volatile", 50), ("Amount", 200), ("Disease", 350))]

    assert _headings(_page(*heads, _text(440))) == []


def test_a_heading_at_the_foot_of_a_column_has_its_text_in_the_next() -> None:
    left = [*lines_to_chars([line[:40] for line in TEXT] * 6, 50, 400), *_set("Results", 630, face="B")]
    right = lines_to_chars([line[:40] for line in TEXT] * 6, 320, 400)

    assert (4, "Results") in _headings(chars_to_content([*left, *right]))


def test_headings_of_one_size_are_ranked_by_their_weight_and_their_capitals() -> None:
    content = _page(
        _set("MATERIALS AND METHODS", 400, face="B"),
        _set("Animals", 414, face="B"),
        _text(428),
        _set("Extraction", 474, face="I"),
        _text(488),
    )

    assert _headings(content) == [(4, "MATERIALS AND METHODS"), (5, "Animals"), (6, "Extraction")]


@pytest.mark.parametrize(
    ("face", "start", "level"),
    [
        ("B", "Screening of plants.", 5),
        ("I", "Screening of plants.", 6),
        ("I", "2.3. Screening", 6),
        ("B", "Methods:", 5),
    ],
)
def test_a_heading_that_runs_into_its_paragraph_stands_before_it(face: str, start: str, level: int) -> None:
    heading = _set(start, 428, face=face)
    rest = _set("The plants were collected in spring and dried", 428, x=heading[-1].box.x1 + 4)
    content = _page(heading, rest, lines_to_chars(TEXT, 50, 440))

    html = content_to_extraction(content).html

    assert f"<h{level}>" in html
    assert re.search(rf"<h{level}>(?:<i>)?{re.escape(start)}(?:</i>)?</h{level}>\n<p>The plants were collected", html)


@pytest.mark.parametrize(
    ("face", "start"),
    [
        ("I", "Ocimum sanctum"),
        ("B", "[3] Douglas LJ."),
        ("B", "14. Fliss H, Gattinger D."),
        ("B", "Note:"),
        ("", "Plants."),
    ],
)
def test_names_references_and_notes_at_the_start_of_a_paragraph_are_no_headings(face: str, start: str) -> None:
    beginning = _set(start, 428, face=face)
    rest = _set("The plants were collected in spring and dried", 428, x=beginning[-1].box.x1 + 4)

    assert _headings(_page(beginning, rest, lines_to_chars(TEXT, 50, 440))) == []


def test_what_stands_around_the_title_of_a_document_is_no_heading() -> None:
    content = chars_to_content(
        [
            *_set("JOURNAL OF PLANTS", 70, size=14, face="B"),
            *_set("Research Article", 100, face="B", size=12),
            *_set("Growth of Plants in Many Lands", 130, size=20, face="B"),
            *_set("Anna Berg 1, Bo Holm 2 and Cy Lund", 160, size=12, face="B"),
            *_set("Institute of Plants, Uppsala", 180, face="I"),
            *_set("Abstract", 220, face="B"),
            *_text(234),
            *_text(290),
            *_text(400),
        ]
    )

    assert _headings(content) == [(1, "Growth of Plants in Many Lands"), (4, "Abstract")]


def test_lines_of_a_title_are_one_heading_whatever_slant_they_have() -> None:
    first = _set("Growth of the noble plant", 130, size=20, face="B")
    second = _set("Ocimum sanctum in many lands", 154, size=20, face="BI")

    found = _headings(chars_to_content([*first, *second, *_text(230), *_text(290)]))

    assert [text for _, text in found] == ["Growth of the noble plant Ocimum sanctum in many lands"]


def test_a_heading_and_the_one_below_it_are_two() -> None:
    content = _page(
        _set("RESULTS", 410, face="B", size=11),
        _set("Growth in spring", 424, face="B", size=10),
        _text(437),
    )

    assert [text for _, text in _headings(content)] == ["RESULTS", "Growth in spring"]


def test_a_heading_below_a_full_last_line_is_no_part_of_the_paragraph() -> None:
    lines = ["the committee examined the accounts of three years and found nothing in"] * 3
    full = [*lines[:2], lines[2][:-1] + "."]
    content = _page(lines_to_chars(full, 50, 404), _set("Growth in spring", 440, face="I"), _text(452))

    assert _headings(content) == [(6, "Growth in spring")]


def test_what_the_file_names_is_a_heading_where_the_page_has_it() -> None:
    page = _page(_set("Plant material", 428), _text(440))
    named = replace(page, titles=(Title("1 Plant  material", 3), Title("Not on this page", 2)))

    assert _headings(page) == []
    assert _headings(replace(named, titles=(Title("Plant material", 3), Title("Not on this page", 2)))) == [
        (3, "Plant material")
    ]


@pytest.mark.parametrize("text", ["Pattanayak P, Behera P, Das D", "the committee examined the accounts."])
def test_references_and_sentences_are_none_whatever_the_file_says(text: str) -> None:
    page = _page(_set(text, 428), _text(440))

    assert _headings(replace(page, titles=(Title(text, 2),))) == []


def test_a_label_in_a_picture_is_no_heading() -> None:
    page = _page(_set("Phenols and more", 428, face="B"), _text(440))

    assert _headings(page) != []
    assert _headings(replace(page, images=(BBox(40, 420, 560, 500),))) == []
