"""The HTML documents that Dropleaf writes: a template, our own style, and a policy that lets nothing else in."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from pipeline.document import printable
from pipeline.release import RELEASE

_TEMPLATES = files("pipeline.results") / "templates"


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
