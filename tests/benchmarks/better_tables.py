"""Whose tables are delivered, and how good they are: a real reader's answers, and answers made from the truth.

    python tests/benchmarks/better_tables.py real
    python tests/benchmarks/better_tables.py latex|pmc [--every 2] [--from 0]

``real`` reads the answers of an imperfect reader to the pages of the table competition, lays each beside its page and
scores what is delivered.  ``latex`` and ``pmc`` put one to five errors of each kind into the true tables of papers and
compare what is delivered with the better one of the two readings that it came from; signs do not count.  Half of the
pages is for tuning, the other half for the figures: ``--every 2``, from 0 and from 1.
"""

import argparse
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from shared_files import SHARED, TABLES  # noqa: E402 — found by the line above

sys.path[:0] = [str(TABLES.parent), str(SHARED / "latex-dev"), str(SHARED / "papers-dev")]
import score  # type: ignore[import-not-found]  # noqa: E402 — the scorer beside the sample PDFs
from lxml import html as lxml_html  # noqa: E402 — as above

from pipeline.extraction import extract_page, open_reader  # noqa: E402 — as above
from pipeline.extraction.text.words import chars_to_words  # noqa: E402 — as above
from pipeline.markup.sanitise import blocks_to_html, sanitise  # noqa: E402 — as above
from pipeline.markup.tree import Node  # noqa: E402 — as above
from pipeline.page_result import Method  # noqa: E402 — as above
from pipeline.vision.alignment.settling import EnginePage, Settled, settle  # noqa: E402 — as above
from pipeline.vision.answers.judge import judge  # noqa: E402 — as above
from pipeline.vision.faithfulness.comparison import Faith, compare  # noqa: E402 — as above
from pipeline.vision.faithfulness.page_text import PageText, PlacedWord, words_to_page_text  # noqa: E402 — as above

Cell = tuple[str, int, int]
Rows = list[list[Cell]]
Say = Callable[[str], object]

_WORD: Final = re.compile(r"\w+")
_DIGIT: Final = re.compile(r"[0-9]")
_LABELS: Final = ("Other operating result", "Net change in stocks", "Transfers and grants", "Regional adjustment")
_FOUND: Final = 0.1
_WHOLE: Final = 0.85


class Page:
    """A page's own text, and the built-in engine's reading of it."""

    def __init__(self, pdf: Path, number: int) -> None:
        """Read both."""
        with open_reader(pdf, "pdfium") as reader:
            words = chars_to_words(reader.read(number).chars)
            self.text: PageText = words_to_page_text(PlacedWord(word.text, *word.box) for word in words)
            self.html = extract_page(reader, number).html

    def engine(self) -> EnginePage:
        """The second reading."""
        return EnginePage(blocks=sanitise(self.html).blocks, method=Method.TEXT_LAYER)


def settled(blocks: tuple[Node, ...], page: Page) -> Settled | None:
    """What is delivered of an answer; None where the page falls back."""
    faith = compare(blocks, page.text).faith
    if faith is Faith.INVENTED:
        return None
    return settle(blocks, page.text, page.engine, doubtful=faith is not Faith.FAITHFUL)


# ---- a real reader ------------------------------------------------------------------------------


def real(say: Say) -> None:
    """Score the answers of the real reader, before and after."""
    pages = {
        f"{pdf.stem}#{number}": Page(pdf, number)
        for pdf in sorted(TABLES.glob("*.pdf"))
        for number in range(1, page_count(pdf) + 1)
    }
    answers = [
        json.loads(line)["answer"] for line in (SHARED / "real-answers/answers-dev.jsonl").open(encoding="utf-8")
    ]
    before, after = dict[str, str](), dict[str, str]()
    reasons: Counter[str] = Counter()
    spent = 0.0
    for name, answer in matched(pages, answers):
        page = pages[name]
        verdict = judge(answer, page_text=page.text)
        before[name] = verdict.page.html if verdict.page else page.html
        start = time.process_time()
        found = settled(verdict.page.blocks, page) if verdict.page and verdict.reason is None else None
        spent += time.process_time() - start
        after[name] = blocks_to_html(found.blocks) if found else page.html
        reasons.update(origin.reason.value for origin in found.origins) if found else None
    for name, html in (
        ("as answered", before),
        ("delivered", after),
        ("engine", {n: p.html for n, p in pages.items()}),
    ):
        say(score.line(name, scores(html)))
    for name, html in (("as answered", before), ("delivered", after)):
        blocks = {each: sanitise(html[each]).blocks for each in pages}
        tables = {each: [block for block in found if block.tag == "table"] for each, found in blocks.items()}
        checks = [compare(blocks[each], page.text).checks for each, page in pages.items()]
        inside = [compare(tables[each], page.text).checks for each, page in pages.items() if tables[each]]
        unseen = sum(len(each.numbers_unseen) for each in checks)
        missing = sum(len(each.numbers_missing) for each in checks)
        wrong = sorted({number for each in inside for number in each.numbers_unseen})
        say(f"{name:28} numbers that the page lacks {unseen}, in tables {len(wrong)} {wrong[:8]}; lost {missing}")
    say(f"tables by reason: {dict(reasons)}")
    say(f"{1000 * spent / len(pages):.1f} ms CPU a page, the clean HTML of the second reading included")


def page_count(pdf: Path) -> int:
    """Of a file."""
    with open_reader(pdf, "pdfium") as reader:
        return reader.page_count


def matched(pages: dict[str, Page], answers: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each page with the answer that has most of its words."""
    own = {
        name: Counter(bag(" ".join(word for line in page.text.lines for word in line))) for name, page in pages.items()
    }
    theirs = [Counter(bag(re.sub("<[^>]*>", " ", answer))) for answer in answers]
    pairs = sorted(
        (
            (2 * (mine & other).total() / max(1, mine.total() + other.total()), name, number)
            for name, mine in own.items()
            for number, other in enumerate(theirs)
        ),
        reverse=True,
    )
    names, numbers = set[str](), set[int]()
    for _, name, number in pairs:
        if name not in names and number not in numbers:
            names.add(name)
            numbers.add(number)
            yield name, answers[number]


def bag(text: str) -> list[str]:
    """Its words."""
    return _WORD.findall(text.casefold())


def scores(html: dict[str, str]) -> dict[str, object]:
    """The scorer's summary of all pages."""
    documents = score.gtlib.load_dir(str(TABLES))
    found: dict[str, dict[int, list[object]]] = defaultdict(dict)
    for name, text in html.items():
        stem, _, number = name.partition("#")
        found[stem][int(number)] = tables_of(text)
    return score.summarise({stem: score.best_reading(doc, found[stem], paged=True) for stem, doc in documents.items()})  # type: ignore[no-any-return]


def tables_of(html: str) -> list[object]:
    """The scorer's tables of a fragment."""
    root = lxml_html.fragment_fromstring(html or "<p></p>", create_parent="div")
    tables = (score.parse_table(each) for each in root.iter("table"))
    return [table for table in tables if not table.empty]


# ---- answers made from the truth ----------------------------------------------------------------


def body(rows: Rows) -> list[int]:
    """The rows with figures below the first one that no cell spans."""
    spanned = {
        row + down
        for row, cells in enumerate(rows)
        for _, rowspan, _ in cells
        if rowspan > 1
        for down in range(rowspan)
    }
    return [
        row
        for row, cells in enumerate(rows)
        if row and row not in spanned and any(_DIGIT.search(text) for text, _, _ in cells)
    ]


def misread(rows: Rows, chance: random.Random) -> Rows:
    """One digit."""
    row = chance.choice(body(rows))
    column = chance.choice([at for at, (text, _, _) in enumerate(rows[row]) if _DIGIT.search(text)])
    text, rowspan, colspan = rows[row][column]
    at = chance.choice([match.start() for match in _DIGIT.finditer(text)])
    other = chance.choice([digit for digit in "0123456789" if digit != text[at]])
    changed = [*rows[row][:column], (text[:at] + other + text[at + 1 :], rowspan, colspan), *rows[row][column + 1 :]]
    return [*rows[:row], changed, *rows[row + 1 :]]


def lost(rows: Rows, chance: random.Random) -> Rows:
    """A row less."""
    row = chance.choice(body(rows))
    return [*rows[:row], *rows[row + 1 :]]


def doubled(rows: Rows, chance: random.Random) -> Rows:
    """A row twice."""
    row = chance.choice(body(rows))
    return [*rows[: row + 1], rows[row], *rows[row + 1 :]]


def invented(rows: Rows, chance: random.Random) -> Rows:
    """A row more, its figures of the size of another row's."""
    row = chance.choice(body(rows))
    cells = [(_DIGIT.sub(lambda _: chance.choice("123456789"), text), down, across) for text, down, across in rows[row]]
    return [*rows[: row + 1], [(chance.choice(_LABELS), 1, 1), *cells[1:]], *rows[row + 1 :]]


def torn(rows: Rows, chance: random.Random) -> Rows:
    """A row in two, the first cells in one and the others in the other."""
    row = chance.choice(body(rows))
    cells, at = rows[row], chance.randrange(1, max(2, len(rows[row])))
    blank: Cell = ("", 1, 1)
    parts = [cells[:at] + [blank] * (len(cells) - at), [blank] * at + cells[at:]]
    return [*rows[:row], *parts, *rows[row + 1 :]]


def shifted(rows: Rows, chance: random.Random) -> Rows:
    """Cells of a row one column further, the last one lost."""
    row = chance.choice(body(rows))
    at = chance.randrange(1, max(2, len(rows[row]) - 1))
    return [*rows[:row], [*rows[row][:at], ("", 1, 1), *rows[row][at:-1]], *rows[row + 1 :]]


KINDS: Final = (misread, lost, doubled, invented, torn, shifted)


def rows_to_html(rows: Rows) -> str:
    """A table."""
    lines = (
        "<tr>"
        + "".join(f'<td rowspan="{down}" colspan="{across}">{escape(text)}</td>' for text, down, across in row)
        + "</tr>"
        for row in rows
    )
    return f"<table>{''.join(lines)}</table>"


def latex_truth() -> Iterator[tuple[str, Page, list[Rows]]]:
    """The pages of LaTeX papers with their tables."""
    import score_latex  # type: ignore[import-not-found]  # noqa: PLC0415 — it changes the scorer: signs do not count

    for path in sorted((SHARED / "latex-dev/data/ground_truth").glob("*.json")):
        tables = [table.rows for table, _ in score_latex.truth(path)]
        yield path.stem, Page(SHARED / "latex-dev/data/pdfs" / f"{path.stem}.pdf", 1), tables


def pmc_truth() -> Iterator[tuple[str, Page, list[Rows]]]:
    """The pages of open-access papers that have whole tables of their XML."""
    import jats  # type: ignore[import-not-found]  # noqa: PLC0415 — as above
    import score_latex  # noqa: F401, PLC0415 — as above

    for path in sorted((SHARED / "papers-dev/data/pmc/truth").glob("*.xml")):
        pdf = SHARED / "papers-dev/data/pmc/pdf" / f"{path.stem}.pdf"
        pages = [Page(pdf, number) for number in range(1, page_count(pdf) + 1)]
        words = [Counter(bag(" ".join(word for line in page.text.lines for word in line))) for page in pages]
        on_page: dict[int, list[Rows]] = defaultdict(list)
        for rows in jats.read(path).tables:
            wanted = Counter(word for row in rows for text, _, _ in row for word in bag(text))
            shares = [(wanted & had).total() / max(1, wanted.total()) for had in words]
            if max(shares, default=0.0) > _WHOLE and len(rows) > 1:
                on_page[shares.index(max(shares))].append(rows)
        for number, tables in on_page.items():
            yield f"{path.stem}#{number + 1}", pages[number], tables


def made(truth: Iterator[tuple[str, Page, list[Rows]]], every: int, start: int, say: Say) -> None:
    """Score answers made from the truth, kind by kind."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for number, (name, page, tables) in enumerate(truth):
        if number % every == start and page.text.usable:
            measure(name, tables, page, sums)
    for kind, counts in sums.items():
        tried = counts["tables"]
        means = " ".join(f"{name} {counts[name] / tried:.3f}" for name in ("answer", "engine", "better", "delivered"))
        say(f"{kind:10} {tried:5} tables  {means}  worse than the better {counts['worse'] / tried:.1%}")


def measure(name: str, tables: Sequence[Rows], page: Page, sums: dict[str, Counter[str]]) -> None:
    """Add the figures of one page."""
    truth = [score.HtmlTable(rows) for rows in tables]
    words = Counter(word for rows in tables for row in rows for text, _, _ in row for word in bag(text))
    outside = [block for block in sanitise(page.html).blocks if block.tag != "table" and not in_table(block, words)]
    theirs = tables_of(page.html)
    for kind in KINDS:
        for errors in (1, 3, 5):
            chance = random.Random(f"{name} {kind.__name__} {errors}")
            wrong = [several(rows, kind, errors, chance) for rows in tables]
            blocks = sanitise(blocks_to_html(outside) + "".join(map(rows_to_html, wrong))).blocks
            given = tables_of(blocks_to_html(blocks))
            result = settled(blocks, page)
            delivered = tables_of(blocks_to_html(result.blocks)) if result else theirs
            for table in truth:
                add(sums[kind.__name__], best(table, given), best(table, theirs), best(table, delivered))


def several(rows: Rows, kind: Callable[[Rows, random.Random], Rows], errors: int, chance: random.Random) -> Rows:
    """The rows with so many errors, as long as there are rows to put them into."""
    for _ in range(errors):
        if len(body(rows)) > 1:
            rows = kind(rows, chance)
    return rows


def in_table(block: Node, words: Counter[str]) -> bool:
    """Whether most of a block is in the true tables."""
    found = bag(re.sub("<[^>]*>", " ", blocks_to_html([block])))
    return sum(word in words for word in found) * 5 > 4 * len(found)


def best(table: object, others: Sequence[object]) -> float:
    """How like the table is to the one of the others that is most like it."""
    overlap, number = max(((score.overlap(table, other), -at) for at, other in enumerate(others)), default=(0.0, 0))
    return float(score.teds(table, others[-number])) if overlap > _FOUND else 0.0


def add(counts: Counter[str], answer: float, engine: float, delivered: float) -> None:
    """Count one table."""
    counts["tables"] += 1
    for name, value in (
        ("answer", answer),
        ("engine", engine),
        ("better", max(answer, engine)),
        ("delivered", delivered),
    ):
        counts[name] += value  # type: ignore[assignment]  # a sum of shares
    counts["worse"] += delivered < max(answer, engine) - 1e-6


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("real", "latex", "pmc"))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--from", dest="start", type=int, default=0)
    options = parser.parse_args()
    say = print
    if options.what == "real":
        real(say)
    else:
        made(latex_truth() if options.what == "latex" else pmc_truth(), options.every, options.start, say)


if __name__ == "__main__":
    main()
