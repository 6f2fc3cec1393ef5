"""Pages of a document -> one self-contained HTML file, with a policy that lets nothing in but our own style."""

import base64
import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from pipeline.document import PageResult, printable
from pipeline.release import RELEASE
from pipeline.results.reasons import notice_for
from pipeline.results.table_ids import pages_to_named

_TEMPLATES = files("pipeline.results") / "templates"


def pages_to_html(
    name: str,
    pages: Iterable[tuple[PageResult, str]],
    *,
    page_count: int,
    fallback_pages: Sequence[int],
    warnings: Sequence[str] = (),
) -> Iterator[bytes]:
    """The document's HTML file in UTF-8, piece by piece, so that a large one is never in memory whole.

    Args:
        name: Of the PDF; any string, also one that is not Unicode.
        pages: All pages in order, each with its clean HTML without a ``<section>``, which is trusted: only sanitised
            HTML is kept.
        page_count: How many they are.
        fallback_pages: Numbers of those that fell back.
        warnings: What a reader should know of the whole document.
    """
    return template_to_html(
        "document.html.j2",
        ["document.css"],
        title=name.removesuffix(".pdf"),
        language="und",
        summary=f"{page_count} page{'s' if page_count != 1 else ''}",
        fallback_pages=fallback_pages,
        warnings=warnings,
        pages=({**_page_to_fields(page), "html": Markup(html)} for page, html in _named(pages)),  # noqa: S704 — sanitised
    )


def _named(pages: Iterable[tuple[PageResult, str]]) -> Iterator[tuple[PageResult, str]]:
    """The pages with the names of their tables, one page in memory at a time."""
    results: deque[PageResult] = deque()

    def numbered() -> Iterator[tuple[int, str]]:
        for page, html in pages:
            results.append(page)
            yield page.number, html

    return ((results.popleft(), html) for html in pages_to_named(numbered()))


def template_to_html(template: str, styles: Sequence[str], *, title: str, **values: object) -> Iterator[bytes]:
    """A document in UTF-8, piece by piece, so that a large one is never in memory whole.

    Args:
        template: Name of a file in ``templates/``; whatever it shows is escaped unless it is Markup.
        styles: Names of style sheets there; the policy allows just them, by their hash.
        title: Any string, also one that is not Unicode.
        **values: What the template shows; iterators are consumed as the pieces are.
    """
    style = "".join(_read(name) for name in styles)
    pieces = (
        _environment()
        .get_template(template)
        .generate(
            title=printable(title),
            style=Markup(style),  # noqa: S704 — our own file
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            version=RELEASE,
            **values,
        )
    )
    return (piece.encode("utf-8", "replace") for piece in pieces)


@cache
def _read(name: str) -> str:
    """Once: thousands of documents are made of it, and a file of ours that cannot be opened is no fault of theirs."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    loader = FunctionLoader(_read)
    return Environment(autoescape=True, loader=loader, undefined=StrictUndefined, keep_trailing_newline=True)


def _page_to_fields(page: PageResult) -> dict[str, object]:
    notice = notice_for(page)
    return {
        "number": page.number,
        "method": page.method.value,
        "fallback": page.reason.value if page.fell_back and page.reason else None,
        "notice": notice and printable(notice),
        "warnings": [printable(warning) for warning in page.warnings],
    }
