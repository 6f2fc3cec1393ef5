"""Numbers from requests, which may hold anything."""

_DIGITS = 7


def text_to_number(text: str | None, default: int) -> int:
    """A number from 0; the default where the text is none, or too long."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > _DIGITS:
        return default
    return int(text)
