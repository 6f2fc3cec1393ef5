"""A delivered document as its page shows it: the whole manifest, read when somebody looks."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.document import FallbackReason, Method
from pipeline.files.confined import open_inside
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
_SHOWN_NUMBERS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDetail:
    """A page of the manifest.

    Attributes:
        reason: Why it is not the model's, in words; empty where it is, or none was wanted.
        detail: Facts of the reason.
        unseen: Numbers of the answer that the page's own text does not have.
        more_unseen: How many more there are.
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
        """Whether somebody should look at it."""
        return bool(self.reason or self.unseen or self.warnings)


def read_details(root: Path, manifest: str) -> list[PageDetail]:
    """The pages that a manifest tells of; those that are not as ours are left out.

    Raises:
        OSError: It cannot be read.
    """
    with open_inside(root, manifest) as file:
        data = file.read()
    try:
        pages = json.loads(data)["pages"]
        return [_page_to_detail(page) for page in pages]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []


def read_section(root: Path, html: str, number: int) -> bytes | None:
    """One page of a result as a document of its own, None where there is no such page.

    Args:
        root: The outbox.
        html: Path of the result in it.
        number: Of the page.

    Raises:
        OSError: It cannot be read.
    """
    with open_inside(root, html) as file:
        data = file.read()
    body = data.find(b"<body>")
    begin = data.find(_SECTION % number)
    end = data.find(_SECTION_END, begin)
    if min(body, begin, end) < 0:
        return None
    section = data[begin : end + len(_SECTION_END)]
    return data[: body + len(b"<body>")] + b"\n<main>\n" + section + b"\n</main>\n</body>\n</html>\n"


def _page_to_detail(page: Mapping[str, object]) -> PageDetail:
    fallback, checks, timings = page["fallback"], _group(page["checks"]), _group(page["timings"])
    code = str(fallback["reason"]) if isinstance(fallback, dict) else ""
    fell_back = code not in {"", FallbackReason.ENGINE_BASIC}
    attempts = [each for each in _items(page["attempts"]) if isinstance(each, dict)]
    unseen = [str(each) for each in _items(checks["numbers_unseen"])]
    return PageDetail(
        number=int(str(page["number"])),
        method=_METHODS[Method(str(page["method"]))],
        reason=REASONS[FallbackReason(code)] if fell_back else "",
        detail=str(fallback.get("detail", "")) if fell_back and isinstance(fallback, dict) else "",
        tables=int(str(page["tables"])),
        unseen=tuple(unseen[:_SHOWN_NUMBERS]),
        more_unseen=max(0, len(unseen) - _SHOWN_NUMBERS),
        warnings=tuple(str(each) for each in _items(page.get("warnings", []))),
        model=str(attempts[-1].get("model", "")) if attempts else "",
        tokens=sum(int(each.get("completion_tokens") or 0) for each in attempts),
        seconds=tuple(float(str(timings[f"{step}_s"])) for step in STEPS),
        total_s=float(str(timings["total_s"])),
    )


def _group(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _items(value: object) -> Iterator[object]:
    return iter(value) if isinstance(value, list) else iter(())
