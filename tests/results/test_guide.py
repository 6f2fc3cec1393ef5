"""The ways through a document."""

from pipeline.results.guide import MOST_HEADINGS, DocumentGuide
from pipeline.results.shown_html import Heading


def test_a_page_knows_its_neighbours_and_the_next_ones_to_look_at() -> None:
    guide = DocumentGuide(numbers=[1, 3, 7, 9], fallbacks=[3, 9], doubts=[7])

    first, third, last = (guide.ways_from(number) for number in (1, 3, 9))

    assert first is not None
    assert third is not None
    assert last is not None
    assert (first.before, first.after, first.fallback, first.doubt) == (None, 3, 3, 7)
    assert (third.before, third.after, third.fallback, third.doubt) == (1, 7, 9, 7)
    assert (last.before, last.after, last.fallback, last.doubt) == (7, None, None, None)


def test_a_document_of_one_page_has_no_ways() -> None:
    assert DocumentGuide(numbers=[4]).ways_from(4) is None
    assert DocumentGuide().ways_from(4) is None


def test_contents_are_shown_where_they_are_a_help() -> None:
    heading = Heading(ident="page-1-heading-1", level=1, text="a")

    assert DocumentGuide(headings=[heading]).contents == ()
    assert len(DocumentGuide(headings=[heading] * 2).contents) == 2
    assert DocumentGuide(headings=[heading] * (MOST_HEADINGS + 1)).contents == ()
