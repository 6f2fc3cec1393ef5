"""Rows of a small table within a cell, and hyphens at the ends of a cell's lines."""

from table_pages import grid, lines_at, page

from pipeline.extraction import content_to_extraction

RULES = grid((50, 150, 420), (90, 110, 190, 210))
AROUND = [("Fees", 60, 104), ("None.", 160, 104), ("Sums", 60, 124), ("Rest", 60, 204), ("As before.", 160, 204)]


def test_rows_with_a_gap_at_one_place_keep_a_line_each() -> None:
    inner = [("They are raised by age:", 160, 124), ("18 to 75", 160, 138), ("1.00 %", 300, 138)]
    inner += [("76 to 80", 160, 152), ("0.50 %", 300, 152), ("It may be less.", 160, 166)]

    html = content_to_extraction(page(lines_at([*AROUND, *inner]), RULES)).html

    assert "They are raised by age:<br>\n18 to 75 1.00 %<br>\n76 to 80 0.50 %<br>\nIt may be less.</td>" in html


def test_a_hyphen_before_a_word_that_had_no_room_is_the_words_own() -> None:
    inner = [("Ring-", 160, 124), ("dingdingdingdingdingdingdingdingdingdingdingdingdi", 160, 138)]

    html = content_to_extraction(page(lines_at([*AROUND, *inner]), RULES)).html

    assert "Ring-dingding" in html
