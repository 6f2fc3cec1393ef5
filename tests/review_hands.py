"""Documents with doubts, published by the publisher's own functions, and what a user says of them."""

import json
import shutil
from importlib.resources import files
from pathlib import Path
from typing import cast

from claims import RUN_SETTINGS
from delivery import delivery_of
from jsonschema import Draft202012Validator

from pipeline.choices import OriginalAction, Output
from pipeline.files.json_values import JsonObject
from pipeline.markup.table import html_to_tables
from pipeline.page_result import Checks, Content, Method, content_to_result
from pipeline.page_result import PageTimings as Timings
from pipeline.results.journal import Journal
from pipeline.results.manifest import Manifest
from pipeline.results.outbox import Outbox
from pipeline.results.page_record import write_record
from pipeline.results.publisher import Finished, Publisher, PublisherSettings
from pipeline.results.review_file import Place
from pipeline.results.reviewing import Statement, settle
from pipeline.results.state_folder import StateFolder, state_folder_of
from pipeline.table import Box, Cell

_REVIEW = Draft202012Validator(json.loads((files("pipeline") / "review.schema.json").read_text(encoding="utf-8")))
#: A table of two rows with a doubted cell, and a doubted place in the text below it.
TABLE = (
    "<table><thead><tr><th>Tree</th><th>Height</th></tr></thead><tbody>"
    '<tr><td>Oak</td><td data-unseen="">21</td></tr><tr><td>Elm</td><td><b>30</b></td></tr></tbody></table>'
)
TEXT = '<p>In all <span data-unseen="">51</span> metres, and <span data-unseen="">7</span> trees.</p>'
HEIGHT = Place(page=1, table=1, row=2, column=2)
METRES, TREES = Place(page=1, mark=1), Place(page=1, mark=2)


def _content(html: str) -> Content:
    tables = html_to_tables(html)
    placed = tuple(
        type(table)(header_rows=table.header_rows, caption=table.caption, cells=tuple(map(_with_box, table.cells)))
        for table in tables
    )
    checks = Checks(text_recall=1.0)
    return Content(method=Method.VISION, html=html, tables=placed, checks=checks, size=(612.0, 792.0))


def _with_box(cell: Cell) -> Cell:
    x0, top = 72.0 + 100 * cell.column, 72.0 + 30 * cell.row
    return Cell(
        row=cell.row,
        column=cell.column,
        text=cell.text,
        header=cell.header,
        box=Box(x0, top, x0 + 90, top + 20),
        doubt=cell.doubt,
    )


def publish(outbox: Path, pdf: Path, *pages: str, outputs: tuple[Output, ...] = ()) -> Path:
    """Publish a document, as after a drop.

    Args:
        outbox: Made where it is missing.
        pdf: The dropped file, which stays.
        *pages: Clean HTML of each page.
        outputs: That are made of it.

    Returns:
        The manifest's path.
    """
    journal = Journal(state_folder_of(outbox))
    document = journal.claim(pdf, ".", copy=True)
    journal.begin(document, "a")
    for number, html in enumerate(pages, 1):
        content = _content(html)
        page = content_to_result(content, number, fallback=None, attempts=(), timings=Timings(total_s=0.5))
        write_record(journal.draft_file(document, number), page, content)
        journal.commit(document, number)
    publisher = Publisher(
        Outbox(outbox, journal),
        journal,
        settings=PublisherSettings(run=RUN_SETTINGS, originals=OriginalAction.MOVE),
        watched=lambda _: journal_is_not_watched(),
        post=lambda _: None,
    )
    numbers = range(1, len(pages) + 1)
    publisher.publish(
        Finished(
            document=document,
            began_at=document.claimed_at,
            page_count=len(pages),
            numbers=numbers,
            outputs=outputs,
        )
    )
    publisher.start()
    publisher.stop()
    manifest = outbox / pdf.with_suffix(".json").name
    delivery_of(manifest)
    return manifest


class journal_is_not_watched:  # noqa: N801 — a context that does nothing
    """In the place of the note that a document is being published."""

    def __enter__(self) -> None:
        """Nothing."""

    def __exit__(self, *error: object) -> None:
        """Nothing."""


def say(manifest: Path, place: Place, was: str, now: str) -> Manifest:
    """Settle one place of a document."""
    return say_all(manifest, Statement(place=place, was=was, now=now))


def say_all(manifest: Path, *statements: Statement) -> Manifest:
    """Settle places of a document; what is there then is held against all promises."""
    outbox = manifest.parent
    state = new_state(outbox)
    try:
        told = settle(state, outbox, manifest.with_suffix(""), statements)
    finally:
        shutil.rmtree(state.root)
    delivery_of(manifest)
    review_of(manifest)
    return told


def new_state(outbox: Path) -> StateFolder:
    """A working state of a process of its own."""
    state = state_folder_of(outbox).new_foreground()
    Journal(state)
    return state


def review_of(manifest: Path) -> list[JsonObject]:
    """What is settled, held against the schema."""
    tree = json.loads(manifest.with_suffix(".review.json").read_bytes())
    _REVIEW.validate(tree)
    return cast("list[JsonObject]", tree["settled"])


def cells_of(manifest: Path) -> dict[tuple[int, int], JsonObject]:
    """The cells of the first table, by row and column from 0."""
    tables = json.loads(manifest.with_suffix(".tables.json").read_bytes())["tables"]
    return {(cell["row"], cell["column"]): cell for cell in tables[0]["cells"]}
