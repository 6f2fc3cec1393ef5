"""How well an answer that is not faithful is told from one that is; measured on real tables.

The answers are made of the competition's published truth (the tables) and of another reader's words (all else), so
that they owe nothing to the text which they are held against.  They are reflowed, as HTML or Markdown, with numbers
spelled as printed, in the continental way, with blanks or without separators.  Then one thing is changed.
Run as ``python tests/benchmarks/faithfulness.py [ROUNDS]``.
"""

import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from lxml import etree

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from shared_files import TABLES

from pipeline.extraction.readers.reader import Reader, open_reader
from pipeline.extraction.text.words import chars_to_words
from pipeline.markup.sanitise import blocks_to_html, html_to_text
from pipeline.vision.alignment.settling import settle
from pipeline.vision.answers.judge import judge
from pipeline.vision.faithfulness.comparison import Faith, compare
from pipeline.vision.faithfulness.page_text import PageText, PlacedWord, words_to_page_text

Row = list[str]
Grid = list[Row]

_NUMBER: Final = re.compile(r"[0-9]")
_FIGURE: Final = re.compile(r"[^A-Za-z]{0,6}[0-9][0-9., ]*[^A-Za-z0-9]{0,6}")
# One figure with whatever signs stand around it; "1988-92" and "(84.8-87.5)" are ranges, which have no sign to turn.
_SIGNED: Final = re.compile(r"[^A-Za-z0-9]{0,6}[0-9][0-9., ]*[^A-Za-z0-9]{0,6}")
_GROUPED: Final = re.compile(
    r"(?<![0-9.,])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9,])|[0-9]+\.[0-9]{1,2}(?![0-9.])"
)
_LABELS: Final = ("Other operating result", "Net change in stocks", "Transfers and grants", "Regional adjustment")


@dataclass(frozen=True)
class Page:
    """A page with its true tables and what else is on it."""

    name: str
    page_text: PageText
    prose: tuple[str, ...]
    tables: tuple[Grid, ...]


def pages(every: int = 1) -> Iterator[Page]:
    """The pages of the sample that have a table in the truth, of every so many files."""
    for truth in sorted(TABLES.glob("*-str.xml"))[::every]:
        stem = truth.name.removesuffix("-str.xml")
        pdf = TABLES / f"{stem}.pdf"
        if not pdf.exists():
            continue
        found = _truth(truth)
        with open_reader(pdf, "pdfium") as reader, open_reader(pdf, "pdfminer") as other:
            for number, regions in sorted(found.items()):
                page_text = words_to_page_text(_words(reader, number))
                words = _words(other, number)
                height = other.read(number).height
                outside = [
                    word
                    for word in words
                    if not _is_inside(word, [box for _, boxes in regions for box in boxes], height)
                ]
                yield Page(
                    f"{stem}#{number}", page_text, tuple(_paragraphs(outside)), tuple(grid for grid, _ in regions)
                )


def _words(reader: Reader, number: int) -> list[PlacedWord]:
    content = reader.read(number)
    return [
        PlacedWord(word.text, word.box.x0, word.box.top, word.box.x1, word.box.bottom)
        for word in chars_to_words(content.chars)
    ]


Box = tuple[float, float, float, float]


def _truth(path: Path) -> dict[int, list[tuple[Grid, list[Box]]]]:
    tree = etree.parse(str(path), etree.XMLParser(recover=True))
    pages: dict[int, list[tuple[Grid, list[Box]]]] = {}
    for region in tree.iter("region"):
        cells = [(_place(cell), cell.findtext("content") or "", _box(cell)) for cell in region.findall("cell")]
        if not cells:
            continue
        rows = 1 + max(place[0] for place, _, _ in cells)
        columns = 1 + max(place[1] for place, _, _ in cells)
        grid = [[""] * columns for _ in range(rows)]
        for (row, column), text, _ in cells:
            grid[row][column] = " ".join(f"{grid[row][column]} {text}".split())
        boxes = [box for _, _, box in cells if box is not None]
        grid = [row for row in grid if any(row)]
        pages.setdefault(int(region.get("page") or 1), []).append((grid, boxes))
    return pages


def _place(cell: etree._Element) -> tuple[int, int]:
    return int((cell.get("start-row") or "0").replace("\N{LATIN SMALL LETTER SHARP S}", "0")), int(
        cell.get("start-col") or 0
    )


def _box(cell: etree._Element) -> Box | None:
    box = cell.find("bounding-box")
    if box is None:
        return None
    x1, y1, x2, y2 = (float(box.get(name) or 0) for name in ("x1", "y1", "x2", "y2"))
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _is_inside(word: PlacedWord, boxes: Sequence[Box], height: float) -> bool:
    x, y = (word.x0 + word.x1) / 2, height - (word.top + word.bottom) / 2
    return any(box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1 for box in boxes)


def _paragraphs(words: list[PlacedWord]) -> Iterator[str]:
    """The words in the file's own order as paragraphs, the hyphens at line ends gone."""
    length = 60
    for start in range(0, len(words), length):
        parts: list[str] = []
        for before, word in zip([None, *words[start:]], words[start : start + length], strict=False):
            hyphen = (
                before is not None and before.text.endswith("-") and word.top > before.top + 1 and word.x0 < before.x0
            )
            if hyphen and parts and word.text[0].islower():
                parts[-1] = parts[-1][:-1] + word.text
            else:
                parts.append(word.text)
        yield " ".join(parts)


# The truth has "5 years" twice where the page says 5 and 6 years; the comparison is right to doubt it.
WRONG_TRUTH: Final = frozenset({"us-035a#3"})

# ---- spelling -----------------------------------------------------------------------------------


def as_printed(text: str) -> str:
    return text


def continental(text: str) -> str:
    swap = str.maketrans(",.", ".,")
    return _GROUPED.sub(lambda match: match[0].translate(swap), text)


def bare(text: str) -> str:
    return _GROUPED.sub(lambda match: match[0].replace(",", "") if "," in match[0] else match[0], text)


def blanks(text: str) -> str:
    return _GROUPED.sub(lambda match: match[0].replace(",", "\N{NARROW NO-BREAK SPACE}"), text)


SPELLINGS: Final[tuple[Callable[[str], str], ...]] = (as_printed, continental, bare, blanks)


def page_to_html(page: Page, tables: Sequence[Grid], spell: Callable[[str], str]) -> str:
    prose = [f"<p>{escape(spell(paragraph))}</p>" for paragraph in page.prose]
    grids = [
        "<table>"
        + "".join("<tr>" + "".join(f"<td>{escape(spell(cell))}</td>" for cell in row) + "</tr>" for row in grid)
        + "</table>"
        for grid in tables
    ]
    return "\n".join([*prose, *grids])


def page_to_markdown(page: Page, tables: Sequence[Grid], spell: Callable[[str], str]) -> str:
    prose = [re.sub(r"([*_#`<>\[\]|~$\\])", r"\\\1", spell(paragraph)) for paragraph in page.prose]
    grids = []
    for grid in tables:
        width = max(map(len, grid))
        lines = [
            "| "
            + " | ".join(spell(cell).replace("|", "\\|").replace("*", "\\*").replace("$", "\\$") for cell in row)
            + " |"
            for row in grid
        ]
        grids.append("\n".join([lines[0], "|" + "---|" * width, *lines[1:]]))
    return "\n\n".join([*prose, *grids])


# ---- what is changed ----------------------------------------------------------------------------


def _copy(tables: Sequence[Grid]) -> list[Grid]:
    return [[list(row) for row in grid] for grid in tables]


def unchanged(tables: Sequence[Grid], _chance: random.Random) -> list[Grid] | None:
    return _copy(tables)


def change_number(tables: Sequence[Grid], chance: random.Random) -> list[Grid] | None:
    """One digit of one number in a table."""
    result = _copy(tables)
    places = [
        (g, r, c)
        for g, grid in enumerate(result)
        for r, row in enumerate(grid)
        for c, cell in enumerate(row)
        if _NUMBER.search(cell)
    ]
    if not places:
        return None
    g, r, c = chance.choice(places)
    cell = result[g][r][c]
    at = chance.choice([match.start() for match in _NUMBER.finditer(cell)])
    result[g][r][c] = cell[:at] + chance.choice([d for d in "0123456789" if d != cell[at]]) + cell[at + 1 :]
    return result


def drop_row(tables: Sequence[Grid], chance: random.Random) -> list[Grid] | None:
    """One row of a table, with or without numbers."""
    result = _copy(tables)
    grid = chance.choice(result)
    if len(grid) < 3:
        return None
    del grid[chance.randrange(len(grid))]
    return result


def invent_row(tables: Sequence[Grid], chance: random.Random) -> list[Grid] | None:
    """A row more, its figures of the size of another row's."""
    result = _copy(tables)
    grid = chance.choice(result)
    model = [row for row in grid if any(_NUMBER.search(cell) for cell in row[1:])]
    if not model:
        return None
    row = [
        _NUMBER.sub(lambda match: chance.choice("123456789") if match[0] != "0" else chance.choice("0123456789"), cell)
        for cell in chance.choice(model)
    ]
    row[0] = chance.choice(_LABELS)
    grid.insert(chance.randrange(1, len(grid) + 1), row)
    return result


def swap_columns(tables: Sequence[Grid], chance: random.Random) -> list[Grid] | None:
    """The figures of two columns of a table, their headers left where they are."""
    result = _copy(tables)
    grid = chance.choice(result)
    columns = [c for c in range(len(grid[0])) if sum(bool(_FIGURE.fullmatch(row[c])) for row in grid) >= 2]
    body = [row for row in grid[1:] if sum(bool(_FIGURE.fullmatch(cell)) for cell in row) >= 2]
    pairs = [(a, b) for a in columns for b in columns if a < b and sum(row[a] != row[b] for row in body) >= 2]
    if not pairs:
        return None
    a, b = chance.choice(pairs)
    for row in body:
        row[a], row[b] = row[b], row[a]
    return result


def swap_cells(tables: Sequence[Grid], chance: random.Random) -> list[Grid] | None:
    """Two figures of one column, each put into the row of the other."""
    result = _copy(tables)
    places = [
        (above, below, c)
        for grid in result
        for index, above in enumerate(grid)
        for below in grid[index + 1 :]
        for c in range(len(above))
        if _FIGURE.fullmatch(above[c]) and _FIGURE.fullmatch(below[c]) and above[c] != below[c]
    ]
    if not places:
        return None
    above, below, c = chance.choice(places)
    above[c], below[c] = below[c], above[c]
    return result


def swap_labels(tables: Sequence[Grid], chance: random.Random) -> list[Grid] | None:
    """The first cells of two rows with figures, each put into the other row."""
    result = _copy(tables)
    pairs = [
        (above, below)
        for grid in result
        for index, above in enumerate(grid)
        for below in grid[index + 1 :]
        if all(row[0].strip() and sum(bool(_FIGURE.fullmatch(cell)) for cell in row) >= 2 for row in (above, below))
        and above[0] != below[0]
    ]
    if not pairs:
        return None
    above, below = chance.choice(pairs)
    above[0], below[0] = below[0], above[0]
    return result


def turn_sign(tables: Sequence[Grid], chance: random.Random) -> list[Grid] | None:
    """The sign of one figure: a minus more, or a minus or a pair of brackets less."""
    result = _copy(tables)
    places = [
        (row, c)
        for grid in result
        for row in grid
        for c, cell in enumerate(row)
        if _SIGNED.fullmatch(cell) and any(digit in cell for digit in "123456789")
    ]
    if not places:
        return None
    row, c = chance.choice(places)
    plain = re.sub(r"[-\N{MINUS SIGN}\N{EN DASH}()]", "", row[c]).strip()
    row[c] = plain if plain != row[c].strip() else f"-{plain.removeprefix('+')}"
    return result


CHANGES: Final = (unchanged, change_number, drop_row, invent_row, swap_columns, swap_cells, swap_labels, turn_sign)


def _say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")


def measure(rounds: int, *, every: int = 1, show: bool = False) -> dict[str, tuple[int, int]]:
    """For each change, how many answers were doubted, of how many; pages without a usable text are left out."""
    doubted: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for page in pages(every):
        if not page.page_text.usable or page.name in WRONG_TRUTH:
            continue
        for change in CHANGES:
            for turn in range(rounds):
                chance = random.Random(f"{page.name} {change.__name__} {turn}")
                tables = change(page.tables, chance)
                if tables is None or (change is not unchanged and tables == list(page.tables)):
                    continue
                spell = SPELLINGS[turn % len(SPELLINGS)]
                write = page_to_html if turn // len(SPELLINGS) % 2 == 0 else page_to_markdown
                verdict = judge(write(page, tables, spell))
                assert verdict.page is not None, (page.name, verdict.detail)
                found = compare(verdict.page.blocks, page.page_text)
                tried[change.__name__] += 1
                doubted[change.__name__] += found.faith is not Faith.FAITHFUL
                if show and (found.faith is Faith.FAITHFUL) != (change is unchanged):
                    _say(page.name, change.__name__, spell.__name__, write.__name__, found.faith.value, found.detail)
    return {change.__name__: (doubted[change.__name__], tried[change.__name__]) for change in CHANGES}


def measure_corrections(rounds: int, *, every: int = 1) -> dict[str, tuple[int, int, int]]:
    """For each change of one thing, how many answers became the exact truth, how many another text, of how many."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for page in pages(every):
        if not page.page_text.usable or page.name in WRONG_TRUTH:
            continue
        for change in (unchanged, change_number, turn_sign):
            for turn in range(rounds):
                tables = change(page.tables, random.Random(f"{page.name} {change.__name__} {turn}"))
                if tables is None or (change is not unchanged and tables == list(page.tables)):
                    continue
                spell = SPELLINGS[turn % len(SPELLINGS)]
                given, truth = (judge(page_to_html(page, grids, spell)).page for grids in (tables, page.tables))
                assert given is not None
                assert truth is not None
                doubtful = compare(given.blocks, page.page_text).faith is not Faith.FAITHFUL
                settled = settle(given.blocks, page.page_text, lambda: None, doubtful=doubtful)
                text = " ".join(html_to_text(blocks_to_html(settled.blocks)).split())
                tried[change.__name__] += 1
                if text == " ".join(html_to_text(truth.html).split()):
                    right[change.__name__] += 1
                elif settled.changed:
                    wrong[change.__name__] += 1
    return {name: (right[name], wrong[name], count) for name, count in tried.items()}


if __name__ == "__main__":
    start = time.perf_counter()
    for name, (doubted, tried) in measure(int(sys.argv[1]) if len(sys.argv) > 1 else 8, show="-v" in sys.argv).items():
        _say(f"{name:15} {doubted:5} of {tried:5} doubted  {doubted / tried:7.2%}")
    _say(f"{time.perf_counter() - start:.1f} s")
    for name, (right, wrong, tried) in measure_corrections(4).items():
        _say(f"{name:15} {right:5} of {tried:5} the exact truth after correction, {wrong} something else")
