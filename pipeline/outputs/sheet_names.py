"""Names of sheets, from page and caption: unique, and allowed by spreadsheets."""

import re
from typing import Final

from pipeline.outputs.tables_file import DocumentTable
from pipeline.printable import printable

#: The longest name that spreadsheets allow.
LONGEST: Final = 31
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\]")
#: So many letters of a document's name are used where a workbook has several documents.
_DOCUMENT: Final = 10


class SheetNames:
    """The names used in one workbook; spreadsheets take names that differ only in case for the same."""

    def __init__(self, *taken: str) -> None:
        """Begin with these names taken."""
        self._taken = {name.casefold() for name in taken}

    def name_for(self, table: DocumentTable, document: str = "") -> str:
        """A new name for the sheet of a table.

        Args:
            table: The table of a document.
            document: Name of the results, where the workbook has several documents; empty for one.
        """
        number = table.id.rpartition("-")[2]
        words = [document[:_DOCUMENT], f"p{table.page}", table.caption or f"table {number}"]
        plain = _FORBIDDEN.sub(" ", printable(" ".join(filter(None, words))))
        return self._unique(" ".join(plain.split()).strip("'"))

    def _unique(self, name: str) -> str:
        number, end = 1, ""
        while (found := name[: LONGEST - len(end)].rstrip(" '") + end).casefold() in self._taken:
            number += 1
            end = f" ({number})"
        self._taken.add(found.casefold())
        return found
