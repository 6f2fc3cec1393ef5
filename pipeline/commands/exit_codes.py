"""How a command ends."""

from typing import TYPE_CHECKING

from pipeline.document import Outcome

if TYPE_CHECKING:
    from pipeline.dispatch.overview import Tally


SOME_FAILED = 1
FELL_BACK = 3
USAGE = 64
INTERRUPTED = 130

#: What each code means, for the manual.
EXIT_CODES = {
    0: "All is complete.",
    SOME_FAILED: "A document failed, or doctor has found a fault.",
    FELL_BACK: "All is delivered, but a page fell back (convert, retry, redo), or an answer is refused (answer).",
    USAGE: "The command line makes no sense.",
    70: "An error in Dropleaf, a folder that cannot be written, or an outbox that another daemon works on.",
    78: "The settings cannot be used; every problem is listed.",
    INTERRUPTED: "It was interrupted.",
}


def tally_to_exit_code(tally: "Tally", expected: int) -> int:
    """The exit code of a command that converted documents.

    Args:
        tally: How they ended.
        expected: How many there were.
    """
    if tally.outcomes.total() + len(tally.refused) < expected:
        return INTERRUPTED
    if tally.refused:
        return USAGE
    if tally.outcomes[Outcome.FAILED]:
        return SOME_FAILED
    return FELL_BACK if tally.outcomes[Outcome.PARTIAL] else 0
