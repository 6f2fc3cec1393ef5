"""Text that is safe to show."""

import json

import pytest

from pipeline.printable import printable, printable_json


def test_text_from_anywhere_can_be_shown() -> None:
    assert printable("é中\u00a0a\n\tb\x1b[2J\udcff\x00") == "é中 a  b\ufffd[2J\ufffd\ufffd"


@pytest.mark.parametrize("name", ["a\x9b2J", "b\x7f\x85", "\u202efdp.exe", "c\u2028d\u2066", "\x1b[2J\r"])
def test_json_can_be_shown_and_says_the_same(name: str) -> None:
    text = printable_json(json.dumps({name: [name, "é中"]}, ensure_ascii=False))

    assert json.loads(text) == {name: [name, "é中"]}
    assert text.isprintable()
    assert "é中" in text
