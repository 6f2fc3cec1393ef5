"""What a reader is told about a page that is not the model's work."""

import pytest

from pipeline.page_result import Fallback, FallbackReason, Method, PageResult
from pipeline.results.reasons import notice_for

FALLBACKS = [reason for reason in FallbackReason if reason is not FallbackReason.ENGINE_BASIC]


def notice(reason: FallbackReason, method: Method, detail: str = "") -> str | None:
    return notice_for(PageResult(number=1, method=method, fallback=Fallback(reason=reason, detail=detail)))


@pytest.mark.parametrize("reason", FALLBACKS)
@pytest.mark.parametrize("method", Method)
def test_every_fallback_has_sentences(reason: FallbackReason, method: Method) -> None:
    words = notice(reason, method)

    assert words is not None
    assert words.startswith("Fallback: ")
    assert words.endswith(".")
    assert "()" not in words
    assert "(facts)" in (notice(reason, method, "facts") or "")
    assert "(Facts. More)" in (notice(reason, method, "Facts. More.") or "")


def test_the_engine_that_was_chosen_needs_no_notice_unless_it_had_nothing() -> None:
    assert notice(FallbackReason.ENGINE_BASIC, Method.TEXT_LAYER, "engine: basic") is None
    words = notice(FallbackReason.ENGINE_BASIC, Method.NONE, "engine: basic")
    assert words == "What this page shows could not be read; look at it in the original."


def test_a_page_by_the_model_needs_none() -> None:
    assert notice_for(PageResult(number=1, method=Method.VISION)) is None
