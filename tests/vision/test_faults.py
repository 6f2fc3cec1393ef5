"""Every row of the collected error shapes, against the simulated servers that give them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from loops import LETTER_PICTURE
from simulator import Ask, Fault, Latency, Loading, Model, Rule, Setup, Simulator

from pipeline.deadline import Deadline
from pipeline.errors import (
    AnswerCut,
    ConnectionBroken,
    ContextExceeded,
    EmptyAnswer,
    MalformedAnswer,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
    ModelUnreachable,
    PageError,
    RepetitiveAnswer,
    TruncatedAnswer,
)
from pipeline.page_result import Attempt
from pipeline.pictures.png import rows_to_png
from pipeline.server_target import ServerTarget
from pipeline.vision.client.client import VisionClient
from pipeline.vision.client.exchange import RawAnswer
from pipeline.vision.client.request import Sampling, VisionRequest

MODEL = Model().id
PICTURE = rows_to_png([bytes(range(64)) * 2] * 64, width=128, channels=1)
REQUEST = VisionRequest(prompt="Read.", image=PICTURE, quiet=True, sampling=Sampling(max_tokens=6000, top_k=20))


@dataclass
class Asked:
    client: VisionClient
    attempts: list[Attempt] = field(default_factory=list)

    def ask(
        self,
        sim: Simulator,
        limit_s: float = 20,
        model: str = MODEL,
        key: str | None = None,
        request: VisionRequest = REQUEST,
    ) -> RawAnswer:
        return self.client.ask(
            request,
            target=ServerTarget(url=sim.url, model=model, api_key=key),
            deadline=Deadline.after(limit_s),
            attempts=self.attempts,
        )

    def error(self, setup: Setup, limit_s: float = 20) -> PageError:
        with Simulator(setup) as sim, pytest.raises(PageError) as caught:
            self.ask(sim, limit_s)
        assert self.attempts[-1].outcome == (caught.value.attempt_outcome or caught.value.reason)
        return caught.value


@pytest.fixture
def asked() -> Iterator[Asked]:
    client = VisionClient(connect_timeout_s=2, silence_s=1)
    yield Asked(client)
    client.close()


def faulty(fault: Fault, dialect: str = "lmstudio", **rule: float) -> Setup:
    seconds = rule.get("seconds")
    return Setup(dialect=dialect, rules=(Rule(fault, seconds=seconds),))


@pytest.mark.parametrize("dialect", ["lmstudio", "llama.cpp", "ollama", "plain", "llama-cpp-python"])
def test_every_server_answers_a_page(asked: Asked, dialect: str) -> None:
    with Simulator(Setup(dialect=dialect)) as sim:
        assert all("Anchor" in asked.ask(sim).text for _ in range(3))
        assert sim.connections == 1
    assert [attempt.outcome for attempt in asked.attempts] == ["ok"] * 3
    assert asked.attempts[0].completion_tokens


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (Fault.UNEXPECTED_ENDPOINT, ModelUnavailable, "/v1"),
        (Fault.NO_MODELS, ModelUnavailable, "Load a vision model"),
        (Fault.NOT_PULLED, ModelUnavailable, "doctor"),
        (Fault.NO_VISION, ModelUnavailable, "vision model"),
        (Fault.NO_VISION_200, ModelUnavailable, "vision"),
        (Fault.OTHER_MODEL, ModelUnavailable, "another-model-1b"),
        (Fault.OVERFLOW, ContextExceeded, "longer context"),
        (Fault.OVERFLOW_200, ContextExceeded, "longer context"),
        (Fault.BAD_IMAGE, ModelRefused, "base64"),
        (Fault.UNAUTHORISED, ModelUnavailable, "api_key"),
        (Fault.SERVER_ERROR, ModelRefused, "HTTP 500"),
        (Fault.PLAIN_500, ModelRefused, "HTTP 500"),
        (Fault.FLAT_ERROR, ModelRefused, "HTTP 400"),
        (Fault.FLAT_OBJECT, ContextExceeded, "HTTP 400"),
        (Fault.DETAIL, ModelRefused, "HTTP 422"),
        (Fault.BAD_GATEWAY, ModelRefused, "HTTP 502"),
    ],
)
def test_an_error_is_an_error_whatever_its_shape(asked: Asked, fault: Fault, kind: type[PageError], words: str) -> None:
    error = asked.error(faulty(fault))

    assert type(error) is kind
    assert words in str(error)
    assert "<" not in str(error)


@pytest.mark.parametrize(
    "fault", [Fault.CRASHED, Fault.UNLOADED, Fault.CONTEXT_SIZE, Fault.MTMD, Fault.MEMORY_SLOT, Fault.LATE_ERROR]
)
def test_a_passing_trouble_is_tried_once_more_after_a_second(asked: Asked, fault: Fault) -> None:
    with Simulator(Setup(rules=(Rule(fault, times=1),))) as sim:
        answer = asked.ask(sim)

    assert "Anchor" in answer.text
    first = "server_error" if fault is Fault.LATE_ERROR else "refused"
    assert [attempt.outcome for attempt in asked.attempts] == [first, "ok"]


@pytest.mark.parametrize("fault", [Fault.CRASHED, Fault.ERROR_OBJECT, Fault.ERROR_STRING])
def test_a_crash_that_stays_concerns_every_page(asked: Asked, fault: Fault) -> None:
    error = asked.error(faulty(fault))

    assert isinstance(error, ModelUnavailable)
    assert "crash" in str(error)
    assert len(asked.attempts) == 2


@pytest.mark.parametrize("fault", [Fault.RATE_LIMIT, Fault.BUSY, Fault.LOADING])
def test_a_busy_server_is_asked_again(asked: Asked, fault: Fault) -> None:
    with Simulator(Setup(dialect="llama.cpp", rules=(Rule(fault, times=1, seconds=1),))) as sim:
        asked.ask(sim)

    assert [attempt.http_status for attempt in asked.attempts] in ([503, 200], [429, 200])


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.RESET, ConnectionBroken),
        (Fault.CLOSE, ConnectionBroken),
        (Fault.RESET_IN_BODY, AnswerCut),
        (Fault.CLOSE_IN_BODY, AnswerCut),
        (Fault.HALF_CLOSE, AnswerCut),
        (Fault.DIE, ModelUnreachable),
        (Fault.CUT_JSON, AnswerCut),
        (Fault.HTML, MalformedAnswer),
        (Fault.EMPTY_BODY, EmptyAnswer),
        (Fault.EMPTY_STREAM, EmptyAnswer),
        (Fault.EMPTY, EmptyAnswer),
        (Fault.BLANK, EmptyAnswer),
        (Fault.NULL, EmptyAnswer),
        (Fault.NO_CHOICES, EmptyAnswer),
        (Fault.LENGTH, TruncatedAnswer),
        (Fault.LOOP_CELL, RepetitiveAnswer),
        (Fault.LOOP_PARAGRAPH, RepetitiveAnswer),
        (Fault.COUNTING, RepetitiveAnswer),
        (Fault.HUGE, RepetitiveAnswer),
    ],
)
def test_what_is_no_answer_is_told_by_its_kind(asked: Asked, fault: Fault, kind: type[PageError]) -> None:
    assert isinstance(asked.error(faulty(fault, "llama.cpp")), kind)


@pytest.mark.parametrize("fault", [Fault.NO_DONE, Fault.NO_FINISH, Fault.NO_END, Fault.HALF_WITHOUT_END])
@pytest.mark.parametrize("dialect", ["llama.cpp", "lmstudio"])
def test_an_answer_whose_body_has_ended_is_one_whatever_the_server_says_of_its_end(
    asked: Asked, fault: Fault, dialect: str
) -> None:
    with Simulator(faulty(fault, dialect)) as sim:
        answer = asked.ask(sim)

    assert ("close the account" in answer.text) is (fault is not Fault.HALF_WITHOUT_END)
    assert answer.whole is (fault in {Fault.NO_DONE, Fault.NO_FINISH})


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [(Fault.CONTENT_FILTER, "content_filter"), (Fault.FINISH_ERROR, "server_error")],
)
def test_a_filter_or_an_error_in_the_middle_is_a_refusal_that_is_named(
    asked: Asked, fault: Fault, outcome: str
) -> None:
    error = asked.error(faulty(fault))

    assert (error.reason, asked.attempts[-1].outcome) == ("refused", outcome)
    assert error.dropped


@pytest.mark.parametrize("fault", [Fault.WRONG_TYPE, Fault.PARTS, Fault.TOOL_CALL, Fault.REASONING])
def test_an_answer_in_an_odd_place_is_an_answer(asked: Asked, fault: Fault) -> None:
    with Simulator(faulty(fault)) as sim:
        answer = asked.ask(sim)

    assert "Anchor" in answer.text
    assert answer.thought is (fault is Fault.REASONING)


@pytest.mark.parametrize(
    "fault",
    [
        Fault.HANG,
        Fault.HEADERS_ONLY,
        Fault.STALL_BEFORE_TOKEN,
        Fault.DRIP,
        Fault.DRIP_HEADERS,
        Fault.SLOW_PROMPT,
        Fault.SLOW,
    ],
)
def test_a_page_that_takes_too_long_frees_its_slot(asked: Asked, fault: Fault) -> None:
    with Simulator(faulty(fault, "llama.cpp")) as sim:
        with pytest.raises(ModelTimeout):
            asked.ask(sim, 0.7)

        sim.wait_until(lambda sim: sim.in_flight == 0)
        assert len(sim.chats) == 1, "never again after a time-out"
    assert asked.attempts[-1].request_s < 2


def test_a_stalled_answer_is_given_up_after_the_silence_limit(asked: Asked) -> None:
    with Simulator(faulty(Fault.STALL, "llama.cpp")) as sim:
        with pytest.raises(ModelTimeout, match="stopped sending"):
            asked.ask(sim, 30)

        sim.wait_until(lambda sim: sim.in_flight == 0)
    assert asked.attempts[-1].request_s < 5


def test_one_overflow_that_fails_its_neighbours_costs_them_a_second_try(asked: Asked) -> None:
    with Simulator(Setup(dialect="llama.cpp", rules=(Rule(Fault.KV_FULL, times=1, seconds=0.1),))) as sim:
        answer = asked.ask(sim)

    assert "Anchor" in answer.text
    assert [attempt.outcome for attempt in asked.attempts] == ["server_error", "ok"]


@pytest.mark.parametrize("columns", [1, 12])
def test_a_loop_is_cut_within_seconds(asked: Asked, columns: int) -> None:
    # A second of sense, then a loop, at 100 tokens of 4 characters a second.
    def answer(_: Ask) -> str:
        row = "<tr>" + "<td></td>" * columns + "</tr>"
        return "<p>" + " ".join(f"Word {n * 37 % 101}" for n in range(55)) + "</p>" + row * 2000

    latency = Latency(seconds=0, tokens_per_second=100)
    with Simulator(Setup(latency=latency, events=9000, answer=answer)) as sim:
        with pytest.raises(RepetitiveAnswer):
            asked.ask(sim, 60, request=replace(REQUEST, image=LETTER_PICTURE))

        sim.wait_until(lambda sim: sim.in_flight == 0)
    assert 1 < asked.attempts[0].request_s < 1 + 0.5 + 1.5 + 2


def test_idle_connections_that_the_server_closes_cost_nothing(asked: Asked) -> None:
    with Simulator(Setup(keep_alive=0.05)) as sim:
        for _ in range(3):
            asked.ask(sim)
            sim.wait_until(lambda sim: sim.open_connections == 0)

    assert [attempt.outcome for attempt in asked.attempts] == ["ok"] * 3


def test_a_killed_server_is_unreachable_and_a_revived_one_answers(asked: Asked) -> None:
    with Simulator(Setup()) as sim:
        asked.ask(sim)
        sim.die()
        with pytest.raises(ModelUnreachable):
            asked.ask(sim)
        sim.revive()

        asked.ask(sim)

    assert [attempt.outcome for attempt in asked.attempts] == ["ok", "unreachable", "ok"]


def test_a_model_name_that_lm_studio_does_not_know_is_answered_by_another_and_refused(asked: Asked) -> None:
    with Simulator(Setup()) as sim, pytest.raises(ModelUnavailable, match=MODEL):
        asked.ask(sim, model="olmocr-2-7b")


def test_a_model_that_is_loaded_on_demand_answers_when_it_is_there(asked: Asked) -> None:
    with Simulator(Setup(models=(Model(loaded=False),), loading=Loading(seconds=0.3))) as sim:
        asked.ask(sim)

    assert (asked.attempts[0].first_token_s or 0) >= 0.3


def test_a_key_opens_a_locked_server(asked: Asked) -> None:
    with Simulator(Setup(dialect="llama.cpp", api_key="sk-1")) as sim:
        with pytest.raises(ModelUnavailable):
            asked.ask(sim, key="sk-2")
        asked.ask(sim, key="sk-1")
