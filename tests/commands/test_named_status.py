"""Which documents of the state a name means."""

from pathlib import Path

import pytest
from rich.console import Console

from pipeline.commands.named_status import is_in_work, status_of_document
from pipeline.commands.status_table import Extent, status_to_table
from pipeline.document import DocumentFacts, Outcome
from pipeline.errors import UsageError
from pipeline.results.manifest import RunTimings
from pipeline.status.listing import ResultCounts, ResultStatus
from pipeline.status.read import DaemonStatus, Status
from pipeline.status.snapshot import DocumentStatus


def result(manifest: str, name: str) -> ResultStatus:
    return ResultStatus(
        manifest=manifest,
        document=DocumentFacts(name=name, sha256="", bytes=1, pages=1),
        outcome=Outcome.COMPLETE,
        error=None,
        finished_at="",
        timings=RunTimings(queue_s=0, convert_s=0, publish_s=0, total_s=0),
        counts={},
        fallbacks=(),
    )


STATUS = Status(
    daemon=DaemonStatus(pid=None, running=False, at=None),
    inbox="/in",
    outbox="/out",
    waiting=("later/scan.jpg",),
    running=(DocumentStatus(ident="1", name="long.pdf", folder="sub", phase="converting", claimed_at=0.0),),
    servers=(),
    troubles=(),
    done=(result("r.json", "r.pdf"), result("sub/r-2.json", "r.pdf")),
    failed=(result("failed/sub/bad.json", "bad.pdf"),),
    counts=ResultCounts(done=2, failed=1),
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("r", "r.json"),
        ("r.pdf", "r.json"),
        ("r-2", "sub/r-2.json"),
        ("sub/r-2.html", "sub/r-2.json"),
        ("/out/r.json", "r.json"),
        ("bad", "failed/sub/bad.json"),
        ("sub/bad.pdf", "failed/sub/bad.json"),
    ],
)
def test_a_result_has_the_names_that_other_commands_take(name: str, found: str) -> None:
    status = status_of_document(STATUS, name)

    assert [each.manifest for each in (*status.done, *status.failed)] == [found]
    assert not is_in_work(status)


@pytest.mark.parametrize("name", ["long", "long.pdf", "sub/long", "scan.jpg", "later/scan"])
def test_what_waits_or_is_in_work_is_found_by_its_name_in_the_inbox(name: str) -> None:
    assert is_in_work(status_of_document(STATUS, name))


def test_a_name_that_nothing_has_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no such document in /out; `dropleaf status` lists them"):
        status_of_document(STATUS, "other")


def test_the_table_names_results_as_commands_take_them(tmp_path: Path) -> None:
    with (tmp_path / "shown").open("w+") as file:
        Console(file=file, width=150).print(status_to_table(STATUS, Extent.EVERYTHING))
        file.seek(0)
        shown = file.read()

    assert all(name in shown for name in (" r.pdf ", " sub/r-2 (r.pdf) ", " sub/bad.pdf ", " sub/long.pdf "))
