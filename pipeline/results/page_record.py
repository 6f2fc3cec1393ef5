"""The record of a finished page: one line with its entry for the manifest and its tables, then its HTML."""

import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from stat import S_ISREG

from pipeline.files.atomic import open_regular
from pipeline.files.json_values import json_to_value, value_to_json
from pipeline.host.moving import move
from pipeline.markup.table import html_to_tables
from pipeline.page_result import Attempt, Content, PageResult, PageTimings
from pipeline.results.manifest import DIGITS
from pipeline.table import Table

#: A page's HTML has at most 1 MiB, except for plain text that is longer.
LARGEST_RECORD_BYTES = 8 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRecord:
    """A finished page.

    Attributes:
        page: Its entry for the manifest.
        html: Clean HTML without a ``<section>``.
        tables: Those in it, in its order.
        size: Width and height of the page as it is shown, in points; None where that is not known.
    """

    page: PageResult
    html: str
    tables: tuple[Table, ...] = ()
    size: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """The first line.

    Attributes:
        tables: None where they are not told: there are too many of them, and the HTML has them as well.
    """

    page: PageResult
    tables: tuple[Table, ...] | None = None
    size: tuple[float, float] | None = None


def write_record(path: Path, page: PageResult, content: Content) -> None:
    """Write a page's record whole, synced and readable only for this user; its times are rounded.

    Raises:
        OSError: It cannot be written.
    """
    write_page_record(
        path, PageRecord(page=_round_page(page), html=content.html, tables=content.tables, size=content.size)
    )


def write_page_record(path: Path, record: PageRecord) -> None:
    """The same of a record that is at hand."""
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_suffix(".tmp")
    head = _Head(page=record.page, tables=record.tables, size=record.size)
    line, html = value_to_json(head), record.html.encode("utf-8", "replace")
    if len(line) + len(html) >= LARGEST_RECORD_BYTES:
        line = value_to_json(replace(head, tables=None))
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(line + b"\n" + html)
        file.flush()
        os.fsync(file.fileno())
    move(temporary, path)


def read_record(path: Path) -> PageRecord | None:
    """A page; None where the file is damaged, too large, or not a record.

    Raises:
        OSError: The file cannot be read.
    """
    with open_regular(path) as file:
        data = file.read(LARGEST_RECORD_BYTES + 1)
    if len(data) > LARGEST_RECORD_BYTES:
        return None
    line, _, body = data.partition(b"\n")
    try:
        head = _line_to_head(line)
    except ValueError:
        return None
    html = body.decode("utf-8", "replace")
    tables = html_to_tables(html) if head.tables is None else head.tables
    return PageRecord(page=head.page, html=html, tables=tables, size=head.size)


def _line_to_head(line: bytes) -> _Head:
    try:
        return json_to_value(line, _Head)
    except ValueError:  # of release 0.1.0, which wrote the page alone
        return _Head(page=json_to_value(line, PageResult))


def record_fault(path: Path) -> str | None:
    """What is wrong with a record that a worker has written; None where nothing is, or the disk cannot be read."""
    try:
        facts = path.lstat()
    except OSError:
        return "is missing" if path.parent.is_dir() else None
    if not S_ISREG(facts.st_mode):
        return "is no file"
    if facts.st_size > LARGEST_RECORD_BYTES:
        return f"has {facts.st_size} bytes; {LARGEST_RECORD_BYTES} are allowed"
    return None


def _round_page(page: PageResult) -> PageResult:
    return replace(
        page,
        attempts=tuple(map(_round_attempt, page.attempts)),
        checks=replace(page.checks, text_recall=_round(page.checks.text_recall)),
        timings=PageTimings(**{name: round(seconds, DIGITS) for name, seconds in asdict(page.timings).items()}),
    )


def _round_attempt(attempt: Attempt) -> Attempt:
    request_s = round(attempt.request_s, DIGITS)
    return replace(attempt, first_token_s=_round(attempt.first_token_s), request_s=request_s)


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
