"""``dropleaf export``: spreadsheets and Markdown of results that are there."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from io import BytesIO
from operator import and_
from pathlib import Path

from pipeline.choices import Output
from pipeline.commands.convert import own_state
from pipeline.errors import PublishError, UsageError, os_error_to_words
from pipeline.files.atomic import write_whole
from pipeline.files.rights import Rights, rights_of
from pipeline.outputs.document_tables import DocumentTables
from pipeline.outputs.workbook import write_workbook
from pipeline.results.amending import finish_amendments
from pipeline.results.exporting import add_outputs, published_to_contents
from pipeline.results.journal import Journal
from pipeline.results.published import PublishedDocument, find_named
from pipeline.results.result_names import MANIFEST_END, with_end
from pipeline.settings.settings import Settings

_KINDS = (Output.XLSX, Output.CSV, Output.MARKDOWN)


def text_to_outputs(text: str) -> tuple[Output, ...]:
    """The outputs that ``--to`` names.

    Raises:
        UsageError: One of them is none.
    """
    names = [part.strip().lower() for part in text.split(",") if part.strip()]
    unknown = [name for name in names if name not in _KINDS]
    if unknown or not names:
        raise UsageError(f"--to {text}: write {', '.join(_KINDS)}, or some of them parted by commas")
    return tuple(dict.fromkeys(map(Output, names)))


def export_named(settings: Settings, names: Sequence[str], outputs: Sequence[Output]) -> list[Path]:
    """Make outputs beside the results of documents.

    Args:
        settings: Of the whole program.
        names: Of results or of originals, as ``dropleaf retry`` takes them.
        outputs: That are wanted.

    Returns:
        What was written.

    Raises:
        UsageError: A name is none of a published document, or a result is gone or has been changed.
        PublishError: Something cannot be written.
    """
    outbox = settings.outbox
    with own_state(outbox) as state:
        Journal(state)
        try:
            finish_amendments(state, outbox)
            documents = find_named(outbox, names)
            return [path for document in documents for path in add_outputs(state, outbox, document, outputs)]
        except FileNotFoundError as error:
            raise UsageError(f"{error.filename}: was being replaced just then; export it again") from error
        except OSError as error:
            raise PublishError(f"{error.filename}: {os_error_to_words(error)}") from error


def export_merged(outbox: Path, names: Sequence[str], outputs: Sequence[Output], file: Path) -> list[Path]:
    """Make one workbook of several documents; nobody may read it who may not read each of them.

    Args:
        outbox: That has them.
        names: As :func:`export_named` takes them.
        outputs: Just a workbook.
        file: Replaced.

    Raises:
        UsageError: As there; or something else than a workbook is wanted.
        PublishError: It cannot be written.
    """
    if tuple(outputs) != (Output.XLSX,):
        raise UsageError("--merge makes one workbook: say --to xlsx")
    documents = find_named(outbox, names)

    def tables() -> Iterator[DocumentTables]:
        return (published_to_contents(document).document_tables() for document in documents)

    book = BytesIO()
    write_workbook(book, tables())
    try:
        write_whole(file, [book.getvalue()], rights=_strictest(documents))
    except OSError as error:
        raise PublishError(f"{file}: {os_error_to_words(error)}") from error
    return [file]


def _strictest(documents: Sequence[PublishedDocument]) -> Rights:
    """What the rights of all documents' results allow."""
    first, *others = (rights_of(with_end(document.stem, MANIFEST_END)) for document in documents)
    return replace(first, mode=reduce(and_, (rights.mode for rights in others), first.mode))
