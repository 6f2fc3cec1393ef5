"""The tables of drawn pages, family by family: adjacency F1 and how many tables were found.

    python tests/benchmarks/table_families.py [--pages 20] [--seed 1] [--keep FOLDER]

Needs Chromium.  Bar: 0.97 in every family.
"""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from adjacency import Placed, Relations, cells_to_relations, relations_to_f1  # noqa: E402 — found by the line above
from table_families import FAMILIES, Sheet, family_to_sheets, rows_to_places, sheets_to_pdf  # noqa: E402 — as above
from web_hands import CHROMIUM  # noqa: E402 — as above

from pipeline.extraction import Table, extract_page, open_reader  # noqa: E402 — as above


def sheet_to_relations(sheet: Sheet) -> Relations:
    """Of the truth of a page."""
    relations: Relations = Counter()
    for rows in sheet.tables:
        relations += cells_to_relations(
            Placed(row, column, cell.rowspan, cell.colspan, cell.text) for row, column, cell in rows_to_places(rows)
        )
    return relations


def table_to_relations(table: Table) -> Relations:
    """Of what was found."""
    return cells_to_relations(
        Placed(
            cell.row,
            cell.column,
            cell.rowspan,
            cell.colspan,
            " ".join(word.text for line in cell.lines for word in line.words),
        )
        for cell in table.cells
    )


def measure(name: str, options: argparse.Namespace, folder: Path, browser: str) -> str:
    """The line of a family."""
    sheets = family_to_sheets(name, options.pages, options.seed)
    path = folder / f"{name.replace(' ', '-').replace(',', '')}.pdf"
    sheets_to_pdf(sheets, path, browser)
    pairs = []
    true = found = 0
    with open_reader(path, "pdfium") as reader:
        if reader.page_count != len(sheets):
            return f"{name} | {reader.page_count} pages printed of {len(sheets)} sheets: one has no room"
        for number, sheet in enumerate(sheets, 1):
            tables = extract_page(reader, number).tables
            pairs.append((sheet_to_relations(sheet), sum(map(table_to_relations, tables), Counter())))
            true, found = true + len(sheet.tables), found + len(tables)
    worst = sorted(range(len(pairs)), key=lambda index: relations_to_f1([pairs[index]]))[:3]
    pages = ", ".join(f"{index + 1}: {relations_to_f1([pairs[index]]):.2f}" for index in worst)
    return f"{name} | {relations_to_f1(pairs):.3f} | {found}/{true} | {pages}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    if CHROMIUM is None:
        sys.exit("Chromium is needed: apt-get install chromium")
    say = print
    say("family | adjacency F1 | tables found of those there | worst pages")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        for name in FAMILIES:
            say(measure(name, options, folder, CHROMIUM), flush=True)


if __name__ == "__main__":
    main()
