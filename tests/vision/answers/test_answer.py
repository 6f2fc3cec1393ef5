"""What a model wrote is accepted or rejected."""

import pytest

from pipeline.errors import EmptyAnswer
from pipeline.page_result import FallbackReason
from pipeline.vision.answers.judge import AnswerStatus, judge


def test_clean_html_is_accepted_as_it_is() -> None:
    verdict = judge("<h1>Report</h1>\n<table><tr><th>Year</th></tr><tr><td>2019</td></tr></table>")

    assert verdict.status is AnswerStatus.OK
    assert verdict.accepted().html.count("<table>") == 1


def test_markdown_with_a_pipe_table_and_an_html_table_becomes_html() -> None:
    verdict = judge("# Report\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<table><tr><td>3</td></tr></table>\n\n- item")

    assert verdict.accepted().html.count("<table>") == 2
    assert verdict.accepted().html.startswith("<h1>Report</h1>")


def test_an_empty_answer_is_rejected_as_empty() -> None:
    verdict = judge(" \n")

    assert verdict.reason is FallbackReason.EMPTY
    with pytest.raises(EmptyAnswer):
        verdict.accepted()
