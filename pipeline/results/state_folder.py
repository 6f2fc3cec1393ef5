"""The working state on disk: every path under ``.dropleaf``.

::

    outbox/.dropleaf/
        lock                     held by the daemon; its process id
        status.json              the latest snapshot
        orders.json              whether a user has paused everything; written anew with each order
        scratch/                 what workers are writing; worthless after a crash
        work/IDENT/              IDENT begins with the time of the claim, so names sort by age
            claim.json           what was dropped and from where; written before the file is taken
            taken.pdf            renamed out of the inbox, and not compared yet
            original.pdf         the claimed file, whatever its kind
            wrapped.pdf          the PDF that was made of it, where it is a picture
            digest.json          what is known about its bytes
            tries                how many daemons have died during work on it
            deaths               how many workers in a row have died during its pages
            openings             how many workers were lost while they opened it
            settings.txt         fingerprint of the settings with which the pages were made
            password                 entered by a user for this document; only its owner may read it
            orders.json              what a user has ordered for it: pause, priority, cancel
            pages/00001.json     a finished page: its manifest entry and its HTML
        names/IDENT.json         the name in the outbox that a document has chosen
        kept/HASH.json           which bytes of a file that stays in the inbox were delivered last
        selections/ID.json       documents that a user wants to be done again, until all are claimed
        hooks/ID.json            what a hook is still to be told of
        removals/ID.json         what was moved to removed/, or is on its way there or back
        removals/ID/             its files while they are on their way
        amending/                drafts of changes to published results; worthless after a crash
        amendments/ID/           such a change that is decided: whoever finds it carries it out
        search.sqlite            the words of all results; a cache that may be thrown away
        turn                     locked for a moment by a process that chooses a name, begins or ends
        convert-PID-RANDOM/      lock, scratch and work of a command in the foreground
"""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.document import WRAPPED_NAME

_NAME = ".dropleaf"
_FOREGROUND = "convert-"


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """The folder of one document in work.

    Attributes:
        root: Its last part is the document's ident.
    """

    root: Path

    @property
    def claim(self) -> Path:
        """What was dropped and from where."""
        return self.root / "claim.json"

    @property
    def taken(self) -> Path:
        """The file that was taken out of the inbox and not compared yet."""
        return self.root / "taken.pdf"

    @property
    def digest(self) -> Path:
        """What is known of the claimed file's bytes."""
        return self.root / "digest.json"

    @property
    def original(self) -> Path:
        """The claimed file."""
        return self.root / "original.pdf"

    @property
    def wrapped(self) -> Path:
        """The PDF that was made of the claimed file, where it is a picture."""
        return self.root / WRAPPED_NAME

    @property
    def tries(self) -> Path:
        """How many daemons began to work on it and neither finished a page nor stopped in good order."""
        return self.root / "tries"

    @property
    def deaths(self) -> Path:
        """How many workers in a row died during its pages."""
        return self.root / "deaths"

    @property
    def openings(self) -> Path:
        """How many workers were lost while they opened it."""
        return self.root / "openings"

    @property
    def settings(self) -> Path:
        """The fingerprint of the settings with which its pages were made."""
        return self.root / "settings.txt"

    @property
    def orders(self) -> Path:
        """What a user has ordered for this document."""
        return self.root / "orders.json"

    @property
    def pages(self) -> Path:
        """The folder of the finished pages' records."""
        return self.root / "pages"

    @property
    def old_publication(self) -> Path:
        """The chosen name in the outbox, as release 0.1.0 noted it."""
        return self.root / "publication.json"

    def page(self, number: int) -> Path:
        """The record of a finished page."""
        return self.pages / f"{number:05}.json"


@dataclass(frozen=True, slots=True)
class StateFolder:
    """The working state of a daemon, or of a command that runs in the foreground.

    Attributes:
        outer: For a command in the foreground: the daemon's state folder, which contains this one.
    """

    root: Path
    outer: "StateFolder | None" = None

    @property
    def shared(self) -> "StateFolder":
        """The daemon's state folder, which holds what all processes share."""
        return self.outer or self

    @property
    def names(self) -> Path:
        """The folder of the names that documents of all processes have chosen."""
        return self.shared.root / "names"

    @property
    def kept(self) -> Path:
        """The folder of notes about files that stay in the inbox."""
        return self.shared.root / "kept"

    @property
    def orders(self) -> Path:
        """What a user has ordered for all documents; written anew with each order."""
        return self.root / "orders.json"

    @property
    def selections(self) -> Path:
        """The folder of notes about documents that a user wants to be done again."""
        return self.root / "selections"

    @property
    def hooks(self) -> Path:
        """The folder of what hooks are still to be told of."""
        return self.root / "hooks"

    @property
    def removals(self) -> Path:
        """The folder of notes about what was removed."""
        return self.shared.root / "removals"

    @property
    def amending(self) -> Path:
        """Where drafts of changes to published results are written."""
        return self.root / "amending"

    @property
    def amendments(self) -> Path:
        """The folder of the changes that are decided, of all processes."""
        return self.shared.root / "amendments"

    @property
    def search(self) -> Path:
        """The index of the words of all results."""
        return self.root / "search.sqlite"

    @property
    def turn(self) -> Path:
        """The lock for what only one process at a time may do."""
        return self.shared.root / "turn"

    @property
    def lock(self) -> Path:
        """Held by the process that works here."""
        return self.root / "lock"

    @property
    def snapshot(self) -> Path:
        """The latest snapshot."""
        return self.root / "status.json"

    @property
    def scratch(self) -> Path:
        """The folder into which workers write."""
        return self.root / "scratch"

    @property
    def work(self) -> Path:
        """The folder of the documents in work."""
        return self.root / "work"

    def document(self, ident: str) -> WorkFolder:
        """The folder of one document."""
        return WorkFolder(self.work / ident)

    def documents(self) -> Iterator[WorkFolder]:
        """The folders of all documents in work, oldest first.

        Raises:
            OSError: They cannot be listed.
        """
        return (WorkFolder(folder) for folder in sorted(self.work.iterdir()))

    def draft(self, ident: str, number: int) -> Path:
        """Where a worker writes the record of a page."""
        return self.scratch / f"{ident}-{number:05}.json"

    def wrapping(self, ident: str) -> Path:
        """Where a worker makes a PDF of a picture."""
        return self.scratch / f"{ident}-{WRAPPED_NAME}"

    def picture_text(self, ident: str, number: int) -> Path:
        """Where the text that was read in a page's picture is written."""
        return self.scratch / f"{ident}-{number:05}.picture"

    def new_foreground(self) -> "StateFolder":
        """A new folder for a command that works beside the daemon; it is not created yet."""
        return StateFolder(self.root / f"{_FOREGROUND}{os.getpid()}-{secrets.token_hex(4)}", self)

    def foregrounds(self) -> Iterator["StateFolder"]:
        """The folders of such commands, also of those that crashed."""
        return (StateFolder(folder, self) for folder in self.root.glob(f"{_FOREGROUND}*"))


def state_folder_of(outbox: Path) -> StateFolder:
    """The daemon's working state for an outbox."""
    return StateFolder(outbox / _NAME)
