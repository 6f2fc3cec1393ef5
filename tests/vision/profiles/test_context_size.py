from pipeline.vision.profiles.context_size import answer_tokens, was_cut, was_shrunk
from pipeline.vision.profiles.profiles import GENERAL, profile_for


def test_a_picture_that_the_server_shrank_is_noticed() -> None:
    olmocr = profile_for("olmocr-2-7b")

    assert olmocr.image_tokens(911, 1288) == 33 * 46
    assert not was_shrunk(olmocr, 911, 1288, 1900)
    assert was_shrunk(olmocr, 911, 1288, 1100), "724 x 1024 pixels and the prompt"
    assert not was_shrunk(GENERAL, 911, 1288, 10), "where the arithmetic is not known, nothing is said"
    assert not was_shrunk(olmocr, 911, 1288, None)


def test_only_what_is_too_much_for_the_context_can_have_been_cut() -> None:
    olmocr = profile_for("olmocr-2-7b")

    assert was_cut(olmocr, 911, 1288, prompt_tokens=512, context=1024)
    assert not was_cut(olmocr, 911, 1288, prompt_tokens=512, context=8192), "it was made smaller, and came whole"
    assert not was_cut(olmocr, 911, 1288, prompt_tokens=1800, context=1024)
    assert not was_cut(olmocr, 911, 1288, prompt_tokens=512, context=None)


def test_an_answer_is_no_longer_than_the_context_allows_to_every_slot() -> None:
    olmocr = profile_for("olmocr-2-7b")

    assert answer_tokens(olmocr, None, 4) == 8000
    assert answer_tokens(olmocr, 65536, 4) == 8000
    assert answer_tokens(olmocr, 24576, 4) < 24576 // 4 - 2000
    assert 1024 <= answer_tokens(olmocr, 4096, 4) < 4096, "a fair share would be too short for any page"
