"""Makes more outputs of a document that is published, from its results, and tells of them in its manifest."""

from collections.abc import Collection
from pathlib import Path

from pipeline.choices import Output
from pipeline.results.amending import amend
from pipeline.results.document_contents import DocumentContents
from pipeline.results.published import PublishedDocument
from pipeline.results.result_files import outputs_to_files, tables_to_file
from pipeline.results.result_names import TABLES_END
from pipeline.results.state_folder import StateFolder


def published_to_contents(published: PublishedDocument) -> DocumentContents:
    """The pages of a published document, those of a release that wrote no tables too.

    Raises:
        UsageError: The result is gone, or has been changed.
    """
    records = list(published.pages())
    contents = DocumentContents(published.manifest.document, lambda: records)
    contents.read_all()
    return contents


def add_outputs(
    state: StateFolder, outbox: Path, published: PublishedDocument, outputs: Collection[Output]
) -> list[Path]:
    """Make outputs beside a document's results; the manifest tells of them last.

    Where a release that did not write them has made the results, the tables as data are made too.

    Args:
        state: Working state of our own below the outbox.
        outbox: That has the document.
        published: The document.
        outputs: That are wanted.

    Returns:
        The paths of what was written.

    Raises:
        UsageError: The document is being published anew, or was changed.
        OSError: Something cannot be written; it is as it was, or is finished by the next one that publishes.
    """
    contents = published_to_contents(published)
    files = [] if _has_tables(published) else [tables_to_file(contents)]
    return amend(state, outbox, published, [*files, *outputs_to_files(contents, outputs)])


def _has_tables(published: PublishedDocument) -> bool:
    return any(file.name == published.stem.name + TABLES_END for file in published.manifest.files)
