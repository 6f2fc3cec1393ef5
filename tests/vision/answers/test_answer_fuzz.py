"""Whatever a model writes, there is a verdict, and what comes of it is clean; :mod:`fuzzing` says how often."""

import random
from pathlib import Path

import pytest
from fragments import check_fragment
from fuzzing import counted, deep_listener, share
from hypothesis import given
from hypothesis import strategies as st
from page_texts import text_to_page_text

from pipeline.markup.repairs import Repair
from pipeline.markup.sanitise import sanitise
from pipeline.vision.answers.judge import AnswerStatus, judge
from pipeline.vision.faithfulness.comparison import compare
from pipeline.vision.faithfulness.marking import mark

pytestmark = deep_listener

SAMPLES = Path(__file__).parent / "samples"
ANSWERS = tuple(path.read_text(encoding="utf-8") for path in sorted(SAMPLES.glob("*.txt")))
LAYER = text_to_page_text((SAMPLES / "page-a.layer").read_text(encoding="utf-8"))
_MARKUP = """
<table> </table> <tr> </tr> <td> </td> <th> <thead> </thead> <tbody> </tbody> <caption> </caption> <p> </p> <ul> <ol>
<li> </li> </ul> <dl> <dt> <dd> <h1> </h1> <b> </b> <a> </a> <sup> <br> <hr> <pre> </pre> <code> </code> <div> </div>
<math> <mfrac> <mi> </math> <svg> <script> </script> <style> </style> <!-- --> <!DOCTYPE <![CDATA[ ]]> <logo>
<watermark> <img <input &lt; &amp; &# &#x0; &quot < > & " ' <fcel> <ecel> <lcel> <ucel> <xcel> <ched> <nl> <otsl>
</otsl> <loc_12> <doctag> </doctag> <text> <formula> <|ref|> <|/ref|> <|det|> <|/det|> <|box_start|> <|box_end|>
<|im_end|> <think> </think> <s> </s> { } [ ] : , {"bbox":[1,2],"text":" "bbox_2d":
natural_text | || |-|-| ``` ~~~ --- ` ** * _ # $ $$
\\( \\) \\[ \\] \\begin{tabular}{l} \\end{tabular} \\\\ \\hline \\multicolumn{2}{c}{ 1,234 (5.6) \\n \\u0000 ![x](y)
[a](http://b) <td\\tcolspan="9999"> <td\\trowspan="77"> <td\\tcolspan=abc\\trowspan='0'> <a\\thref="javascript:x">
<p\\tonclick=x> <td\\tcolspan=3> <td\\trowspan=2> word Total:
"""
# Long enough to show what grows with the square of the length: thirty times what most pages have in them.
LONG_BYTES = 60_000
PIECES = (
    *(piece.replace("\\t", "\t") for piece in _MARKUP.split()),
    *("\n", "\n\n", " ", "\t", "\x00", "\x1b", "\ud800", "\ufdd00\ufdd1", "\u202e", "\xad", "1 234", "a<b c>"),
    *("1. |", "> |", "|\\n|", "||", "\N{BROKEN BAR}", "...", "[...]", "{/*", "<row>", "<plan>", "&amp;"),
)


_mixtures = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=60).map("".join)


def _check(answer: str, finish_reason: str | None = "stop") -> None:
    verdict = judge(answer, finish_reason=finish_reason, page_text=LAYER, prompt="Transcribe this page of a document.")

    assert (verdict.status is AnswerStatus.REJECTED) == (verdict.reason is not None) == bool(verdict.detail)
    if verdict.page is None:
        assert verdict.status is AnswerStatus.REJECTED
        return
    check_fragment(verdict.page.html)
    page = verdict.page
    marked = mark(page.html, page.blocks, compare(page.blocks, LAYER))
    check_fragment(marked)
    assert marked.count("<table>") == len(page.tables)


@share(0.05)
@given(st.text())
@counted
def test_fuzz_any_text_at_all_gets_a_verdict(text: str) -> None:
    _check(text)


@share(0.1)
@given(
    _mixtures,
    st.sampled_from(["stop", "length", None]),
)
@counted
def test_fuzz_any_mixture_of_markup_gets_a_verdict(text: str, finish_reason: str | None) -> None:
    _check(text, finish_reason)


@share(0.1)
@given(st.integers(0, 2**32), st.sampled_from(["stop", "length", None]))
@counted
def test_fuzz_a_real_answer_that_is_mutated_gets_a_verdict(seed: int, finish_reason: str | None) -> None:
    _check(_mutated(random.Random(seed)), finish_reason)


@share(0.1)
@given(_mixtures)
@counted
def test_fuzz_sanitised_markup_is_clean_and_stays_as_it_is(html: str) -> None:
    clean = sanitise(html)

    check_fragment(clean.html)
    again = sanitise(clean.html)
    assert again.text == clean.text
    assert again.html == clean.html


@pytest.mark.slow
@share(0.004)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4), st.integers(0, 2**32), st.integers(1, 9))
@counted
def test_fuzz_a_long_answer_of_few_signs_gets_its_verdict_in_time(pieces: list[str], seed: int, every: int) -> None:
    chance = random.Random(seed)
    unit = "".join(pieces) * every

    # The numbers keep the watch over loops from ending the matter before anything is read.
    _check("".join(f"{unit} w{chance.randrange(9999)} " for _ in range(LONG_BYTES // len(unit + " w9999 "))))


def _mutated(chance: random.Random) -> str:
    """A sample after some cuts, doublings, moves and insertions."""
    text = chance.choice(ANSWERS)
    for _ in range(chance.randint(1, 8)):
        start = chance.randint(0, len(text))
        end = min(len(text), start + chance.choice([1, 2, 5, 20, 100, 1000]))
        piece = text[start:end]
        kind = chance.randrange(5)
        if kind == 0:
            text = text[:start] + text[end:]
        elif kind == 1:
            text = text[:end] + piece * chance.randint(1, 3) + text[end:]
        elif kind == 2:
            text = text[:start] + chance.choice(PIECES) + text[start:]
        elif kind == 3:
            rest = text[:start] + text[end:]
            place = chance.randint(0, len(rest))
            text = rest[:place] + piece + rest[place:]
        else:
            other = chance.choice(ANSWERS)
            text = text[:start] + other[chance.randint(0, len(other)) :][:500] + text[end:]
    return text


# Marks of which none removes text, and words that no mark is made of.
_HARMLESS = """
<table> </table> <tr> </tr> <td> </td> <th> <thead> </thead> <caption> </caption> <p> </p> <ul> <ol> <li> </li>
</ul> <dl> <dt> <dd> <h1> </h1> <b> </b> <a> </a> <sup> <br> <hr> <pre> </pre> <code> </code> <div> </div>
<math> <mi> </math> <logo> <watermark> &lt; &amp; & < > <5 a<b | || |-|-| - * ** # ##
_ ` $ $$ \\( \\) \\[ \\] ( ) [ ] ! ~ + = 1. 2) > : {
"""
_PIECES_AND_WORDS = (*_HARMLESS.split(), "\n", "\n\n", "\n| ", " |\n", *["word"] * 20)


@share(0.05)
@given(st.lists(st.sampled_from(_PIECES_AND_WORDS), max_size=60))
@counted
def test_fuzz_no_word_of_an_answer_is_lost(pieces: list[str]) -> None:
    numbered = [f"word{index}x" if piece == "word" else piece for index, piece in enumerate(pieces)]

    page = judge("Page. " + " ".join(numbered)).page

    assert page is not None
    lost = [piece for piece in numbered if piece.startswith("word") and piece not in page.text]
    # Half a row at the end of a table goes, and the page says so.
    assert lost == [] or (Repair.CUT.value in page.repairs and page.warnings and lost == lost[-1:])
