"""``NAME.review.json``: what a user has confirmed or corrected, as ``review.schema.json`` describes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from pipeline.document import DocumentFacts
from pipeline.files.atomic import open_regular
from pipeline.files.json_values import json_to_value, value_to_json
from pipeline.quantities import PageNumber

Schema: TypeAlias = Literal["dropleaf/review/1"]
SCHEMA: Schema = "dropleaf/review/1"
#: The size limit of a file that is read.
MOST_BYTES = 64 << 20

#: From 1.
Number = Annotated[int, Meta(ge=1)]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """A cell of a table, or a doubted place in running text.

    Attributes:
        page: Number of the page.
        table: Number of the table on its page, in the order of ``NAME.tables.json``; 0 for running text.
        row: Of the cell, from 1; 0 for running text.
        column: The same.
        mark: Number of the doubted place in the page's running text, also of those that are settled; 0 for a cell.
    """

    page: int
    table: int = 0
    row: int = 0
    column: int = 0
    mark: int = 0

    @property
    def words(self) -> str:
        """For a sentence: ``page 3, table 1, row 2, column 4``."""
        if self.mark:
            return f"page {self.page}, place {self.mark} in the text"
        return f"page {self.page}, table {self.table}, row {self.row}, column {self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a user has said of one place; either ``table``, ``row`` and ``column`` or ``mark`` are given.

    Attributes:
        page: Number of the page.
        table: Number of the table on its page.
        row: Of the cell, from 1.
        column: The same.
        mark: Number of the doubted place in the page's running text, also of those that are settled.
        when: As ISO 8601 in UTC.
        was: What stood there as it was read.
        now: What the user says that stands there; the same where it was confirmed.
        fits: Whether the result has it. False where the page was read anew since, and something else stands there.
    """

    page: PageNumber
    table: Number | None = None
    row: Number | None = None
    column: Number | None = None
    mark: Number | None = None
    when: str
    was: str
    now: str
    fits: bool = True

    @property
    def place(self) -> Place:
        """Where that is."""
        return Place(
            page=self.page, table=self.table or 0, row=self.row or 0, column=self.column or 0, mark=self.mark or 0
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFile:
    """The content of the file.

    Attributes:
        settled: By page and place.
    """

    schema: Schema = SCHEMA
    document: DocumentFacts
    settled: tuple[Settled, ...]


def review_to_bytes(document: DocumentFacts, settled: Sequence[Settled]) -> bytes:
    """The file, a line for each member."""
    ordered = sorted(settled, key=lambda each: each.place)
    return value_to_json(ReviewFile(document=document, settled=tuple(ordered)), indented=True)


def read_review(path: Path) -> tuple[Settled, ...]:
    """What is settled; nothing where there is no such file, or it is none of ours.

    A file that is damaged is not lost: whoever publishes finds that it is not what was written, and keeps it aside.
    """
    try:
        with open_regular(path) as file:
            return json_to_value(file.read(MOST_BYTES), ReviewFile).settled
    except (OSError, ValueError):
        return ()
