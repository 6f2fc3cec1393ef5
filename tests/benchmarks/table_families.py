"""The tables of drawn pages, family by family: adjacency F1 and how many tables were found.

    python tests/benchmarks/table_families.py [--pages 20] [--seed 1] [--keep FOLDER]

Needs Chromium; with TeX (pdflatex and booktabs) it judges three more families.  Bar: 0.97 in every family.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from adjacency import Placed, Relations, cells_to_relations, relations_to_f1  # noqa: E402 — found by the line above
from table_families import FAMILIES, Rows, family_to_sheets, rows_to_places, sheets_to_pdf  # noqa: E402 — as above
from tex_families import PDFLATEX, TEX_FAMILIES, family_to_tables, tables_to_pdf  # noqa: E402 — as above
from web_hands import CHROMIUM  # noqa: E402 — as above

from pipeline.extraction import Table, extract_page, open_reader  # noqa: E402 — as above


def tables_to_relations(tables: Iterable[Rows]) -> Relations:
    """Of the truth of a page."""
    relations: Relations = Counter()
    for rows in tables:
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


def name_to_stem(name: str) -> str:
    """The name of a family's file."""
    return name.replace(" ", "-").replace(",", "")


def measure(name: str, truth: Sequence[Sequence[Rows]], path: Path) -> str:
    """The line of a family, of the tables that each page of a file has."""
    pairs = []
    true = found = 0
    with open_reader(path, "pdfium") as reader:
        if reader.page_count != len(truth):
            return f"{name} | {reader.page_count} pages printed of {len(truth)} sheets: one has no room"
        for number, sheet in enumerate(truth, 1):
            tables = extract_page(reader, number).tables
            pairs.append((tables_to_relations(sheet), sum(map(table_to_relations, tables), Counter())))
            true, found = true + len(sheet), found + len(tables)
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
            sheets = family_to_sheets(name, options.pages, options.seed)
            path = folder / f"{name_to_stem(name)}.pdf"
            sheets_to_pdf(sheets, path, CHROMIUM)
            say(measure(name, [sheet.tables for sheet in sheets], path), flush=True)
        for name in TEX_FAMILIES if PDFLATEX else ():
            tables = family_to_tables(name, options.pages, options.seed)
            path = folder / f"{name_to_stem(name)}.pdf"
            tables_to_pdf(tables, path, str(PDFLATEX))
            say(measure(name, [[rows] for rows, _ in tables], path), flush=True)


if __name__ == "__main__":
    main()
