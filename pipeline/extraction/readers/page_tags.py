"""What a tagged file's own structure says of one page: its headings and its tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.extraction.model import Char, TaggedTable, Title
from pipeline.extraction.readers.structure import Mark, Structure, element_to_marks, elements_below
from pipeline.extraction.readers.structure_tables import TableTag, structure_to_tables, tables_to_tagged

#: The kinds of headings in the standard (ISO 32000-2, 14.8.4) and their levels; level 1 is the document's title, for
#: which most files have no kind of its own.
LEVELS: Mapping[str, int] = {"Title": 1, "H": 3, **{f"H{number}": min(6, number + 1) for number in range(1, 7)}}


class HeadingTag(NamedTuple):
    """A heading of the structure.

    Attributes:
        marks: Of its text.
    """

    level: int
    marks: tuple[Mark, ...]


@dataclass(slots=True, kw_only=True)
class PageTags:
    """The headings and tables of a page; outer tables come before those within them."""

    headings: list[HeadingTag] = field(default_factory=list)
    tables: list[TableTag] = field(default_factory=list)

    def numbers(self) -> set[int]:
        """The numbers of all marked content in them."""
        marks = [mark for heading in self.headings for mark in heading.marks]
        marks += [mark for table in self.tables for cell in table for mark in cell.marks]
        return {mark.number for mark in marks}

    def to_titles(self, texts: Mapping[int, Sequence[Char]]) -> tuple[Title, ...]:
        """The headings with their texts; headings without a text are left out.

        Args:
            texts: What is drawn for each number of marked content.
        """
        titles = (Title(text=_marks_to_text(heading.marks, texts), level=heading.level) for heading in self.headings)
        return tuple(title for title in titles if title.text.strip())

    def to_tables(self, texts: Mapping[int, Sequence[Char]]) -> tuple[TaggedTable, ...]:
        """The tables with the places of their texts; ``texts`` as above."""
        return tables_to_tagged(self.tables, texts)


def structure_to_tags(structure: Structure) -> dict[object, PageTags]:
    """The tags of each page; what is on two pages is with both."""
    pages: dict[object, PageTags] = {}
    used: set[Mark] = set()
    for element in elements_below(structure.elements, LEVELS):
        marks = [mark for mark in dict.fromkeys(element_to_marks(element)) if mark not in used]
        used.update(marks)
        for page in dict.fromkeys(mark.page for mark in marks):
            own = tuple(mark for mark in marks if mark.page == page)
            pages.setdefault(page, PageTags()).headings.append(HeadingTag(LEVELS[element.kind], own))
    for page, tables in structure_to_tables(structure).items():
        pages.setdefault(page, PageTags()).tables += tables
    return pages


def _marks_to_text(marks: Iterable[Mark], texts: Mapping[int, Sequence[Char]]) -> str:
    return "".join(char.text for mark in marks for char in texts.get(mark.number, ()))
