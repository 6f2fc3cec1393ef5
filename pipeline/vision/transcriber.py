"""Has one page read by one server: draws it, asks, judges the answer, and asks once more where that helps."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Protocol

from pipeline.deadline import Deadline
from pipeline.errors import (
    AnswerCut,
    ConnectionBroken,
    ContextExceeded,
    DocumentDeadlineError,
    EmptyAnswer,
    MalformedAnswer,
    ModelTimeout,
    PageError,
    RepetitiveAnswer,
    UnfaithfulAnswer,
)
from pipeline.page_result import Attempt, Content, Step
from pipeline.server_target import ServerTarget
from pipeline.vision.answers.judge import MOST_DROPPED, Judgement
from pipeline.vision.answers.rotation import answer_to_turn
from pipeline.vision.client.client import VisionClient
from pipeline.vision.client.exchange import RawAnswer
from pipeline.vision.client.request import VisionRequest
from pipeline.vision.faithfulness.page_text import PageText
from pipeline.vision.profiles.context_size import was_cut
from pipeline.vision.profiles.profiles import KEEP_TOKENS, Profile

# The second try may begin only before this share of the page's time is used, since it takes as long as the first.
_SECOND_TRY_SHARE = 0.4
# Seconds before a broken connection is made again; a server that crashed needs some time.
_AFTER_BREAK_S = 1.0
# Seconds of asking before tokens are told: each report wakes the loop, and an answer that is there by then needs none.
_WORTH_TELLING_S = 0.5
# Factor of the picture's sides after the context was too small for it.
_SHRINK = 0.7

# After such an answer another temperature and a slightly smaller picture often give a good one.
_BAD_ANSWERS = (EmptyAnswer, MalformedAnswer, RepetitiveAnswer, UnfaithfulAnswer)
_BREAKS = (AnswerCut, ConnectionBroken)


class Picture(Protocol):
    """An encoded picture of a page."""

    @property
    def data(self) -> bytes:
        """The file."""

    @property
    def mime(self) -> str:
        """Its type, ``image/png`` or ``image/jpeg``."""

    @property
    def width(self) -> int:
        """In pixels."""

    @property
    def height(self) -> int:
        """In pixels."""


class PageSource(Protocol):
    """The page in question."""

    @property
    def text(self) -> PageText:
        """Its own text."""

    def render(self, *, longest_side_px: int, max_pixels: int, multiple_of: int, colour: bool) -> Picture:
        """The page as a picture within these limits.

        Raises:
            RenderError: It cannot be drawn.
        """

    def turned(self, degrees: int) -> "PageSource | None":
        """The same page turned clockwise, None where its own text shows that it is upright as it is."""


@dataclass(slots=True, kw_only=True)
class Record:
    """What was done for a page so far; it is filled in at once, so that it is complete even after an error.

    Attributes:
        attempts: Requests in order, each with its result.
        render_s: Seconds of drawing.
        request_s: Seconds of asking, pauses included.
        check_s: Seconds of judging.
    """

    attempts: list[Attempt] = field(default_factory=list)
    render_s: float = 0.0
    request_s: float = 0.0
    check_s: float = 0.0

    def note(self, *, dropped: str, outcome: str | None = None) -> None:
        """Add to the last attempt what was dropped of its answer, and its outcome if that has changed."""
        if self.attempts:
            last = self.attempts[-1]
            self.attempts[-1] = replace(last, dropped=dropped[:MOST_DROPPED], outcome=outcome or last.outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcriber:
    """Sends pages to one model.

    Attributes:
        judge: Turns an answer into the page's content, or raises a PageError.
        report: Called at each step, with the number of tokens so far.
        taken: Called with the dialects of every answer that is taken.
        save: Called with every answer as it came, also with rejected ones.
    """

    client: VisionClient
    target: ServerTarget
    profile: Profile
    judge: Callable[[RawAnswer], Judgement]
    report: Callable[[Step, int], None]
    save: Callable[[str], None] = lambda _: None
    taken: Callable[[tuple[str, ...]], None] = lambda _: None

    def transcribe(self, page: PageSource, *, page_timeout_s: float, deadline: Deadline, record: Record) -> Content:
        """The page's content by the model.

        Args:
            page: To be drawn.
            page_timeout_s: Seconds for the answer and its second try, from the first sending.
            deadline: Of the whole document.
            record: Filled in on the way.

        Raises:
            DocumentDeadlineError: The document's time was over first.
            PageError: As :meth:`VisionClient.ask` and ``judge`` raise them, after the second try where there was one.
        """
        request = self._request(page, record, second=False)
        budget = Budget(page_timeout_s=page_timeout_s, document=deadline)
        try:
            content, turn = self._ask(request, budget, record)
        except PageError as error:
            again = self._again(page, request, error, record) if budget.allows_second else None
            if again is None:
                raise budget.translated(error) from None
        else:
            upright = page.turned(turn) if turn and budget.allows_second else None
            return self._ask_upright(upright, budget, record) or content if upright else content
        try:
            return self._ask(again, budget, record)[0]
        except PageError as error:
            raise budget.translated(error) from None

    def _ask_upright(self, page: PageSource, budget: "Budget", record: Record) -> Content | None:
        """The turned page's content; None where that fails, or if the model says that this rotation is wrong, too."""
        try:
            content, turn = self._ask(self._request(page, record, second=False), budget, record)
        except PageError:
            return None  # what is wrong with it stands in the record; the first answer is good
        return None if turn else content

    def _ask(self, request: VisionRequest, budget: "Budget", record: Record) -> tuple[Content, int]:
        """The page's content, and the degrees by which the model says that the page must be turned."""
        answer = self._answer(request, budget, record)
        self.save(answer.text)
        self.report(Step.CHECK, 0)
        start = time.monotonic()
        try:
            self._check_whole(request, answer)
            judgement = self.judge(answer)
        except PageError as error:
            record.note(dropped=error.dropped, outcome=error.reason)
            error.turn = answer_to_turn(answer.text)
            raise
        else:
            record.note(dropped=judgement.dropped)
            self.taken(judgement.dialects)
            return judgement.content, answer_to_turn(answer.text)
        finally:
            record.check_s += time.monotonic() - start

    def _answer(self, request: VisionRequest, budget: "Budget", record: Record) -> RawAnswer:
        def hear(tokens: int) -> None:
            if time.monotonic() - start >= _WORTH_TELLING_S:
                self.report(Step.REQUEST, tokens)
            request.read_text()  # the page's words are put together while the model writes, and kept

        self.report(Step.REQUEST, 0)
        start = time.monotonic()
        try:
            return self.client.ask(
                request, target=self.target, deadline=budget.deadline, attempts=record.attempts, on_tokens=hear
            )
        except PageError as error:
            record.note(dropped=error.dropped)
            if error.dropped:
                self.save(error.dropped)
            raise
        finally:
            record.request_s += time.monotonic() - start

    def _check_whole(self, request: VisionRequest, answer: RawAnswer) -> None:
        """Raise ContextExceeded if the model saw only a part of the page: its answer may look like a whole page."""
        counted, context = answer.usage.prompt_tokens, self.target.context
        if was_cut(self.profile, *request.size, counted, context):
            raise ContextExceeded(
                f"The server cut the page without a word: {counted} tokens came, and its context has {context}. "
                "Load the model with a longer context (Ollama: OLLAMA_CONTEXT_LENGTH=16384)."
            )

    def _again(self, page: PageSource, first: VisionRequest, error: PageError, record: Record) -> VisionRequest | None:
        """What to ask after the first try has failed; None where asking again is useless."""
        if error.turn and (upright := page.turned(error.turn)):
            return self._request(upright, record, second=False)
        if isinstance(error, _BAD_ANSWERS):
            again = self._request(page, record, second=True, scale=self.profile.smaller)
            # Such an answer may lack its special tokens: servers leave them out unless they are told not to.
            lacking = isinstance(error, MalformedAnswer | EmptyAnswer)
            return replace(again, extra={**KEEP_TOKENS, **again.extra}) if lacking else again
        if isinstance(error, ContextExceeded):
            return self._request(page, record, second=False, scale=_SHRINK)
        if isinstance(error, _BREAKS):
            time.sleep(_AFTER_BREAK_S)
            record.request_s += _AFTER_BREAK_S
            return first
        return None

    def _request(self, page: PageSource, record: Record, *, second: bool, scale: float = 1.0) -> VisionRequest:
        profile = self.profile
        self.report(Step.RENDER, 0)
        start = time.monotonic()
        try:
            picture = page.render(
                longest_side_px=max(profile.multiple_of, int(profile.longest_side_px * scale)),
                max_pixels=max(profile.multiple_of**2, int(profile.max_pixels * scale * scale)),
                multiple_of=profile.multiple_of,
                colour=profile.colour,
            )
        finally:
            record.render_s += time.monotonic() - start
        size = picture.width, picture.height
        asked = profile.request(picture.data, picture.mime, second=second)
        request = replace(asked, size=size, read_text=cache(lambda: page.text))
        most = self.target.answer_tokens
        if most is None or most >= request.sampling.max_tokens:
            return request
        return replace(request, sampling=replace(request.sampling, max_tokens=most))


class Budget:
    """The time of one page, from the moment when it is sent, within the time of its document."""

    def __init__(self, *, page_timeout_s: float, document: Deadline) -> None:
        self._start = Deadline.after(0)
        self._page = Deadline.after(page_timeout_s)
        self._document = document
        self.deadline = self._page.sooner(document)

    @property
    def allows_second(self) -> bool:
        """Whether there is time for a second try that takes as long as the first."""
        total = self.deadline.at - self._start.at
        return self.deadline.remaining > total * (1 - _SECOND_TRY_SHARE)

    def translated(self, error: PageError) -> PageError:
        """The error; a time-out becomes the document's if the document's time was over first."""
        if isinstance(error, ModelTimeout) and self._document.expired and not self._page.expired:
            return DocumentDeadlineError("The document's time was over before this page was answered.")
        return error
