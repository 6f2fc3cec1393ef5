"""Faults that people reported of tables with rules or shading: what is right for each of the PDFs."""

import pytest
from shared_files import SHARED, needs_shared
from table_pages import table_to_rows

from pipeline.extraction import Table, extract_page

CASES = SHARED / "cases-dev"


def _table(case: str, file: str, page: int = 1) -> Table:
    [folder] = CASES.glob(f"{case}-*")
    tables = extract_page(folder / file, page).tables
    assert len(tables) == 1
    return tables[0]


def _rows(*lines: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in lines]


ALCONA = _rows(
    "| Voters | Poll | Kelly | Colback | Hines",
    "Alcona | 963 | 439 | 55 | 26 | 47",
    "Caledonia | 923 | 393 | 40 | 23 | 45",
    "Curtis | 1026 | 349 | 30 | 30 | 25",
    "Greenbush | 1212 | 423 | 56 | 26 | 40",
    "Totals | 4124 | 1604 | 181 | 105 | 157",
)


@needs_shared
@pytest.mark.parametrize(("file", "count"), [("outlabels.pdf", 6), ("outlabels_nototal.pdf", 5)])
def test_labels_left_of_a_grid(file: str, count: int) -> None:
    table = _table("14", file)

    assert table_to_rows(table) == ALCONA[:count]
    assert table.header_rows == 1


@needs_shared
@pytest.mark.parametrize("file", ["fin_dollar.pdf", "fin_nodollar.pdf"])
def test_currency_signs_in_the_first_row(file: str) -> None:
    table = _table("22", file)

    rows = [[text.replace("$ ", "") for text in row] for row in table_to_rows(table)]
    assert rows[:3] == _rows("| 2023 | 2022", "Revenue | 1,204 | 998", "Cost of sales | (734) | (651)")
    assert table.header_rows == 1
    assert table.rows == 6


@needs_shared
@pytest.mark.parametrize("file", ["white_lines.pdf", "zero_lines.pdf"])
def test_invisible_rules(file: str) -> None:
    table = _table("25", file)

    assert table.rows == 3
    assert table_to_rows(table)[1] == [
        "Loss from credit (a loss is/marked with a minus)",
        "-5,237,613.31",
        "-36,590,747.55",
    ]
