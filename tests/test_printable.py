"""Text that is safe to show."""

from pipeline.printable import printable


def test_text_from_anywhere_can_be_shown() -> None:
    assert printable("é中\u00a0a\n\tb\x1b[2J\udcff\x00") == "é中 a  b\ufffd[2J\ufffd\ufffd"
