"""What stands on a numbered page: the same words in the PDF that a test drops and in the model's answer.

Everything follows from the mark alone, so the simulator answers with the page's own content although it reads
nothing but the strip of squares, and a check of the answer against the page's text layer finds them equal.
"""

import random
from dataclasses import dataclass

from simulator.mark import Mark

_VOCABULARY = """
    harbour ledger meadow lantern timber orchard granite willow copper saddle river barley candle market thistle
    anchor pepper velvet gravel hollow marble summer winter cotton silver window garden bridge valley forest
"""
_WORDS = tuple(_VOCABULARY.split())
_COLUMNS = ("Item", "Quantity", "Price", "Total")
_ROWS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The content of one page, top to bottom.

    Attributes:
        rows: Of the table; the first one is its header.
    """

    title: str
    opening: str
    rows: tuple[tuple[str, ...], ...]
    closing: str

    @property
    def text(self) -> str:
        """All words in reading order, with no markup."""
        cells = " ".join(cell for row in self.rows for cell in row)
        return f"{self.title} {self.opening} {cells} {self.closing}"


def mark_to_sheet(mark: Mark) -> Sheet:
    """The content of the page that carries this mark; equal marks give equal sheets, in every process."""
    dice = random.Random(mark.document << 16 | mark.page)
    rows = [_COLUMNS]
    for _ in range(_ROWS):
        quantity, cents = dice.randint(2, 98), dice.randint(105, 9995)
        total = quantity * cents
        rows.append((dice.choice(_WORDS).title(), str(quantity), _money(cents), _money(total)))
    return Sheet(
        title=f"Report {mark.document}, page {mark.page}",
        opening=_prose(dice, sentences=5),
        rows=tuple(rows),
        closing=_prose(dice, sentences=3),
    )


def sheet_to_markdown(sheet: Sheet) -> str:
    """The page as a vision model would write it: Markdown, with the table as HTML."""
    head, *body = sheet.rows
    header = "".join(f"<th>{cell}</th>" for cell in head)
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in body)
    table = f"<table>\n<thead><tr>{header}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"
    return f"# {sheet.title}\n\n{sheet.opening}\n\n{table}\n\n{sheet.closing}\n"


def _prose(dice: random.Random, *, sentences: int) -> str:
    return " ".join(" ".join(dice.choices(_WORDS, k=dice.randint(7, 12))).capitalize() + "." for _ in range(sentences))


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
