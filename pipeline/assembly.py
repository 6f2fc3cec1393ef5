"""Pages of a document -> one self-contained HTML file."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from pipeline.document import FallbackReason, Method
from pipeline.notices import notice_for

TEMPLATES = files("pipeline") / "templates"


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


@lru_cache(maxsize=1)
def _template() -> tuple[Template, str]:
    loader = FunctionLoader(lambda name: (TEMPLATES / name).read_text(encoding="utf-8"))
    environment = Environment(autoescape=True, loader=loader, undefined=StrictUndefined, keep_trailing_newline=True)
    return environment.get_template("document.html.j2"), (TEMPLATES / "document.css").read_text(encoding="utf-8")


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
    template, style = _template()
    title = name.removesuffix(".pdf").encode("utf-8", "replace").decode()
    pieces = template.generate(
        language="und",
        title="".join(letter if letter.isprintable() else "\ufffd" for letter in title),
        style=Markup(style),  # noqa: S704 — our own file
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        version=version("dropleaf"),
        summary=f"{page_count} page{'s' if page_count != 1 else ''}",
        fallback_pages=fallback_pages,
        pages=({**_fields(page), "html": Markup(page.html)} for page in pages),  # noqa: S704 — sanitised by the worker
    )
    return (piece.encode("utf-8", "replace") for piece in pieces)


def _fields(page: PageContent) -> dict[str, object]:
    return {
        "number": page.number,
        "method": page.method.value,
        "fallback": page.fallback,
        "notice": page.notice,
        "warnings": page.warnings,
    }
