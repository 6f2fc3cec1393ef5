"""The text of a page for the search for tables."""

from table_pages import lines_at, page

from pipeline.extraction.tables.table_text import words_to_page_text
from pipeline.extraction.text.words import chars_to_words

LINES = [
    ["Few words last may.", "Without its own part the"],
    ["plant goes back to the first place that it had"],
    ["a year ago or so.", "Discover what nobody gets."],
]


def _lines_to_widths(after: float) -> list[int]:
    """The number of segments of each line, with blanks of 3.6 points, and some after the sentence."""
    chars = []
    for index, sentences in enumerate(LINES):
        x = 60.0
        for sentence in sentences:
            for word in sentence.split():
                chars += lines_at([(word, x, 110.0 + 12 * index)])
                x += 5.0 * len(word) + 3.6
            x += after - 3.6
    return [len(row) for row in words_to_page_text(chars_to_words(page(chars).chars)).rows]


def test_a_stretched_blank_after_a_sentence_parts_no_justified_line() -> None:
    assert _lines_to_widths(11.0) == [1, 1, 1]


def test_a_gap_after_a_sentence_that_is_wider_than_a_blank_parts_two_texts() -> None:
    assert _lines_to_widths(20.0) == [2, 1, 2]
