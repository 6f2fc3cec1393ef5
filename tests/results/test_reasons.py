"""What a reader is told about a page that is not the model's work."""

import pytest

from pipeline.document import FallbackReason, Method
from pipeline.results.reasons import notice_for

FALLBACKS = [reason for reason in FallbackReason if reason is not FallbackReason.ENGINE_BASIC]


@pytest.mark.parametrize("reason", FALLBACKS)
@pytest.mark.parametrize("method", Method)
def test_every_fallback_has_sentences(reason: FallbackReason, method: Method) -> None:
    notice = notice_for(reason, method, "")

    assert notice is not None
    assert notice.startswith("Fallback: ")
    assert notice.endswith(".")
    assert "()" not in notice
    assert "(facts)" in (notice_for(reason, method, "facts") or "")


def test_the_engine_that_was_chosen_needs_no_notice_unless_it_had_nothing() -> None:
    assert notice_for(FallbackReason.ENGINE_BASIC, Method.TEXT_LAYER, "engine: basic") is None
    notice = notice_for(FallbackReason.ENGINE_BASIC, Method.NONE, "engine: basic")
    assert notice == "Nothing could be read from this page; look at it in the original."
