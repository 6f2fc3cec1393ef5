"""The books of the fuzz tests: what each has run, and the sum at the end, also where several processes ran them."""

from collections.abc import Callable, Iterator

import fuzzing
import pytest

_CASES = "fuzz_cases"
_SLOWEST = "fuzz_slowest_s"


@pytest.fixture(autouse=True)
def _fuzz_cases(record_property: Callable[[str, object], None]) -> Iterator[None]:
    before = fuzzing.tally.cases
    fuzzing.tally.slowest_s = 0.0
    yield
    if fuzzing.tally.cases > before:
        record_property(_CASES, fuzzing.tally.cases - before)
        record_property(_SLOWEST, fuzzing.tally.slowest_s)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many cases each fuzz test ran, and all of them together."""
    done = [
        (report.nodeid.partition("::")[2], dict(report.user_properties))
        # pytest files the ends of tests, which carry what the fixture above recorded, under no name.
        for report in terminalreporter.getreports("")
    ]
    fuzzed = [(name, int(said[_CASES]), float(said[_SLOWEST])) for name, said in done if _CASES in said]
    if not fuzzed:
        return
    terminalreporter.section("fuzz cases")
    for name, cases, slowest in sorted(fuzzed):
        terminalreporter.write_line(f"{cases:7,d}  slowest {slowest:6.3f} s  {name}")
    terminalreporter.write_line(f"{sum(cases for _, cases, _ in fuzzed):7,d}  in all")
