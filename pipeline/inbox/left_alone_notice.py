"""Tells of the files in the inbox that are left alone: once, and again only when there are others."""

from collections.abc import Callable
from pathlib import Path, PurePosixPath

from pipeline.inbox.left_alone import LeftAlone
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

    def begin(self) -> None:
        """A look at the whole inbox begins."""
        self._found.clear()

    def note(self, folder: PurePosixPath, left: LeftAlone) -> None:
        """Note what a folder has."""
        self._found[folder] = left

    def say(self) -> None:
        """A look is over: name the files."""
        sentences = sum(self._found.values(), LeftAlone()).sentences
        for sentence in sentences:
            if sentence not in self._said:
                logger().info("left_alone", inbox=self._root, what=sentence)
                self._tell(Trouble(what=sentence, detail=sentence, harmless=True))
        for sentence in self._said:
            if sentence not in sentences:
                self._tell(Trouble(what=sentence, detail=None, harmless=True))
        self._said = sentences
