"""One request to a model server and its result: an answer, or the error that says why there is none."""

import time
from dataclasses import dataclass

from pipeline.conditions import other_model
from pipeline.deadline import Deadline
from pipeline.errors import (
    AnswerCut,
    AnswerFailed,
    AnswerFiltered,
    ConnectionBroken,
    EmptyAnswer,
    MalformedAnswer,
    ModelTimeout,
    ModelUnavailable,
    ModelUnreachable,
    PageError,
    TruncatedAnswer,
)
from pipeline.log.log import logger
from pipeline.page_result import Attempt
from pipeline.server_target import ServerTarget
from pipeline.vision.client.connection_problem import connection_problem
from pipeline.vision.client.model_names import same_model
from pipeline.vision.client.response_body import AnswerStream, Usage
from pipeline.vision.client.transport import Meter
from pipeline.vision.loops.page_evidence import Evidence
from pipeline.vision.loops.repetition import RepetitionWatch

# Reasons for an end that the model did not decide.
_BROKEN = {"abort", "aborted", "cancelled", "canceled", "timeout"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RawAnswer:
    """What the model wrote, complete but not judged yet.

    Attributes:
        text: As it came.
        finish_reason: Why the model stopped.
        model: The name of the model that answered; None where the server does not say.
        first_token_s: Seconds from the sending to the first token, or to the whole answer if it came in one piece.
        request_s: Seconds from the sending to the end.
        thought: Whether the text came as the model's reasoning although it is the answer.
        whole: Whether the server said that the answer is complete, by a reason for the end or by ``[DONE]``.
    """

    text: str
    finish_reason: str
    model: str | None
    usage: Usage
    first_token_s: float | None
    request_s: float
    thought: bool = False
    whole: bool = True


class Exchange:
    """One request from its sending to its end.

    Attributes:
        stream: What has come so far.
        watch: Checks it for loops.
        status: Of the HTTP answer; None where none came.
        first_token_s: Seconds from the sending to the first token.
    """

    def __init__(self, target: ServerTarget, page: Evidence) -> None:
        self.target = target
        self.stream = AnswerStream()
        self.watch = RepetitionWatch(page)
        self.status: int | None = None
        self.first_token_s: float | None = None
        self.start = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the sending."""
        return time.monotonic() - self.start

    def to_attempt(self, outcome: str) -> Attempt:
        """The record of the request, ``outcome`` being ``ok`` or the reason why not."""
        return Attempt(
            server=self.target.url,
            model=self.stream.model or self.target.model,
            outcome=outcome,
            http_status=self.status,
            finish_reason=self.stream.finish_reason,
            first_token_s=self.first_token_s,
            request_s=self.seconds,
            prompt_tokens=self.stream.usage.prompt_tokens,
            completion_tokens=self.stream.usage.completion_tokens or self.stream.tokens or None,
        )


def fault_to_error(exchange: Exchange, meter: Meter, deadline: Deadline, fault: Exception) -> PageError:
    """The page's error for an error of an HTTP library, without the latter's text, which may quote headers."""
    logger().debug("exchange_failed", error=type(_root(fault)).__name__)
    if deadline.expired:
        return ModelTimeout(f"The answer was not complete after {exchange.seconds:.1f} s.")
    if meter.stalled:
        return ModelTimeout(f"The server stopped sending in the middle of its answer, after {exchange.seconds:.1f} s.")
    if meter.flooded:
        return MalformedAnswer("The server sent more bytes than any answer needs.")
    if not exchange.stream.tokens:
        problem = connection_problem(fault, exchange.target.url, exchange.target.route)
        if problem is not None:
            return ModelUnreachable(problem)
    return _break_to_error(exchange, connected=meter.connected)


def _break_to_error(exchange: Exchange, *, connected: bool) -> PageError:
    if not connected:
        return ModelUnreachable(f"No connection to {exchange.target.url}. Is the server running?")
    if not exchange.stream.tokens:
        return ConnectionBroken("The server broke off before it answered, or does not speak HTTP.")
    error = AnswerCut("The connection broke in the middle of the answer.")
    error.dropped = exchange.stream.text
    return error


def _root(error: BaseException) -> BaseException:
    """The first cause, whose name says more than that of the library's error."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error


def check_stream(stream: AnswerStream, target: ServerTarget) -> None:
    """Raise an error if what has come cannot become an answer.

    Raises:
        MalformedAnswer: It is too long.
        ModelUnavailable: Another model answers.
    """
    if stream.flooded:
        raise MalformedAnswer("The answer is far longer than any page.")
    if stream.model is not None and not same_model(target.model, stream.model):
        raise ModelUnavailable(other_model(stream.model, target.model))


def exchange_to_answer(exchange: Exchange) -> RawAnswer:
    """The answer, if it is one.

    Raises:
        EmptyAnswer, TruncatedAnswer, MalformedAnswer, AnswerFailed, AnswerFiltered: It is not.
    """
    stream = exchange.stream
    text, thoughts = stream.text, stream.thoughts
    _check_end(stream, text)
    thought = not text.strip() and _is_document(thoughts)
    if thought:
        text = thoughts
    if not text.strip():
        much = f"; it only thought, {len(thoughts)} characters" if thoughts else ""
        raise EmptyAnswer(f"The model wrote nothing{much}.")
    return RawAnswer(
        text=text,
        finish_reason=stream.finish_reason or "",
        model=stream.model,
        usage=stream.usage,
        first_token_s=exchange.first_token_s,
        request_s=exchange.seconds,
        thought=thought,
        whole=stream.complete or stream.finish_reason is not None,
    )


def _check_end(stream: AnswerStream, text: str) -> None:
    """A page is good only where the model stopped of its own accord.

    By the time that this is asked, the body has ended as HTTP has it: what breaks off is an error of the connection.
    """
    if not stream.events and stream.junk:
        raise MalformedAnswer(f"The server sent something else than an answer: {stream.junk[:100]!r}.")
    error = _end_to_error(stream)
    if error is not None:
        error.dropped = text
        raise error


def _end_to_error(stream: AnswerStream) -> PageError | None:
    reason = stream.finish_reason
    if reason == "content_filter":
        return AnswerFiltered("The server's content filter stopped the answer.")
    if reason == "error":
        return AnswerFailed("The server stopped in the middle of its answer with an error, and does not say which.")
    if reason in {"length", "max_tokens"}:
        return TruncatedAnswer("The answer reached its limit of tokens before the page's end.")
    unread = reason is None and not stream.complete and stream.junk
    if stream.tokens and (reason in _BROKEN or unread):
        return AnswerCut("The answer stopped in the middle, without a word of why.")
    return None


def _is_document(thoughts: str) -> bool:
    """Whether the reasoning is the answer: some servers send a whole answer as reasoning."""
    return thoughts.lstrip().startswith(("<", "```", "---", "{", "[", "#", "|"))
