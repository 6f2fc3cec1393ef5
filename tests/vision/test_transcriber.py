import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from page_texts import text_to_page_text
from vision.scripted import DONE, GOOD, STREAM_HEAD, Line, Server, chunk, delta, http, in_turn, serving, whole

from pipeline.deadline import Deadline
from pipeline.errors import (
    ConnectionBroken,
    DocumentDeadlineError,
    EmptyAnswer,
    MalformedAnswer,
    ModelRefused,
    ModelTimeout,
    PageError,
    RepetitiveAnswer,
    TruncatedAnswer,
    UnfaithfulAnswer,
)
from pipeline.page_result import Content, Method, Step
from pipeline.vision.answers.judge import Judgement
from pipeline.vision.client.client import VisionClient
from pipeline.vision.client.exchange import RawAnswer
from pipeline.vision.faithfulness.page_text import PageText
from pipeline.vision.profiles.profiles import profile_for
from pipeline.vision.transcriber import Record, Transcriber

EMPTY = whole(delta(finish="stop"), DONE)
CUT = [STREAM_HEAD, chunk(delta("half"))]
SIDEWAYS = "---\nis_rotation_valid: False\nrotation_correction: 90\n---\nsdrawkcab"
LYING = whole(delta(SIDEWAYS), delta(finish="stop"), DONE)


@dataclass
class Drawn:
    data: bytes
    mime: str = "image/png"
    width: int = 980
    height: int = 1372


class Page:
    """Remembers how it was drawn."""

    def __init__(self) -> None:
        self.sides: list[int] = []
        self.turns: list[int] = []
        self.text = PageText()
        self.may_turn = True

    def render(self, *, longest_side_px: int, max_pixels: int, multiple_of: int, colour: bool) -> Drawn:
        assert max_pixels > 0
        assert multiple_of > 0
        assert not colour
        self.sides.append(longest_side_px)
        return Drawn(b"picture")

    def turned(self, degrees: int) -> "Page | None":
        self.turns.append(degrees)
        return self if self.may_turn else None


class Case:
    """A page, a server and what the transcriber told on the way."""

    def __init__(self, server: Server, client: VisionClient) -> None:
        self.server = server
        self.page = Page()
        self.record = Record()
        self.steps: list[Step] = []
        self.judge: Callable[[RawAnswer], Judgement] = lambda answer: judged(answer.text)
        self.client = client

    def transcribe(self, *, page_timeout_s: float = 20, document_s: float = 60, most: int | None = None) -> Content:
        return Transcriber(
            client=self.client,
            target=replace(self.server.target, answer_tokens=most),
            profile=profile_for(self.server.target.model),
            judge=self.judge,
            report=lambda step, _: self.steps.append(step),
        ).transcribe(self.page, page_timeout_s=page_timeout_s, deadline=Deadline.after(document_s), record=self.record)

    @property
    def outcomes(self) -> list[str]:
        return [attempt.outcome for attempt in self.record.attempts]

    def body(self, number: int) -> dict[str, object]:
        parsed: dict[str, object] = json.loads(self.server.requests[number].partition(b"\r\n\r\n")[2])
        return parsed


@contextmanager
def case(script: Callable[[Line], None]) -> Iterator[Case]:
    client = VisionClient(connect_timeout_s=2)
    with serving(script) as server:
        yield Case(server, client)
    client.close()


def judged(html: str) -> Judgement:
    return Judgement(content=Content(method=Method.VISION, html=html))


def silent(line: Line) -> None:
    line.stop.wait()


def test_a_good_answer_becomes_the_pages_content() -> None:
    with case(in_turn(GOOD)) as page:
        content = page.transcribe()

    assert content.html == "<p>Hello</p>"
    assert page.outcomes == ["ok"]
    assert page.steps == [Step.RENDER, Step.REQUEST, Step.CHECK]
    assert page.record.request_s >= page.record.attempts[0].request_s > 0


def test_tokens_are_told_of_an_answer_that_takes_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.vision.transcriber._WORTH_TELLING_S", 0.0)
    with case(in_turn(GOOD)) as page:
        page.transcribe()

    assert page.steps == [Step.RENDER, Step.REQUEST, Step.REQUEST, Step.CHECK]


def test_an_empty_answer_is_asked_again_warmer_and_smaller() -> None:
    with case(in_turn(EMPTY, GOOD)) as page:
        page.transcribe()

        first, second = page.body(0), page.body(1)
    assert page.outcomes == ["empty", "ok"]
    assert (first["temperature"], second["temperature"]) == (0.1, 0.4)
    assert page.page.sides[1] < page.page.sides[0]


def test_an_answer_that_does_not_pass_the_check_is_asked_again_and_recorded_so() -> None:
    with case(in_turn(GOOD)) as page:
        verdicts = iter([False, True])

        def judge(answer: RawAnswer) -> Judgement:
            if not next(verdicts):
                raise UnfaithfulAnswer("Half of the numbers are not on the page.")
            return judged(answer.text)

        page.judge = judge
        page.transcribe()

    assert page.outcomes == ["unfaithful", "ok"]


def test_what_the_page_itself_repeats_is_no_loop() -> None:
    label = "Keep this part of the ticket until the end of the journey and show it to the staff when you are asked. "
    sheet = whole(*[delta(label * 3)] * 8, delta(finish="stop"), DONE)
    with case(in_turn(sheet)) as page:
        with pytest.raises(RepetitiveAnswer):
            page.transcribe()

        page.page.text = text_to_page_text(f"{label}\n" * 24)
        assert page.transcribe().html == label * 24
    assert page.outcomes == ["repetitive", "repetitive", "ok"]


def test_the_pages_words_are_read_while_the_model_writes_and_not_before() -> None:
    class Slow(Page):
        """Its words are asked for once."""

        @property
        def text(self) -> PageText:
            asked_before.append(len(page.server.requests))
            return PageText()

        @text.setter
        def text(self, _: PageText) -> None:
            """It has none."""

    asked_before: list[int] = []
    with case(in_turn(GOOD)) as page:
        page.page = Slow()
        page.transcribe()

    assert asked_before == [1]


def test_two_bad_answers_are_enough() -> None:
    with case(in_turn(EMPTY)) as page, pytest.raises(EmptyAnswer):
        page.transcribe()

    assert page.outcomes == ["empty", "empty"]


def test_a_connection_that_broke_is_made_anew_once() -> None:
    def cuts_once(line: Line) -> None:
        if line.server.requests:
            in_turn(CUT, GOOD)(line)
        else:
            line.request()
            line.send(*CUT)

    with case(cuts_once) as page:
        content = page.transcribe()

    assert content.html == "<p>Hello</p>"
    assert page.outcomes == ["truncated", "ok"]
    assert page.body(0)["temperature"] == page.body(1)["temperature"]


def test_a_server_that_hangs_up_twice_has_broken_the_connection() -> None:
    def hangs_up(line: Line) -> None:
        line.request()

    with case(hangs_up) as page, pytest.raises(ConnectionBroken):
        page.transcribe()

    assert page.outcomes == ["unreachable", "unreachable"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ([http(b'{"error":"out of order"}', status="500 Oh")], ModelRefused),
        (whole(delta("half"), delta(finish="length"), DONE), TruncatedAnswer),
    ],
)
def test_what_would_fail_again_is_not_asked_again(answer: list[bytes], error: type[PageError]) -> None:
    with case(in_turn(answer)) as page, pytest.raises(error):
        page.transcribe()

    assert len(page.record.attempts) == 1


def test_a_picture_that_is_too_large_for_the_context_is_drawn_smaller() -> None:
    words = b"request (9216 tokens) exceeds the available context size (4096 tokens), try increasing it"
    too_large = [http(b'{"error":{"code":400,"message":"%s"}}' % words, status="400 Bad Request")]

    with case(in_turn(too_large, GOOD)) as page:
        page.transcribe()

    assert page.page.sides[1] <= page.page.sides[0] * 0.7
    assert page.outcomes == ["refused", "ok"]


def test_a_late_failure_is_not_tried_again() -> None:
    def slowly_empty(line: Line) -> None:
        while line.request():
            line.stop.wait(0.9)
            line.send(*EMPTY)

    with case(slowly_empty) as page, pytest.raises(EmptyAnswer):
        page.transcribe(page_timeout_s=2)

    assert len(page.record.attempts) == 1


def test_a_time_out_is_not_tried_again() -> None:
    with case(silent) as page, pytest.raises(ModelTimeout):
        page.transcribe(page_timeout_s=0.5)

    assert page.outcomes == ["timeout"]


def test_the_documents_time_comes_before_the_pages() -> None:
    start = time.monotonic()
    with case(silent) as page, pytest.raises(DocumentDeadlineError):
        page.transcribe(page_timeout_s=20, document_s=0.5)

    assert time.monotonic() - start < 5
    assert page.outcomes == ["timeout"]


def test_an_answer_is_no_longer_than_the_server_has_room_for() -> None:
    with case(in_turn(GOOD)) as page:
        page.transcribe(most=1500)
        page.transcribe(most=10**6)

        assert page.body(0)["max_tokens"] == 1500
        assert page.body(1)["max_tokens"] == 8192


def test_after_an_answer_whose_marks_are_lost_special_tokens_are_asked_for() -> None:
    with case(in_turn(GOOD)) as page:
        verdicts = iter([False, True])

        def judge(answer: RawAnswer) -> Judgement:
            if not next(verdicts):
                raise MalformedAnswer("The server has taken the model's marks of cells out of a table.")
            return judged(answer.text)

        page.judge = judge
        page.transcribe()

        assert "skip_special_tokens" not in page.body(0)
        assert page.body(1)["skip_special_tokens"] is False
    assert page.outcomes == ["malformed", "ok"]


def test_a_page_that_lies_on_its_side_by_the_models_word_is_turned_and_asked_for_again() -> None:
    with case(in_turn(LYING, GOOD)) as page:
        content = page.transcribe()

    assert content.html == "<p>Hello</p>"
    assert page.page.turns == [90]
    assert page.outcomes == ["ok", "ok"]


def test_a_lying_page_is_turned_also_where_its_answer_is_no_good() -> None:
    with case(in_turn(LYING, GOOD)) as page:
        verdicts = iter([False, True])

        def judge(answer: RawAnswer) -> Judgement:
            if not next(verdicts):
                raise EmptyAnswer("The answer has no text of a page.")
            return judged(answer.text)

        page.judge = judge
        content = page.transcribe()

    assert content.html == "<p>Hello</p>"
    assert page.page.turns == [90]
    assert page.page.sides[0] == page.page.sides[1]


@pytest.mark.parametrize("second", [EMPTY, LYING, CUT])
def test_the_first_answer_stays_where_turning_the_page_is_no_help(second: list[bytes]) -> None:
    with case(in_turn(LYING, second)) as page:
        content = page.transcribe(page_timeout_s=6)  # as long as a half answer is waited for

    assert content.html == SIDEWAYS
    assert len(page.record.attempts) == 2


def test_a_page_whose_text_shows_that_it_is_upright_is_not_turned() -> None:
    with case(in_turn(LYING, GOOD)) as page:
        page.page.may_turn = False
        content = page.transcribe()

    assert content.html == SIDEWAYS
    assert page.outcomes == ["ok"]
