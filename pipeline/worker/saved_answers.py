"""Saves each answer as it came in a file of its own, for a user who wants to see or report what a model writes."""

import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from pipeline.log.log import logger

_UNFIT = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAnswers:
    """Where the answers for one page are saved.

    Attributes:
        folder: It exists.
        document: The dropped file's name.
        number: Of the page, from 1.
    """

    folder: Path
    document: str
    number: int

    def save(self, answer: str) -> None:
        """Write an answer to the next free name; a page is not lost because its answer cannot be saved."""
        stem = _UNFIT.sub("_", Path(self.document).stem)[:_LONGEST_NAME]
        for turn in count(1):
            path = self.folder / f"{stem}.page-{self.number:04}.answer-{turn}.txt"
            try:
                with path.open("x", encoding="utf-8", errors="replace") as file:
                    file.write(answer)
            except FileExistsError:
                continue
            except OSError as error:
                logger().warning("answer_not_saved", path=str(path), error=error.strerror or str(error))
            return
