"""Tables as values, out of clean HTML."""

from pipeline.markup.table import html_to_tables
from pipeline.table import Cell, CellCorrection, Doubt


def cells_of(row: str) -> tuple[Cell, ...]:
    [table] = html_to_tables(f"<table><tbody><tr>{row}</tr></tbody></table>")
    return table.cells


def test_a_table_has_its_caption_its_head_and_its_spans() -> None:
    [table] = html_to_tables(
        "<p>before</p><table><caption>Trees <b>felled</b></caption>"
        '<thead><tr><th scope="col" colspan="2">Kind</th></tr></thead>'
        '<tbody><tr><th scope="row" rowspan="2">Oak</th><td>1</td></tr><tr><td>2</td></tr></tbody></table>'
    )

    assert (table.caption, table.header_rows, table.rows, table.columns) == ("Trees felled", 1, 3, 2)
    assert table.cells == (
        Cell(row=0, column=0, colspan=2, text="Kind", header=True),
        Cell(row=1, column=0, rowspan=2, text="Oak", header=True),
        Cell(row=1, column=1, text="1"),
        Cell(row=2, column=1, text="2"),
    )


def test_raised_letters_are_no_digits_of_their_number() -> None:
    texts = [cell.text for cell in cells_of("<td>12.5<sup>1</sup></td><td>m<sup>2</sup></td><td>x<sup>Q</sup></td>")]

    assert texts == ["12.5¹", "m²", "xQ"]


def test_marks_of_doubt_count_wherever_they_stand_in_the_cell() -> None:
    cells = cells_of('<td data-unseen="">1</td><td><b><span data-unseen="">2</span></b> x</td><td>3</td>')

    assert [cell.doubt for cell in cells] == [Doubt(), Doubt(), None]


def test_a_corrected_cell_knows_its_whole_text_as_it_was() -> None:
    [cell] = cells_of('<td>from <span data-was="1,317">1,377</span> to <span data-was="8">9</span></td>')

    assert cell.text == "from 1,377 to 9"
    assert cell.correction == CellCorrection(was="from 1,317 to 8")


def test_a_table_in_a_cell_comes_after_the_one_that_holds_it() -> None:
    inner = "<table><tbody><tr><td>in</td></tr></tbody></table>"

    outer, nested = html_to_tables(f"<table><tbody><tr><td>{inner}</td></tr></tbody></table>")

    assert [cell.text for cell in outer.cells] == [cell.text for cell in nested.cells] == ["in"]
