"""The delivered HTML in a real browser: found in, read across, printed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from browser_hands import look, violations
from playwright.sync_api import Browser, Page

from pipeline.document import DocumentFacts
from pipeline.markup.sanitise import sanitise
from pipeline.markup.table import blocks_to_tables
from pipeline.page_result import Fallback, FallbackReason, Method, PageResult
from pipeline.results.document_contents import DocumentContents
from pipeline.results.document_html import pages_to_html
from pipeline.results.page_record import PageRecord

COLUMNS = 22
#: What no step of opening and scrolling may take, in milliseconds.
LONGEST_TASK_MS = 200
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def page_html(number: int, *, columns: int = 5, rows: int = 40) -> str:
    head = "".join(f"<th>Column {column}</th>" for column in range(columns))
    cells = "".join(f"<td>{number}{column}.5</td>" for column in range(columns - 2))
    row = f'<tr><th scope="row">Row of page {number}</th>{cells}<td>last-{number}</td></tr>'
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{row * rows}</tbody></table>"
    return f"<h2>Chapter {number}</h2><p>{'Some words of the page. ' * 40}</p>{table}"


def written(
    path: Path, pages: int, *, columns: int = 5, fell: tuple[int, ...] = (), doubted: tuple[int, ...] = ()
) -> Path:
    """A document as the publisher writes it."""

    def records() -> Iterator[PageRecord]:
        for number in range(1, pages + 1):
            html = page_html(number, columns=columns)
            html = html.replace("<td>", '<td data-unseen="">', 1) if number in doubted else html
            clean = sanitise(html)
            fallback = Fallback(reason=FallbackReason.TIMEOUT, detail="") if number in fell else None
            method = Method.TEXT_LAYER if fallback else Method.VISION
            page = PageResult(number=number, method=method, fallback=fallback)
            yield PageRecord(page=page, html=clean.html, tables=blocks_to_tables(clean.blocks))

    contents = DocumentContents(DocumentFacts(name="book.pdf", sha256="", bytes=1, pages=pages), records)
    contents.read_all()
    pieces = pages_to_html(
        "book.pdf", contents.shown_pages(), page_count=pages, fallback_pages=fell, guide=contents.guide
    )
    path.write_bytes(b"".join(pieces))
    return path


def top_of(page: Page, selector: str) -> float:
    return float(page.locator(selector).first.evaluate("each => each.getBoundingClientRect().top"))


def test_a_reader_goes_by_contents_pages_and_what_is_to_be_looked_at(tmp_path: Path, chromium: Browser) -> None:
    path = written(tmp_path / "book.html", 12, fell=(5, 9), doubted=(7,))
    with look(chromium) as found:
        page = found.page
        page.goto(path.as_uri())

        page.get_by_role("navigation", name="Contents").get_by_text("Chapter 4").click()
        assert abs(top_of(page, "#page-4-heading-1")) < 40
        page.locator("#page-4").get_by_role("link", name="next that fell back: 5").click()
        assert abs(top_of(page, "#page-5")) < 40
        page.locator("#page-5").get_by_role("link", name="next to check: 7").click()
        assert 0 <= top_of(page, "#page-7-doubt") < 720
        page.locator("#page-7").get_by_role("link", name="8 →").click()
        assert abs(top_of(page, "#page-8")) < 40
        page.locator("#page-8").get_by_role("link", name="Page 8").click()
        assert page.get_by_role("navigation", name="Pages").get_by_text("9 fell back").is_visible()
        assert violations(page) == []
        assert (found.complaints, found.hosts - {""}) == ([], set())


def test_a_wide_table_scrolls_in_its_box_under_a_head_that_stays(tmp_path: Path, chromium: Browser) -> None:
    path = written(tmp_path / "book.html", 1, columns=COLUMNS)
    with look(chromium, width=900) as found:
        page = found.page
        page.goto(path.as_uri())
        box = page.get_by_role("region", name="Table 1 of page 1")

        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert box.evaluate("each => each.scrollWidth > each.clientWidth && each.scrollHeight > each.clientHeight")
        box.evaluate("each => { each.scrollTop = 400; each.scrollLeft = 300 }")
        inside = "each => each.querySelector('thead').getBoundingClientRect().top - each.getBoundingClientRect().top"
        assert abs(float(box.evaluate(inside))) < 5
        box.focus()
        page.keyboard.press("ArrowRight")
        figure = box.locator("td", has_text="10.5").first
        assert figure.evaluate("each => getComputedStyle(each).textAlign") == "end"
        assert (
            box.locator("td", has_text="last-1").first.evaluate("each => getComputedStyle(each).textAlign") == "start"
        )
        assert violations(page) == []


def test_the_head_of_a_narrow_table_stays_while_the_page_scrolls(tmp_path: Path, chromium: Browser) -> None:
    path = written(tmp_path / "book.html", 2)
    with look(chromium) as found:
        found.page.goto(path.as_uri())
        found.page.locator("#page-1 tbody tr").nth(30).evaluate("each => each.scrollIntoView({block: 'center'})")

        assert abs(top_of(found.page, "#page-1 thead")) < 3


def test_no_column_is_lost_in_print(tmp_path: Path, chromium: Browser) -> None:
    path = written(tmp_path / "book.html", 1, columns=COLUMNS)
    with look(chromium) as found:
        found.page.goto(path.as_uri())
        found.page.pdf(path=str(tmp_path / "print.pdf"), format="A4", prefer_css_page_size=True)

    document = pypdfium2.PdfDocument(tmp_path / "print.pdf")
    sheets = [(page.get_width(), page.get_height(), page.get_textpage()) for page in document]
    whole = "".join(text.get_text_range() for _, _, text in sheets).replace("\r\n", "").replace(" ", "")
    assert whole.count("last-1") == 40
    assert all(f"Column{column}" in whole for column in range(COLUMNS))
    assert any(width > height for width, height, _ in sheets)
    for width, _, text in sheets:
        letters = ((text.get_text_range(index, 1), text.get_charbox(index)) for index in range(text.count_chars()))
        assert all(box[2] <= width for letter, box in letters if letter.strip())


@pytest.mark.slow
def test_six_hundred_pages_open_and_scroll_without_a_long_task(tmp_path: Path, chromium: Browser) -> None:
    path = written(tmp_path / "book.html", 600, doubted=tuple(range(10, 600, 25)))
    with look(chromium) as found:
        page = found.page
        chromium.start_tracing(page=page, categories=["toplevel", "disabled-by-default-devtools.timeline"])
        page.goto(path.as_uri())
        for place in range(40):
            page.evaluate(f"window.scrollTo(0, document.documentElement.scrollHeight * {place} / 40)")
            page.evaluate(TWO_FRAMES)
        page.evaluate("location.hash = '#page-571'")
        page.evaluate(TWO_FRAMES)
        trace = json.loads(chromium.stop_tracing())

        assert abs(top_of(page, "#page-571")) < 60
    # Of its CPU time, not of the clock: other programs are at work here.
    tasks = [event.get("tdur", 0) / 1000 for event in trace["traceEvents"] if event["name"].endswith("RunTask")]
    assert len(tasks) > 100
    assert max(tasks) <= LONGEST_TASK_MS
