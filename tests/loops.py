"""What models fall into when they go round in circles, turn by turn, and the picture of a page without any of it."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, islice, repeat
from typing import Final

from pipeline.pictures.png import rows_to_png

Turns = Callable[[], Iterator[str]]

PARAGRAPH: Final = (
    "The quick brown fox jumps over the lazy dog while the accountant checks the figures of the third quarter again "
    "and again, until the lights go out in the office. "
)
WHITE: Final = b"\xff" * 1000
RULE: Final = b"\xff" * 100 + b"\x40" * 800 + b"\xff" * 100


def drawn(rows: list[bytes]) -> bytes:
    """The picture of a page of these rows of grey pixels."""
    return rows_to_png(rows, width=1000, channels=1)


#: The picture of a letter: a rule below its head, one above its foot.
LETTER_PICTURE: Final = drawn([*[WHITE] * 90, RULE, *[WHITE] * 1100, RULE, *[WHITE] * 96])
#: Its text, which has some of the words below, and none of them often.
LETTER_TEXT: Final = "Annual report\nThe quick brown fox jumps over the lazy dog once more.\nAmount due: 17.00\n1 of 2"


def numbered(form: str, step: int = 1) -> Iterator[str]:
    """The form with one number after the other."""
    return (form.format(number) for number in count(step, step))


def turns(loop: Turns, most: int) -> list[str]:
    """The first turns of a loop."""
    return list(islice(loop(), most))


#: Loops that no page has, whatever it shows.
LOOPS: Final[dict[str, Turns]] = {
    "empty rows": partial(repeat, "<tr><td></td></tr>"),
    "empty rows of two cells": partial(repeat, "<tr><td></td><td></td></tr>\n"),
    "empty rows that are never closed": partial(repeat, "<tr><td></td>"),
    "empty cells": partial(repeat, "<td></td>"),
    "zeros": partial(repeat, "<td>0</td>"),
    "cells": partial(repeat, "<td>Amount</td>"),
    "dots": partial(repeat, "."),
    "spaced dots": partial(repeat, ". "),
    "pipes": partial(repeat, "|"),
    "empty pipe rows": partial(repeat, "|  |  |  |\n"),
    "blanks": partial(repeat, "&nbsp;"),
    "line feeds": partial(repeat, "\n"),
    "paragraph": partial(repeat, PARAGRAPH),
    "long paragraph": partial(repeat, f"<p>{PARAGRAPH}{PARAGRAPH}Or so they say.</p>\n"),
    "very long paragraph": partial(repeat, f"{PARAGRAPH * 5}End."),
    "sentence": partial(repeat, "It is what it is, said the man. "),
    "word": partial(repeat, "again "),
    "one character": partial(repeat, "本"),
    "counting lines": partial(numbered, "{}\n"),
    "counting": partial(numbered, "{}, "),
    "counting by tens": partial(numbered, "{}, ", 10),
    "counting entries": partial(numbered, "{0}. Entry {0}\n"),
}

#: Loops that a form might have.
FORMS: Final[dict[str, Turns]] = {
    "empty rows of three cells": partial(repeat, "<tr><td></td><td></td><td></td></tr>"),
    "wide empty rows": partial(repeat, "<tr><td></td><td></td><td></td><td></td></tr>\n"),
    "very wide empty rows": partial(repeat, "<tr>" + "<td></td>" * 12 + "</tr>"),
    "wide empty rows that are never closed": partial(repeat, "<tr>" + "<td>" * 12),
    "wide empty pipe rows": partial(repeat, "|" + "  |" * 12 + "\n"),
    "rows to sign": partial(repeat, "<tr><td>Signature</td><td></td><td>Date</td><td></td></tr>"),
    "numbered empty rows": partial(numbered, "<tr><td>{}</td><td></td><td></td></tr>"),
    "numbered rows of zeros": partial(numbered, "<tr><td>{}</td><td>0.00</td></tr>"),
    "numbered sentences": partial(numbered, "Item number {}: see the next page. "),
    "numbered paragraphs": partial(numbered, "{}. " + PARAGRAPH),
}
