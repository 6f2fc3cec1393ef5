"""Pages for people, made from templates with every value escaped."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from pipeline.choices import Engine, UnreachableAction
from pipeline.kinds import PDF_END, PICTURE_ENDS, Kind
from pipeline.release import RELEASE
from pipeline.web.chart import HEIGHT, LEFT, details_to_chart
from pipeline.web.details import STEPS, PageDetail
from pipeline.web.summaries import Summary

_FOLDER = files("pipeline") / "web"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_MIB = 1 << 20


@lru_cache(maxsize=1)
def _environment() -> Environment:
    loader = FunctionLoader(lambda name: (_FOLDER / "templates" / name).read_text(encoding="utf-8"))
    environment = Environment(
        autoescape=True, loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["version"] = RELEASE
    environment.filters["size"] = bytes_to_words
    environment.filters["duration"] = seconds_to_words
    return environment


def static_files() -> Mapping[str, tuple[bytes, str]]:
    """Every static file with its type, by name; read once, so that no request is ever used as a path."""
    return {
        file.name: (file.read_bytes(), kind)
        for file in (_FOLDER / "static").iterdir()
        for ending, kind in _TYPES.items()
        if file.name.endswith(ending)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderView:
    """A pattern of folders with settings of their own, in words.

    Attributes:
        plain: The folder that it names; empty where it may be several.
    """

    pattern: str
    words: str
    plain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFacts:
    """What the front page says of the settings.

    Attributes:
        kinds: Of the files that may be uploaded.
    """

    engine: Engine
    when_unreachable: UnreachableAction
    kinds: Collection[Kind]
    upload_mib: int
    folders: Sequence[FolderView] = ()


def index_page(facts: IndexFacts) -> Response:
    """The front page; events fill its lists."""
    pictures = Kind.IMAGES in facts.kinds
    ends = " ".join([*([PDF_END] if Kind.PDF in facts.kinds else []), *(PICTURE_ENDS if pictures else ())])
    choices = {"engine": facts.engine.value, "when_unreachable": facts.when_unreachable.value}
    return _page(
        "index.html.j2",
        **choices,
        upload_mib=facts.upload_mib,
        folders=facts.folders,
        ends=ends,
        pictures=pictures,
    )


def sign_in_page() -> Response:
    """The page that asks for the token."""
    return _page("signin.html.j2", 401)


def error_page(status: int, sentence: str) -> Response:
    """The page for something that is missing or cannot be shown."""
    return _page("error.html.j2", status, status=status, sentence=sentence)


def nothing_to_check_page() -> Response:
    """The end of the queue of doubts."""
    return _page("checked.html.j2")


def document_page(summary: Summary, pages: Sequence[PageDetail], *, number: int, missing: str | None) -> Response:
    """The page of a finished document.

    Args:
        summary: Of the document.
        pages: Its pages; none for a failed one.
        number: Of the page to show.
        missing: Why there is no original; None where there is one.
    """
    shown = next((page for page in pages if page.number == number), pages[0] if pages else None)
    return _page(
        "document.html.j2",
        document=summary,
        title=name_to_text(summary.name),
        pages=pages,
        shown=shown,
        chart=details_to_chart(pages),
        chart_height=HEIGHT,
        chart_left=LEFT,
        steps=STEPS,
        missing=missing,
    )


def name_to_text(name: str) -> str:
    """A name as text for a page, whatever bytes and control characters it has."""
    text = name.encode("utf-8", "replace").decode()
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def bytes_to_words(count: int) -> str:
    """For example ``1.3 MB``."""
    return f"{count / _MIB:.1f} MB" if count >= _MIB / 10 else f"{max(1, round(count / 1024))} kB"


def seconds_to_words(seconds: float) -> str:
    """For example ``2 min 5 s``."""
    if seconds < 10:  # noqa: PLR2004 — below, tenths matter
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return " ".join(f"{count} {unit}" for count, unit in ((hours, "h"), (minutes, "min"), (rest, "s")) if count)


def _page(template: str, code: int = 200, /, **values: object) -> Response:
    return HTMLResponse(_environment().get_template(template).render(**values), status_code=code)
