"""Pages of a document -> one self-contained HTML file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.document import FallbackReason, Method, printable
from pipeline.results.reasons import notice_for
from pipeline.results.shell import template_to_html


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """A finished page.

    Attributes:
        number: From 1.
        reason: Why it is not the model's work, None where it is.
        detail: Facts of the reason.
        html: Clean HTML without a ``<section>``; trusted, since only sanitised HTML is journaled.
    """

    number: int
    method: Method
    reason: FallbackReason | None
    detail: str
    warnings: tuple[str, ...]
    html: str

    @property
    def fallback(self) -> str | None:
        """The value of ``data-fallback``."""
        return None if self.reason in {None, FallbackReason.ENGINE_BASIC} else str(self.reason)

    @property
    def notice(self) -> str | None:
        """The sentences above the page."""
        return notice_for(self.reason, self.method, self.detail) if self.reason else None


def pages_to_html(
    name: str, pages: Iterable[PageContent], *, page_count: int, fallback_pages: Sequence[int]
) -> Iterator[bytes]:
    """The document's HTML file in UTF-8, piece by piece, so that a large one is never in memory whole.

    Args:
        name: Of the PDF; any string, also one that is not Unicode.
        pages: All pages, in order.
        page_count: How many they are.
        fallback_pages: Numbers of those that fell back.
    """
    return template_to_html(
        "document.html.j2",
        ["document.css"],
        title=name.removesuffix(".pdf"),
        language="und",
        summary=f"{page_count} page{'s' if page_count != 1 else ''}",
        fallback_pages=fallback_pages,
        pages=({**_fields(page), "html": Markup(page.html)} for page in pages),  # noqa: S704 — sanitised by the worker
    )


def _fields(page: PageContent) -> dict[str, object]:
    return {
        "number": page.number,
        "method": page.method.value,
        "fallback": page.fallback,
        "notice": page.notice and printable(page.notice),
        "warnings": [printable(warning) for warning in page.warnings],
    }
