"""The names in the outbox that documents in work have chosen: no other document may get them meanwhile.

A daemon and commands in the foreground may publish into one outbox at the same time, so the notes of all of them are in
one folder, and only one process at a time chooses a name.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import PublishError
from pipeline.files.atomic import read_regular, write_whole
from pipeline.files.json_values import json_to_value, value_to_json
from pipeline.host.moving import remove
from pipeline.results.state_folder import StateFolder, WorkFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenName:
    """A note of one document's name.

    Attributes:
        stem: Path in the outbox, without the ending.
        failed: Whether the document failed.
        home: The document's work folder, below the state folder: once it is gone, the name is free again.
        replaces: Whether older results of the same bytes have this name.
        hashes: SHA-256 of the files that may have its names: the older results, and those that are being published.
    """

    stem: str
    failed: bool
    home: str = ""
    replaces: bool = False
    hashes: tuple[str, ...] = ()


class ChosenNames:
    """The notes of one outbox, read and written for the documents of one process."""

    def __init__(self, folder: StateFolder) -> None:
        """Make the folder, and take over the notes of release 0.1.0, which lie in the work folders.

        Args:
            folder: Of this process.

        Raises:
            PublishError: The folder cannot be created.
        """
        self._folder = folder
        try:
            folder.names.mkdir(parents=True, exist_ok=True)
            list(self._living())
            for work_folder in folder.documents():
                if (old := _read(work_folder.old_publication)) is not None and self.read(work_folder) is None:
                    self.write(work_folder, ChosenName(stem=old.stem, failed=old.failed, replaces=True))
        except OSError as error:
            raise PublishError(f"{folder.names}: cannot be created or written: {error.strerror}") from error

    def read(self, work_folder: WorkFolder) -> ChosenName | None:
        """The name that was chosen for a document; None where there is none, or the note is damaged."""
        return _read(self._note(work_folder))

    def write(self, work_folder: WorkFolder, name: ChosenName, *, lasting: bool = True) -> ChosenName:
        """Write a note; returns it with the document's ``home`` filled in.

        Args:
            work_folder: The document's work folder.
            name: The note; its ``home`` is ignored.
            lasting: As :func:`pipeline.files.atomic.write_whole` takes it.

        Raises:
            OSError: The note cannot be written.
        """
        self._folder.names.mkdir(exist_ok=True)  # a user may have removed it
        noted = replace(name, home=work_folder.root.relative_to(self._folder.shared.root).as_posix())
        write_whole(self._note(work_folder), [value_to_json(noted)], lasting=lasting)
        return noted

    def taken(self, work_folder: WorkFolder) -> set[str]:
        """The names of all other documents in work."""
        return {name.stem for path, name in self._living() if path != self._note(work_folder)}

    def forget(self, work_folder: WorkFolder) -> None:
        """Remove the note of a document that is not in work any more."""
        with suppress(OSError):  # a note that stays is ignored, since its work folder is gone
            remove(self._note(work_folder), missing_ok=True)

    def _living(self) -> Iterator[tuple[Path, ChosenName]]:
        """The notes of all documents in work; other notes are removed, since their process has died."""
        for path in self._folder.names.glob("*.json"):
            name = _read(path)
            if name is not None and (self._folder.shared.root / name.home).is_dir():
                yield path, name
            else:
                remove(path, missing_ok=True)

    def _note(self, work_folder: WorkFolder) -> Path:
        return self._folder.names / f"{work_folder.root.name}.json"


def _read(path: Path) -> ChosenName | None:
    with suppress(OSError, ValueError):
        return json_to_value(read_regular(path), ChosenName)
    return None
