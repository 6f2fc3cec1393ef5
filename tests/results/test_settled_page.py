"""A page as its user has settled it, in its HTML and in its tables."""

from dataclasses import replace

import pytest
from outbox_hands import entry
from review_hands import HEIGHT, METRES, TABLE, TEXT

from pipeline.markup.table import html_to_tables
from pipeline.results.doubts import page_to_counts
from pipeline.results.page_record import PageRecord
from pipeline.results.review_file import Place, Settled
from pipeline.results.settled_page import settle_page
from pipeline.table import Box, CellCorrection

WHEN = "2026-11-29T15:00:00.000Z"
BOX = Box(1.0, 2.0, 3.0, 4.0)


def record(html: str) -> PageRecord:
    tables = (
        replace(table, cells=tuple(replace(cell, box=BOX) for cell in table.cells)) for table in html_to_tables(html)
    )
    return PageRecord(page=entry(), html=html, tables=tuple(tables))


def settled(place: Place, was: str, now: str) -> Settled:
    return Settled(
        page=place.page,
        table=place.table or None,
        row=place.row or None,
        column=place.column or None,
        mark=place.mark or None,
        when=WHEN,
        was=was,
        now=now,
    )


def test_a_confirmed_cell_loses_its_mark_and_nothing_else_changes() -> None:
    page, told = settle_page(record(TABLE + TEXT), [settled(HEIGHT, "21", "21")])

    assert page.html == (TABLE + TEXT).replace('<td data-unseen="">21', "<td>21")
    assert [each.fits for each in told] == [True]
    assert page.tables == record(page.html).tables


def test_a_corrected_cell_tells_what_it_was_and_keeps_its_box() -> None:
    page, _ = settle_page(record(TABLE), [settled(HEIGHT, "21", "27 < 30")])

    assert '<td><span data-was="21">27 &lt; 30</span></td>' in page.html
    [cell] = [cell for cell in page.tables[0].cells if cell.text == "27 < 30"]
    assert (cell.doubt, cell.correction, cell.box) == (None, CellCorrection(was="21"), BOX)


@pytest.mark.parametrize(
    ("inner", "kept"),
    [
        ("<b>1</b>", "<b>{}</b>"),
        ("<b><i>1</i></b>", "<b><i>{}</i></b>"),
        ("<b>1</b> and <b>2</b>", "{}"),
        ('<b><span data-unseen="">1</span></b>', "<b>{}</b>"),
        ("<b>1</b>2", "{}"),
        ("1<sup>a</sup>", "{}"),
    ],
)
def test_a_corrected_cell_keeps_the_looks_that_all_of_it_had(inner: str, kept: str) -> None:
    html = f"<table><tbody><tr><td>{inner}</td></tr></tbody></table>"
    was = html_to_tables(html)[0].cells[0].text

    page, _ = settle_page(record(html), [settled(Place(page=1, table=1, row=1, column=1), was, "9")])

    mark = f'<span data-was="{was}">9</span>'
    assert page.html == f"<table><tbody><tr><td>{kept.format(mark)}</td></tr></tbody></table>"


def test_places_in_running_text_keep_their_numbers_when_one_is_settled() -> None:
    first, _ = settle_page(record(TEXT), [settled(METRES, "51", "51")])
    second, told = settle_page(first, [settled(METRES, "51", "51"), settled(Place(page=1, mark=2), "7", "2")])

    assert second.html == (
        '<p>In all <span data-settled="">51</span> metres, and <span data-settled="" data-was="7">2</span> trees.</p>'
    )
    assert [each.fits for each in told] == [True, True]
    assert page_to_counts(second.page, second.html).doubts == 0


@pytest.mark.parametrize("now", ["21", "27", ""])
@pytest.mark.parametrize("place", [HEIGHT, METRES])
def test_to_settle_again_changes_nothing(place: Place, now: str) -> None:
    was = "21" if place == HEIGHT else "51"
    once, _ = settle_page(record(TABLE + TEXT), [settled(place, was, now)])

    twice, told = settle_page(once, [settled(place, was, now)])

    assert twice == once
    assert told[0].fits


def test_who_changes_their_mind_is_heard_also_in_a_page_that_has_what_they_said_first() -> None:
    once, _ = settle_page(record(TABLE), [settled(HEIGHT, "21", "27")])

    changed, _ = settle_page(once, [settled(HEIGHT, "21", "28")])
    back, _ = settle_page(changed, [settled(HEIGHT, "21", "21")])

    assert '<span data-was="21">28</span>' in changed.html
    assert back.html == TABLE.replace(' data-unseen=""', "")


def test_what_reads_otherwise_by_now_or_is_gone_stays_and_is_said_not_to_fit() -> None:
    other = record(TABLE.replace("21", "24"))

    page, told = settle_page(
        other, [settled(HEIGHT, "21", "27"), settled(Place(page=1, table=9, row=1, column=1), "1", "1")]
    )

    assert page == other
    assert [each.fits for each in told] == [False, False]


def test_a_reading_that_has_become_right_by_itself_is_no_doubt_any_more() -> None:
    page, told = settle_page(record(TABLE.replace("21", "27")), [settled(HEIGHT, "21", "27")])

    assert page.html == TABLE.replace("21", "27").replace(' data-unseen=""', "")
    assert told[0].fits


def test_a_table_inside_of_a_cell_is_not_written_over() -> None:
    html = (
        '<table><tbody><tr><td data-unseen="">1<table><tbody><tr><td data-unseen="">2</td></tr></tbody></table></td>'
        "</tr></tbody></table>"
    )
    outer, text = Place(page=1, table=1, row=1, column=1), html_to_tables(html)[0].cells[0].text

    refused, told = settle_page(record(html), [settled(outer, text, "3")])
    confirmed, _ = settle_page(record(html), [settled(outer, text, text)])

    assert (refused.html, told[0].fits) == (html, False)
    assert confirmed.html == html.replace('<td data-unseen="">1', "<td>1")
    assert [len(table.cells) for table in confirmed.tables] == [1, 1]
