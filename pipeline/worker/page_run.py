"""One page in a worker, from its task to its record on disk. Every fault leads to a fallback; none is raised."""

from collections.abc import Callable
from pathlib import Path

from pipeline.choices import FigureChoice
from pipeline.deadline import Deadline
from pipeline.errors import (
    DocumentError,
    MalformedAnswer,
    PageError,
    RenderError,
)
from pipeline.log.log import logger
from pipeline.page_result import Attempt, Content, Fallback, FallbackReason, Method, PageResult, Step, content_to_result
from pipeline.pictures.render import PageImage
from pipeline.results.page_record import write_record
from pipeline.vision.answers.judge import Judge, Judgement
from pipeline.vision.client.client import VisionClient
from pipeline.vision.client.exchange import RawAnswer
from pipeline.vision.profiles.profiles import Profile, profile_for
from pipeline.vision.profiles.seen_dialects import dialects_to_news, profile_by_answers
from pipeline.vision.transcriber import Record, Transcriber
from pipeline.worker.basic_extraction import BLANK_INK, read_for_comparison, read_page
from pipeline.worker.drawn_page import DrawnPage, page_to_draw
from pipeline.worker.open_pdf import OpenPdf
from pipeline.worker.page_figures import with_figures
from pipeline.worker.recognition import NeedsRecognition, task_to_recognition
from pipeline.worker.saved_answers import SavedAnswers
from pipeline.worker.stopwatch import Stopwatch
from pipeline.worker.table_boxes import as_shown
from pipeline.worker.tasks import AnswerTaken, PageProgress, PageTask, ReaderName, Unrecognised, Unserved, Unwritten

# A reader of the results sees this instead of the exception's own text, which is in the log.
_FAULT = "a fault of the program, which is in its log"
_NOT_OPENED = "The file can no longer be opened as a PDF."


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
            task: The task.
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
        self._pdf: OpenPdf | None = None
        self._told = PageProgress(step=Step.RENDER, attempts=task.attempts)  # what the loop assumes of a new page
        self._document = Deadline.after(task.document_remaining_s)

    def _opened(self) -> OpenPdf:
        """The open file, the same for all steps of the page: what was read of it is not read again.

        Raises:
            DocumentError: It cannot be opened as a PDF.
        """
        if self._pdf is None:
            self._pdf = self._open_pdf(self._task.path)
        return self._pdf

    def convert(self) -> PageResult | Unserved | Unrecognised | Unwritten:
        """Convert the page and write its record, or say what is needed before that."""
        try:
            return self._convert()
        except NeedsRecognition as need:
            return Unrecognised(
                areas=tuple((box.x0, box.top, box.x1, box.bottom) for box in need.areas),
                fallback=self._fallback,
                attempts=tuple(self._record.attempts),
                spent_s=self._record.request_s,
            )

    def _convert(self) -> PageResult | Unserved | Unwritten:
        content = None
        try:
            if self._task.target is not None:
                content = self._ask()
        except PageError as error:
            if error.is_server_fault:
                return self._unserved(error)
            self._fall_back(FallbackReason(error.reason), str(error))
        except NeedsRecognition:
            raise
        except Exception:  # noqa: BLE001 — unattended: a bug costs the model's answer, not the page
            logger().exception("fault_in_model_path")
            self._fall_back(FallbackReason(MalformedAnswer.reason), _FAULT)
        return self._write(self._with_figures(content or self._read()))

    def _with_figures(self, content: Content) -> Content:
        """The content with the pictures of its page; a fault costs the pictures alone."""
        choice = self._task.settings.figures
        # Where no reader is left, workers have died of the page's objects.
        if choice is FigureChoice.OFF or not content.html or not self._task.readers:
            return content
        if content.method is not Method.VISION:
            # pdfium may never have loaded this page: should it hang or die, the text that was read must not be lost.
            self._tell(Step.FIGURES)
        try:
            pdf = self._opened()
            layer = pdf.layer(self._task.number)
            if layer.turn:
                return content
            return with_figures(content, pdf.file, self._task.number, layer, choice)
        except DocumentError:
            return content
        except Exception:  # noqa: BLE001 — unattended: a page without its pictures is better than none
            logger().exception("fault_in_figures")
            return content

    def _ask(self) -> Content:
        """The page as the model read it.

        Raises:
            PageError: The model did not give it.
        """
        target = self._task.target
        assert target is not None  # noqa: S101 — the caller has checked it
        named = profile_for(target.model, self._task.settings.profiles, origin=target.origin)
        profile = profile_by_answers(named, target.seen)
        try:
            with self._watch.step(Step.RENDER):
                pdf = self._opened()
                page = page_to_draw(pdf, self._task)
                image = page.render_for(profile)
        except DocumentError as error:
            raise RenderError(_NOT_OPENED) from error
        if (without := self._without_model(pdf, page, image)) is not None:
            return without
        transcriber = Transcriber(
            client=self._client,
            target=target,
            profile=profile,
            judge=self._to_judge(pdf, page, profile),
            report=self._tell,
            taken=lambda dialects: self._tell_dialects(dialects, target.seen),
            save=self._save,
        )
        try:
            content = transcriber.transcribe(
                page, page_timeout_s=self._task.page_timeout_s, deadline=self._document, record=self._record
            )
            return as_shown(content, page.layer, page.turn)
        finally:
            self._watch.add(Step.RENDER, self._record.render_s)
            self._watch.add(Step.REQUEST, self._record.request_s)
            self._watch.add(Step.CHECK, self._record.check_s)

    def _to_judge(self, pdf: OpenPdf, page: DrawnPage, profile: Profile) -> Callable[[RawAnswer], Judgement]:
        """What judges answers; the page's words are put together only when there is one."""

        def judge(answer: RawAnswer) -> Judgement:
            return Judge(
                profile=profile,
                page_text=page.text,
                against=page.against,
                faithful=page.faithful(self._task.settings.faithful),
                read_page=lambda: read_for_comparison(pdf, page.number),
            )(answer)

        return judge

    def _without_model(self, pdf: OpenPdf, page: DrawnPage, image: PageImage) -> Content | None:
        """The content of a page that no model needs to read, since it is blank; None for any other page.

        Raises:
            RenderError: It looks blank, but is damaged.
            NeedsRecognition: Its picture must be read first.
        """
        if page.layer.blank and image.ink < BLANK_INK:
            if damage := pdf.damage(page.number):
                raise RenderError(damage)
            return Content(method=Method.BLANK)
        if not page.layer.usable and task_to_recognition(self._task).possible:
            raise NeedsRecognition
        return None

    def _save(self, answer: str) -> None:
        if folder := self._task.settings.save_answers:
            SavedAnswers(folder=folder, document=self._task.document, number=self._task.number).save(answer)

    def _read(self) -> Content:
        """The page by basic extraction; where the file cannot be opened, no content and the reason as a warning."""
        self._tell(Step.FALLBACK)
        with self._watch.step(Step.FALLBACK):
            try:
                pdf = self._opened()
            except DocumentError as error:
                logger().warning("not_opened", error=str(error))
                return Content(method=Method.NONE, warnings=(_NOT_OPENED,))
            recognition = task_to_recognition(self._task)
            return read_page(pdf, self._task.number, self._task.readers, self._tell_reader, recognition)

    def _write(self, content: Content) -> PageResult | Unwritten:
        result = content_to_result(
            content,
            self._task.number,
            fallback=self._fallback,
            attempts=tuple(self._record.attempts),
            timings=self._watch.timings(self._task.queue_s, text.seconds if (text := self._task.picture_text) else 0.0),
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
        progress = PageProgress(step=step, tokens=tokens, fallback=self._fallback, attempts=attempts)
        if progress != self._told:
            self._told = progress
            self._report(progress)

    def _tell_dialects(self, dialects: tuple[str, ...], seen: str | None) -> None:
        """Tell what an answer was in, where the loop does not know it: each message wakes it."""
        if dialects_to_news(dialects, seen) is not None:
            self._report(AnswerTaken(dialects=dialects))

    def _tell_reader(self, reader: ReaderName, has_part: bool) -> None:  # noqa: FBT001 — as the readers call it
        attempts = tuple(self._record.attempts)
        self._report(
            PageProgress(
                step=Step.FALLBACK, fallback=self._fallback, reader=reader, has_part=has_part, attempts=attempts
            )
        )
