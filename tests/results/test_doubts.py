"""What is to be looked at in a page, counted from its HTML."""

import pytest
from outbox_hands import entry

from pipeline.page_result import Against, Checks, Method
from pipeline.results.doubts import ReviewCounts, add_counts, counts_to_words, page_to_counts

CHECKED = entry(checks=Checks(against=Against.TEXT_LAYER))
NESTED = (
    "<table><tbody><tr><td>a<table><tbody><tr><td data-unseen>1</td></tr></tbody></table></td></tr></tbody></table>"
)


@pytest.mark.parametrize(
    ("html", "cells", "texts"),
    [
        ("<p>12</p><table><tbody><tr><td>1</td></tr></tbody></table>", 0, 0),
        (
            "<table><tbody><tr><td data-unseen>1</td><td><b><span data-unseen>2</span></b></td></tr></tbody></table>",
            2,
            0,
        ),
        ("<table><caption><span data-unseen>9</span></caption><tbody><tr><td>1</td></tr></tbody></table>", 0, 1),
        ("<p><span data-unseen>12 <b>and</b></span> <span data-unseen>13</span></p>", 0, 2),
        (NESTED, 1, 0),
        ("<p>data-unseen &lt;span data-unseen&gt;</p>", 0, 0),
    ],
)
def test_a_mark_counts_once_as_a_cell_or_as_a_place_in_running_text(html: str, cells: int, texts: int) -> None:
    counts = page_to_counts(CHECKED, html)

    assert counts == ReviewCounts(cells=cells, texts=texts, pages=int(cells + texts > 0))
    assert counts.doubts == cells + texts


@pytest.mark.parametrize(
    ("method", "against", "unchecked"),
    [
        (Method.VISION, Against.NONE, 1),
        (Method.OCR, Against.NONE, 1),
        (Method.VISION, Against.OCR, 0),
        (Method.TEXT_LAYER, Against.NONE, 0),
        (Method.BLANK, Against.NONE, 0),
    ],
)
def test_a_page_that_only_one_reader_has_seen_is_unchecked(method: Method, against: Against, unchecked: int) -> None:
    page = entry(method=method, checks=Checks(against=against))

    assert page_to_counts(page, "<p>words</p>").unchecked_pages == unchecked


def test_counts_are_said_in_words() -> None:
    some = ReviewCounts(cells=2, texts=1, pages=2)

    assert counts_to_words(add_counts([some, ReviewCounts(unchecked_pages=2)])) == (
        "3 marked places to check, 2 pages that only one reader has read"
    )
    assert counts_to_words(ReviewCounts(unchecked_pages=1)) == "1 page that only one reader has read"
    assert counts_to_words(ReviewCounts()) == counts_to_words(None) == ""
