"""Every error of the package.

::

    PipelineError                       exit code 70
    ├── SettingsError                   78: every problem of the settings at once
    ├── UsageError                      64: the command line does not make sense
    │   └── NoSuchPageError             64: a command asks for pages that a file does not have
    ├── LockedError                     70: another daemon works on this outbox
    ├── PoolError                       70: no worker process can be started
    ├── ThreadError                     70: a thread of the daemon has failed
    ├── StoppedError                    70: told to stop during a long read; nothing is changed
    ├── IrregularError                  70: a link, a pipe or the like, where a file should be
    ├── ChangedError                    70: a file has changed since it was looked at; it is looked at again
    ├── DocumentError                   this document goes to failed/, the daemon goes on
    │   ├── UnreadableError
    │   │   └── UnreadablePictureError
    │   ├── EncryptedError
    │   ├── EmptyError
    │   ├── TooLargeError
    │   ├── VanishedError
    │   ├── PoisonousError
    │   └── CancelledError
    ├── PageError                       this page falls back, other pages are not affected
    │   ├── RenderError
    │   ├── ModelTimeout
    │   ├── ModelUnreachable
    │   │   └── ConnectionBroken
    │   ├── ModelRefused
    │   │   ├── ModelUnavailable        this server can answer no page now
    │   │   ├── AnswerFailed, AnswerFiltered
    │   │   └── ContextExceeded
    │   ├── EmptyAnswer, RepetitiveAnswer, MalformedAnswer, UnfaithfulAnswer
    │   ├── TruncatedAnswer
    │   │   └── AnswerCut
    │   └── DocumentDeadlineError
    └── PublishError                    disk full, folder gone: keep everything, say so, go on when it is repaired
"""

import errno
from typing import ClassVar

# The system's words for these are not what a person would say.
_PLAIN_WORDS = {
    errno.ENOENT: "there is no such file",
    errno.EISDIR: "it is a folder",
    errno.ENOTDIR: "a file is in the way",
    errno.EEXIST: "a file is in the way",
    errno.EACCES: "this user may not do that",
    errno.EPERM: "this user may not do that",
}


class PipelineError(Exception):
    """The base class of all errors that Dropleaf itself raises.

    Attributes:
        exit_code: The exit code of the process if this error ends it.
    """

    exit_code: ClassVar[int] = 70


class SettingsError(PipelineError):
    """The settings cannot be used; the message lists every problem, one per line."""

    exit_code: ClassVar[int] = 78


class UsageError(PipelineError):
    """The command line does not make sense."""

    exit_code: ClassVar[int] = 64


class NoSuchPageError(UsageError):
    """A command asks for pages that a file does not have; nothing is written about it, not even in ``failed/``."""


class LockedError(PipelineError):
    """Another daemon works on the same outbox."""


class PoolError(PipelineError):
    """There is no worker process: none is idle, or several starts in a row have failed."""


class ThreadError(PipelineError):
    """A thread that the daemon needs has ended by an unexpected error."""


class StoppedError(PipelineError):
    """The program was told to stop during a long read; nothing is changed."""


class IrregularError(PipelineError):
    """There is a link, a pipe or the like instead of a file; it is not touched.  The message is its kind."""


class ChangedError(PipelineError):
    """A file was replaced or written to after it was looked at; it stays where it is and is looked at again."""


class DocumentError(PipelineError):
    """This document cannot be converted; it goes to ``failed/`` and the daemon goes on.

    Attributes:
        code: The value of ``error.code`` in the manifest.
        advice: What the user can do next.
    """

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "unreadable"
    advice: ClassVar[str] = "Open the file in a PDF viewer; if that works, print it to a new PDF and drop that."


class UnreadableError(DocumentError):
    """The file is not a PDF, or too damaged to be opened."""


class UnreadablePictureError(UnreadableError):
    """The file is no picture of a kind that is read, or too damaged."""

    advice: ClassVar[str] = "Open the file in a viewer; if that works, save it as a PNG, JPEG or PDF and drop that."


class EncryptedError(DocumentError):
    """The file needs a password."""

    code: ClassVar[str] = "encrypted"
    advice: ClassVar[str] = (
        "Enter its password on the web page; or add it to passwords in settings.yaml and drop the file again."
    )


class EmptyError(DocumentError):
    """The file has no pages, or no bytes."""

    code: ClassVar[str] = "empty"
    advice: ClassVar[str] = "The file has nothing to convert; check that it was copied whole."


class TooLargeError(DocumentError):
    """The file is over a limit of the settings."""

    code: ClassVar[str] = "too_large"
    advice: ClassVar[str] = (
        "Split the file, or raise the limit in settings.yaml (limits.file_mib, limits.pages, limits.page_pixels)."
    )


class VanishedError(DocumentError):
    """The file was gone before it could be claimed or read."""

    code: ClassVar[str] = "vanished"
    advice: ClassVar[str] = "Drop the file again."


class PoisonousError(DocumentError):
    """The document has ended the daemon, or its workers, too often to be tried again."""

    code: ClassVar[str] = "poisonous"
    advice: ClassVar[str] = "Convert the file by itself with `dropleaf convert --engine basic`, and report it."


class CancelledError(DocumentError):
    """A user has taken the document out of the work."""

    code: ClassVar[str] = "cancelled"
    advice: ClassVar[str] = "`dropleaf retry NAME` tries it again, and so does the web page."


class PageError(PipelineError):
    """This page falls back to basic extraction.

    Attributes:
        reason: The value of ``fallback.reason`` in the manifest (a member of document.FallbackReason).
        is_server_fault: Whether the next page would fail on this server, too, while another server may answer this one.
        attempt_outcome: The attempt's ``outcome`` where it differs from the reason; else None.
        dropped: The start of an answer that was thrown away; set after construction.
        turn: Degrees by which the answer says that the page must be turned clockwise; set after construction.
    """

    reason: ClassVar[str] = "malformed"
    attempt_outcome: ClassVar[str | None] = None
    is_server_fault: ClassVar[bool] = False
    dropped: str = ""
    turn: int = 0


class RenderError(PageError):
    """The page could not be drawn as an image."""

    reason: ClassVar[str] = "render"


class ModelUnreachable(PageError):  # noqa: N818 — the reason reads better than a suffix
    """No connection to a model server, or it broke before an answer came."""

    reason: ClassVar[str] = "unreachable"
    is_server_fault: ClassVar[bool] = True


class ConnectionBroken(ModelUnreachable):
    """The server accepted the connection, and broke it before the first word of an answer."""


class ModelTimeout(PageError):  # noqa: N818 — as above
    """The answer was not complete at the end of the page's time."""

    reason: ClassVar[str] = "timeout"


class ModelRefused(PageError):  # noqa: N818 — as above
    """The server answered with an error, or the model said that it cannot do this."""

    reason: ClassVar[str] = "refused"


class ModelUnavailable(ModelRefused):
    """The server answers, but can read no page now: no model, no vision, a crash, a wrong key."""

    is_server_fault: ClassVar[bool] = True


class AnswerFailed(ModelRefused):
    """The server began to answer and then sent an error."""

    attempt_outcome: ClassVar[str | None] = "server_error"


class AnswerFiltered(ModelRefused):
    """A content filter of the server stopped the answer."""

    attempt_outcome: ClassVar[str | None] = "content_filter"


class ContextExceeded(ModelRefused):
    """Picture, prompt and answer are too large for the model's context."""


class EmptyAnswer(PageError):  # noqa: N818 — as above
    """The answer has no content although the page has."""

    reason: ClassVar[str] = "empty"


class TruncatedAnswer(PageError):  # noqa: N818 — as above
    """The answer ends before the page does: the token limit was reached or the connection was cut."""

    reason: ClassVar[str] = "truncated"


class AnswerCut(TruncatedAnswer):
    """The connection broke in the middle of the answer."""

    is_server_fault: ClassVar[bool] = True


class RepetitiveAnswer(PageError):  # noqa: N818 — as above
    """The model has fallen into a loop."""

    reason: ClassVar[str] = "repetitive"


class MalformedAnswer(PageError):  # noqa: N818 — as above
    """The answer is not what was asked for and cannot be repaired."""

    reason: ClassVar[str] = "malformed"


class UnfaithfulAnswer(PageError):  # noqa: N818 — as above
    """The answer contradicts the page's own text."""

    reason: ClassVar[str] = "unfaithful"


class DocumentDeadlineError(PageError):
    """The document's time was over before this page was answered."""

    reason: ClassVar[str] = "document_deadline"


class PublishError(PipelineError):
    """The outbox cannot be written: disk full, read-only, gone.

    Nothing is lost: the document stays claimed, and publishing is tried again.
    """


def code_to_document_error(code: str) -> type[DocumentError]:
    """The class with this code; UnreadableError for an unknown code."""
    return next((kind for kind in DocumentError.__subclasses__() if kind.code == code), UnreadableError)


def os_error_to_words(error: OSError) -> str:
    """What the system objects to, in words that stand after a colon."""
    return _PLAIN_WORDS.get(error.errno or 0) or error.strerror or str(error)
