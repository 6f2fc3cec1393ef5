"""Open and scroll a long result in Chromium: how long its longest task is, beside the file's size.

    PYTHONPATH=tests python tests/benchmarks/long_document.py [--pages 600]

The pages are made of tables and text by the publisher's own functions, with contents and ways between the pages.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from web_hands import browser

from pipeline.markup.table import html_to_tables
from pipeline.page_result import Method, PageResult
from pipeline.results.document_html import pages_to_html
from pipeline.results.guide import DocumentGuide
from pipeline.results.shown_html import page_to_headings, page_to_shown
from pipeline.results.table_ids import TableNames

_ROWS, _COLUMNS, _WORDS = 25, 8, 200
_WATCH = (
    "window.tasks = []; new PerformanceObserver(list => list.getEntries().forEach(each => tasks.push(each.duration)))"
    ".observe({type: 'longtask', buffered: true});"
)
_SCROLLS = 40


def page_to_html(number: int) -> str:
    """The clean HTML of a made page."""
    cells = "".join(
        "<tr>" + "".join(f"<td>{number * row * column:,}</td>" for column in range(_COLUMNS)) + "</tr>"
        for row in range(_ROWS)
    )
    words = " ".join(f"word{number + index}" for index in range(_WORDS))
    return f"<h2>Part {number}</h2><p>{words}</p><table><tbody>{cells}</tbody></table>"


def write_document(file: Path, count: int) -> None:
    """A result of so many made pages."""
    numbers = range(1, count + 1)
    names = TableNames()

    def pages() -> Iterator[tuple[PageResult, str]]:
        for number in numbers:
            html = page_to_html(number)
            tables = html_to_tables(html)
            shown = page_to_shown(html, number, tables, names.of_page(number, tables))
            yield PageResult(number=number, method=Method.VISION), shown

    headings = [heading for number in numbers for heading in page_to_headings(page_to_html(number), number)]
    guide = DocumentGuide(numbers=numbers, fallbacks=numbers[::50], doubts=numbers[::7], headings=headings)
    file.write_bytes(b"".join(pages_to_html("long.pdf", pages(), page_count=count, fallback_pages=(), guide=guide)))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=600)
    count = parser.parse_args().pages
    with tempfile.TemporaryDirectory() as folder, browser() as opened:
        file = Path(folder, "long.html")
        write_document(file, count)
        page = opened.new_page()
        page.add_init_script(_WATCH)
        page.goto(file.as_uri())
        page.wait_for_timeout(2000)
        tell(f"{count} pages, {file.stat().st_size / 1e6:.1f} MB; opening", page.evaluate("tasks.splice(0)"))
        for _ in range(_SCROLLS):
            page.mouse.wheel(0, 3000)
            page.wait_for_timeout(50)
        for number in (count, count // 2):
            page.goto(f"{file.as_uri()}#page-{number}")
            page.wait_for_timeout(1000)
        tell("scrolling, and two jumps", page.evaluate("tasks.splice(0)"))


def tell(subject: str, tasks: Sequence[float]) -> None:
    """A line of the results."""
    line = f"{subject}: {len(tasks)} tasks over 50 ms, the longest {max(tasks, default=0):.0f} ms"
    print(line, flush=True)  # noqa: T201 — this is the place


if __name__ == "__main__":
    main()
