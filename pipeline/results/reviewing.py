"""Settles doubts: what a user confirms or corrects is kept beside the result, which is published anew with it."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.kinds import original_end
from pipeline.results.amending import amend, finish_amendments
from pipeline.results.document_contents import DocumentContents
from pipeline.results.document_html import pages_to_html
from pipeline.results.manifest import FileFacts, Manifest, seconds_to_iso
from pipeline.results.page_places import html_to_places
from pipeline.results.page_record import PageRecord
from pipeline.results.published import PublishedDocument, read_published
from pipeline.results.result_files import contents_to_files, files_to_outputs
from pipeline.results.result_names import MANIFEST_END, REVIEW_END, with_end
from pipeline.results.review_file import Place, Settled, read_review
from pipeline.results.settled_page import may_be_corrected, reading_at
from pipeline.results.state_folder import StateFolder


class OutdatedReadingError(UsageError):
    """The place says something else than the user has seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a user says of one place.

    Attributes:
        was: What stands there, as the user has seen it.
        now: What should stand there; the same to confirm it.
    """

    place: Place
    was: str
    now: str


def settle(state: StateFolder, outbox: Path, stem: Path, statements: Sequence[Statement]) -> Manifest:
    """Keep what a user says, and publish the result anew with it.

    Args:
        state: Working state of our own below the outbox.
        outbox: That has the document.
        stem: Of its results.
        statements: Of different places.

    Returns:
        The new manifest.

    Raises:
        OutdatedReadingError: A place is not there, or says something else; nothing has changed.
        UsageError: The document is being published anew, or was changed; nothing has changed.
        OSError: Something cannot be written; it is as it was, or is finished by the next one that publishes.
    """
    finish_amendments(state, outbox)
    published = read_published(with_end(stem, MANIFEST_END))
    if published.manifest.failed:
        raise UsageError(f"{published.name} has no result")
    records = list(published.pages())
    known = {each.place: each for each in read_review(with_end(stem, REVIEW_END))}
    said = _statements_to_settled(statements, records, known)
    contents = DocumentContents(published.manifest.document, lambda: records, outline=published.manifest.outline)
    contents.settle([*(known | said).values()])
    outputs = files_to_outputs(stem.name, published.manifest.files)
    files = contents_to_files(contents, lambda: _html(published, contents), outputs)
    made: list[Manifest] = []

    def change(manifest: Manifest, facts: Sequence[FileFacts]) -> Manifest:
        pages = tuple(each.page for each in contents.pages)
        changed = replace(manifest, html_sha256=facts[0].sha256, review=contents.review, pages=pages)
        made.append(changed)
        return changed

    amend(state, outbox, published, files, change)
    return made[0]


def _statements_to_settled(
    statements: Sequence[Statement], records: Sequence[PageRecord], known: dict[Place, Settled]
) -> dict[Place, Settled]:
    """What is to be kept: of a place that was settled before, what it was at first."""
    html = {record.page.number: record.html for record in records}
    when = seconds_to_iso(time.time())
    settled: dict[Place, Settled] = {}
    for each in statements:
        place, page = each.place, html.get(each.place.page, "")
        found = html_to_places(page, place.page).get(place)
        if found is None:
            raise OutdatedReadingError(f"There is no {place.words} any more; look at the page again")
        if (text := reading_at(page, found)) != each.was:
            raise OutdatedReadingError(f"{place.words} says “{text}”, and not “{each.was}”; look at the page again")
        if each.now != each.was and not may_be_corrected(page, found):
            raise UsageError(f"{place.words} holds a table of its own: correct the cells of that one")
        earlier = known.get(place)
        was = earlier.was if earlier and earlier.fits else each.was
        settled[place] = _settled(place, when=when, was=was, now=each.now)
    return settled


def _settled(place: Place, *, when: str, was: str, now: str) -> Settled:
    return Settled(
        page=place.page,
        table=place.table or None,
        row=place.row or None,
        column=place.column or None,
        mark=place.mark or None,
        when=when,
        was=was,
        now=now,
    )


def _html(published: PublishedDocument, contents: DocumentContents) -> Iterator[bytes]:
    contents.read_all()
    pages = contents.pages
    original = with_end(published.stem, original_end(published.name))
    return pages_to_html(
        published.name,
        contents.shown_pages(),
        page_count=len(pages),
        fallback_pages=[each.page.number for each in pages if each.page.fell_back],
        warnings=published.manifest.warnings,
        guide=replace(contents.guide, original=original.name if original.is_file() else ""),
    )
