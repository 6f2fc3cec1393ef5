"""Pages per CPU-second of basic extraction and of its peers: one process, one run, the same pages.

    python tests/benchmarks/extraction_speed.py [PDF ...] [--rounds 3]

Without files it takes every sample PDF beside the checkout.  Every contestant opens every file anew and does all of its
pages, in this process; file by file they take turns, so that other work on the machine slows all of them alike, and the
best round of each counts.  What each one does:

- bare parse: pdfminer.six's own interpreter and its ``PDFPageAggregator`` without layout analysis, which makes an
  ``LTChar`` of every glyph and an ``LTCurve`` of every path, and nothing of them;
- reader: the glyphs, rules, fills, pictures and links of every page, as ``PageContent``;
- extraction: that, and words, tables, reading order, blocks, and the HTML and the text of every page;
- pdfplumber: its glyphs and rules, and ``extract_tables`` with its default settings (tables by rules), without any text
  outside the tables; every page is closed after it, so that memory costs nobody time;
- camelot: ``read_pdf`` with the flavour hybrid, tables by rules and by text.

Peers that are not installed (pdfplumber, camelot) are left out.
"""

import argparse
import importlib.util
import logging
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pypdfium2 as pdfium
from pdfminer.converter import PDFPageAggregator
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT.parent / "shared" / "tables-dev"
sys.path.insert(0, str(ROOT))

from pipeline.extraction import ReaderKind, extract_page, open_reader  # noqa: E402 — found by the line above

#: Reads a whole file.
Contestant = Callable[[Path], None]


def read(path: Path, *, kind: ReaderKind) -> None:
    with open_reader(path, kind) as reader:
        for number in range(1, reader.page_count + 1):
            reader.read(number)


def extract(path: Path, *, kind: ReaderKind) -> None:
    with open_reader(path, kind) as reader:
        for number in range(1, reader.page_count + 1):
            extract_page(reader, number)


def parse_bare(path: Path) -> None:
    """Characters by pdfminer.six as it comes, without layout analysis."""
    manager = PDFResourceManager()
    interpreter = PDFPageInterpreter(manager, PDFPageAggregator(manager, laparams=None))
    with path.open("rb") as file:
        for page in PDFPage.get_pages(file):
            interpreter.process_page(page)


def find_with_pdfplumber(path: Path) -> None:
    with importlib.import_module("pdfplumber").open(path) as document:
        for page in document.pages:
            page.extract_tables()
            page.close()


def find_with_camelot(path: Path) -> None:
    importlib.import_module("camelot").read_pdf(str(path), pages="all", flavor="hybrid")


def contestants() -> dict[str, Contestant]:
    found: dict[str, Contestant] = {
        "pdfminer.six, bare parse": parse_bare,
        "reader pdfminer": partial(read, kind="pdfminer"),
        "reader pdfium": partial(read, kind="pdfium"),
        "extraction, pdfminer": partial(extract, kind="pdfminer"),
        "extraction, pdfium": partial(extract, kind="pdfium"),
    }
    if importlib.util.find_spec("pdfplumber"):
        found["pdfplumber tables"] = find_with_pdfplumber
    if importlib.util.find_spec("camelot"):
        found["camelot hybrid"] = find_with_camelot
    return found


def count_pages(paths: list[Path]) -> int:
    total = 0
    for path in paths:
        document = pdfium.PdfDocument(path)
        total += len(document)
        document.close()
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    logging.disable()
    warnings.simplefilter("ignore")
    paths = options.files or sorted(SAMPLES.glob("*/*.pdf"))
    spent: dict[str, list[float]] = defaultdict(list)
    for _ in range(options.rounds):
        round_spent: dict[str, float] = defaultdict(float)
        for path in paths:
            for name, contestant in contestants().items():
                start = time.process_time()
                contestant(path)
                round_spent[name] += time.process_time() - start
        for name, seconds in round_spent.items():
            spent[name].append(seconds)
    pages = count_pages(paths)
    for name, rounds in spent.items():
        print(f"{name:26} {pages / min(rounds):7.1f} pages per CPU-second")  # noqa: T201 — the result


if __name__ == "__main__":
    main()
