"""Logs which files in the inbox are left alone when they change, and at the start how many pictures will be taken."""

from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from pipeline.conditions import pictures_waiting
from pipeline.inbox.left_alone import LeftAlone
from pipeline.kinds import Kind, name_to_kind
from pipeline.log.log import logger
from pipeline.threads.mailbox import Trouble


class LeftAloneNotice:
    """Knows what each folder had at the last look, and what was said of it."""

    def __init__(self, root: Path, tell: Callable[[Trouble], None]) -> None:
        """Begin with nothing said.

        Args:
            root: The inbox.
            tell: Called with what people are to see, and with what holds no more.
        """
        self._root = str(root)
        self._tell = tell
        self._found: dict[PurePosixPath, LeftAlone] = {}
        self._said: tuple[str, ...] = ()
        self._pictures: dict[PurePosixPath, int] | None = {}

    def begin(self) -> None:
        """A look at the whole inbox begins."""
        self._found.clear()

    def note(self, folder: PurePosixPath, left: LeftAlone, candidates: Iterable[str]) -> None:
        """Note what a folder has.

        Args:
            folder: Its path, relative to the inbox.
            left: Its files that are left alone.
            candidates: Names of those that may become documents.
        """
        self._found[folder] = left
        if self._pictures is not None:
            self._pictures[folder] = sum(name_to_kind(name) is Kind.IMAGES for name in candidates)

    def say(self) -> None:
        """A look is over: name the files. After the first one, say how many pictures are about to be taken."""
        if self._pictures is not None:
            if count := sum(self._pictures.values()):
                logger().info("pictures_waiting", inbox=self._root, what=pictures_waiting(count))
            self._pictures = None
        sentences = sum(self._found.values(), LeftAlone()).sentences
        for sentence in sentences:
            if sentence not in self._said:
                logger().info("left_alone", inbox=self._root, what=sentence)
                self._tell(Trouble(what=sentence, detail=sentence, harmless=True))
        for sentence in self._said:
            if sentence not in sentences:
                self._tell(Trouble(what=sentence, detail=None, harmless=True))
        self._said = sentences
