"""A choice of pages, as people write it."""

import re

from pipeline.extraction.errors import ExtractionError

_PART = re.compile(r"\s*(\d+)\s*(?:(-)\s*(\d+)?\s*)?")


def text_to_numbers(text: str | None, count: int) -> list[int]:
    """The page numbers that the text names, in its order.

    Args:
        text: For example ``1-3,7`` or ``5-`` (to the end); None for all pages.
        count: How many pages there are.

    Raises:
        ExtractionError: The text is no such list, or names a page that does not exist.
    """
    if text is None:
        return list(range(1, count + 1))
    numbers: list[int] = []
    for part in text.split(","):
        found = _PART.fullmatch(part)
        if found is None:
            raise ExtractionError(f"{text!r} is no list of pages; write for example 1-3,7.")
        first = int(found[1])
        last = int(found[3]) if found[3] else count if found[2] else first
        if not 1 <= first <= last <= count:
            raise ExtractionError(f"There are no pages {part.strip()}: the document has {count}.")
        numbers += range(first, last + 1)
    return numbers
