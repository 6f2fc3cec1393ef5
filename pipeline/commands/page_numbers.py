"""Page numbers as people write them: ``1-3,7``."""

import re

from pipeline.errors import UsageError

_MOST = 100_000


def text_to_pages(text: str) -> tuple[int, ...]:
    """The numbers in ascending order, each once.

    Raises:
        UsageError: The text is not a list of numbers and ranges.
    """
    pages: set[int] = set()
    for part in text.split(","):
        found = re.fullmatch(r"\s*(\d{1,6})\s*(?:-\s*(\d{1,6})\s*)?", part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 1 <= first <= last <= _MOST:
            raise UsageError(f"--pages {text}: write page numbers and ranges from 1, for example 1-3,7")
        pages.update(range(first, last + 1))
    return tuple(sorted(pages))
