import random
import time
from collections.abc import Iterator
from itertools import count, islice, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.vision.repetition import RepetitionWatch

PARAGRAPH = (
    "The quick brown fox jumps over the lazy dog while the accountant checks the figures of the third quarter again "
    "and again, until the lights go out in the office. "
)
BEGINNING = "<h1>Annual report</h1><p>" + " ".join(f"Sentence {n * 7 % 31} of the preface." for n in range(20)) + "</p>"
# Characters of a token, of which there are 50 a second.
TOKEN = 4


def cut_at(text: str, token: int = TOKEN) -> int | None:
    """How many characters had come when the loop was seen."""
    watch = RepetitionWatch()
    for start in range(0, len(text), token):
        if watch.feed(text[start : start + token]):
            return start + token
    return None


def numbered(form: str, step: int = 1) -> Iterator[str]:
    return (form.format(number) for number in count(step, step))


@pytest.mark.parametrize(
    "turns",
    [
        pytest.param(repeat("<tr><td></td></tr>"), id="empty rows"),
        pytest.param(repeat("<tr><td></td><td></td></tr>\n"), id="empty rows of two cells"),
        pytest.param(repeat("<tr><td></td>"), id="empty rows that are never closed"),
        pytest.param(repeat("<td></td>"), id="empty cells"),
        pytest.param(repeat("<td>0</td>"), id="zeros"),
        pytest.param(repeat("<td>Amount</td>"), id="cells"),
        pytest.param(repeat("."), id="dots"),
        pytest.param(repeat(". "), id="spaced dots"),
        pytest.param(repeat("|"), id="pipes"),
        pytest.param(repeat("|  |  |  |\n"), id="empty pipe rows"),
        pytest.param(repeat("&nbsp;"), id="blanks"),
        pytest.param(repeat("\n"), id="line feeds"),
        pytest.param(repeat(PARAGRAPH), id="paragraph"),
        pytest.param(repeat(f"<p>{PARAGRAPH}{PARAGRAPH}Or so they say.</p>\n"), id="long paragraph"),
        pytest.param(repeat(f"{PARAGRAPH * 5}End."), id="very long paragraph"),
        pytest.param(repeat("It is what it is, said the man. "), id="sentence"),
        pytest.param(repeat("again "), id="word"),
        pytest.param(repeat("本"), id="one character"),
        pytest.param(numbered("{}\n"), id="counting lines"),
        pytest.param(numbered("{}, "), id="counting"),
        pytest.param(numbered("{}, ", 10), id="counting by tens"),
        pytest.param(numbered("{0}. Entry {0}\n"), id="counting entries"),
    ],
)
def test_a_loop_is_cut_within_three_seconds_of_its_third_turn(turns: Iterator[str]) -> None:
    units = list(islice(turns, 2000))
    text = BEGINNING + "".join(units)
    third = len(BEGINNING) + len("".join(units[:3]))

    cut = cut_at(text)

    assert cut is not None
    assert third < cut <= third + 3 * 50 * TOKEN


@pytest.mark.parametrize(
    "turns",
    [
        pytest.param(repeat("<tr><td></td><td></td><td></td><td></td></tr>\n"), id="wide empty rows"),
        pytest.param(repeat("<tr>" + "<td></td>" * 20 + "</tr>"), id="very wide empty rows"),
        pytest.param(repeat("<tr><td>Signature</td><td></td><td>Date</td><td></td></tr>"), id="rows to sign"),
        pytest.param(numbered("<tr><td>{}</td><td></td><td></td></tr>"), id="numbered empty rows"),
        pytest.param(numbered("<tr><td>{}</td><td>0.00</td></tr>"), id="numbered rows of zeros"),
        pytest.param(numbered("Item number {}: see the next page. "), id="numbered sentences"),
        pytest.param((f"{n}. {PARAGRAPH}" for n in count(1)), id="numbered paragraphs"),
    ],
)
def test_a_loop_that_could_be_a_form_is_cut_a_little_later(turns: Iterator[str]) -> None:
    units = list(islice(turns, 2000))

    cut = cut_at(BEGINNING + "".join(units))

    assert cut is not None
    assert cut - len(BEGINNING) <= len("".join(units[:40]))


def contents() -> str:
    titles = ["Introduction", "Methods", "Results by region", "Outlook", "Annex"]
    return "".join(f"<p>{n}. {titles[n % 5]} {'.' * (90 - n)} {n * 3 + n % 2}</p>\n" for n in range(1, 45))


def ledger() -> str:
    draw = random.Random(7)
    rows = (
        f"<tr><td>{number}</td><td>Account {draw.randint(1000, 9999)}</td><td>{draw.randint(0, 99999) / 100:.2f}</td>"
        "<td>0.00</td><td>0.00</td></tr>\n"
        for number in range(1, 121)
    )
    return "<table>" + "".join(rows) + "</table>"


HONEST = {
    "an empty form of 30 rows": "<table>"
    + "<tr><td></td><td></td><td></td><td></td><td></td></tr>\n" * 30
    + "</table>",
    "an empty form as pipes": "| Name | Date | Sum |\n|---|---|---|\n" + "|  |  |  |\n" * 31,
    "a numbered empty form": "".join(f"<tr><td>{n}</td><td></td><td></td></tr>" for n in range(1, 32)),
    "two empty columns": "<tr><td></td><td></td></tr>" * 20,
    "a list to sign": "<tr><td>Name:</td><td></td><td>Signature:</td><td></td></tr>\n" * 18,
    "participants": "".join(f"<tr><td>Participant {n}</td><td></td></tr>" for n in range(1, 31)),
    "dotted leaders": contents(),
    "lines to write on": ("_" * 110 + "\n") * 25,
    "a rule of dashes": "Total\n" + "-" * 200 + "\n" + "=" * 150,
    "zero columns": ledger(),
    "a matrix of zeros": "".join("<tr>" + "<td>0</td>" * 12 + "</tr>" for _ in range(24)),
    "twelve months of zeros": "".join(
        f"<tr><td>{name}</td>" + "<td>0.00</td>" * 12 + "</tr>" for name in PARAGRAPH.split()
    ),
    "years": "".join(f"<tr><td>{year}</td><td>{year * 37 % 1009}</td></tr>" for year in range(1900, 2025)),
    "a calendar": "".join(
        f"<h3>{month}</h3>" + "".join(f"<td>{day}</td>" for day in range(1, 32))
        for month in ("January", "March", "May", "July", "August", "October", "December")
    ),
    "boxes to tick": "".join(f"<li>☐ {answer}</li>" for answer in ("Yes", "No", "Do not know") * 12),
    "a refrain": "".join(f"<p>Verse {n}: {'la ' * n}{n * n}</p><p>{PARAGRAPH[:90]}</p>" for n in range(1, 12)),
    "a receipt in three copies": f"<h2>Receipt</h2><p>{PARAGRAPH}</p>" * 3 + "<p>Keep one copy of this.</p>",
    "legal lines": "".join(f"{n}\n" for n in range(1, 29)) + "<p>Now comes the plaintiff.</p>",
    "digits of a sum": "".join(f"{n * n % 7919}, " for n in range(800)),
}


@pytest.mark.parametrize("name", HONEST)
@pytest.mark.parametrize("token", [1, 4, 50, 100_000])
def test_what_pages_repeat_honestly_is_left_alone(name: str, token: int) -> None:
    assert cut_at(BEGINNING + HONEST[name] + "<p>The end of the page, with a few more words.</p>", token) is None


def test_the_words_for_a_loop_say_what_is_repeated() -> None:
    watch = RepetitionWatch()

    words = watch.feed("<tr><td></td></tr>" * 60)

    assert words is not None
    assert "<td></td>" in words
    assert "60 times" in words or "59 times" in words


def test_a_long_answer_costs_little_time() -> None:
    table = ledger() * 12
    start = time.process_time()

    assert cut_at(table, 16) is None
    assert time.process_time() - start < 2, f"{len(table)} characters"


@given(st.lists(st.text(max_size=200), max_size=60))
def test_any_text_is_taken(pieces: list[str]) -> None:
    watch = RepetitionWatch()
    for piece in pieces:
        watch.feed(piece * 3)
