"""What a user chooses among, in the settings and on the command line."""

from enum import StrEnum
from typing import Literal

#: From which level on log lines are written, and how they look.
LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["auto", "console", "json"]


class Engine(StrEnum):
    """What reads the pages: the model, or basic extraction."""

    LMSTUDIO = "lmstudio"
    BASIC = "basic"


class OriginalAction(StrEnum):
    """What is done with a PDF whose results are delivered; that of a failed document is always kept."""

    MOVE = "move"
    """It is moved beside the results."""
    DELETE = "delete"
    KEEP = "keep"
    """It stays in, or returns to, the inbox."""


class Output(StrEnum):
    """What is made of a document; the HTML and the tables as data always are."""

    HTML = "html"
    XLSX = "xlsx"
    CSV = "csv"
    MARKDOWN = "markdown"


class FigureChoice(StrEnum):
    """How large the pictures of a page are in its result."""

    OFF = "off"
    """There are none."""
    SMALL = "small"
    FULL = "full"


class FaithfulAction(StrEnum):
    """What is done with an answer that contradicts the page's own text."""

    OFF = "off"
    """Nothing: the two are not compared."""
    FLAG = "flag"
    """Doubtful parts are marked."""
    CORRECT = "correct"
    """Misread words get the page's own characters, other doubtful parts are marked; else as ``fallback``."""
    FALLBACK = "fallback"
    """Doubtful parts are marked, and the page falls back where the answer is invented."""


class UnreachableAction(StrEnum):
    """What is done with pages while no server can be reached."""

    FALLBACK = "fallback"
    WAIT = "wait"
