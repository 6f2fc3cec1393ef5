"""How long each step of a page may take before its worker is killed."""

from pipeline.page_result import Step
from pipeline.worker.tasks import READER_LIMITS_S, WRAP_S, ReaderName

#: Readers keep a limit of processor time, which takes longer on a busy machine: a worker is waited for this many times
#: as long. Where it is killed then, the manifest says that reading took too long.
SLOWNESS = 3.0
#: Opening a file and counting its pages.
INSPECT_S = 30.0
#: Making a PDF of a picture; that has a limit of processor time, too.
WRAPPING_S = SLOWNESS * WRAP_S
#: Drawing a page, or its pictures; pdfium takes up to five seconds on the worst pages known.
RENDER_S = 30.0
#: Making HTML of an answer, and comparing it with the page and with what a reader finds on it.
CHECK_S = 40.0
# How often the model is asked about a page, at most.
_MODEL_TRIES = 2
# The worker keeps its own limit; the daemon's comes a little later, for workers that cannot keep theirs.
_GRACE_S = 0.7


def step_to_seconds(step: Step, page_s: float, document_s: float, *, reader: ReaderName | None) -> float:
    """The most that a step may take from its beginning.

    Args:
        step: The step that begins.
        page_s: What is left of the page's time.
        document_s: What is left of the document's time.
        reader: The reader at work; None where it is not known yet.
    """
    if step is Step.REQUEST:
        return min(page_s, document_s) + _GRACE_S
    if step is Step.FALLBACK:
        return SLOWNESS * max(limit for name, limit in READER_LIMITS_S.items() if reader in {None, name})
    return RENDER_S if step in {Step.RENDER, Step.FIGURES} else CHECK_S


def page_to_seconds(page_s: float) -> float:
    """The most that a page may take in all its steps: a hostile file's worker might report new steps for ever.

    Args:
        page_s: What was left of the page's time when its worker got it.
    """
    return page_s + _MODEL_TRIES * (RENDER_S + CHECK_S) + RENDER_S + SLOWNESS * sum(READER_LIMITS_S.values()) + _GRACE_S
