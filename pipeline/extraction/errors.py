"""Every error of extraction.

::

    ExtractionError             this file, or this page, cannot be read
    └── DeadlineExceeded        the time is over (inside the package only: readers return what they have)

Every class pickles: its constructor takes exactly what ``args`` holds.
"""


class ExtractionError(Exception):
    """The file or the page cannot be read; the message is a sentence for people."""


class DeadlineExceeded(ExtractionError):  # noqa: N818 — says what happened
    """The time is over; the caller that catches it returns what there is so far."""
