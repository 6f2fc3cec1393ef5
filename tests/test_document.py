"""The values that the parts hand to each other, and the messages between dispatcher and workers."""

import pickle

import pytest
from claims import DOCUMENT, page_result

from pipeline.document import FallbackReason, ServerTarget, Step, printable
from pipeline.worker.tasks import READERS, Inspection, InspectTask, PageProgress, PageTask, Unserved, WorkerSettings

TARGET = ServerTarget(url="http://a/v1", model="m", api_key="sk-secret")
TASK = PageTask(
    document="a.pdf", path="/a", number=1, out="/b", target=TARGET, page_timeout_s=1.0, document_remaining_s=2.0
)


@pytest.mark.parametrize(
    "value",
    [
        DOCUMENT,
        page_result(3, FallbackReason.TIMEOUT, "too slow"),
        TASK,
        InspectTask(document="a", path="/a", settings=WorkerSettings()),
        Inspection(pages=2),
        PageProgress(step=Step.FALLBACK, reader=READERS[0]),
        Unserved(
            fallback=page_result(1, FallbackReason.REFUSED).fallback or pytest.fail("it has one"),
            attempts=(),
            spent_s=1.0,
        ),
    ],
)
def test_what_crosses_a_process_pickles(value: object) -> None:
    assert pickle.loads(pickle.dumps(value)) == value


def test_keys_do_not_show_in_tasks() -> None:
    assert "sk-secret" not in repr(TASK)


def test_text_from_anywhere_can_be_shown() -> None:
    assert printable("é中\u00a0a\n\tb\x1b[2J\udcff\x00") == "é中 a  b\ufffd[2J\ufffd\ufffd"
