"""A delivered document for its web page: the whole manifest, read when a user looks at it."""

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.files.confined import open_confined
from pipeline.page_result import Method, PageResult
from pipeline.results.manifest import read_manifest
from pipeline.results.reasons import REASONS

#: In the order in which they happen.
STEPS = ("queue", "render", "request", "check", "fallback")
_METHODS = {
    Method.VISION: "model",
    Method.TEXT_LAYER: "PDF text",
    Method.OCR: "text recognition",
    Method.BLANK: "blank",
    Method.NONE: "nothing",
}
_SECTION = b'<section class="page" id="page-%d"'
_SECTION_END = b"\n</section>"
# Ways to other pages lead nowhere in a document of one, and its notices stand above it on the page.
_WAYS = re.compile(rb'<nav class="page"[^\n]*</nav>\n')
_NOTICES = re.compile(rb'<aside class="(?:notice|warning)">[^\n]*</aside>\n')
_SHOWN_NUMBERS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDetail:
    """A page of the manifest.

    Attributes:
        reason: Why it was not read by the model, in words; empty where it was, or where no model was wanted.
        detail: Facts about the reason.
        unseen: Numbers in the answer that the page's own text does not have.
        more_unseen: How many more such numbers there are.
        seconds: Of each of :data:`STEPS`.
    """

    number: int
    method: str
    reason: str
    detail: str
    tables: int
    unseen: tuple[str, ...]
    more_unseen: int
    warnings: tuple[str, ...]
    model: str
    tokens: int
    seconds: tuple[float, ...]
    total_s: float

    @property
    def marked(self) -> bool:
        """Whether a user should look at it."""
        return bool(self.reason or self.unseen or self.warnings)


def read_details(root: Path, manifest: str) -> list[PageDetail]:
    """The pages of a manifest; none where it is not one of ours.

    Raises:
        OSError: It cannot be read.
    """
    found = read_manifest(root, manifest)
    return [_page_to_detail(page) for page in found.pages] if found else []


def read_section(root: Path, html: str, number: int) -> bytes | None:
    """One page of a result as a complete document; None where there is no such page.

    Args:
        root: The outbox.
        html: Path of the result, relative to the outbox.
        number: Of the page.

    Raises:
        OSError: It cannot be read.
    """
    with open_confined(root, html) as file:
        data = file.read()
    body = data.find(b"<body>")
    begin = data.find(_SECTION % number)
    end = data.find(_SECTION_END, begin)
    if min(body, begin, end) < 0:
        return None
    section = _NOTICES.sub(b"", _WAYS.sub(b"", data[begin : end + len(_SECTION_END)], count=1))
    return data[: body + len(b"<body>")] + b"\n<main>\n" + section + b"\n</main>\n</body>\n</html>\n"


def _page_to_detail(page: PageResult) -> PageDetail:
    unseen, timings = page.checks.numbers_unseen, page.timings
    fallback = page.fallback if page.fell_back else None
    return PageDetail(
        number=page.number,
        method=_METHODS[page.method],
        reason=REASONS[fallback.reason] if fallback else "",
        detail=fallback.detail if fallback else "",
        tables=page.tables,
        unseen=unseen[:_SHOWN_NUMBERS],
        more_unseen=max(0, len(unseen) - _SHOWN_NUMBERS),
        warnings=page.warnings,
        model=page.attempts[-1].model if page.attempts else "",
        tokens=sum(attempt.completion_tokens or 0 for attempt in page.attempts),
        seconds=(timings.queue_s, timings.render_s, timings.request_s, timings.check_s, timings.fallback_s),
        total_s=timings.total_s,
    )
