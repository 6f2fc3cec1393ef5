import pytest

from pipeline.vision.answers.rotation import answer_to_turn

FRONT = "---\nprimary_language: en\nis_rotation_valid: {valid}\nrotation_correction: {turn}\n---\nText\n"
OBJECT = '{{"primary_language": "en", "is_rotation_valid": {valid}, "rotation_correction": {turn}, "natural_text": ""}}'


@pytest.mark.parametrize(
    ("answer", "turn"),
    [
        (FRONT.format(valid="False", turn=90), 90),
        (FRONT.format(valid="false", turn="'270'"), 270),
        (FRONT.format(valid="False", turn=0), 0),
        (FRONT.format(valid="True", turn=90), 0),
        (FRONT.format(valid="False", turn=45), 0),
        (OBJECT.format(valid="false", turn=180), 180),
        (OBJECT.format(valid="true", turn=180), 0),
        ("The rotation_correction: 90 of the second antenna was wrong.", 0),
        ("", 0),
    ],
)
def test_a_page_is_turned_only_where_the_model_says_that_it_lies_wrong(answer: str, turn: int) -> None:
    assert answer_to_turn(answer) == turn
