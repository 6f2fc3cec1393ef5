"""The library's complaints become plain sentences, also those of its older releases."""

import pytest

from pipeline.commands.usage import usage_to_sentence


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Missing argument 'NAME...'.", "NAME... is missing."),
        (
            "Invalid value for '--to': Input should be a valid integer, unable to parse",
            "--to: it must be a whole number.",
        ),
        ("Invalid value for '--engine': Value error, 'x' is not one of 'a'.", "--engine: 'x' is not one of 'a'."),
        ("Got unexpected extra argument (x)", "It takes nothing more: x."),
        ("Got unexpected extra argument(s) (x y)", "It takes nothing more: x y."),
        ("No such command 'wach'. Did you mean 'watch'?", "No such command 'wach'. Did you mean 'watch'?"),
    ],
)
def test_a_complaint_is_plain_and_says_where_to_look(words: str, said: str) -> None:
    assert usage_to_sentence("dropleaf watch", words) == f"{said} `dropleaf watch -h` says how it is used."
