"""The values that the parts hand to each other."""

from pipeline.document import ServerTarget, printable


def test_keys_do_not_show() -> None:
    assert "sk-secret" not in repr(ServerTarget(url="http://a/v1", model="m", api_key="sk-secret"))


def test_text_from_anywhere_can_be_shown() -> None:
    assert printable("é中\u00a0a\n\tb\x1b[2J\udcff\x00") == "é中 a  b\ufffd[2J\ufffd\ufffd"
