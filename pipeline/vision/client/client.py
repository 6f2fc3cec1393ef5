"""Asks a model server about a page: one streamed request at a time, within the page's time; runs in a worker."""

import http.client
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import requests
import urllib3.exceptions

from pipeline.deadline import Deadline
from pipeline.errors import MalformedAnswer, PageError, RepetitiveAnswer
from pipeline.page_result import Attempt
from pipeline.server_target import ServerTarget
from pipeline.vision.client.complaint import (
    Complaint,
    ServerTrouble,
    body_to_complaint,
    complaint_to_error,
    value_to_complaint,
)
from pipeline.vision.client.exchange import Exchange, RawAnswer, check_stream, exchange_to_answer, fault_to_error
from pipeline.vision.client.request import VisionRequest, request_to_body
from pipeline.vision.client.transport import Meter, MeteredSession
from pipeline.vision.loops.page_evidence import Evidence

# Everything that the HTTP libraries raise; ValueError for the addresses and chunk sizes that they cannot parse.
FOREIGN = (OSError, urllib3.exceptions.HTTPError, http.client.HTTPException, ValueError)

# Most bytes that are read from the connection at once, and most bytes of an error's body.
_CHUNK = 65536
# Seconds between two reports of progress.
_REPORT_S = 0.5
# Seconds to wait for the end of an answer after its last word, so that the connection can be kept.
_DRAIN_S = 0.5
# Within so many seconds a kept connection fails if the server has closed it meanwhile.
_STALE_S = 2.0
# Seconds to wait before the server is asked again, where it does not say itself.
_PAUSES = {ServerTrouble.FORM: (0.0,), ServerTrouble.OVERLOADED: (1.0,), ServerTrouble.BUSY: (1.0, 3.0)}
# The largest share of the remaining time for one such pause.
_PAUSE_SHARE = 0.4


class _Patience:
    """Decides how often one request may be sent again, and after which pauses."""

    def __init__(self) -> None:
        self._pauses = {trouble: list(times) for trouble, times in _PAUSES.items()}

    def pause(self, complaint: Complaint) -> float | None:
        """Seconds to wait, as the server says if it does; None where another try is useless."""
        left = self._pauses.get(complaint.trouble)
        if not left:
            return None
        usual = left.pop(0)
        return usual if complaint.retry_after_s is None else complaint.retry_after_s


class VisionClient:
    """One process's connections to the model servers; they are kept alive, and used for one request at a time."""

    def __init__(self, *, connect_timeout_s: float, silence_s: float = 30.0) -> None:
        """Prepare a session; nothing is connected yet.

        Args:
            connect_timeout_s: Seconds within which a connection must be made.
            silence_s: Seconds without a token after which an answer is given up once it has begun.
        """
        self._meter = Meter(connect_timeout_s=connect_timeout_s, silence_s=silence_s)
        self._session = MeteredSession(self._meter)
        self._plain: set[str] = set()

    def close(self) -> None:
        """Close the kept connections."""
        self._session.close()

    def ask(
        self,
        request: VisionRequest,
        *,
        target: ServerTarget,
        deadline: Deadline,
        attempts: list[Attempt],
        on_tokens: Callable[[int], None] = lambda _: None,
    ) -> RawAnswer:
        """Send the request and read the whole answer.

        Within the deadline the request is sent again if a server is busy, has lost its cache to another request or does
        not know one of the optional keys; but never after a time-out, since the server may still work on it.

        Args:
            request: What is asked.
            target: The server.
            deadline: When the connection is closed, even if the answer is not complete.
            attempts: Receives every request that was sent, with its result.
            on_tokens: Called with the number of tokens so far, at the first one and then every half second.

        Raises:
            ModelUnreachable: There is no connection, or it broke before the first token.
            ModelTimeout: The deadline passed, or the server stopped sending in the middle.
            ModelRefused: An error instead of an answer; ModelUnavailable where it concerns every page,
                ContextExceeded where this one is too large, AnswerFailed where the answer had begun, AnswerFiltered.
            EmptyAnswer: There is no text.
            TruncatedAnswer: The token limit was reached; AnswerCut where the connection broke.
            RepetitiveAnswer: The model repeated itself without end.
            MalformedAnswer: It is not an answer, or one without end.
        """
        plain = target.url in self._plain
        patience = _Patience()
        page = Evidence(image=request.image, read_text=request.read_text)
        while True:
            body = request_to_body(request, target.model, plain=plain)
            answer = self._try(Exchange(target, page), body, deadline, attempts, on_tokens)
            if isinstance(answer, RawAnswer):
                self._plain |= {target.url} if plain else set()
                return answer
            pause = patience.pause(answer)
            in_vain = plain and answer.trouble is ServerTrouble.FORM
            if pause is None or in_vain or pause > deadline.remaining * _PAUSE_SHARE:
                raise complaint_to_error(answer)
            plain = plain or answer.trouble is ServerTrouble.FORM
            time.sleep(pause)

    def _try(
        self,
        exchange: Exchange,
        body: bytes,
        deadline: Deadline,
        attempts: list[Attempt],
        on_tokens: Callable[[int], None],
    ) -> RawAnswer | Complaint:
        """Send one request, and add it to ``attempts`` with any result."""
        outcome = MalformedAnswer.reason
        try:
            try:
                complaint = self._exchange(exchange, body, deadline, on_tokens)
            except FOREIGN as fault:
                # The only place where other packages' errors become ours.
                raise fault_to_error(exchange, self._meter, deadline, fault) from None
            answer = complaint or exchange_to_answer(exchange)
            outcome = "ok" if isinstance(answer, RawAnswer) else answer.attempt_outcome
        except PageError as error:
            outcome = error.attempt_outcome or error.reason
            error.dropped = error.dropped or exchange.stream.text
            raise
        else:
            return answer
        finally:
            attempts.append(exchange.to_attempt(outcome))

    def _exchange(
        self, exchange: Exchange, body: bytes, deadline: Deadline, on_tokens: Callable[[int], None]
    ) -> Complaint | None:
        response = self._post(exchange, body, deadline)
        try:
            exchange.status = response.status_code
            if response.status_code >= http.client.MULTIPLE_CHOICES:
                return _response_to_complaint(response, exchange.target)
            pieces = _response_to_pieces(response)
            self._read(pieces, exchange, on_tokens)
            if exchange.stream.complete and exchange.stream.complaint is None:
                self._drain(pieces, deadline)
        finally:
            # Closing the connection tells the server to stop; after a response that was read to its end it is kept.
            response.close()
        stream = exchange.stream
        if stream.complaint is None:
            return None
        complaint = value_to_complaint(stream.complaint, response.status_code, secret=exchange.target.api_key)
        return replace(complaint, dropped=stream.text)

    def _post(self, exchange: Exchange, body: bytes, deadline: Deadline) -> requests.Response:
        target = exchange.target
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if target.api_key is not None:
            headers["Authorization"] = f"Bearer {target.api_key}"
        url = f"{target.url.rstrip('/')}/chat/completions"
        try:
            self._session.take(target.route)
            self._meter.start(deadline)
            return self._session.ask(url, body, headers)
        except FOREIGN:
            # If the server has closed an idle connection (LM Studio and llama.cpp do so after 5 s), it breaks before
            # any byte comes back. On a new connection, or later, a break has another cause.
            stale = not self._meter.connects and not self._meter.received and exchange.seconds < _STALE_S
            if not stale or deadline.expired:
                raise
            self._meter.start(deadline)
            return self._session.ask(url, body, headers)

    def _read(self, pieces: Iterator[bytes], exchange: Exchange, on_tokens: Callable[[int], None]) -> None:
        stream, watch = exchange.stream, exchange.watch
        reported = 0.0
        while not stream.complete and stream.complaint is None:
            data = next(pieces, b"")
            fresh = stream.feed(data) if data else stream.end()
            if fresh:
                now = self._meter.heard()
                if exchange.first_token_s is None:
                    exchange.first_token_s = exchange.seconds
                if now - reported > _REPORT_S:
                    on_tokens(stream.tokens)
                    reported = now
                if loop := watch.feed(fresh):
                    raise RepetitiveAnswer(f"The model repeats itself: {loop}.")
            check_stream(stream, exchange.target)
            if not data:
                break

    def _drain(self, pieces: Iterator[bytes], deadline: Deadline) -> None:
        """Read the end of the body, so that the next page can use the connection; errors do not affect this page."""
        self._meter.start(deadline.sooner(Deadline.after(_DRAIN_S)))
        # After an error the response is not read to its end, and closing it closes the connection.
        with suppress(*FOREIGN):
            for _ in pieces:
                pass


def _response_to_pieces(response: requests.Response) -> Iterator[bytes]:
    """The body as it comes: whole chunks if it is chunked, which takes a third less time, else what is there."""
    if response.raw.chunked:
        yield from response.raw.read_chunked(_CHUNK, decode_content=False)
    else:
        while data := response.raw.read1(_CHUNK, decode_content=False):
            yield data


def _response_to_complaint(response: requests.Response, target: ServerTarget) -> Complaint:
    """What a refusal says, from the part of its body that has come."""
    body = b""
    # If the body breaks off, the status is enough.
    with suppress(*FOREIGN):
        for data in _response_to_pieces(response):
            body += data
            if len(body) >= _CHUNK:
                break
    if http.client.MULTIPLE_CHOICES <= response.status_code < http.client.BAD_REQUEST:
        body = b"it sends the request elsewhere; set its final address as the url"
    return body_to_complaint(body, response.status_code, response.headers.get("Retry-After"), target.api_key)
