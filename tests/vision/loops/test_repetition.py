import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loops import FORMS, LETTER_PICTURE, LETTER_TEXT, LOOPS, PARAGRAPH, RULE, WHITE, Turns, drawn, turns
from page_texts import text_to_page_text

from pipeline.pictures.png import rows_to_png
from pipeline.vision.loops.page_evidence import Evidence
from pipeline.vision.loops.repetition import RepetitionWatch
from pipeline.vision.loops.ruled import png_to_lines

BEGINNING = "<h1>Annual report</h1><p>" + " ".join(f"Sentence {n * 7 % 31} of the preface." for n in range(20)) + "</p>"
# Characters of a token, of which there are 50 a second.
TOKEN = 4
NO_PAGE = Evidence()
LETTER = Evidence(image=LETTER_PICTURE, read_text=lambda: text_to_page_text(LETTER_TEXT))


def cut_at(text: str, token: int = TOKEN, page: Evidence = NO_PAGE) -> int | None:
    """How many characters had come when the loop was seen."""
    watch = RepetitionWatch(page)
    for start in range(0, len(text), token):
        if watch.feed(text[start : start + token]):
            return start + token
    return None


def page_of(text: str) -> Evidence:
    """A page that shows all that the text has, its rows parted by rules."""
    rows = len(re.findall(r"<tr|^[|_]", text, re.MULTILINE))
    lines = re.sub(r"<[^<>]*>", " ", text.replace("</tr>", "\n").replace("</p>", "\n"))
    return Evidence(
        image=drawn([WHITE] * 50 + [RULE, *[WHITE] * 12] * (rows + 1)), read_text=lambda: text_to_page_text(lines)
    )


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_a_loop_is_cut_within_three_seconds_of_its_third_turn(loop: Turns) -> None:
    units = turns(loop, 2000)
    text = BEGINNING + "".join(units)
    third = len(BEGINNING) + len("".join(units[:3]))

    for page in (NO_PAGE, LETTER):
        cut = cut_at(text, page=page)

        assert cut is not None
        assert third < cut <= third + 3 * 50 * TOKEN


@pytest.mark.parametrize("loop", FORMS.values(), ids=FORMS)
def test_a_loop_that_could_be_a_form_is_cut_a_little_later_unless_the_page_shows_no_form(loop: Turns) -> None:
    units = turns(loop, 2000)
    text = BEGINNING + "".join(units)
    third = len(BEGINNING) + len("".join(units[:3]))

    cut = cut_at(text)
    sooner = cut_at(text, page=LETTER)

    assert cut is not None
    assert cut - len(BEGINNING) <= len("".join(units[:40]))
    assert sooner is not None
    assert third < sooner <= third + 3 * 50 * TOKEN


def test_empty_rows_beyond_the_ruled_ones_of_a_page_are_a_loop() -> None:
    row = "<tr>" + "<td></td>" * 8 + "</tr>"

    cut = cut_at(BEGINNING + row * 2000, page=page_of(row * 20))

    assert cut is not None
    assert 20 < (cut - len(BEGINNING)) / len(row) < 25


def test_what_stands_on_the_page_a_dozen_times_may_stand_in_the_answer_as_often() -> None:
    labels = "".join(f"<p>{PARAGRAPH}{PARAGRAPH}</p>\n" for _ in range(12))
    tickets = "".join(f"<p>Ticket {number}: {PARAGRAPH}</p>\n" for number in range(1, 41))

    for text in (labels, tickets):
        assert cut_at(BEGINNING + text) is not None
        assert cut_at(BEGINNING + text, page=page_of(text)) is None


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
    text = BEGINNING + HONEST[name] + "<p>The end of the page, with a few more words.</p>"

    assert cut_at(text, token) is None
    assert cut_at(text, token, page_of(text)) is None


def ruled(rows: int) -> list[bytes]:
    return [WHITE] * 40 + [RULE, *[WHITE] * 20] * rows


def test_lines_are_counted_whatever_they_look_like() -> None:
    tint, dots = b"\xf0" * 1000, (b"\xff" + b"\x20" * 2) * 333 + b"\xff"
    boxed = b"\xf0" * 300 + b"\x10" * 400 + b"\xf0" * 300
    coloured = [b"".join(bytes([shade, 0xFF if shade == 0xFF else 0, 0xFF]) for shade in row) for row in ruled(7)]

    assert png_to_lines(drawn(ruled(30))) == 30
    assert png_to_lines(drawn([WHITE] * 700)) == 0
    assert png_to_lines(drawn([WHITE] * 300 + ([tint] * 20 + [WHITE] * 60) * 9)) == 18
    assert png_to_lines(drawn([WHITE] * 900 + [tint, *[boxed], *[tint] * 10] * 12)) == 12
    assert png_to_lines(drawn([WHITE] * 300 + [dots, *[WHITE] * 20] * 9)) == 0
    assert png_to_lines(rows_to_png(coloured, width=1000, channels=3)) == 7


def test_a_picture_that_tells_nothing_of_lines_says_so() -> None:
    noise = random.Random(3)
    photograph = [noise.randbytes(1000) for _ in range(300)]
    whole = drawn(ruled(3))

    assert png_to_lines(drawn(photograph)) is None
    for other in (b"", b"\xff\xd8\xff\xe0 JFIF" * 9, whole[:200], whole[:29] + bytes(400), bytes(len(whole))):
        assert png_to_lines(other) is None


def test_the_words_for_a_loop_say_what_is_repeated() -> None:
    watch = RepetitionWatch()

    words = watch.feed("<tr><td></td></tr>" * 60)

    assert words is not None
    assert "<td></td>" in words
    assert "24 times" in words  # the first look at which there are more than a page may have


@given(st.lists(st.text(max_size=200), max_size=60))
def test_any_text_is_taken(pieces: list[str]) -> None:
    watch = RepetitionWatch()
    for piece in pieces:
        watch.feed(piece * 3)
