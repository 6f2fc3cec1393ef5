"""What the loop and its workers say to each other goes through unchanged, and nothing impossible does."""

from pathlib import Path

import msgspec
import pytest
from claims import page_result

from pipeline.page_result import Attempt, Fallback, FallbackReason, Step
from pipeline.server_target import Route, ServerTarget
from pipeline.settings.own_profiles import values_to_profile
from pipeline.vision.profiles.profiles import FAMILIES
from pipeline.worker.tasks import (
    ANSWERS,
    READERS,
    TASKS,
    Inspection,
    InspectTask,
    PageProgress,
    PageTask,
    Prepared,
    Unserved,
    Unwritten,
    WorkerSettings,
)

ATTEMPT = Attempt(server="http://a/v1", model="m", outcome="timeout", request_s=1.5)
TASK = PageTask(
    document="a.pdf",
    path=Path("/a"),
    number=1,
    out=Path("/b"),
    target=ServerTarget(url="http://a/v1", model="m", api_key="sk-secret", route=Route(ca=Path("/ca"), verify=False)),
    page_timeout_s=1.0,
    document_remaining_s=2.0,
    attempts=(ATTEMPT,),
    settings=WorkerSettings(profiles=(*FAMILIES, values_to_profile("mine", {"match": "m", "extra": {"a": [1, {}]}}))),
)


@pytest.mark.parametrize("task", [TASK, InspectTask(document="a", path=Path("/a"), settings=WorkerSettings())])
def test_a_task_comes_back_as_it_was(task: object) -> None:
    assert TASKS.decode(TASKS.encode(task)) == task


@pytest.mark.parametrize(
    "answer",
    [
        Inspection(pages=2),
        Inspection(pages=0, code="encrypted", detail="It asks for a password."),
        PageProgress(step=Step.FALLBACK, reader=READERS[0], attempts=(ATTEMPT,)),
        Prepared(path=Path("/a"), number=2),
        page_result(3, FallbackReason.TIMEOUT, "too slow"),
        Unwritten(detail="disk full"),
        Unserved(fallback=Fallback(reason=FallbackReason.REFUSED, detail="no"), attempts=(ATTEMPT,), spent_s=1.0),
    ],
)
def test_an_answer_comes_back_as_it_was(answer: object) -> None:
    assert ANSWERS.decode(ANSWERS.encode(answer)) == answer


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("PageProgress", {"step": "x"}),
        ("PageProgress", {"step": "request", "reader": "x"}),
        ("PageProgress", {"step": "request", "tokens": -1}),
        ("PageResult", {"number": 1, "method": "zz"}),
        ("PageResult", {"number": "1", "method": "vision"}),
        ("PageResult", {"number": 1, "method": "vision", "fallback": {"reason": "x", "detail": ""}}),
        ("Unserved", {"fallback": {"reason": "refused", "detail": ""}, "attempts": [], "spent_s": float("nan")}),
        ("Unserved", {"fallback": {"reason": "refused", "detail": ""}, "attempts": [], "spent_s": -1e9}),
        ("Inspection", {"pages": -1}),
        ("PageTask", {}),
    ],
)
def test_an_answer_that_cannot_be_is_refused(name: str, fields: object) -> None:
    with pytest.raises(ValueError, match=r"Expected|Invalid|does not travel"):
        ANSWERS.decode(msgspec.msgpack.encode((name, fields)))
