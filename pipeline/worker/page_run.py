"""One page in a worker, from its task to its record on disk.  Every fault ends in a fallback, none is raised."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.deadline import Deadline
from pipeline.document import Attempt, Content, Fallback, FallbackReason, Method, PageResult, Step, content_to_result
from pipeline.errors import (
    DocumentError,
    MalformedAnswer,
    PageError,
    RenderError,
)
from pipeline.log.log import logger
from pipeline.pictures.render import ImageSize, PageImage
from pipeline.results.page_record import write_record
from pipeline.vision.answers.judge import Judge
from pipeline.vision.client.client import VisionClient
from pipeline.vision.faithfulness.page_text import PageText
from pipeline.vision.profiles.profiles import Profile, profile_for
from pipeline.vision.profiles.seen_dialects import profile_by_answers
from pipeline.vision.transcriber import Record, Transcriber
from pipeline.worker.basic_extraction import BLANK_INK, read_page
from pipeline.worker.open_pdf import OpenPdf
from pipeline.worker.saved_answers import SavedAnswers
from pipeline.worker.stopwatch import Stopwatch
from pipeline.worker.table_boxes import as_shown
from pipeline.worker.tasks import AnswerTaken, PageProgress, PageTask, ReaderName, Unserved, Unwritten
from pipeline.worker.text_layer import TextLayer


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPage:
    """One page of an open file, as the transcriber needs it.

    Attributes:
        seen_turn: Degrees by which the page must be turned clockwise, as the model says.
    """

    pdf: OpenPdf
    number: int
    max_pixels: int
    layer: TextLayer
    seen_turn: int = 0

    @property
    def text(self) -> PageText:
        """The page's own text, as it is on the upright page."""
        return self.layer.page_text

    def render(self, *, longest_side_px: int, max_pixels: int, multiple_of: int, colour: bool) -> PageImage:
        """The page as a picture within these limits and the settings', turned so that its text can be read.

        Raises:
            RenderError: It cannot be drawn.
        """
        pixels = min(max_pixels, self.max_pixels)
        size = ImageSize(longest_side_px=longest_side_px, max_pixels=pixels, multiple_of=multiple_of, colour=colour)
        return self.pdf.render(self.number, size, turn=(self.layer.turn + self.seen_turn) % 360)

    def turned(self, degrees: int) -> "DrawnPage | None":
        """The page turned clockwise, None where its own text shows which way up it is."""
        return None if self.layer.shows_direction else replace(self, seen_turn=degrees)

    def render_for(self, profile: Profile) -> PageImage:
        """The page as the first try of this profile sends it.

        Raises:
            RenderError: It cannot be drawn.
        """
        return self.render(
            longest_side_px=profile.longest_side_px,
            max_pixels=profile.max_pixels,
            multiple_of=profile.multiple_of,
            colour=profile.colour,
        )


def page_to_draw(pdf: OpenPdf, task: PageTask) -> DrawnPage:
    """The page of a task, with what is needed to draw it upright."""
    layer = pdf.layer(task.number)
    return DrawnPage(pdf=pdf, number=task.number, max_pixels=task.settings.max_pixels, layer=layer)


class PageRun:
    """The conversion of one page, and its state."""

    def __init__(
        self,
        task: PageTask,
        open_pdf: Callable[[Path], OpenPdf],
        client: VisionClient,
        report: Callable[[object], None],
    ) -> None:
        """Prepare; nothing happens before :meth:`convert`.

        Args:
            task: What is to be done.
            open_pdf: Gives the open file, or raises a DocumentError.
            client: The process's connections to the servers.
            report: Called with each :class:`PageProgress`, and with :class:`AnswerTaken`.
        """
        self._task = task
        self._open_pdf = open_pdf
        self._client = client
        self._report = report
        self._watch = Stopwatch()
        self._record = Record(attempts=list(task.attempts))
        self._fallback = task.fallback if task.target is None else None
        self._document = Deadline.after(task.document_remaining_s)

    def convert(self) -> PageResult | Unserved | Unwritten:
        """Convert the page and write its record."""
        content = None
        try:
            if self._task.target is not None:
                content = self._ask()
        except PageError as error:
            if error.is_server_fault:
                return self._unserved(error)
            self._fall_back(FallbackReason(error.reason), str(error))
        except Exception as error:  # noqa: BLE001 — unattended: a bug costs the model's answer, not the page
            logger().exception("fault_in_model_path")
            self._fall_back(FallbackReason(MalformedAnswer.reason), f"{type(error).__name__}: {error}")
        return self._write(content or self._read())

    def _ask(self) -> Content:
        """The page as the model read it.

        Raises:
            PageError: The model did not give it.
        """
        target = self._task.target
        assert target is not None  # noqa: S101 — the caller has checked it
        self._tell(Step.RENDER)
        named = profile_for(target.model, self._task.settings.profiles, origin=target.origin)
        profile = profile_by_answers(named, target.seen)
        try:
            with self._watch.step(Step.RENDER):
                pdf = self._open_pdf(self._task.path)
                page = page_to_draw(pdf, self._task)
                image = page.render_for(profile)
        except DocumentError as error:
            raise RenderError(str(error)) from error
        if page.layer.empty and image.ink < BLANK_INK:
            if damage := pdf.damage(page.number):
                raise RenderError(damage)
            return Content(method=Method.BLANK)
        transcriber = Transcriber(
            client=self._client,
            target=target,
            profile=profile,
            judge=Judge(profile=profile, page_text=page.text, faithful=self._task.settings.faithful),
            report=self._tell,
            taken=lambda dialects: self._report(AnswerTaken(dialects=dialects)),
            save=self._save,
        )
        try:
            content = transcriber.transcribe(
                page, page_timeout_s=self._task.page_timeout_s, deadline=self._document, record=self._record
            )
            return as_shown(content, page.layer)
        finally:
            self._watch.add(Step.RENDER, self._record.render_s)
            self._watch.add(Step.REQUEST, self._record.request_s)
            self._watch.add(Step.CHECK, self._record.check_s)

    def _save(self, answer: str) -> None:
        if folder := self._task.settings.save_answers:
            SavedAnswers(folder=folder, document=self._task.document, number=self._task.number).save(answer)

    def _read(self) -> Content:
        """The page by basic extraction; where the file cannot be opened, no content and the reason as a warning."""
        self._tell(Step.FALLBACK)
        with self._watch.step(Step.FALLBACK):
            try:
                pdf = self._open_pdf(self._task.path)
            except DocumentError as error:
                return Content(method=Method.NONE, warnings=(str(error),))
            return read_page(pdf, self._task.number, self._task.readers, self._tell_reader)

    def _write(self, content: Content) -> PageResult | Unwritten:
        result = content_to_result(
            content,
            self._task.number,
            fallback=self._fallback,
            attempts=tuple(self._record.attempts),
            timings=self._watch.timings(self._task.queue_s),
        )
        try:
            write_record(self._task.out, result, content)
        except OSError as error:
            return Unwritten(detail=f"{self._task.out}: {error.strerror or error}")
        reason = result.fallback.reason.value if result.fallback else None
        logger().info(
            "page_done", method=result.method.value, fallback=reason, seconds=round(result.timings.total_s, 2)
        )
        return result

    def _unserved(self, error: PageError) -> Unserved:
        return Unserved(
            fallback=Fallback(reason=FallbackReason(error.reason), detail=str(error)),
            attempts=tuple(self._record.attempts),
            spent_s=self._record.request_s,
        )

    def _fall_back(self, reason: FallbackReason, detail: str) -> None:
        self._fallback = self._task.fallback or Fallback(reason=reason, detail=detail)
        logger().warning("page_falls_back", reason=reason.value, detail=detail)

    def _tell(self, step: Step, tokens: int = 0) -> None:
        attempts: tuple[Attempt, ...] = tuple(self._record.attempts)
        self._report(PageProgress(step=step, tokens=tokens, fallback=self._fallback, attempts=attempts))

    def _tell_reader(self, reader: ReaderName) -> None:
        attempts = tuple(self._record.attempts)
        self._report(PageProgress(step=Step.FALLBACK, fallback=self._fallback, reader=reader, attempts=attempts))
