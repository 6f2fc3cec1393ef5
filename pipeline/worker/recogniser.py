"""The handler of a process with an engine for text recognition: from pictures of pages to words and rulings."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.extraction import BBox, ExtractionError
from pipeline.extraction.readers.ocr.engine import Engine, EngineName, choose_engines, load_engine
from pipeline.extraction.readers.ocr.upright import Draw, DrawUncoloured, areas_to_recognition, page_to_recognition
from pipeline.files.password_file import passwords_for
from pipeline.log.log import bound, configure, logger
from pipeline.pictures.render import PdfFile
from pipeline.sandbox.policy import enter
from pipeline.worker.page_pictures import page_to_drawer, page_to_uncoloured_drawer
from pipeline.worker.recognised_page import RecognisedPage, recognition_to_page, write_recognised
from pipeline.worker.tasks import ANSWERS, TASKS, Recognised, RecogniseTask

_STDERR = 2
_CAUSE = 1000
_Choice = tuple[EngineName, tuple[str, ...]]


def enter_quietly(policy: str) -> None:
    """Enter the sandbox, where the engines' libraries can write to nobody: the log has lines of our own alone.

    Args:
        policy: Of the sandbox.

    Raises:
        OSError: The kernel refuses a part of it.
    """
    sys.stderr = os.fdopen(os.dup(_STDERR), "w", buffering=1, errors="backslashreplace")
    with Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), _STDERR)
    enter(policy)


def create() -> "Recogniser":
    """Make the handler; the pool calls this in a new process."""
    return Recogniser()


class Recogniser:
    """The handler of the pool. It has one engine at a time, loaded with the first page."""

    tasks = TASKS
    answers = ANSWERS

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._loaded: _Choice | None = None

    def run(self, task: object, report: Callable[[object], None]) -> Recognised:
        """Do a :class:`RecogniseTask`.

        Raises:
            TypeError: The task is of another kind.
            OSError: The result cannot be written.
        """
        del report
        if not isinstance(task, RecogniseTask):
            raise TypeError(f"no task for this process: {task!r}")
        configure(task.settings.log_level, task.settings.log_format)
        with bound(document=task.document, page=task.number):
            try:
                page = self._read(task)
            except (ExtractionError, PipelineError) as error:
                # What a library says is for the log alone: it may quote the machine, or the page.
                logger().warning("not_recognised", error=str(error), cause=repr(error.__cause__)[:_CAUSE])
                return Recognised(number=task.number, problem=str(error))
            write_recognised(task.out, page)
            return Recognised(number=task.number)

    def prepare(self, task: object) -> None:
        """Do nothing: no work is done ahead of time."""

    def close(self) -> None:
        """Do nothing: the engine ends with the process."""

    def _read(self, task: RecogniseTask) -> RecognisedPage:
        """The page as the first engine reads it that is sure of it; otherwise the reading with the highest confidence.

        Raises:
            ExtractionError: No engine can be loaded, or it fails.
            PipelineError: The page cannot be drawn.
        """
        names = choose_engines(task.settings.ocr)
        if not names:
            raise ExtractionError("No engine of text recognition is installed.")
        best: RecognisedPage | None = None
        with PdfFile(task.path, passwords_for(task.path, task.settings.passwords)) as pdf:
            draw, uncoloured = page_to_drawer(pdf, task.number), page_to_uncoloured_drawer(pdf, task.number)
            for name in names:
                page = _read_by(self._load(name, task), draw, uncoloured, task)
                if best is None or page.confidence > best.confidence:
                    best = page
                if page.makes_sense or not page.content.words:
                    break
        assert best is not None  # noqa: S101 — there is at least one engine
        return best

    def _load(self, name: EngineName, task: RecogniseTask) -> Engine:
        wanted = (name, task.settings.ocr_languages)
        if self._engine is None or wanted != self._loaded:
            self._engine = None  # two engines at a time may need more memory than the process has
            self._engine = load_engine(*wanted)
            self._loaded = wanted
        return self._engine


def _read_by(engine: Engine, draw: Draw, uncoloured: DrawUncoloured, task: RecogniseTask) -> RecognisedPage:
    if not task.areas:
        found = page_to_recognition(draw, engine, number=task.number, draw_uncoloured=uncoloured)
        return recognition_to_page(*found)
    areas = [BBox(*area) for area in task.areas]
    return recognition_to_page(*areas_to_recognition(draw, engine, areas, number=task.number))
