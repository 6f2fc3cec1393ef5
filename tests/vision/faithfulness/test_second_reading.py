"""An answer for a scan compared with what text recognition reads there."""

import pytest
from page_texts import text_to_page_text

from pipeline.markup.sanitise import sanitise
from pipeline.page_result import Checks
from pipeline.vision.faithfulness.comparison import Comparison, Faith, compare
from pipeline.vision.faithfulness.second_reading import comparison_to_second_reading

READ = """The harbour has cranes and each of them has its own sum in this ledger of ours
Crane Year Sum
Anna 2001 4,310
Berta 2002 880
Carla 2003 1,207
"""
ANSWER = (
    "<p>The harbour has cranes and each of them has its own sum in this ledger of ours</p>"
    "<table><tr><th>Crane</th><th>Year</th><th>Sum</th></tr><tr><td>Anna</td><td>2001</td><td>4,310</td></tr>"
    "<tr><td>Berta</td><td>2002</td><td>880</td></tr><tr><td>Carla</td><td>2003</td><td>1,207</td></tr></table>"
)


def compared(answer: str, read: str = READ) -> Comparison:
    return comparison_to_second_reading(compare(sanitise(answer).blocks, text_to_page_text(read)))


def test_a_figure_that_is_read_otherwise_is_doubted_and_said() -> None:
    found = compared(ANSWER.replace("4,310", "4,810"))

    assert (found.faith, found.checks.numbers_unseen) == (Faith.DOUBTFUL, ("4,810",))
    assert found.suspects
    assert found.detail == "Text recognition reads other figures in place of 4,810."


@pytest.mark.parametrize(
    ("unseen", "missing", "doubted"),
    [
        ("123290391", ("123", "290", "391", "7"), True),
        ("993170,349", ("993", "170,349"), True),
        ("123290391", ("123", "290"), False),
        ("123290", ("123290",), False),
        ("0.4", ("04",), False),
        ("27", ("21",), False),
        ("4,810", ("4,310",), True),
    ],
)
def test_figures_that_are_read_apart_or_with_another_digit_are_doubted(
    unseen: str, missing: tuple[str, ...], *, doubted: bool
) -> None:
    checks = Checks(numbers_unseen=(unseen,), numbers_missing=missing)

    found = comparison_to_second_reading(Comparison(faith=Faith.DOUBTFUL, checks=checks))

    assert (found.faith is Faith.DOUBTFUL) is doubted
    assert found.checks.numbers_unseen == ((unseen,) if doubted else ())


@pytest.mark.parametrize(
    "read",
    [
        READ,
        READ.replace("880", ""),  # missed
        READ.replace("880", "B8O"),  # taken for letters
        READ.replace("Anna", "Amna"),  # a misread word
        READ.replace("4,310", "4.310"),  # a misread sign
        READ.replace("1,207", "31,207,5"),  # two figures run together
    ],
)
def test_what_text_recognition_misses_or_spoils_proves_nothing(read: str) -> None:
    found = compared(ANSWER, read)

    assert (found.faith, found.suspects, found.rows, found.detail) == (Faith.FAITHFUL, frozenset(), frozenset(), "")


def test_an_answer_for_another_page_is_that_all_the_same() -> None:
    other = "<p>" + "Quite different words about ships and their captains in other seas. " * 5 + "</p>"
    read = READ + "and many more words about sums and cranes follow so that there is enough to go by in all of it " * 2

    assert compared(other, read).faith is Faith.INVENTED
