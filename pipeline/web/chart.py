"""A chart of the times of a document's pages: a bar for each page, a piece for each step."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

from pipeline.web.details import STEPS, PageDetail

#: Sizes in units of the drawing: CSS pixels at its natural size.
HEIGHT = 160
LEFT = 46
_BASE = HEIGHT - 22
_TOP = 10
_WIDEST, _NARROWEST, _GAP = 34, 3, 2
_ROOM = 860


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPiece:
    """A step of a page, as a rectangle."""

    step: str
    top: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The bar of a page."""

    number: int
    left: float
    label: str
    words: str
    fell_back: bool
    pieces: tuple[ChartPiece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartLine:
    """A line of the scale."""

    top: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The whole chart."""

    width: float
    bar_width: float
    bars: tuple[Bar, ...]
    lines: tuple[ChartLine, ...]


def details_to_chart(pages: Sequence[PageDetail]) -> Chart | None:
    """The chart; None where nothing took any time."""
    longest = max((sum(page.seconds) for page in pages), default=0.0)
    if longest <= 0.0:
        return None
    step = seconds_to_scale(longest)
    scale = (_BASE - _TOP) / longest
    bar_width = max(_NARROWEST, min(_WIDEST, _ROOM / len(pages) - _GAP))
    stride = bar_width + _GAP
    every = max(1, round(30 / stride))
    bars = tuple(
        Bar(
            number=page.number,
            left=LEFT + index * stride,
            label=str(page.number) if index % every == 0 else "",
            words=_page_to_words(page),
            fell_back=bool(page.reason),
            pieces=_page_to_pieces(page, scale),
        )
        for index, page in enumerate(pages)
    )
    lines = tuple(
        ChartLine(top=round(_BASE - step * count * scale, 2), label=f"{step * count:g} s")
        for count in range(floor(longest / step) + 1)
    )
    return Chart(width=LEFT + len(pages) * stride + 4, bar_width=round(bar_width, 2), bars=bars, lines=lines)


def seconds_to_scale(longest: float) -> float:
    """The distance of the scale's lines: 1, 2 or 5 times a power of ten, so that there are two to five lines."""
    power = 10.0 ** floor(log10(longest))
    return next(step * power for step in (0.2, 0.5, 1, 2, 5) if longest / (step * power) <= 5)  # noqa: PLR2004


def _page_to_pieces(page: PageDetail, scale: float) -> tuple[ChartPiece, ...]:
    pieces = []
    top = float(_BASE)
    for step, seconds in zip(STEPS, page.seconds, strict=True):
        height = seconds * scale
        top -= height
        pieces.append(ChartPiece(step=step, top=round(top, 2), height=round(height, 2)))
    return tuple(pieces)


def _page_to_words(page: PageDetail) -> str:
    steps = (f"{step} {seconds:.1f} s" for step, seconds in zip(STEPS, page.seconds, strict=True) if seconds >= 0.05)  # noqa: PLR2004
    return f"Page {page.number}: {page.total_s:.1f} s ({', '.join(steps) or 'no time at all'})"
