"""Shows the progress of a conversion: a bar per document on a terminal, plain lines elsewhere."""

from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from pipeline.document import printable
from pipeline.status.read import DocumentStatus, Snapshot


class ProgressBars:
    """Shows snapshots; a context manager that leaves the terminal as it was."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars: dict[str, TaskID] = {}
        self._plain: dict[str, str] = {}
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("pages"),
            TextColumn("[yellow]{task.fields[fallbacks]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(compact=True),
            console=console,
        )

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._console.is_terminal:
            self._progress.stop()

    def show(self, snapshot: Snapshot) -> None:
        """Show a snapshot."""
        if self._console.is_terminal:
            self._show_bars(snapshot)
        else:
            self._show_lines(snapshot)

    def _show_bars(self, snapshot: Snapshot) -> None:
        present = {document.ident for document in snapshot.documents}
        for document in snapshot.documents:
            if document.ident not in self._bars:
                self._bars[document.ident] = self._progress.add_task(
                    escape(printable(document.name)), total=None, fallbacks=""
                )
            self._progress.update(
                self._bars[document.ident],
                total=document.pages,
                completed=document.finished,
                fallbacks=_fallbacks_to_words(document),
            )
        for ident in self._bars.keys() - present:
            bar = self._bars[ident]
            task = next(each for each in self._progress.tasks if each.id == bar)
            self._progress.update(bar, completed=task.total or 0, total=task.total or 0)

    def _show_lines(self, snapshot: Snapshot) -> None:
        for document in snapshot.documents:
            if document.pages is None:
                continue
            done = f"{document.finished} of {document.pages} pages {_fallbacks_to_words(document)}"
            line = f"{printable(document.name)}: {done}"
            if self._plain.get(document.ident) != line:
                self._plain[document.ident] = line
                self._console.print(line.rstrip(), markup=False, highlight=False)


def _fallbacks_to_words(document: DocumentStatus) -> str:
    count = len(document.fallbacks)
    return f"{count} fell back" if count else ""
