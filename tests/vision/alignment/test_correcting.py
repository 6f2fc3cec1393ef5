"""The page's own characters in the place of what was misread."""

from page_texts import html_to_blocks, text_to_page_text

from pipeline.markup.sanitise import blocks_to_html
from pipeline.page_result import Correction
from pipeline.vision.alignment.settling import settle

PAGE = text_to_page_text(
    """Harbour 2019 2020 Change
Aalborg 1,204 1,377 14.4%
Esbjerg 982 1,377 40.2%
The committee met in the spring and heard from those who had worked on it.
"""
)


def table(*rows: str) -> str:
    return f"<table><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>"


def corrected(html: str) -> tuple[str, tuple[Correction, ...]]:
    blocks = html_to_blocks(html)
    settled = settle(blocks, PAGE, lambda: None, doubtful=True)
    return blocks_to_html(settled.blocks), settled.corrections


def test_a_corrected_cell_says_what_it_was_and_where_it_stands() -> None:
    html, corrections = corrected(
        table(
            '<td rowspan="2">Harbours</td><td>Aalborg</td><td>1,204</td><td>1,317</td><td>14.4%</td>',
            "<td>Esbjerg</td><td>982</td><td>1,377</td><td>40.2%</td>",
        )
    )

    assert '<td><span data-was="1,317">1,377</span></td>' in html
    assert corrections == (Correction(table=1, row=1, column=4, was="1,317", now="1,377"),)


def test_the_models_markup_stays() -> None:
    html, _ = corrected(table("<td>Aalborg</td><td><b>about 1,264</b> t</td><td>1,377</td><td>14.4%</td>"))

    assert '<td><b>about <span data-was="1,264">1,204</span></b> t</td>' in html


def test_a_correction_in_running_text_names_no_cell() -> None:
    html, corrections = corrected(
        "<p>The committee met in the sprirng and <em>heard</em> from those who had worked on it.</p>"
    )

    assert 'the <span data-was="sprirng">spring</span> and <em>heard</em>' in html
    assert corrections == (Correction(table=None, row=None, column=None, was="sprirng", now="spring"),)


def test_two_corrections_of_one_cell_are_both_made() -> None:
    html, corrections = corrected("<p>The comittee met in the sprimg and heard from those who had worked on it.</p>")

    assert 'The <span data-was="comittee">committee</span> met in the <span data-was="sprimg">spring</span>' in html
    assert len(corrections) == 2


def test_a_word_that_markup_divides_stays_as_it_is() -> None:
    html, corrections = corrected(table("<td>Aalborg</td><td>1,2<b>64</b></td><td>1,377</td><td>14.4%</td>"))

    assert "<td>1,2<b>64</b></td>" in html
    assert corrections == ()


def test_what_the_model_wrote_cannot_leave_the_attribute() -> None:
    html, _ = corrected(table('<td>Aalborg</td><td>1,2"&gt;&lt;64</td><td>1,377</td><td>14.4%</td>'))

    assert "<64" not in html
    assert '"><' not in html.replace('"><td', "")
