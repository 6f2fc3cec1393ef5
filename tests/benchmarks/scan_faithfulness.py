"""Real answers to scans held against what text recognition reads: are the wrong figures doubted, and no others?

    python tests/benchmarks/scan_faithfulness.py [--engine tesseract] [--every 3]

The pages of the table competition are made scans of 200 dpi; the answers are those of an imperfect reader. A figure is
wrong where the page's own text does not have it, which the comparison does not know. Some of these are right all the
same, since they stand in charts that are pictures: those that text recognition reads too are counted apart. So are
figures of one or two digits, which are never doubted by their digits.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from benchmarks.better_tables import Page, matched, page_count  # noqa: E402 — found by the line above
from scans import scan_of  # noqa: E402 — as above
from shared_files import SHARED, TABLES  # noqa: E402 — as above

from pipeline.extraction.readers.ocr.engine import Engine, load_engine  # noqa: E402 — as above
from pipeline.extraction.readers.ocr.upright import page_to_recognition  # noqa: E402 — as above
from pipeline.pictures.render import PdfFile  # noqa: E402 — as above
from pipeline.vision.answers.judge import judge  # noqa: E402 — as above
from pipeline.vision.faithfulness.comparison import compare  # noqa: E402 — as above
from pipeline.vision.faithfulness.page_text import PageText  # noqa: E402 — as above
from pipeline.vision.faithfulness.second_reading import (  # noqa: E402 — as above
    FEWEST_DIGITS,
    comparison_to_second_reading,
)
from pipeline.worker.page_pictures import page_to_drawer  # noqa: E402 — as above
from pipeline.worker.recognised_page import recognition_to_page  # noqa: E402 — as above
from pipeline.worker.text_layer import recognised_to_page_text  # noqa: E402 — as above


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--engine", choices=["tesseract", "rapidocr"], default="tesseract")
    parser.add_argument("--every", type=int, default=3, help="of so many documents, one")
    options = parser.parse_args()
    engine = load_engine(options.engine)
    pdfs = {pdf.stem: pdf for pdf in sorted(TABLES.glob("*.pdf"))[:: options.every]}
    pages = {f"{stem}#{n}": Page(pdf, n) for stem, pdf in pdfs.items() for n in range(1, page_count(pdf) + 1)}
    lines = (SHARED / "real-answers/answers-dev.jsonl").open(encoding="utf-8")
    counts: Counter[str] = Counter()
    for name, answer in matched(pages, [json.loads(line)["answer"] for line in lines]):
        stem, _, number = name.partition("#")
        counts.update(_count(answer, pages[name].text, pdfs[stem], int(number), engine))
    print(  # noqa: T201 — this is the place
        f"{options.engine}: {counts['pages']} pages; wrong figures {counts['wrong']}, of them read in the picture too "
        f"{counts['drawn']}, too short {counts['short']}, others {counts['long']}; doubted {counts['doubted']}, of the "
        f"others {counts['long_doubted']}; right figures doubted {counts['false']}, on {counts['alarmed']} pages; "
        f"pages with a wrong figure {counts['bad']}, of them marked {counts['marked']}; {counts['unread']} not readable"
    )


def _count(answer: str, own: PageText, pdf: Path, number: int, engine: Engine) -> dict[str, int]:
    read = _read(pdf, number, engine)
    if read is None:
        return {"unread": 1}
    verdict = judge(answer, page_text=read)
    if verdict.page is None or verdict.reason is not None:
        return {"unread": 1}
    wrong = set(compare(verdict.page.blocks, own).checks.numbers_unseen)
    comparison = compare(verdict.page.blocks, read)
    doubted = set(comparison_to_second_reading(comparison).checks.numbers_unseen)
    missed = wrong & set(comparison.checks.numbers_unseen)
    long = {each for each in missed if sum(map(str.isdigit, each)) >= FEWEST_DIGITS}
    return {
        "pages": 1,
        "wrong": len(wrong),
        "drawn": len(wrong - missed),
        "short": len(missed - long),
        "long": len(long),
        "doubted": len(wrong & doubted),
        "long_doubted": len(long & doubted),
        "false": len(doubted - wrong),
        "alarmed": bool(doubted - wrong),
        "bad": bool(wrong),
        "marked": bool(wrong) and bool(doubted),
    }


def _read(pdf: Path, number: int, engine: Engine) -> PageText | None:
    with tempfile.TemporaryDirectory() as folder:
        scan = scan_of(pdf, Path(folder, "scan.pdf"), [number])
        with PdfFile(scan) as opened:
            page = recognition_to_page(*page_to_recognition(page_to_drawer(opened, 1), engine, number=1))
    return recognised_to_page_text(page) if page.makes_sense else None


if __name__ == "__main__":
    main()
