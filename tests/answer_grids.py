"""Tables of answers as one line of text each, for tests to compare."""

from pipeline.table import Table


def table_to_grid(table: Table) -> str:
    """The texts of all places, spans filled in, as ``a|b;c|d``."""
    places = {
        (row, column): cell.text
        for cell in table.cells
        for row in range(cell.row, cell.row + cell.rowspan)
        for column in range(cell.column, cell.column + cell.colspan)
    }
    return ";".join("|".join(places[row, column] for column in range(table.columns)) for row in range(table.rows))
