"""Changes a published result as a whole: new files and a new manifest, or everything as it was, wherever it dies.

All is written aside. Then one rename makes it a decision: from there on it is carried out, by the same process or,
after a crash, by the next one that publishes. As when a document is published anew, the older manifest goes first and
the new one comes last, so that a manifest that is visible tells the truth.
"""

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.files.atomic import read_regular, write_draft, write_whole
from pipeline.files.json_values import json_to_value, value_to_json
from pipeline.files.lock import turn_at
from pipeline.files.rights import rights_of
from pipeline.host.files import sync_folder
from pipeline.host.moving import move, remove, remove_tree
from pipeline.log.log import logger
from pipeline.results.chosen_names import ChosenNames
from pipeline.results.drafts import Draft, make_room, place, write_results
from pipeline.results.manifest import FileFacts, Manifest, is_as_written, manifest_to_bytes
from pipeline.results.published import PublishedDocument, read_published
from pipeline.results.result_files import ResultFile, ResultFolder
from pipeline.results.result_names import HTML_END, MANIFEST_END, names_of, with_end
from pipeline.results.state_folder import StateFolder

_PLAN, _MANIFEST = "plan.json", "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is to be put in place.

    Attributes:
        stem: Of the results, relative to the outbox.
        older: SHA-256 of the manifest that is replaced.
        drafts: Name of each draft, and the ending that it gets.
        hashes: SHA-256 of all files that we have written: only these are replaced.
    """

    stem: str
    older: str
    drafts: tuple[tuple[str, str], ...]
    hashes: tuple[str, ...]


def amend(
    state: StateFolder,
    outbox: Path,
    published: PublishedDocument,
    files: Sequence[ResultFile | ResultFolder],
    change: Callable[[Manifest, Sequence[FileFacts]], Manifest] = lambda manifest, _: manifest,
) -> list[Path]:
    """Put files beside a document's results, or in the place of older ones; the manifest tells of them last.

    Args:
        state: Working state of our own below the outbox.
        outbox: That has the document.
        published: The document, as it was read before the files were thought of.
        files: That are to be there, in the order in which they are written.
        change: Makes the new manifest of the older one, given what the files have become.

    Returns:
        The paths of what was written.

    Raises:
        UsageError: The document is being published anew, or was changed.
        OSError: Something cannot be written; it is as it was, or is finished by the next one that publishes.
    """
    manifest = with_end(published.stem, MANIFEST_END)
    rights = rights_of(manifest)
    amendment = state.amending / secrets.token_hex(8)
    amendment.mkdir(parents=True)
    try:
        drafts = write_results(files, published.stem, aside=amendment, rights=rights)
        facts = [file for draft in drafts for file in draft.files]
        told = replace(change(published.manifest, facts), files=_told_files(published, drafts))
        write_draft(amendment / _MANIFEST, [manifest_to_bytes(told)], rights=rights)
        # Whoever publishes chooses the name in the same turn, and keeps it until all of it is there.
        with turn_at(state.turn):
            _finish_all(state, outbox)
            older = _check_unchanged(state, outbox, published)
            plan = _Plan(
                stem=published.stem.relative_to(outbox).as_posix(),
                older=sha256(older).hexdigest(),
                drafts=tuple((draft.path.name, draft.target.name[len(published.stem.name) :]) for draft in drafts),
                hashes=tuple({*(file.sha256 for file in _files_of(published)), *(file.sha256 for file in facts)}),
            )
            write_whole(amendment / _PLAN, [value_to_json(plan)])
            state.amendments.mkdir(exist_ok=True)
            decided = state.amendments / amendment.name
            move(amendment, decided)
            sync_folder(state.amendments)
            _finish(decided, outbox)
            _tidy(state)
    finally:
        with suppress(OSError):  # what stays is removed by the next one that works here
            remove_tree(amendment)
    return [draft.target for draft in drafts]


def finish_amendments(state: StateFolder, outbox: Path) -> None:
    """Carry out what was decided by processes that have died meanwhile."""
    if state.amendments.is_dir():
        with turn_at(state.turn):
            _finish_all(state, outbox)


def _finish_all(state: StateFolder, outbox: Path) -> None:
    """Inside of our turn nobody else is at one, so that whoever began it has died."""
    with suppress(FileNotFoundError):
        for amendment in sorted(state.amendments.iterdir()):
            try:
                _finish(amendment, outbox)
            except (OSError, ValueError) as error:  # also a note that somebody has damaged
                logger().error("not_amended", folder=str(amendment), error=str(error), advice="it is tried again")
    _tidy(state)


def _finish(amendment: Path, outbox: Path) -> None:
    """Put in place what is not there yet; may be called again after any interruption."""
    if (amendment / _MANIFEST).exists():
        plan = json_to_value(read_regular(amendment / _PLAN), _Plan)
        stem = outbox / plan.stem
        manifest, drafts = with_end(stem, MANIFEST_END), [(amendment / name, end) for name, end in plan.drafts]
        if stem.parent.is_dir():  # else somebody has removed the folder with all results
            make_room(manifest, {plan.older})
            if manifest.exists():
                remove(manifest)
            sync_folder(stem.parent)
            for path, end in drafts:
                if path.exists():
                    place(Draft(path=path, target=with_end(stem, end), files=()), plan.hashes)
            sync_folder(stem.parent)
            move(amendment / _MANIFEST, manifest)
            sync_folder(stem.parent)
        else:
            remove(amendment / _MANIFEST)
    remove_tree(amendment)


def _tidy(state: StateFolder) -> None:
    with suppress(OSError):  # it is not there, or something in it could not be finished
        state.amendments.rmdir()


def _check_unchanged(state: StateFolder, outbox: Path, published: PublishedDocument) -> bytes:
    """The bytes of the manifest, if it is the one that was read, and nobody is about to replace it."""
    names = names_of(published.stem.relative_to(outbox).as_posix())
    taken = ChosenNames(state).taken(state.document(""))
    path = with_end(published.stem, MANIFEST_END)
    if any(names & names_of(other) for other in taken) or read_published(path).manifest != published.manifest:
        raise UsageError(f"{published.name} is being published at this moment; try again")
    data = read_regular(path)
    if not is_as_written(data):
        raise UsageError(f"{path}: has been changed; convert the document again")
    return data


def _files_of(published: PublishedDocument) -> tuple[FileFacts, ...]:
    """The files that the manifest tells of; that of release 0.1.0 told only of the HTML."""
    html = with_end(published.stem, HTML_END)
    return published.manifest.files or (
        FileFacts(name=html.name, sha256=published.manifest.html_sha256 or "", bytes=html.stat().st_size),
    )


def _told_files(published: PublishedDocument, drafts: Sequence[Draft]) -> tuple[FileFacts, ...]:
    """What the manifest told of, with what was written in the place of what was there under the same names."""
    written = {draft.target.name: draft.files for draft in drafts}
    told: dict[str, tuple[FileFacts, ...]] = {}
    for file in _files_of(published):
        target = file.name.partition("/")[0]
        told[target] = written.get(target) or (*told.get(target, ()), file)
    return tuple(file for files in (told | written).values() for file in files)
