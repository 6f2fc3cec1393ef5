import pickle

import pytest

from pipeline.extraction.errors import DeadlineExceeded, ExtractionError
from pipeline.extraction.readers.pdfminer.reader import translated

#: One of each kind that pdfminer.six has been seen to raise on bad files.
_FOREIGN = (
    AssertionError, AttributeError, EOFError, IndexError, KeyError, MemoryError, NotImplementedError, OSError,
    OverflowError, RecursionError, RuntimeError, StopIteration, TypeError, UnicodeDecodeError, ValueError,
    ZeroDivisionError,
)  # fmt: skip


@pytest.mark.parametrize("kind", [ExtractionError, DeadlineExceeded])
def test_errors_survive_pickling(kind: type[ExtractionError]) -> None:
    error = pickle.loads(pickle.dumps(kind("A sentence.")))

    assert type(error) is kind
    assert str(error) == "A sentence."


@pytest.mark.parametrize("kind", _FOREIGN)
def test_whatever_pdfminer_raises_becomes_our_error(kind: type[Exception]) -> None:
    foreign = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no") if kind is UnicodeDecodeError else kind("oops")

    with (
        pytest.raises(ExtractionError, match=r"^Page 3 cannot be read by pdfminer\.six\.$") as caught,
        translated("Page 3"),
    ):
        raise foreign
    assert caught.value.__cause__ is foreign  # for the log; a reader of the result never sees it


def test_our_own_errors_pass_unchanged() -> None:
    with pytest.raises(DeadlineExceeded, match="over"), translated("Page 3"):
        raise DeadlineExceeded("The time is over.")
