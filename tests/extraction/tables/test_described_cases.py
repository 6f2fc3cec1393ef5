"""Kinds of faults of which a report describes the page and gives no file: the pages are drawn from the description."""

from table_pages import across, figures_to_chars, find, lines_at, rows_to_chars, table_to_rows
from typeset import text_to_chars

from pipeline.extraction import BBox
from pipeline.extraction.model import Fill

SCHOOLS = [
    ["ASSAM", *(f"{n}1.2" for n in range(1, 10))],
    *([f"District {n}", *(f"{n}{m}.5" for m in range(1, 10))] for n in range(1, 9)),
]


def test_21_the_coloured_edge_of_the_page_is_no_column() -> None:
    xs = [60.0, *(140.0 + 42 * n for n in range(9))]
    head = [("SCHOOLING STATUS", 250, 108), ("State/District", 60, 150), ("Children who attend school", 255, 122)]
    head += [(name, x, 136) for name, x in (("Person", 180), ("Male", 310), ("Female", 431))]
    parts = rows_to_chars([["", *["Total", "Rural", "Urban"] * 3]], xs, 150)
    turned = [char._replace(upright=False, angle=90) for char in text_to_chars("Annual 2010-11", 572, 300)]
    edge = Fill(box=BBox(560, 0, 600, 800), colour=(0.6, 0.1, 0.1))
    rules = [across(y, 55, 520) for y in (95, 156, 300)]

    [table] = find([*lines_at(head), *parts, *rows_to_chars(SCHOOLS, xs, 170), *turned], rules, [edge])

    assert table_to_rows(table)[-9:] == SCHOOLS
    assert table.columns == 10
    assert table.header_rows == 4
    assert table_to_rows(table)[2][1:] == ["Person [1x3]", "", "", "Male [1x3]", "", "", "Female [1x3]", "", ""]


def test_34_the_numbers_of_an_invoices_items_stand_apart_and_its_total_is_a_row() -> None:
    items = ["Super Kite", "Long string", "Short tail", "Repair of a wing", "Reel", "Box", "Bag"]
    ends = (330.0, 410.0, 500.0)
    chars = lines_at([("ITEM", 60, 120), ("DESCRIPTION", 95, 120)])
    chars += figures_to_chars([["QUANTITY", "PRICE (€)", "AMOUNT (€)"]], ends, 120)
    for n, item in enumerate(items, 1):
        chars += lines_at([(str(n), 70, 120 + 15 * n), (item, 95, 120 + 15 * n)])
        chars += figures_to_chars([[str(n), "20.00", f"{20 * n}.00"]], ends, 120 + 15 * n)
    chars += figures_to_chars([["", "", "560.00"]], ends, 240)

    [table] = find(chars, [across(y, 55, 505) for y in (108, 125, 230)])

    rows = table_to_rows(table)
    assert rows[0] == ["ITEM", "DESCRIPTION", "QUANTITY", "PRICE (€)", "AMOUNT (€)"]
    assert rows[1:-1] == [[str(n), item, str(n), "20.00", f"{20 * n}.00"] for n, item in enumerate(items, 1)]
    assert rows[-1] == ["", "", "", "", "560.00"]


def test_36_key_figures_under_headings_of_sections_are_one_table() -> None:
    rows = [
        ("Class A", ""),
        ("Net Asset Value at 31 December", "5,111,372"),
        ("Number of shares", "48,213"),
        ("Class B", ""),
        ("Net Asset Value at 31 December", "2,204,118"),
        ("Number of shares", "20,007"),
        ("Result", ""),
        ("Income", "312,400"),
        ("Costs", "(106,870)"),
    ]
    chars = figures_to_chars([["2016"], *([figure] for _, figure in rows)], (420.0,), 100)
    for n, (label, figure) in enumerate(rows, 1):
        chars += text_to_chars(label, 60, 100 + 15 * n, bold=not figure)

    [table] = find(chars)

    assert table_to_rows(table) == [["", "2016"], *map(list, rows)]
    assert table.header_rows == 1
