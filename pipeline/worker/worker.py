"""Converts one page after the other in a worker process: render, ask, check, fall back."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from pipeline.errors import DocumentError, PageError
from pipeline.files.atomic import file_to_sha256
from pipeline.files.password_file import passwords_for
from pipeline.log.log import bound, configure
from pipeline.page_result import PageResult
from pipeline.servers.picture_trial import try_picture
from pipeline.vision.client.client import VisionClient
from pipeline.vision.profiles.profiles import profile_for
from pipeline.worker.drawn_page import page_to_draw
from pipeline.worker.open_pdf import OpenPdf
from pipeline.worker.page_run import PageRun
from pipeline.worker.tasks import (
    ANSWERS,
    TASKS,
    Inspection,
    InspectTask,
    PageTask,
    Prepared,
    TrialResult,
    TrialTask,
    Unrecognised,
    Unserved,
    Unwritten,
    WorkerSettings,
    Wrapped,
    WrapTask,
)
from pipeline.worker.wrapping import wrap_picture

Report = Callable[[object], None]
PageOutcome: TypeAlias = PageResult | Unserved | Unrecognised | Unwritten


def _try_picture(task: TrialTask) -> TrialResult:
    profile = profile_for(task.target.model, task.settings.profiles, origin=task.target.origin)
    try:
        return TrialResult(trial=try_picture(task.target, profile, task.picture, task.size, timeout_s=task.timeout_s))
    except PageError as error:
        return TrialResult(problem=str(error))


def create() -> "PageWorker":
    """Make the worker; the pool calls this in a new process."""
    return PageWorker()


class PageWorker:
    """The handler of the pool: one per process, with its own session and its own open PDF."""

    tasks = TASKS
    answers = ANSWERS

    def __init__(self) -> None:
        self._settings: WorkerSettings | None = None
        self._pdf: OpenPdf | None = None
        self._client: VisionClient | None = None
        self._report: Report | None = None

    def run(self, task: object, report: Report) -> Wrapped | Inspection | TrialResult | PageOutcome:
        """Do a :class:`WrapTask`, an :class:`InspectTask`, a :class:`TrialTask` or a :class:`PageTask`.

        Raises:
            TypeError: It is none of them.
        """
        if not isinstance(task, WrapTask | InspectTask | TrialTask | PageTask):
            raise TypeError(f"no task for this worker: {task!r}")
        self._take_settings(task.settings)
        if isinstance(task, TrialTask):
            return _try_picture(task)
        with bound(document=task.document):
            if isinstance(task, WrapTask):
                return wrap_picture(task)
            if isinstance(task, InspectTask):
                return self._inspect(task)
            return self._convert(task, report)

    def prepare(self, task: object) -> None:
        """Draw a page ahead of time, if it belongs to the document that is open."""
        pdf = self._pdf
        if isinstance(task, PageTask) and task.target is not None:
            if pdf is not None and pdf.path == task.path and pdf.outlasts_a_page:
                target = task.target
                profile = profile_for(target.model, task.settings.profiles, origin=target.origin)
                page_to_draw(pdf, task).render_for(profile)
            if self._report is not None:
                self._report(Prepared(path=task.path, number=task.number))

    def close(self) -> None:
        """Close the file and the connections."""
        if self._client is not None:
            self._client.close()
        if self._pdf is not None:
            self._pdf.close()

    def _take_settings(self, settings: WorkerSettings) -> None:
        if settings != self._settings:
            self._settings = settings
            configure(settings.log_level, settings.log_format)
            if self._client is not None:
                self._client.close()
            self._client = VisionClient(connect_timeout_s=settings.connect_timeout_s)

    def _inspect(self, task: InspectTask) -> Inspection:
        try:
            pdf = self._open(task.path)
            sha256 = task.sha256 or file_to_sha256(task.path)
            return Inspection(pages=pdf.page_count, outline=pdf.outline(), sha256=sha256)
        except DocumentError as error:
            return Inspection(pages=0, code=error.code, detail=str(error))

    def _convert(self, task: PageTask, report: Report) -> PageOutcome:
        assert self._client is not None  # noqa: S101 — the settings are known by now
        self._report = report
        try:
            with bound(page=task.number):
                return PageRun(task, self._open, self._client, report).convert()
        finally:
            self._report = None

    def _open(self, path: Path) -> OpenPdf:
        """The open file; opened now where it is another one than before.

        Raises:
            DocumentError: It cannot be opened as a PDF.
        """
        if self._pdf is None or self._pdf.path != path or self._pdf.worn:
            if self._pdf is not None:
                self._pdf.close()
            self._pdf = None
            usual = self._settings.passwords if self._settings is not None else ()
            self._pdf = OpenPdf(path, passwords_for(path, usual))
        return self._pdf
