"""Pages of 10,000 words: CPU seconds to read each, and for all of it.

    python tests/benchmarks/dense_pages.py [KIND ...] [--rounds 3]

Bar: a second for all of it, on a machine that does nothing else (the best of the rounds counts).
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from pdfs import objects_to_pdf, stream_object  # noqa: E402 — found by the line above
from typeset import show  # noqa: E402 — as above

from pipeline.extraction import extract_page, open_reader  # noqa: E402 — as above

#: A text, and where it begins, from the lower left of a page of 1200 by 1600 points.
Text = tuple[float, float, str]
_WORDS = ["the", "committee", "of", "three", "years", "and", "found", "nothing", "in", "them", "that", "it", "had"]
_COLUMNS, _ROWS, _LEADING = 50, 200, 7.5


def _phrase(draw: random.Random, words: int) -> str:
    return " ".join(draw.choices(_WORDS, k=words))


def _prose(draw: random.Random) -> list[Text]:
    return [(20 + 400.0 * column, 1580 - 5.4 * row, _phrase(draw, 12)) for column in range(3) for row in range(278)]


def _figures(draw: random.Random) -> list[Text]:
    return [
        (20 + 22.0 * column, 1580 - _LEADING * row, str(draw.randint(1, 99_999)) if column else f"R{row}")
        for row in range(_ROWS)
        for column in range(_COLUMNS)
    ]


def _phrases(draw: random.Random) -> list[Text]:
    return [(20 + 115.0 * column, 1580 - 6.0 * row, _phrase(draw, 4)) for row in range(250) for column in range(10)]


def _small_tables(draw: random.Random) -> list[Text]:
    return [
        (20 + 115.0 * (table % 10) + 22 * column, 1580 - 150.0 * (table // 10) - 6 * row, str(draw.randint(1, 999)))
        for table in range(100)
        for row in range(20)
        for column in range(5)
    ]


def _scattered(draw: random.Random) -> list[Text]:
    return [(draw.uniform(10, 1150), draw.uniform(10, 1590), draw.choice(_WORDS)) for _ in range(10_000)]


def _rules(*, down: bool) -> bytes:
    right, foot = 18 + 22 * _COLUMNS, 1586 - _LEADING * _ROWS
    ops = [b"18 %g m %d %g l S" % (y, right, y) for y in (1586 - _LEADING * row for row in range(_ROWS + 1))]
    ops += [b"%d 1586 m %d %g l S" % (x, x, foot) for x in range(18, right + 1, 22)] if down else []
    return b"\n0.3 w\n" + b"\n".join(ops)


#: By name, what draws the texts, and further operators.
KINDS: dict[str, tuple[Callable[[random.Random], list[Text]], bytes]] = {
    "prose": (_prose, b""),
    "figures without rules": (_figures, b""),
    "figures between rules": (_figures, _rules(down=False)),
    "figures in a grid": (_figures, _rules(down=True)),
    "columns of phrases": (_phrases, b""),
    "a hundred small tables": (_small_tables, b""),
    "words anywhere": (_scattered, b""),
}


def _write(path: Path, name: str) -> None:
    texts, rules = KINDS[name]
    content = b"".join(show(x, y, text, size=4) for x, y, text in texts(random.Random(name))) + rules
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1200 1600] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        4: stream_object(content),
        5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }
    path.write_bytes(objects_to_pdf(objects))


def _measure(path: Path) -> tuple[float, float, int, int]:
    """CPU seconds for all of the page and for reading it, and how many words and tables it has."""
    with open_reader(path) as reader:
        started = time.process_time()
        reader.read(1)
        read = time.process_time()
        page = extract_page(reader, 1)
        return time.process_time() - read, read - started, len(page.words), len(page.tables)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    say = print
    say("kind | words | tables | reading | all of it")
    with tempfile.TemporaryDirectory() as folder:
        for name in options.kinds:
            path = Path(folder) / "page.pdf"
            _write(path, name)
            rounds = [_measure(path) for _ in range(options.rounds)]
            whole, reading, words, tables = map(min, zip(*rounds, strict=True))
            say(f"{name} | {words} | {tables} | {reading:.2f} s | {whole:.2f} s", flush=True)


if __name__ == "__main__":
    main()
