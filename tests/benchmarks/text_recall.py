"""Hold the text of basic extraction against pdfium's own, page by page.

    python tests/benchmarks/text_recall.py [PDF ...] [--reader pdfium|pdfminer]

Without files it takes every sample PDF beside the checkout.  Recall and precision count characters and words as
multisets; hyphens, leader dots and unreadable glyphs are left out of both sides, since a hyphen at a line's end is ours
to resolve and leaders are no text.
``order`` is the longest common subsequence of the two texts' words over the shorter one's length: pdfium gives the
order in which the file draws, which in columns and tables need not be the order in which people read.
"""

import argparse
import re
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2 as pdfium
from rapidfuzz.distance import LCSseq

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from shared_files import SHARED  # noqa: E402 — found by the line above

from pipeline.extraction import ReaderKind, extract_page, open_reader  # noqa: E402 — as above

#: pdfium gives U+FFFE for a hyphen at a line's end, and a bare code where a font has no map.
_DROPPED = re.compile("[-\u00ad\u2010\ufffe\ufffd\u200b-\u200f]")
_LEADER = re.compile(r"(?:\.\s*){3,}")


@dataclass(slots=True)
class Tally:
    """Counts over pages."""

    ours: int = 0
    theirs: int = 0
    shared: int = 0

    def add(self, ours: Counter[str], theirs: Counter[str]) -> None:
        self.ours += ours.total()
        self.theirs += theirs.total()
        self.shared += (ours & theirs).total()

    def shown(self) -> str:
        return f"recall {self.shared / max(1, self.theirs):.4f} precision {self.shared / max(1, self.ours):.4f}"


@dataclass(slots=True)
class Result:
    """What was found over all pages."""

    letters: Tally = field(default_factory=Tally)
    words: Tally = field(default_factory=Tally)
    in_order: int = 0
    orderable: int = 0

    def add(self, ours: str, theirs: str) -> None:
        own, other = _text_to_words(ours), _text_to_words(theirs)
        self.letters.add(Counter("".join(own)), Counter("".join(other)))
        self.words.add(Counter(own), Counter(other))
        self.in_order += LCSseq.similarity(own, other)
        self.orderable += min(len(own), len(other))

    def shown(self) -> str:
        order = self.in_order / max(1, self.orderable)
        return f"characters: {self.letters.shown()}; words: {self.words.shown()}; order {order:.4f}"


def _text_to_words(text: str) -> list[str]:
    return _DROPPED.sub("", _LEADER.sub(" ", unicodedata.normalize("NFKC", text))).split()


def file_to_result(path: Path, kind: ReaderKind, total: Result) -> Result:
    result = Result()
    document = pdfium.PdfDocument(path)
    with open_reader(path, kind) as reader:
        for number in range(1, reader.page_count + 1):
            text_page = document[number - 1].get_textpage()
            theirs = text_page.get_text_range()
            ours = extract_page(reader, number).text
            for each in (result, total):
                each.add(ours, theirs)
    document.close()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--reader", choices=("pdfium", "pdfminer"), default="pdfium")
    options = parser.parse_args()
    total = Result()
    for path in options.files or sorted((SHARED / "tables-dev").glob("*/*.pdf")):
        print(f"{path.name}: {file_to_result(path, options.reader, total).shown()}")  # noqa: T201 — the result
    print(f"all: {total.shown()}")  # noqa: T201 — the result


if __name__ == "__main__":
    main()
