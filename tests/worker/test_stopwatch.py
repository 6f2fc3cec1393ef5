"""How long each step of a page takes."""

import pytest

from pipeline.page_result import Step
from pipeline.worker.stopwatch import Stopwatch


def test_each_step_has_its_seconds_and_the_total_has_all_of_them() -> None:
    watch = Stopwatch()
    with watch.step(Step.RENDER):
        pass
    watch.add(Step.REQUEST, 3.0)
    watch.add(Step.REQUEST, 1.0)

    timings = watch.timings(queue_s=2.0)

    assert (timings.request_s, timings.check_s, timings.fallback_s, timings.queue_s) == (4.0, 0.0, 0.0, 2.0)
    assert 0.0 < timings.render_s < 1.0
    assert timings.total_s >= 2.0 + timings.render_s


def test_a_step_that_fails_is_counted_too() -> None:
    watch = Stopwatch()

    with pytest.raises(ValueError, match="broken"), watch.step(Step.CHECK):
        raise ValueError("broken")

    assert watch.timings(0.0).check_s > 0.0
