"""The summary at the end of a run: each result, then totals, reasons and advice."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from pipeline.dispatch.overview import Tally
from pipeline.document import Outcome
from pipeline.printable import printable
from pipeline.results.doubts import add_counts, counts_to_words
from pipeline.results.manifest import ManifestHead, read_head

_COLOURS = {Outcome.COMPLETE: "green", Outcome.PARTIAL: "yellow", Outcome.FAILED: "red"}
# For a terminal; a pipe gets a line for every document.
_MOST_LINES = 20
#: The model or text recognition alone has read such a page, and nothing could check it.
_UNCHECKED = (
    "Where only one reader has read a page, there may be errors that are not marked: compare it with the original."
)


def print_summary(console: Console, tally: Tally, *, expected: int = 0) -> None:
    """Print what was delivered and where, what fell back and why, and what failed and what to do about it.

    Args:
        console: Where.
        tally: Of the run.
        expected: How many documents there were; with fewer ends than that, the run was interrupted.
    """
    shown = list(tally.published)
    if console.is_terminal and len(shown) > _MOST_LINES:
        shown = [each for each in shown if each[0] is Outcome.FAILED][-_MOST_LINES:]
    for outcome, manifest in shown:
        result = manifest if outcome is Outcome.FAILED else str(Path(manifest).with_suffix(".html"))
        words = "" if outcome is Outcome.FAILED else _manifest_to_words(manifest)
        line = f"[{_COLOURS[outcome]}]{outcome.value:9}[/] {escape(printable(result))}{words}"
        console.print(line, highlight=False, soft_wrap=True)
    for sentence in (*tally.refused, *tally.remarks):
        console.print(f"[yellow]pages[/]     {escape(printable(sentence))}", highlight=False, soft_wrap=True)
    ended = tally.outcomes.total() + len(tally.refused)
    if ended < expected:
        sentence = (
            f"Interrupted: {expected - ended} of {expected} documents are not converted; they are where they were."
        )
        console.print(escape(sentence), highlight=False, soft_wrap=True)
    if tally.outcomes.total() > 1:
        for sentence in tally_to_sentences(tally):
            console.print(escape(printable(sentence)), highlight=False, soft_wrap=True)


def tally_to_sentences(tally: Tally) -> Iterator[str]:
    """The totals of a run, the reasons for its fallbacks and failures, and what was left in the inbox."""
    outcomes = tally.outcomes
    delivered = outcomes[Outcome.COMPLETE] + outcomes[Outcome.PARTIAL]
    folders = sorted({str(Path(manifest).parent) for outcome, manifest in tally.published if not _failed(outcome)})
    where = f" in {folders[0]}" if len(folders) == 1 else ""
    partial, failed = outcomes[Outcome.PARTIAL], outcomes[Outcome.FAILED]
    parts = [f"{delivered} delivered{where}"]
    parts += [f"{partial} of them with pages that fell back"] if partial else []
    yield f"{', '.join(parts)}; {failed} failed." if failed else f"{', '.join(parts)}."
    heads = [head for _, path in tally.published if (head := _head(path))]
    reasons = Counter(fallback.reason.value for head in heads for fallback in head.fallbacks)
    if reasons:
        yield f"Fell back: {_counts_to_words(reasons.most_common())}."
    counts = add_counts(head.review for head in heads if head.review)
    if words := counts_to_words(counts):
        yield f"In all: {words}."
    if counts.unchecked_pages:
        yield _UNCHECKED
    errors = Counter(head.error.message for head in heads if head.error)
    for message, count in errors.most_common():
        yield f"Failed, {count}: {message}"
    yield from tally.notices.values()


def _manifest_to_words(path: str) -> str:
    head = _head(path)
    words = counts_to_words(head.review) if head else ""
    return f" ({words})" if words else ""


def _failed(outcome: Outcome) -> bool:
    return outcome is Outcome.FAILED


def _head(path: str) -> ManifestHead | None:
    with suppress(OSError):
        return read_head(Path(path).parent, Path(path).name)
    return None


def _counts_to_words(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in counts)
