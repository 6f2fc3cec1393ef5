"""The ways through a document."""

from pipeline.document import OutlineEntry
from pipeline.results.guide import MOST_HEADINGS, DocumentGuide, outline_to_headings
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


def test_the_way_to_a_doubt_leads_to_its_place_where_one_is_marked() -> None:
    guide = DocumentGuide(numbers=[1, 2, 3], doubts=[2, 3], marked=frozenset({2}))

    first, second = guide.ways_from(1), guide.ways_from(2)

    assert first is not None
    assert second is not None
    assert (first.doubt_name, second.doubt_name) == ("page-2-doubt", "page-3")


def test_a_document_of_one_page_has_no_ways() -> None:
    assert DocumentGuide(numbers=[4]).ways_from(4) is None
    assert DocumentGuide().ways_from(4) is None


def test_the_contents_are_the_files_own_and_lead_to_headings_of_the_same_text() -> None:
    outline = [OutlineEntry(text=text, level=1, page=page) for text, page in (("One", 1), ("Two", 2), ("Gone", 9))]
    headings = [Heading(ident=f"page-{page}-heading-1", level=3, text="o n e") for page in (1, 2)]

    found = outline_to_headings(outline, headings, {1, 2})

    assert [(each.ident, each.text) for each in found] == [("page-1-heading-1", "One"), ("page-2", "Two")]
    assert {each.level for each in found} == {1}
    assert outline_to_headings(outline[:1], headings, {1, 2}) == tuple(headings)


def test_contents_are_shown_where_they_are_a_help() -> None:
    heading = Heading(ident="page-1-heading-1", level=1, text="a")

    assert DocumentGuide(headings=[heading]).contents == ()
    assert len(DocumentGuide(headings=[heading] * 2).contents) == 2
    assert DocumentGuide(headings=[heading] * (MOST_HEADINGS + 1)).contents == ()
