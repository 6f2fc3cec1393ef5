from dataclasses import replace

import pytest

from pipeline import errors
from pipeline.servers.breaker import Breaker, BreakerState
from pipeline.servers.facts import ServerFacts
from pipeline.servers.server_book import ServerBook, ServerEntry

A, B = "http://a/v1", "http://b/v1"


def well(url: str, slots: int | None = 4, model: str = "qwen3-vl-8b", context: int | None = None) -> ServerFacts:
    return ServerFacts(url=url, model=model, slots=slots, context=context)


def book(*, slots: dict[str, int | None] | None = None, workers: int = 5) -> ServerBook:
    """Two servers that have said that they are well."""
    found = ServerBook([ServerEntry(url=A, api_key="secret"), ServerEntry(url=B)], workers=workers)
    for url in (A, B):
        found.learn(well(url, (slots or {}).get(url, 4)), 0.0)
    return found


def take(servers: ServerBook, now: float = 0.0, exclude: tuple[str, ...] = ()) -> str | None:
    target = servers.choose(now, exclude)
    if target is None:
        return None
    servers.sent(target.url)
    return target.url


def fail(servers: ServerBook, url: str, now: float) -> None:
    """A page comes back that the server has failed; unless it rests now it is asked how it is, and says well."""
    fail_unasked(servers, url, now)
    if not next(server for server in servers.states if server.url == url).breaker.tripped:
        servers.to_ask(now, wanted=True)
        servers.learn(well(url), now)


def fail_unasked(servers: ServerBook, url: str, now: float) -> None:
    servers.done(url, now)
    servers.failed(url, "refused the connection", now)


def test_pages_go_to_the_server_with_the_most_free_slots() -> None:
    servers = book(slots={A: 4, B: 2})

    assert [take(servers) for _ in range(7)] == [A, A, A, B, A, B, None]


def test_a_slot_is_free_again_when_its_page_comes_back() -> None:
    servers = book(slots={A: 1, B: 1})
    assert [take(servers), take(servers), take(servers)] == [A, B, None]

    servers.done(B, 0.0)

    assert take(servers) == B


def test_slots_as_set_come_before_what_the_server_says_and_workers_limit_both() -> None:
    servers = ServerBook([ServerEntry(url=A, slots=2), ServerEntry(url=B)], workers=3)
    servers.learn(well(A, 8), 0)
    servers.learn(well(B, 8), 0)
    silent = ServerBook([ServerEntry(url=A)], workers=3)
    silent.learn(well(A, None), 0)

    assert [server.slots for server in servers.states] == [2, 3]
    assert silent.states[0].slots == 3


def test_a_page_avoids_the_server_that_failed_it() -> None:
    servers = book()

    assert take(servers, exclude=(A,)) == B
    assert take(servers, exclude=(A, B)) is None
    assert servers.may_answer(exclude={A})
    assert not servers.may_answer(exclude={A, B})


def test_a_server_is_not_used_and_not_given_up_before_it_was_asked() -> None:
    servers = ServerBook([ServerEntry(url=A)], workers=5)

    assert take(servers) is None
    assert servers.outage(0) is None
    assert servers.may_answer()
    assert [entry.url for entry in servers.to_ask(0, wanted=True)] == [A]
    assert servers.to_ask(0, wanted=True) == [], "it is being asked"


def test_a_server_with_a_problem_is_asked_again_after_a_while() -> None:
    servers = ServerBook([ServerEntry(url=A)], workers=5)
    servers.to_ask(0, wanted=True)

    servers.learn(ServerFacts(url=A, problem="No model is loaded; load one."), 1.0)

    assert take(servers, 1.0) is None
    assert servers.outage(1.0) == "http://a/v1: No model is loaded; load one."
    assert servers.states[0].words.startswith("No model is loaded")
    assert servers.to_ask(2.0, wanted=True) == []
    assert servers.to_ask(5.9, wanted=True) == []
    assert servers.to_ask(6.0, wanted=True)
    servers.learn(well(A), 6.1)
    assert take(servers, 6.2) == A
    assert servers.to_ask(100.0, wanted=True) == []


def test_after_a_failure_of_its_own_a_server_gets_no_page_before_it_has_been_asked() -> None:
    servers = book()
    assert take(servers, 50.0) == A

    fail_unasked(servers, A, 60.0)

    assert [take(servers, 60.0) for _ in range(5)] == [B, B, B, B, None]
    assert [entry.url for entry in servers.to_ask(60.0, wanted=False)] == [A]
    assert servers.to_ask(60.0, wanted=False) == [], "it is being asked"
    servers.learn(well(A, slots=1, model="another"), 60.1)
    target = servers.choose(60.1)
    assert target is not None
    assert (target.url, target.model) == (A, "another")
    assert [take(servers, 60.1), take(servers, 60.1)] == [A, None]


def test_after_a_page_that_fared_badly_a_server_is_asked_beside_its_work_and_not_all_the_time() -> None:
    servers = book()
    assert take(servers, 50.0) == A
    servers.done(A, 60.0)

    servers.doubted(A)

    assert [entry.url for entry in servers.to_ask(60.0, wanted=False)] == [A]
    assert take(servers, 60.0) == A
    servers.learn(well(A, model="another"), 60.1)
    assert servers.states[0].model == "another"
    servers.doubted(A)
    assert servers.to_ask(61.0, wanted=True) == []
    assert [entry.url for entry in servers.to_ask(65.2, wanted=True)] == [A]


def test_a_server_that_is_too_busy_to_say_how_it_is_keeps_its_pages() -> None:
    servers = book()
    servers.doubted(A)
    servers.to_ask(60.0, wanted=True)

    servers.learn(ServerFacts(url=A, reachable=False, problem="It did not say what it is."), 65.0)

    assert servers.states[0].model == "qwen3-vl-8b"
    assert take(servers, 65.0) == A


def test_a_server_that_says_nothing_after_a_failure_of_its_own_is_down() -> None:
    servers = book()
    assert take(servers, 50.0) == A
    fail_unasked(servers, A, 60.0)
    servers.to_ask(60.0, wanted=True)

    servers.learn(ServerFacts(url=A, reachable=False, problem="Nothing answers."), 60.1)

    assert servers.states[0].down(60.1)


def test_a_server_that_keeps_failing_rests_and_its_pages_go_to_the_other() -> None:
    servers = book()
    for _ in range(3):
        take(servers, exclude=(B,))

    for now in (1.0, 1.1, 1.2):
        fail(servers, A, now)

    assert {take(servers, 1.3) for _ in range(4)} == {B}
    assert servers.outage(1.3) is None
    assert "refused the connection" in servers.states[0].words


def test_after_its_rest_one_page_is_tried_and_decides() -> None:
    servers = book()
    for now in (1.0, 1.1, 1.2):
        take(servers, exclude=(B,))
        fail(servers, A, now)

    assert take(servers, 6.0, exclude=(B,)) is None
    assert take(servers, 6.3, exclude=(B,)) == A
    assert take(servers, 6.3, exclude=(B,)) is None, "one at a time"
    fail(servers, A, 6.4)
    assert take(servers, 11.5, exclude=(B,)) is None, "the second rest is longer"
    assert take(servers, 16.5, exclude=(B,)) == A
    servers.done(A, 16.6)
    servers.answered(A)
    assert [take(servers, 16.6, exclude=(B,)) for _ in range(4)] == [A] * 4


def test_a_resting_server_that_says_it_is_well_is_tried_at_once() -> None:
    servers = book()
    for now in (1.0, 1.1, 1.2):
        take(servers, exclude=(B,))
        fail(servers, A, now)
    assert [entry.url for entry in servers.to_ask(6.1, wanted=True)] == [A]

    servers.learn(well(A), 6.1)

    assert take(servers, 6.15, exclude=(B,)) == A


def test_a_server_that_was_idle_for_long_is_asked_before_the_next_page_and_only_for_a_page() -> None:
    servers = ServerBook([ServerEntry(url=A)], workers=5)
    servers.learn(well(A), 0.0)
    take(servers, 1.0)
    assert take(servers, 900.0) == A, "a page that takes long is no idleness"
    servers.done(A, 1000.0)
    servers.done(A, 1000.0)
    assert take(servers, 1239.0) == A
    servers.done(A, 1239.0)

    assert servers.to_ask(1900.0, wanted=False) == []
    assert take(servers, 1900.0) is None
    assert servers.may_answer()
    assert servers.outage(1900.0) is None
    assert [entry.url for entry in servers.to_ask(1900.0, wanted=True)] == [A]
    assert take(servers, 1900.1) is None, "its model may be on its way"
    servers.learn(well(A), 1900.2)

    assert [take(servers, 1900.3) for _ in range(4)] == [A] * 4


def test_a_server_with_nothing_to_do_is_looked_at_and_a_dead_one_is_noticed() -> None:
    servers = book()
    take(servers, 1.0, exclude=(B,))
    assert servers.to_look_at(14.9) == []

    assert [entry.url for entry in servers.to_look_at(15.0)] == [B], "the other one has a page"
    assert servers.to_look_at(15.1) == [], "it is being asked"
    assert servers.to_ask(15.1, wanted=True) == []
    servers.learn(ServerFacts(url=B, reachable=False, problem="Nothing answers."), 15.2)

    assert [server.words for server in servers.states] == ["ready", "Nothing answers."]
    assert servers.to_look_at(90.0) == [], "it is asked as one that cannot be used"
    assert [entry.url for entry in servers.to_ask(21.0, wanted=False)] == [B]


def test_a_look_tells_nothing_of_a_server_that_got_pages_meanwhile() -> None:
    servers = book()
    servers.to_look_at(20.0)
    take(servers, 20.1, exclude=(B,))

    servers.learn(ServerFacts(url=A, reachable=False, problem="Nothing answers."), 25.0)

    assert take(servers, 25.1, exclude=(B,)) == A


@pytest.mark.parametrize(("loaded", "taken"), [(True, A), (None, A), (False, None)])
def test_a_model_that_was_put_away_is_loaded_before_the_next_page_and_not_by_a_look(
    loaded: bool | None,  # noqa: FBT001 — as parametrized
    taken: str | None,
) -> None:
    servers = ServerBook([ServerEntry(url=A)], workers=5)
    servers.learn(replace(well(A, context=8000), loaded=True), 0.0)
    servers.to_look_at(20.0)

    servers.learn(replace(well(A, None), loaded=loaded), 20.1)

    assert take(servers, 20.2) == taken
    assert [entry.url for entry in servers.to_ask(20.2, wanted=True)] == ([] if taken else [A])
    assert servers.states[0].words == "ready"
    assert servers.outage(20.2) is None
    if loaded is not True:
        assert servers.states[0].facts
        assert (servers.states[0].facts.context, servers.states[0].slots) == (8000, 4)


def test_looks_do_not_keep_a_model_in_memory_that_a_server_puts_away_without_a_word() -> None:
    servers = ServerBook([ServerEntry(url=A)], workers=5)
    servers.learn(well(A), 0.0)
    for now in range(15, 250, 15):
        assert servers.to_look_at(now)
        servers.learn(well(A), now)

    assert take(servers, 250.0) is None
    assert servers.to_ask(250.0, wanted=True)


def test_a_success_between_failures_keeps_a_server_in_use() -> None:
    servers = book()
    for now in range(9):
        take(servers, now, exclude=(B,))
        if now % 3 == 2:
            servers.done(A, now)
            servers.answered(A)
        else:
            fail(servers, A, now)

    assert take(servers, 10, exclude=(B,)) == A


def test_all_pages_are_given_up_only_when_the_trial_after_the_first_rest_has_failed_too() -> None:
    servers = book()
    for url, other in ((A, B), (B, A)):
        for now in (1.0, 1.1, 1.2):
            take(servers, now, exclude=(other,))
            fail(servers, url, now)

    assert take(servers, 2.0) is None
    assert servers.outage(2.0) is None
    assert servers.may_answer()
    for url, other in ((A, B), (B, A)):
        assert take(servers, 6.3, exclude=(other,)) == url
        fail(servers, url, 6.3)

    assert "refused the connection" in (servers.outage(7.0) or "")
    assert not servers.may_answer()
    assert servers.outage(16.4) is None


def test_rests_grow_to_a_minute() -> None:
    breaker = Breaker()
    now = 0.0
    for _ in range(3):
        breaker.failed(now)
    for rest in (5, 10, 20, 40, 60, 60):
        assert breaker.state(now + rest - 0.1) is BreakerState.OPEN
        now += rest
        assert breaker.state(now) is BreakerState.HALF_OPEN
        breaker.sent(now)
        breaker.returned()
        breaker.failed(now)


def test_what_was_sent_before_a_rest_does_not_prolong_it() -> None:
    breaker = Breaker()
    for now in (0.0, 0.1, 0.2, 1.0, 2.0, 3.0):
        breaker.failed(now)

    assert breaker.state(5.1) is BreakerState.OPEN
    assert breaker.state(5.3) is BreakerState.HALF_OPEN


def test_a_target_carries_the_room_for_an_answer_and_the_key() -> None:
    servers = ServerBook([ServerEntry(url=A, api_key="secret")], workers=5)
    servers.learn(well(A, 4, context=16384), 0)

    target = servers.choose(0)

    assert target is not None
    assert target.api_key == "secret"
    assert target.answer_tokens is not None
    assert target.answer_tokens < 4096
    assert "secret" not in repr(target) + repr(servers.states[0].entry)


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (errors.ModelUnreachable(""), True),
        (errors.ConnectionBroken(""), True),
        (errors.ModelUnavailable(""), True),
        (errors.AnswerCut(""), True),
        (errors.ModelRefused(""), False),
        (errors.ModelTimeout(""), False),
        (errors.TruncatedAnswer(""), False),
        (errors.UnfaithfulAnswer(""), False),
    ],
)
def test_only_some_errors_speak_against_the_server(error: errors.PageError, fault: bool) -> None:  # noqa: FBT001 — a table
    assert error.is_server_fault is fault
