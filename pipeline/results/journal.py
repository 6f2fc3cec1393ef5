"""The working state on disk: a folder per document in work, a file per finished page.

::

    outbox/.dropleaf/
        lock                     held by the daemon; its process id
        status.json              the latest snapshot
        scratch/                 what workers are writing; worthless after a crash
        work/IDENT/              IDENT begins with the time of the claim, so names sort by age
            claim.json           what was dropped and from where; written before the file is taken
            original.pdf         the claimed file
            tries                of daemons that began to work on it and neither got on nor stopped in good order
            settings.txt         fingerprint of the settings that the pages were made with
            pages/00001.json     a finished page: its manifest entry and its HTML
            publication.json     the name in the outbox, once it is chosen
"""

import errno
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, fields, replace
from pathlib import Path

from pipeline.document import Document, Engine
from pipeline.errors import PublishError, VanishedError
from pipeline.files.atomic import copy_whole, file_to_sha256, remove_tree, write_whole
from pipeline.files.engine_choice import read_choice, remove_choice
from pipeline.results.manifest import JsonObject, is_entry

STATE_FOLDER = ".dropleaf"


class Journal:
    """The work folders under one outbox; only the daemon that holds the lock writes here."""

    def __init__(self, root: Path) -> None:
        """Make the folders.

        Args:
            root: ``outbox/.dropleaf``, or another folder on the outbox's file system.

        Raises:
            PublishError: The folders cannot be made.
        """
        self.root = root
        self.work = root / "work"
        self.scratch = root / "scratch"
        try:
            self.work.mkdir(parents=True, exist_ok=True)
            remove_tree(self.scratch)
            self.scratch.mkdir()
        except OSError as error:
            raise PublishError(f"{root}: cannot be made or written: {error.strerror}") from error

    def claim(self, source: Path, folder: str, *, copy: bool, only: tuple[int, ...] = ()) -> Document:
        """Take a complete file out of the inbox, or a copy of it.

        Args:
            source: A regular file.
            folder: Where it lies below the inbox.
            copy: Leave the original where it is.
            only: Numbers of the pages that are wanted, empty for all.

        Raises:
            VanishedError: The file is gone.
            PublishError: The working state cannot be written.
        """
        now = time.time()
        ident = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now)) + f"{now % 1:.3f}"[1:] + "-" + secrets.token_hex(4)
        home = self.work / ident
        original = home / "original.pdf"
        document = Document(
            ident=ident,
            name=source.name,
            folder=folder,
            path=str(original),
            sha256="",
            size=0,
            claimed_at=now,
            only=only,
            engine=read_choice(source),
        )
        try:
            (home / "pages").mkdir(parents=True)
            claim = {**asdict(document), "source": None if copy else str(source)}
            write_whole(home / "claim.json", [json.dumps(claim).encode()])
            self._take(source, original, copy=copy)
            remove_choice(original)
            return replace(document, sha256=file_to_sha256(original), size=original.stat().st_size)
        except OSError as error:
            self._undo_claim(home, source, copy=copy)
            if not os.path.lexists(source) and not os.path.lexists(original):
                raise VanishedError(f"{source.name}: was gone before it could be claimed.") from error
            raise PublishError(f"{source} cannot be claimed: {error.strerror or error}") from error

    @staticmethod
    def _undo_claim(home: Path, source: Path, *, copy: bool) -> None:
        original = home / "original.pdf"
        with suppress(OSError):  # what cannot be undone now is recovered at the next start
            if not copy and os.path.lexists(original):
                if not os.path.lexists(source):
                    original.rename(source)
                elif file_to_sha256(original) != file_to_sha256(source):
                    return  # another file has taken its place, and both are somebody's
            remove_tree(home)

    @staticmethod
    def _take(source: Path, original: Path, *, copy: bool) -> None:
        # The rename is not synced: where a power cut undoes it, the file is in the inbox again and nothing is lost.
        if not copy:
            try:
                source.rename(original)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
            else:
                return
        copy_whole(source, original)
        if not copy:
            source.unlink()

    def recover(self) -> Iterator[Document]:
        """The documents that an earlier daemon had claimed, oldest first; not those whose original is in the inbox yet.

        Raises:
            PublishError: The working state cannot be read or written.
        """
        for home in sorted(self.work.iterdir()):
            try:
                document = self._recover_one(home)
            except OSError as error:
                raise PublishError(f"{home}: {error.strerror or error}") from error
            if document:
                yield document

    def _recover_one(self, home: Path) -> Document | None:
        original = home / "original.pdf"
        if not original.is_file():
            remove_tree(home)
            return None
        document, source = _read_claim(home)
        document = replace(document, sha256=file_to_sha256(original), size=original.stat().st_size)
        self._remove_copied(source, document)
        return replace(document, tries=_read_tries(home))

    def chosen_names(self) -> dict[str, str]:
        """The names in the outbox that are chosen for documents in work, by ident."""
        names = {}
        for home in self.work.iterdir():
            with suppress(OSError, ValueError, KeyError, TypeError):
                names[home.name] = str(json.loads((home / "publication.json").read_bytes())["stem"])
        return names

    def count_try(self, document: Document, change: int) -> Document:
        """Write down that a daemon begins to work on a document, or has come to a good end (the same, negative).

        What is left over counts the daemons that died with it in work since a page of it was finished: a document
        that gets on is not what kills them.

        Raises:
            PublishError: The count cannot be written.
        """
        home = self.work / document.ident
        tries = max(0, _read_tries(home) + change)
        try:
            write_whole(home / "tries", [str(tries).encode()], lasting=False)
        except OSError as error:
            raise PublishError(f"{home}: {error.strerror or error}") from error
        return replace(document, tries=tries)

    @staticmethod
    def _remove_copied(source: str | None, document: Document) -> None:
        """Finish a claim across file systems that was interrupted between the copy and the unlink."""
        path = Path(source) if source else None
        if path and path.is_file() and file_to_sha256(path) == document.sha256:
            path.unlink()

    def begin(self, document: Document, fingerprint: str) -> dict[int, JsonObject]:
        """The pages that are finished already, by number; those made with other settings are thrown away.

        Args:
            document: In work.
            fingerprint: Of all settings that change a page's result.

        Raises:
            PublishError: The work folder cannot be written.
        """
        home = self.work / document.ident
        note = home / "settings.txt"
        try:
            if not note.exists() or note.read_text() != fingerprint:
                remove_tree(home / "pages")
                (home / "pages").mkdir()
                write_whole(note, [fingerprint.encode()])
            return {
                int(path.stem): entry
                for path in sorted((home / "pages").glob("*.json"))
                if (entry := read_record(path)[0]) is not None and entry["number"] == int(path.stem)
            }
        except OSError as error:
            raise PublishError(f"{home}: {error.strerror or error}") from error

    def scratch_file(self, document: Document, number: int) -> Path:
        """Where a worker writes the record of a page."""
        return self.scratch / f"{document.ident}-{number:05}.json"

    def page_file(self, document: Document, number: int) -> Path:
        """Where the record of a finished page lies."""
        return self.work / document.ident / "pages" / f"{number:05}.json"

    def commit(self, document: Document, number: int) -> None:
        """Make a page finished: move the record that its worker wrote into the journal.

        Not synced: a power cut may cost the page's work, never its wholeness, since the worker has synced the record.

        Raises:
            PublishError: The record cannot be moved.
        """
        try:
            self.scratch_file(document, number).rename(self.page_file(document, number))
        except OSError as error:
            raise PublishError(f"{self.page_file(document, number)}: {error.strerror or error}") from error
        if document.tries > 1:
            with suppress(OSError):  # the page is safe, and that is what counts
                (self.work / document.ident / "tries").write_text("1")

    def discard(self, document: Document) -> None:
        """Remove a document's work folder: by its name first, since a half removed one could not be recovered.

        Raises:
            PublishError: Nothing of it could be removed.
        """
        home = self.work / document.ident
        try:
            if home.is_dir():
                home.rename(self.scratch / document.ident)
        except OSError as error:
            raise PublishError(f"{home}: {error.strerror or error}") from error
        with suppress(OSError):  # the next time removes what is left, or the next start
            for left in self.scratch.iterdir():
                remove_tree(left)
                if left.name.startswith(document.ident):  # of a worker that died
                    left.unlink(missing_ok=True)


def write_record(path: Path, entry: JsonObject, html: str) -> None:
    """Write a page's record, whole and synced: one line of manifest entry, then the HTML."""
    path.parent.mkdir(exist_ok=True)
    head = json.dumps(entry).encode()
    body = html.encode("utf-8", "replace")
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        file.write(head + b"\n" + body)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)


def _read_claim(home: Path) -> tuple[Document, str | None]:
    """What was claimed, and from where; a note that cannot be used costs the name and not the document."""
    document = Document(
        ident=home.name,
        name="recovered.pdf",
        folder=".",
        path=str(home / "original.pdf"),
        sha256="",
        size=0,
        claimed_at=home.stat().st_mtime,
    )
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        claim = json.loads((home / "claim.json").read_bytes())
        kept = {field.name for field in fields(Document)} - {"ident", "path", "sha256", "size"}
        facts = {name: claim[name] for name in kept & claim.keys()}
        converted = {"only": tuple(claim.get("only", ())), "engine": claim.get("engine") and Engine(claim["engine"])}
        return replace(document, **facts | converted), claim.get("source")
    return document, None


def _read_tries(home: Path) -> int:
    with suppress(OSError, ValueError):
        return int((home / "tries").read_text())
    return 0


def read_record(path: Path) -> tuple[JsonObject | None, str]:
    """A page's manifest entry and its HTML; None where the record is damaged, or is none.

    Raises:
        OSError: The file cannot be read.
    """
    head, _, body = path.read_bytes().partition(b"\n")
    try:
        entry = json.loads(head)
    except ValueError:
        return None, ""
    return (entry, body.decode("utf-8", "replace")) if is_entry(entry) else (None, "")
