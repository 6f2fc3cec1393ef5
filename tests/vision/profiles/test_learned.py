"""What a model's answers show of its family is remembered, by server and model."""

from pipeline.document import ServerTarget
from pipeline.vision.profiles.learned import LearnedFamilies
from pipeline.vision.profiles.profiles import GENERAL, profile_for

TARGET = ServerTarget(url="http://a/v1", model="mine")
OTHER = ServerTarget(url="http://b/v1", model="mine")


def test_a_model_that_writes_in_special_tokens_is_asked_to_keep_them_from_then_on() -> None:
    learned = LearnedFamilies()

    learned.note(TARGET, ("otsl", "markdown"))

    assert learned.profile(TARGET, GENERAL).extra["skip_special_tokens"] is False
    assert learned.profile(OTHER, GENERAL) is GENERAL


def test_any_other_answer_teaches_nothing() -> None:
    learned = LearnedFamilies()

    learned.note(TARGET, ("html", "markdown", "latex"))

    assert learned.profile(TARGET, GENERAL) is GENERAL


def test_what_a_profile_sends_of_its_own_comes_first() -> None:
    learned = LearnedFamilies()
    learned.note(TARGET, ("grounded",))

    assert learned.profile(TARGET, profile_for("mineru2.5")).extra["presence_penalty"] == 1.0
