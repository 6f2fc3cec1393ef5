import pytest

from pipeline.settings.own_profiles import KEYS, values_to_profile
from pipeline.vision.profiles.profiles import GENERAL, DialectName, profile_for


def test_an_own_profile_is_general_where_it_says_nothing() -> None:
    own = values_to_profile("mine", {"match": "my-model"})

    assert own.prompt == GENERAL.prompt
    assert own.sampling == GENERAL.sampling
    assert profile_for("publisher/My-Model-7B", [own]) is own


def test_an_own_profile_may_be_like_another() -> None:
    olmocr = profile_for("olmocr-2")

    own = values_to_profile("mine", {"match": "tuned", "like": "olmocr", "temperature": 0.5, "longest_side_px": 1600})

    assert (own.prompt, own.dialect, own.image_first) == (olmocr.prompt, DialectName.MARKDOWN, False)
    assert (own.sampling.temperature, own.sampling.max_tokens) == (0.5, olmocr.sampling.max_tokens)
    assert own.longest_side_px == 1600


def test_every_key_can_be_set() -> None:
    values: dict[str, object] = {
        "match": "x",
        "like": "qwen3-vl",
        "dialect": "doctags",
        "prompt": "Read.",
        "note": "Slow.",
        "longest_side_px": 1000,
        "max_pixels": 10**6,
        "multiple_of": 8,
        "colour": True,
        "image_first": False,
        "quiet": False,
        "temperature": 0,
        "top_p": 0.9,
        "top_k": 5,
        "max_tokens": 99,
        "stop": ["</end>"],
        "extra": {"seed": 7},
    }
    assert set(values) == set(KEYS)

    own = values_to_profile("mine", values)

    assert own.dialect is DialectName.DOCTAGS
    assert own.sampling.stop == ("</end>",)
    assert own.request(b"", "image/png").extra == {"seed": 7}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("match", "("),
        ("match", ""),
        ("match", 7),
        ("like", "nobody"),
        ("dialect", "klingon"),
        ("prompt", None),
        ("colour", "yes"),
        ("max_tokens", 0),
        ("max_tokens", 1.5),
        ("top_k", True),
        ("temperature", 3),
        ("temperature", float("nan")),
        ("stop", [""]),
        ("stop", 7),
        ("extra", []),
        ("colour_depth", 24),
    ],
)
def test_what_cannot_be_used_is_named_with_its_key(key: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"^{key}: "):
        values_to_profile("mine", {"match": "x", key: value})


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ValueError, match="match") as caught:
        values_to_profile("mine", {"top_k": 0, "stop": 7})

    assert len(str(caught.value).splitlines()) == 3
