"""Scans without a model: words, boxes, tables, time and memory, for each engine and each way of scanning.

    python tests/benchmarks/scans.py [--engine tesseract] [--pages 40] [--variant clean] [--keep FOLDER]

Scans are made at 200 dpi of the sample PDFs beside the checkout.  Words are held against the PDF's own: "word" is
recall, "word + box" how many of them were also found where the PDF has them (the middle of each box within the other).
"""

import argparse
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import pypdfium2  # noqa: E402 — found by the line above
from scans import VARIANTS, Variant, scan_of  # noqa: E402 — as above
from scoring import folder_to_scores  # noqa: E402 — as above
from shared_files import TABLES  # noqa: E402 — as above

from pipeline.extraction import PageContent, Word, content_to_extraction, open_reader  # noqa: E402 — as above
from pipeline.extraction.readers.ocr.engine import Engine, installed_engines, load_engine  # noqa: E402 — as above
from pipeline.extraction.readers.ocr.upright import page_to_recognition  # noqa: E402 — as above
from pipeline.extraction.text.words import chars_to_words  # noqa: E402 — as above
from pipeline.pictures.render import PdfFile  # noqa: E402 — as above
from pipeline.worker.page_pictures import page_to_drawer  # noqa: E402 — as above

#: Longer documents would make the pages of few.
_MOST_PAGES = 4


@dataclass(slots=True)
class Counts:
    """What was counted over the pages of a variant."""

    words: int = 0
    read: int = 0
    placed: int = 0
    seen: int = 0
    pages: int = 0
    seconds: float = 0.0
    turns: list[str] = field(default_factory=list)


def main() -> None:
    """Print a line for each engine and variant."""
    arguments = _arguments()
    say = print
    say(
        "engine | variant | pages | word | word + box | precision | adjacency micro/doc | TEDS true/false | "
        "detection | perfect | CPU s a page | peak MiB | stance"
    )
    for name in [arguments.engine] if arguments.engine else installed_engines():
        engine = load_engine(name)
        for variant in VARIANTS:
            if arguments.variant in {None, variant.name}:
                with tempfile.TemporaryDirectory() as folder:
                    say(_measure(engine, variant, arguments.pages, Path(arguments.keep or folder)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--engine", choices=["tesseract", "rapidocr"])
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--variant", choices=[each.name for each in VARIANTS])
    parser.add_argument("--keep", help="folder for the HTML")
    return parser.parse_args()


def _measure(engine: Engine, variant: Variant, pages: int, folder: Path) -> str:
    counts = Counts()
    truth = folder / "truth"
    truth.mkdir(parents=True, exist_ok=True)
    for source in choose_documents(pages):
        for beside in TABLES.glob(f"{source.stem}*"):
            if not (truth / beside.name).exists():
                (truth / beside.name).symlink_to(beside)
        sections = list(_document_to_sections(engine, variant, source, folder, counts))
        (folder / f"{source.stem}.html").write_text(
            f'<!doctype html><meta charset="utf-8"><body>{"".join(sections)}</body>', encoding="utf-8"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return " | ".join(
        [
            *(engine.name, variant.name, str(counts.pages)),
            *(f"{share / max(1, counts.words):.3f}" for share in (counts.read, counts.placed)),
            f"{counts.read / max(1, counts.seen):.3f}",
            str(folder_to_scores(folder, truth)),
            *(f"{counts.seconds / max(1, counts.pages):.2f}", str(peak), " ".join(sorted(set(counts.turns)))),
        ]
    )


def choose_documents(pages: int) -> Iterator[Path]:
    """Documents of few pages, spread over all, until there are so many pages."""
    sources = [each for each in sorted(TABLES.glob("*.pdf")) if count_pages(each) <= _MOST_PAGES]
    left = pages
    for source in [*sources[::2], *sources[1::2]]:
        if left <= 0:
            return
        left -= count_pages(source)
        yield source


def count_pages(path: Path) -> int:
    """Of a PDF."""
    document = pypdfium2.PdfDocument(path)
    try:
        return len(document)
    finally:
        document.close()


def _document_to_sections(
    engine: Engine, variant: Variant, source: Path, folder: Path, counts: Counts
) -> Iterator[str]:
    numbers = range(1, count_pages(source) + 1)
    scan = scan_of(source, folder / "scan.pdf", numbers, variant.spoil)
    with PdfFile(scan) as pdf, open_reader(source) as reader:
        for number in numbers:
            began = time.process_time()
            found, stance = page_to_recognition(page_to_drawer(pdf, number), engine, number=number)
            html = content_to_extraction(found.content).html
            counts.seconds += time.process_time() - began
            counts.pages += 1
            counts.turns.append(f"{stance.turn}{stance.skew:+.1f}")
            _count_words(counts, reader.read(number), found.content)
            yield f'<section data-page="{number}">{html}</section>'


def _count_words(counts: Counts, truth: PageContent, found: PageContent) -> None:
    # A page drawn at 200 dpi has a whole number of pixels, so its points are not quite those of the original.
    wanted = [word for word in chars_to_words(truth.chars) if _counts(word.text) and word.chars[0].upright]
    left = {id(word): word for word in found.words if _counts(word.text)}
    counts.words += len(wanted)
    counts.seen += len(left)
    by_text: dict[str, list[Word]] = {}
    for word in left.values():
        by_text.setdefault(_plain(word.text), []).append(word)
    unplaced = [word for word in wanted if not _take(word, by_text, _is_placed)]
    # Only now the others: otherwise a figure that was not read would take its neighbour's, and that the next one's.
    counts.placed += len(wanted) - len(unplaced)
    counts.read += len(wanted) - len(unplaced) + sum(_take(word, by_text, lambda *_: True) for word in unplaced)


def _take(word: Word, by_text: dict[str, list[Word]], fits: Callable[[Word, Word], bool]) -> bool:
    """Whether the same word is among those that are left and fit; the nearest one is taken."""
    same = by_text.get(_plain(word.text), [])
    fitting = [other for other in same if fits(word, other)]
    if not fitting:
        return False
    same.remove(min(fitting, key=lambda other: _distance(word, other)))
    return True


def _counts(text: str) -> bool:
    """Whether a word has a letter or a digit: leader dots, bullets and dashes are no words."""
    return any(map(str.isalnum, text))


def _plain(text: str) -> str:
    return re.sub(r"[\u2010-\u2015\u2212]", "-", text).translate({0x2019: "'", 0x2018: "'", 0x201C: '"', 0x201D: '"'})


def _distance(one: Word, other: Word) -> float:
    return abs(one.box.x0 - other.box.x0) + abs(one.box.bottom - other.box.bottom)


def _is_placed(one: Word, other: Word) -> bool:
    middles = [((box.x0 + box.x1) / 2, (box.top + box.bottom) / 2) for box in (one.box, other.box)]
    boxes: Sequence[Word] = (other, one)
    return all(
        word.box.x0 <= x <= word.box.x1 and word.box.top <= y <= word.box.bottom
        for (x, y), word in zip(middles, boxes, strict=True)
    )


if __name__ == "__main__":
    main()
