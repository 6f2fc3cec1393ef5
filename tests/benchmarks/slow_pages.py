"""Basic extraction over everything that there is: pages per CPU-second, and the ten slowest pages with their reason.

``python tests/benchmarks/slow_pages.py [FOLDER ...]``; without folders the papers and filings beside the checkout.
One pass; of the ten slowest the steps are timed once more by themselves, so that the reason is seen: what the page has
much of, and where its time goes.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from heapq import nlargest
from pathlib import Path

from bench import console
from rich.table import Table
from shared_files import SHARED

from pipeline.extraction import ExtractionError, PageContent, content_to_extraction, open_reader
from pipeline.extraction.tables.finder import TableFinder
from pipeline.extraction.text.words import chars_to_words

FOLDERS = ("tables-dev/pdf", "papers-dev/data/pmc/pdf", "papers-dev/data/jose/pdf", "papers-dev/data/sec")
SLOWEST = 10
#: What a page of a paper has.
USUAL = {"glyphs": 2500, "rules": 20, "fills": 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """CPU seconds of one page."""

    path: Path
    number: int
    reading: float
    rest: float

    @property
    def whole(self) -> float:
        """All of it."""
        return self.reading + self.rest


def timed(work: Callable[[], object]) -> float:
    """CPU seconds of a call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def file_to_costs(path: Path) -> list[Cost]:
    """What every page of a file costs; a file or page that cannot be read costs nothing."""
    costs = []
    try:
        with open_reader(path, "pdfium") as reader:
            for number in range(1, reader.page_count + 1):
                start = time.process_time()
                content = reader.read(number)
                read = time.process_time()
                content_to_extraction(content)
                costs.append(Cost(path=path, number=number, reading=read - start, rest=time.process_time() - read))
    except ExtractionError as error:
        console.print(f"left out: {error}")
    return costs


def steps(content: PageContent) -> tuple[float, float]:
    """CPU seconds for words, and for tables, of a page that has been read."""
    words = content.words or chars_to_words(content.chars)
    return timed(lambda: chars_to_words(content.chars)), timed(lambda: TableFinder(content=content, words=words).find())


def main(folders: list[Path]) -> None:
    """Print the figures."""
    costs: list[Cost] = []
    for folder in folders:
        own = [cost for path in sorted(folder.rglob("*.pdf")) for cost in file_to_costs(path)]
        if own:
            seconds = sum(cost.whole for cost in own)
            console.print(f"{folder}: {len(own)} pages, {len(own) / seconds:.1f} pages per CPU-second")
        costs += own
    table = Table(title="The slowest pages: milliseconds of CPU", title_justify="left")
    for name in ("page", "all", "reading", "words", "tables", "the rest", "reason"):
        table.add_column(name, justify="left" if name in {"page", "reason"} else "right")
    for cost in nlargest(SLOWEST, costs, key=lambda cost: cost.whole):
        with open_reader(cost.path, "pdfium") as reader:
            content = reader.read(cost.number)
        words, tables = steps(content)
        parts = (cost.whole, cost.reading, words, tables, max(0.0, cost.rest - words - tables))
        row = (f"{1000 * part:.0f}" for part in parts)
        table.add_row(f"{cost.path.stem} {cost.number}", *row, reason(content, parts[1:]))
    console.print(table)


def reason(content: PageContent, parts: tuple[float, ...]) -> str:
    """Why a page is slow: the step that takes longest, and what the page has most of."""
    step = max(zip(parts, ("reading", "words", "tables", "lines and HTML"), strict=True))[1]
    counts = {"glyphs": len(content.chars), "rules": len(content.rulings), "fills": len(content.fills)}
    most = max(counts, key=lambda name: counts[name] / USUAL[name])
    return f"{step}: {counts[most]:,} {most}, {counts[most] / USUAL[most]:.0f} times as many as usual"


if __name__ == "__main__":
    main([Path(each) for each in sys.argv[1:]] or [SHARED / each for each in FOLDERS])
