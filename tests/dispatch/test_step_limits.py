"""How long a step may take."""

import pytest

from pipeline.dispatch.step_limits import CHECK_S, INSPECT_S, RENDER_S, SLOWNESS, page_to_seconds, step_to_seconds
from pipeline.page_result import Step
from pipeline.worker.tasks import READER_LIMITS_S


def test_an_answer_has_what_is_left_of_the_page_and_the_document() -> None:
    assert step_to_seconds(Step.REQUEST, 180.0, 300.0, reader=None) == pytest.approx(180.0, abs=1.0)
    assert step_to_seconds(Step.REQUEST, 180.0, 5.0, reader=None) == pytest.approx(5.0, abs=1.0)


def test_other_steps_have_limits_of_their_own() -> None:
    assert step_to_seconds(Step.RENDER, 1.0, 1.0, reader=None) == RENDER_S
    assert step_to_seconds(Step.CHECK, 1.0, 1.0, reader=None) == CHECK_S
    assert step_to_seconds(Step.FALLBACK, 1.0, 1.0, reader="pdfium") == SLOWNESS * READER_LIMITS_S["pdfium"]
    assert step_to_seconds(Step.FALLBACK, 1.0, 1.0, reader=None) == SLOWNESS * max(READER_LIMITS_S.values())
    assert INSPECT_S > 0


def test_all_steps_of_a_page_fit_into_its_time() -> None:
    # Two tries by the model, each drawn and checked, then every reader.
    assert page_to_seconds(180.0) > 180.0 + 2 * (RENDER_S + CHECK_S) + SLOWNESS * sum(READER_LIMITS_S.values())
