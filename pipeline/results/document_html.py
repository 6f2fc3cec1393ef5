"""Makes one self-contained HTML file of a document's pages, whose security policy allows only our own styles."""

import base64
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from urllib.parse import quote

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from pipeline.kinds import PDF_END, without_end
from pipeline.page_result import Method, PageResult
from pipeline.printable import printable
from pipeline.release import RELEASE
from pipeline.results.guide import DocumentGuide
from pipeline.results.reasons import notice_for

NO_GUIDE = DocumentGuide()
#: Pictures take at most so many bytes of a document: those on pages, and those of pages of which nothing could be read.
MOST_PICTURE_BYTES = 20_000_000
_NO_PICTURE = "<p>Its picture is left out, since those of earlier pages are large enough already.</p>"
_PICTURE = re.compile(r'<img alt="[^"]*" src="data:image/png;base64,[^"]*">')
_TEMPLATES = files("pipeline.results") / "templates"


def pages_to_html(
    name: str,
    pages: Iterable[tuple[PageResult, str]],
    *,
    page_count: int,
    fallback_pages: Sequence[int],
    warnings: Sequence[str] = (),
    guide: DocumentGuide = NO_GUIDE,
) -> Iterator[bytes]:
    """The document's HTML file in UTF-8, piece by piece, so that a large one is never in memory whole.

    Args:
        name: Of the PDF; any string, even one that is not valid Unicode.
        pages: All pages in order, each with its HTML without a ``<section>``, its tables named; it must be sanitised.
        page_count: How many pages there are.
        fallback_pages: Numbers of the pages that fell back.
        warnings: What a reader should know of the whole document.
        guide: The ways through the document.
    """
    return template_to_html(
        "document.html.j2",
        ["document.css"],
        title=without_end(name),
        language="und",
        summary=f"{page_count} page{'s' if page_count != 1 else ''}",
        fallback_pages=fallback_pages,
        warnings=warnings,
        guide=guide,
        fallbacks=frozenset(guide.fallbacks),
        doubts=frozenset(guide.doubts),
        pages=(
            {**_page_to_fields(page, guide), "html": Markup(html)}  # noqa: S704 — sanitised
            for page, html in _with_few_pictures(pages)
        ),
    )


def template_to_html(template: str, styles: Sequence[str], *, title: str, **values: object) -> Iterator[bytes]:
    """A document in UTF-8, piece by piece, so that a large one is never in memory whole.

    Args:
        template: Name of a file in ``templates/``; every value in it is escaped unless it is Markup.
        styles: Names of style sheets there; the policy allows only these, by their hashes.
        title: Any string, even one that is not valid Unicode.
        **values: What the template shows; iterators are read while the pieces are.
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
    """The text of one of our files, read only once: a later read error must not make documents fail."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    loader = FunctionLoader(_read)
    return Environment(autoescape=True, loader=loader, undefined=StrictUndefined, keep_trailing_newline=True)


def _with_few_pictures(pages: Iterable[tuple[PageResult, str]]) -> Iterator[tuple[PageResult, str]]:
    """The pages; pictures are left out once they have taken their room."""
    left = MOST_PICTURE_BYTES
    for page, html in pages:
        left -= sum(len(found[0]) for found in _PICTURE.finditer(html))
        if left >= 0 or not html:
            yield page, html
        else:
            instead = _NO_PICTURE if page.method is Method.NONE else ""
            yield page, _PICTURE.sub("", html).replace("<figure></figure>", instead)


def _link_to_page(original: str, number: int) -> str:
    """A relative address; a colon in the name is written in another way, so that the name is no scheme."""
    return quote(os.fsencode(original), safe="") + (f"#page={number}" if original.endswith(PDF_END) else "")


def _page_to_fields(page: PageResult, guide: DocumentGuide) -> dict[str, object]:
    notice = notice_for(page)
    return {
        "number": page.number,
        "method": page.method.value,
        "ways": guide.ways_from(page.number),
        "fallback": page.reason.value if page.fell_back and page.reason else None,
        "notice": notice and printable(notice),
        "original": _link_to_page(guide.original, page.number) if guide.original and page.method is Method.NONE else "",
        "warnings": [printable(warning) for warning in page.warnings],
    }
