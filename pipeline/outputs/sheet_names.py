"""Names of sheets: by page and caption, within what spreadsheets allow, each once."""

import re
from typing import Final

from pipeline.document import printable
from pipeline.outputs.tables_file import DocumentTable

#: The longest name that spreadsheets allow.
LONGEST: Final = 31
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\]")
#: Letters of a document's name where a workbook has several.
_DOCUMENT: Final = 10


class SheetNames:
    """The names that one workbook has given; two that differ by case only are the same to a spreadsheet."""

    def __init__(self, *taken: str) -> None:
        """Begin with these."""
        self._taken = {name.casefold() for name in taken}

    def name_for(self, table: DocumentTable, document: str = "") -> str:
        """A name for the sheet of a table.

        Args:
            table: Of a document.
            document: Name of the results, where the workbook has those of several.
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
