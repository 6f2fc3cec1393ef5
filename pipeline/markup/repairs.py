"""The repairs of untrusted markup, each with its word in the manifest and a sentence for people."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Repair(StrEnum):
    """What had to be repaired before an answer could be used; manifests hold the values, so they never change."""

    CONTROLS = "controls"
    TOKENS = "tokens"
    THINKING = "thinking"
    THOUGHT = "thought"
    ENVELOPE = "envelope"
    FRONT_MATTER = "front_matter"
    FENCE = "fence"
    CHATTER = "chatter"
    PROMPT_ECHO = "prompt_echo"
    DOCUMENT = "document"
    JSON = "json"
    CUT = "cut"
    ESCAPED = "escaped"
    TAGS = "tags"
    ACTIVE = "active"
    LINKS = "links"
    CLOSED = "closed"
    DEPTH = "depth"
    LOOSE_CELLS = "loose_cells"
    STRAY_TEXT = "stray_text"
    SEPARATOR = "separator"
    SPANS = "spans"
    RAGGED = "ragged"
    WIDE = "wide"
    TABULAR = "tabular"
    LOST_CELLS = "lost_cells"
    UNEVEN = "uneven"
    BROKEN_TABLE = "broken_table"


SENTENCES: Final[Mapping[Repair, str]] = MappingProxyType(
    {
        Repair.CONTROLS: "Control characters were removed.",
        Repair.TOKENS: "Special tokens of the model that had leaked into the answer were removed.",
        Repair.THINKING: "The model's reasoning was removed.",
        Repair.THOUGHT: "The answer came as the model's thoughts and was taken from there.",
        Repair.ENVELOPE: "The answer was taken out of a JSON string, a tool call or a list of parts.",
        Repair.FRONT_MATTER: "A block of metadata at the head was removed.",
        Repair.FENCE: "Code fences around the page were removed.",
        Repair.CHATTER: "Remarks of the model before or after the page were removed.",
        Repair.PROMPT_ECHO: "The prompt, repeated in the answer, was removed.",
        Repair.DOCUMENT: "Only the body of a complete HTML document was kept.",
        Repair.JSON: "Broken JSON was mended.",
        Repair.CUT: "An unfinished table row or element at the end was dropped.",
        Repair.ESCAPED: "Less-than signs that start no tag were kept as text.",
        Repair.TAGS: "Tags that are no HTML were removed; their text was kept.",
        Repair.ACTIVE: "Scripts, styles, frames or other active content were removed.",
        Repair.LINKS: "Links to addresses that are not allowed were removed; their text was kept.",
        Repair.CLOSED: "Elements that were never closed were closed.",
        Repair.DEPTH: "Elements nested too deeply were flattened.",
        Repair.LOOSE_CELLS: "Rows or cells outside of any table were given one.",
        Repair.STRAY_TEXT: "Text between a table's cells was moved beside the table.",
        Repair.SEPARATOR: "A pipe table without a separator row was recognised.",
        Repair.SPANS: "Column or row spans that do not fit the table were clamped.",
        Repair.RAGGED: "Rows with too few cells were filled up.",
        Repair.WIDE: "A table beyond any page's size was narrowed; its text was kept.",
        Repair.LOST_CELLS: "A table has more text outside of its cells than in them.",
        Repair.BROKEN_TABLE: "A table's own marks are broken: a row or a part of it may stand elsewhere.",
        Repair.UNEVEN: "Rows of a table have too few cells, and nothing tells which are missing.",
        Repair.TABULAR: "A LaTeX table was turned into an HTML table.",
    }
)
