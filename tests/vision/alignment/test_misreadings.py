"""What a model misread, told from the page's own text."""

from collections.abc import Mapping

import pytest
from page_texts import html_to_blocks, text_to_page_text

from pipeline.vision.alignment.settling import settle

PAGE = """Landings by harbour
Harbour 2019 2020 Change
Aalborg 1,204 1,377 14.4%
Esbjerg 982 1,377 40.2%
Skagen 5,311 4,870 (8.3)
Total of all harbours 7,497 7,624 1.7%
The committee met in the spring and heard from those who had worked on the matter for some years.
"""
ROWS = {
    "Aalborg": ["1,204", "1,377", "14.4%"],
    "Esbjerg": ["982", "1,377", "40.2%"],
    "Skagen": ["5,311", "4,870", "(8.3)"],
    "Total of all harbours": ["7,497", "7,624", "1.7%"],
}
PROSE = "The committee met in the spring and heard from those who had worked on the matter for some years."


def answer(changed: Mapping[str, list[str]] | None = None, *, prose: str = PROSE) -> str:
    """The page as a model writes it, some rows changed."""
    rows = {**ROWS, **(changed or {})}
    lines = [["Harbour", "2019", "2020", "Change"], *([name, *cells] for name, cells in rows.items())]
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in lines)
    return f"<p>Landings by harbour</p><table><tbody>{cells}</tbody></table><p>{prose}</p>"


def misread(html: str, page: str = PAGE) -> list[tuple[str, str]]:
    settled = settle(html_to_blocks(html), text_to_page_text(page), lambda: None, doubtful=True)
    return [(each.was, each.now) for each in settled.corrections]


def test_a_faithful_answer_has_no_misreading() -> None:
    assert misread(answer()) == []


@pytest.mark.parametrize(
    ("changed", "was", "now"),
    [
        ({"Aalborg": ["1,264", "1,377", "14.4%"]}, "1,264", "1,204"),
        ({"Esbjerg": ["982", "1,877", "40.2%"]}, "1,877", "1,377"),
        ({"Skagen": ["5,311", "4,870", "8.3"]}, "8.3", "(8.3)"),
        ({"Aalborg": ["1,204", "1,377", "144%"]}, "144%", "14.4%"),
        ({"Aalborg": ["1,204", "1,377", "-14.4%"]}, "-14.4%", "14.4%"),
        ({"Skagen": ["5,3111", "4,870", "(8.3)"]}, "5,3111", "5,311"),
    ],
)
def test_a_figure_that_was_misread_is_told_with_the_pages(changed: dict[str, list[str]], was: str, now: str) -> None:
    assert misread(answer(changed)) == [(was, now)]


def test_a_number_keeps_the_separators_that_the_model_wrote() -> None:
    assert misread(answer({"Skagen": ["5 321", "4,870", "(8.3)"]})) == [("5 321", "5 311")]


def test_a_figure_that_the_page_has_elsewhere_is_told_where_only_it_differs() -> None:
    assert misread(answer({"Esbjerg": ["982", "1,204", "40.2%"]})) == [("1,204", "1,377")]


def test_a_misread_word_of_running_text_is_told() -> None:
    assert misread(answer(prose=PROSE.replace("committee", "comrnittee"))) == [("comrnittee", "committee")]


@pytest.mark.parametrize(
    "prose",
    [
        PROSE.replace("worked on the matter", "worked on the mat- ter"),
        PROSE.replace("the matter", "this subject"),
        PROSE.upper(),
        "A photograph shows three cranes at the quay.",
    ],
    ids=["hyphens", "other words", "capitals", "more than the page"],
)
def test_what_is_spelled_or_said_otherwise_is_no_misreading(prose: str) -> None:
    assert misread(answer(prose=prose)) == []


def test_figures_in_another_order_are_left_to_the_reader() -> None:
    assert misread(answer({"Aalborg": ["1,377", "1,204", "14.4%"]})) == []


def test_a_row_that_the_page_does_not_have_is_left_to_the_reader() -> None:
    assert misread(answer({"Invented": ["3,333", "4,444", "33.3%"]})) == []


def test_nothing_is_told_from_a_page_whose_glyphs_cannot_be_read() -> None:
    assert misread(answer({"Aalborg": ["1,264", "1,377", "14.4%"]}), PAGE.replace("1,204", "1,2\ufffd4")) == []
    assert misread(answer({"Aalborg": ["1,264", "1,377", "14.4%"]}), "") == []
