"""What the model says about a page."""

import functools
from collections.abc import Iterator

from simulator.chat import Ask
from simulator.sheet import mark_to_sheet, sheet_to_markdown

_UNKNOWN = """# A page of prose and figures

The simulated model does not see; this is what it says about every picture that carries no mark. It speaks of a harbour
with four cranes, of a ledger kept since spring, and of the orchard behind the timber yard.

<table>
<thead><tr><th>Item</th><th>Quantity</th><th>Price</th></tr></thead>
<tbody>
<tr><td>Anchor</td><td>4</td><td>210.00</td></tr>
<tr><td>Lantern</td><td>12</td><td>18.50</td></tr>
<tr><td>Candle</td><td>144</td><td>0.35</td></tr>
</tbody>
</table>

The remaining lines of the page close the account and name no further sums.
"""


def default_answer(ask: Ask) -> str:
    """A page: the very words of a numbered page, else an invented one; and the picture's name at its end.

    Without a picture the answer is the short one of a warm-up.  For a model of the olmOCR family the page begins with
    its YAML front matter.
    """
    if not ask.pictures:
        return "Ready."
    page = _UNKNOWN if ask.mark is None else sheet_to_markdown(mark_to_sheet(ask.mark))
    text = f"{page}\nPicture {ask.pictures[0].name}\n"
    return front_matter() + text if "olmocr" in ask.model.lower() else text


def front_matter() -> str:
    """What olmOCR writes above a page."""
    return (
        "---\nprimary_language: en\nis_rotation_valid: True\nrotation_correction: 0\n"
        "is_table: False\nis_diagram: False\n---\n"
    )


def looping_cell() -> Iterator[str]:
    """A table that never ends: the same empty row again and again."""
    yield "<table><thead><tr><th>Item</th><th>Sum</th></tr></thead><tbody>"
    while True:
        yield "<tr><td></td><td></td></tr>\n"


def looping_paragraph() -> Iterator[str]:
    """The same paragraph again and again."""
    while True:
        yield "The ledger of the harbour is kept in the orchard behind the timber yard.\n\n"


def counting() -> Iterator[str]:
    """Numbers that count up for ever, so that no two lines are equal."""
    number = 0
    while True:
        number += 1
        yield f"{number}. Entry number {number}\n"


def huge_text(characters: int) -> str:
    """So many characters; of the same MiB of numbered lines again and again, so that making them takes no time."""
    block = _block()
    return (block * (characters // len(block) + 1))[:characters]


@functools.cache
def _block() -> str:
    return taken(counting(), 1 << 20)


def taken(endless: Iterator[str], characters: int) -> str:
    """So much of an endless answer."""
    out: list[str] = []
    length = 0
    while length < characters:
        out.append(next(endless))
        length += len(out[-1])
    return "".join(out)[:characters]
