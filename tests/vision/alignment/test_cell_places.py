"""Where the cells of an answer stand on their page, and what the page has where one is doubted."""

from dataclasses import replace

from pipeline.markup.table import html_to_tables
from pipeline.table import Box, Cell, Doubt, Table
from pipeline.vision.alignment.cell_places import tables_to_placed
from pipeline.vision.faithfulness.page_text import PageText, PlacedWord, words_to_page_text

LETTER = 5.0
HEIGHT = 10.0


def page_of(*lines: tuple[float, str]) -> PageText:
    """A page of lines, from the top; a letter is 5 points wide, and ``|`` goes to the next place of a tabulator."""
    words: list[PlacedWord] = []
    for top, line in lines:
        for column, piece in enumerate(line.split("|")):
            x = 50.0 + 120 * column
            for word in piece.split():
                words.append(PlacedWord(word, x, top, x + LETTER * len(word), top + HEIGHT))
                x += LETTER * (len(word) + 1)
    return words_to_page_text(words)


def table_of(*rows: str) -> Table:
    cells = (row.split("|") for row in rows)
    html = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells)
    [table] = html_to_tables(f"<table><tbody>{html}</tbody></table>")
    return table


def boxes_of(table: Table, page: PageText) -> dict[str, Box | None]:
    [placed] = tables_to_placed([table], page)
    return {cell.text: cell.box for cell in placed.cells}


PAGE = page_of(
    (100, "Trees of the forest by kind in the year 12"),
    (120, "Kind|Felled|Sold"),
    (140, "Oak|12|1 204"),
    (160, "Elm|31|12"),
)


def test_each_cell_has_the_box_of_its_own_words() -> None:
    boxes = boxes_of(table_of("Kind|Felled|Sold", "Oak|12|1204", "Elm|31|12"), PAGE)

    assert boxes["Oak"] == Box(50, 140, 65, 150)
    assert boxes["1204"] == Box(290, 140, 315, 150)
    assert boxes["31"] == Box(170, 160, 180, 170)


def test_the_same_words_elsewhere_on_the_page_are_not_the_cells() -> None:
    [placed] = tables_to_placed([table_of("Oak|12|1204", "Elm|31|12")], PAGE)

    twelves = [cell.box for cell in placed.cells if cell.text == "12"]
    assert twelves == [Box(170, 140, 180, 150), Box(290, 160, 300, 170)]


def test_a_head_that_is_told_twice_stands_above_its_own_rows() -> None:
    page = page_of((100, "Kind|Felled"), (120, "Oak|12"), (200, "Kind|Felled"), (220, "Elm|31"))

    first, second = tables_to_placed([table_of("Kind|Felled", "Oak|12"), table_of("Kind|Felled", "Elm|31")], page)

    assert [cell.box.top for table in (first, second) for cell in table.cells if cell.box] == [
        100, 100, 120, 120, 200, 200, 220, 220,
    ]  # fmt: skip


def test_a_cell_that_runs_over_lines_has_all_of_them() -> None:
    page = page_of((100, "Felling of|12"), (112, "oaks in the"), (124, "north"), (140, "Elm|31"))

    boxes = boxes_of(table_of("Felling of oaks in the north|12", "Elm|31"), page)

    assert boxes["Felling of oaks in the north"] == Box(50, 100, 105, 134)


def test_columns_in_another_order_are_found() -> None:
    boxes = boxes_of(table_of("Sold|Kind|Felled", "1204|Oak|12", "12|Elm|31"), PAGE)

    assert boxes["Oak"] == Box(50, 140, 65, 150)
    assert boxes["1204"] == Box(290, 140, 315, 150)


def test_a_doubted_cell_says_what_the_page_has_in_its_row_and_column() -> None:
    table = table_of("Kind|Felled|Sold", "Oak|12|1204", "Elm|37|12")
    cells = tuple(replace(cell, doubt=Doubt()) if cell.text == "37" else cell for cell in table.cells)

    [placed] = tables_to_placed([replace(table, cells=cells)], PAGE)

    [doubted] = [cell for cell in placed.cells if cell.doubt]
    assert doubted.doubt == Doubt(page_reading="31")
    assert doubted.box == Box(170, 160, 180, 170)


def test_what_the_page_does_not_have_has_no_box() -> None:
    boxes = boxes_of(table_of("Oak|12|1204", "invented|999|888"), PAGE)

    assert (boxes["invented"], boxes["999"]) == (None, None)


def test_a_page_without_words_places_nothing() -> None:
    table = table_of("Oak|12")

    assert tables_to_placed([table], PageText()) == (table,)


def test_a_table_of_nothing_has_no_places() -> None:
    empty = Table(cells=(Cell(row=0, column=0, text=""), Cell(row=0, column=1, text="\N{EN DASH}")))

    assert tables_to_placed([empty], PAGE) == (empty,)
