"""How many cases a fuzz test runs, counted one by one as they run.

``FUZZ_CASES`` is the sum over all fuzz tests, of which each takes its share; a thousand by default, 100,000 in
``make fuzz``.  A case that a test's body has seen counts, and nothing else: neither what Hypothesis draws and throws
away, nor what it only meant to run.
"""

import os
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import pytest
from hypothesis import HealthCheck, settings

Params = ParamSpec("Params")

CASES = int(os.environ.get("FUZZ_CASES", "1000"))
#: Seconds of the processor after which a case counts as a hang; honest ones take a hundredth of it, or, of 60 KB, a
#: tenth.  A case that waits for ever is for pytest-timeout.
HANG_S = 30.0
#: Hypothesis listens to the collector of garbage, whose turn may come while the JSON parser is as deep as Python lets
#: it go; the listener's own calls are one too many then.  It says nothing of what is tested.
deep_listener = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <function gc_cumulative_time:pytest.PytestUnraisableExceptionWarning"
)


class Tally:
    """What the fuzz tests of this process have run so far."""

    def __init__(self) -> None:
        self.cases = 0
        self.slowest_s = 0.0


tally = Tally()


def share(part: float) -> settings:
    """The settings of a test that takes this part of all cases."""
    return settings(
        max_examples=max(10, round(CASES * part)),
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def counted(test: Callable[Params, None]) -> Callable[Params, None]:
    """The body of a test, each call of it counted and held against :data:`HANG_S`; stands below ``@given``."""

    @wraps(test)
    def case(*args: Params.args, **kwargs: Params.kwargs) -> None:
        start = time.process_time()
        test(*args, **kwargs)
        spent = time.process_time() - start
        tally.cases += 1
        tally.slowest_s = max(tally.slowest_s, spent)
        assert spent < HANG_S, f"a case of {spent:.1f} s"

    return case
