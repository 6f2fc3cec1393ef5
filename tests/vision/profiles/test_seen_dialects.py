"""What a model's answers show of its family is remembered, by server and model."""

from dataclasses import replace

from pipeline.vision.profiles.profiles import GENERAL, profile_for
from pipeline.vision.profiles.seen_dialects import SeenDialects, profile_by_answers

A, B = "http://a/v1", "http://b/v1"


def test_a_model_that_writes_in_special_tokens_is_asked_to_keep_them_from_then_on() -> None:
    seen = SeenDialects()

    seen.note(A, "mine", ("latex", "otsl", "markdown"))
    seen.note(A, "mine", ("html",))

    assert profile_by_answers(GENERAL, seen.of(A, "mine")).extra["skip_special_tokens"] is False
    assert seen.of(B, "mine") is None


def test_any_other_answer_asks_for_nothing() -> None:
    seen = SeenDialects()

    seen.note(A, "mine", ("html", "markdown", "latex"))

    assert seen.of(A, "mine") == "html"
    assert profile_by_answers(GENERAL, seen.of(A, "mine")) is GENERAL


def test_what_a_worker_makes_up_is_not_remembered() -> None:
    seen = SeenDialects()

    seen.note(A, "mine", ("<script>", ""))

    assert seen.of(A, "mine") is None


def test_what_a_profile_sends_of_its_own_comes_first() -> None:
    assert profile_by_answers(profile_for("mineru2.5"), "grounded").extra["presence_penalty"] == 1.0


def test_the_users_dialect_is_stronger_than_what_was_seen() -> None:
    own = replace(GENERAL, own_dialect="html")

    assert profile_by_answers(own, "otsl") is own
