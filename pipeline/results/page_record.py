"""The record of a finished page: one line with its entry for the manifest, then its HTML."""

import os
from dataclasses import asdict, replace
from pathlib import Path
from stat import S_ISREG

from pipeline.document import Attempt, PageResult, PageTimings
from pipeline.files.json_values import json_to_value, value_to_json
from pipeline.results.manifest import DIGITS

#: A page's HTML has at most 1 MiB, except for plain text that is longer.
LARGEST_RECORD_BYTES = 8 << 20


def write_record(path: Path, page: PageResult, html: str) -> None:
    """Write a page's record whole, synced and readable only for this user; its times are rounded.

    Raises:
        OSError: It cannot be written.
    """
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_suffix(".tmp")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(value_to_json(_round_page(page)) + b"\n" + html.encode("utf-8", "replace"))
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)


def read_record(path: Path) -> tuple[PageResult, str] | None:
    """A page and its HTML; None where the file is damaged, too large, or not a record.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(LARGEST_RECORD_BYTES + 1)
    if len(data) > LARGEST_RECORD_BYTES:
        return None
    head, _, body = data.partition(b"\n")
    try:
        return json_to_value(head, PageResult), body.decode("utf-8", "replace")
    except ValueError:
        return None


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
