"""Values that say how a page was read."""

from pipeline.page_result import Content, FallbackReason, Method, PageTimings, content_to_result


def test_what_several_readers_say_of_a_page_that_none_could_read_is_said_once() -> None:
    content = Content(method=Method.NONE, warnings=("No text.", "No engine.", "No text."))

    result = content_to_result(content, 1, fallback=None, attempts=(), timings=PageTimings())

    assert result.fallback is not None
    assert (result.fallback.reason, result.fallback.detail) == (FallbackReason.UNREADABLE, "No text. No engine.")
