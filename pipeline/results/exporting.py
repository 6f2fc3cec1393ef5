"""Makes more outputs of a document that is published, from its results, and tells of them in its manifest."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.choices import Output
from pipeline.errors import UsageError
from pipeline.files.atomic import write_whole
from pipeline.files.lock import turn_at
from pipeline.files.rights import rights_of
from pipeline.host.files import sync_folder
from pipeline.results.chosen_names import ChosenNames
from pipeline.results.document_contents import DocumentContents
from pipeline.results.drafts import Draft, place, write_results
from pipeline.results.manifest import FileFacts, manifest_to_bytes
from pipeline.results.published import PublishedDocument, read_published
from pipeline.results.result_files import outputs_to_files, tables_to_file
from pipeline.results.result_names import HTML_END, MANIFEST_END, TABLES_END, names_of, with_end
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
        OSError: Something cannot be written; the manifest is as it was.
    """
    manifest = with_end(published.stem, MANIFEST_END)
    rights = rights_of(manifest)
    contents = published_to_contents(published)
    files = [] if _has_tables(published) else [tables_to_file(contents)]
    drafts = write_results(
        [*files, *outputs_to_files(contents, outputs)], published.stem, aside=state.root, rights=rights
    )
    # Whoever publishes chooses the name in the same turn, and keeps it until all of it is there.
    with turn_at(state.turn):
        names = names_of(published.stem.relative_to(outbox).as_posix())
        taken = ChosenNames(state).taken(state.document(""))
        if any(names & names_of(other) for other in taken) or read_published(manifest).manifest != published.manifest:
            raise UsageError(f"{published.name} is being published at this moment; try again")
        hashes = {file.sha256 for file in published.manifest.files}.union(*(draft.hashes for draft in drafts))
        for draft in drafts:
            place(draft, hashes)
        sync_folder(manifest.parent)
        told = replace(published.manifest, files=_told_files(published, drafts))
        write_whole(manifest, [manifest_to_bytes(told)], aside=state.root, rights=rights)
    return [draft.target for draft in drafts]


def _has_tables(published: PublishedDocument) -> bool:
    return any(file.name == published.stem.name + TABLES_END for file in published.manifest.files)


def _told_files(published: PublishedDocument, drafts: Sequence[Draft]) -> tuple[FileFacts, ...]:
    """What the manifest told of, with what was written in the place of what was there under the same names."""
    html = with_end(published.stem, HTML_END)
    older = published.manifest.files or (
        FileFacts(name=html.name, sha256=published.manifest.html_sha256 or "", bytes=html.stat().st_size),
    )
    targets = {draft.target.name for draft in drafts}
    kept = (file for file in older if file.name.partition("/")[0] not in targets)
    return (*kept, *(file for draft in drafts for file in draft.files))
