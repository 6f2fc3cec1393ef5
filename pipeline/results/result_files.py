"""The files that are made of a document: always the HTML and the tables, and what else is wanted."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

from pipeline.choices import Output
from pipeline.outputs.csv_tables import table_to_csv
from pipeline.outputs.markdown import pages_to_markdown
from pipeline.outputs.tables_file import tables_to_pieces
from pipeline.results.document_contents import DocumentContents
from pipeline.results.manifest import FileFacts
from pipeline.results.result_names import CSV_END, HTML_END, MARKDOWN_END, REVIEW_END, TABLES_END, WORKBOOK_END
from pipeline.results.review_file import review_to_bytes

_CHUNK = 1 << 20
_ENDS = {Output.XLSX: WORKBOOK_END, Output.MARKDOWN: MARKDOWN_END, Output.CSV: CSV_END}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFile:
    """A file that is to be published.

    Attributes:
        end: What its name ends with, behind the stem that all have in common.
        pieces: Gives its bytes.
    """

    end: str
    pieces: Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFolder:
    """A folder that is to be published.

    Attributes:
        end: As in :class:`ResultFile`.
        files: Gives each file in it: its name and its bytes.
    """

    end: str
    files: Callable[[], Iterable[tuple[str, bytes]]]


def contents_to_files(
    contents: DocumentContents, html: Callable[[], Iterable[bytes]], outputs: Collection[Output]
) -> list[ResultFile | ResultFolder]:
    """What is to be published of a document, in the order in which it must be written: all need what the HTML reads.

    Args:
        contents: Of the document.
        html: Gives the pieces of the HTML file.
        outputs: That are wanted; the HTML and the tables always are, and what a user has settled.
    """
    files: list[ResultFile | ResultFolder] = [
        ResultFile(end=HTML_END, pieces=html),
        tables_to_file(contents),
    ]
    if contents.settled:
        files.append(ResultFile(end=REVIEW_END, pieces=lambda: [review_to_bytes(contents.facts, contents.settled)]))
    return files + outputs_to_files(contents, outputs)


def tables_to_file(contents: DocumentContents) -> ResultFile:
    """The tables as data, of a document whose pages have been read for the HTML."""
    return ResultFile(end=TABLES_END, pieces=lambda: _tables(contents))


def outputs_to_files(contents: DocumentContents, outputs: Collection[Output]) -> list[ResultFile | ResultFolder]:
    """Those of them that need not be made.

    Args:
        contents: Of a document whose pages have been read for the HTML.
        outputs: That are wanted.
    """
    made: dict[Output, ResultFile | ResultFolder] = {
        Output.XLSX: ResultFile(end=WORKBOOK_END, pieces=lambda: _workbook(contents)),
        Output.MARKDOWN: ResultFile(
            end=MARKDOWN_END, pieces=lambda: pages_to_markdown(contents.name, contents.markdown_pages())
        ),
        Output.CSV: ResultFolder(end=CSV_END, files=lambda: _csv_files(contents)),
    }
    return [file for output, file in made.items() if output in outputs]


def files_to_outputs(stem: str, files: Iterable[FileFacts]) -> tuple[Output, ...]:
    """What has been made of a document, by what its manifest tells.

    Args:
        stem: Name of its results, without ending.
        files: Of the manifest.
    """
    names = {file.name.partition("/")[0] for file in files}
    return tuple(output for output, end in _ENDS.items() if stem + end in names)


def _tables(contents: DocumentContents) -> Iterator[bytes]:
    found = contents.document_tables()
    return tables_to_pieces(found.document, found.pages, found.tables)


def _workbook(contents: DocumentContents) -> Iterator[bytes]:
    file = BytesIO()
    # Loaded where it is asked for: it is a twentieth of all that a daemon loads.
    from pipeline.outputs.workbook import write_workbook  # noqa: PLC0415 — as above

    write_workbook(file, [contents.document_tables()])
    file.seek(0)
    return iter(lambda: file.read(_CHUNK), b"")


def _csv_files(contents: DocumentContents) -> Iterator[tuple[str, bytes]]:
    return ((f"{table.id}.csv", table_to_csv(table.table)) for table in contents.document_tables().tables)
