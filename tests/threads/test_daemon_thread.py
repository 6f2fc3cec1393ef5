"""Threads of a real daemon that end by an error which nobody foresaw."""

import subprocess
import sys
from pathlib import Path

import pytest
from daemons import PATIENCE_S, Place
from delivery import result_files
from pdfs import blank_pdf

# A daemon with one fault built in: this method of this class raises.
SABOTAGED = """
import {module}, sys
def fail(*arguments, **named):
    raise RuntimeError("sabotage")
{module}.{method} = fail
from pipeline.commands.main import main
sys.argv[0] = "dropleaf"
main()
"""


@pytest.mark.parametrize(
    ("thread", "module", "method"),
    [
        ("inbox", "pipeline.inbox.waiting_files", "WaitingFiles.take_due"),
        ("publisher", "pipeline.results.publisher", "Publisher._publish_or_keep"),
    ],
)
def test_a_daemon_ends_when_a_thread_of_it_does_and_the_next_goes_on(
    tmp_path: Path, thread: str, module: str, method: str
) -> None:
    place = Place(tmp_path)
    place.drop(blank_pdf, "report.pdf")

    done = subprocess.run(
        [sys.executable, "-c", SABOTAGED.format(module=module, method=method), "watch", "--settings", str(place.file)],
        cwd=place.root,
        env=place.environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )

    assert done.returncode == 70, done.stderr
    assert f"its {thread} has failed by an error in Dropleaf, which the log shows; nothing is lost" in " ".join(
        done.stderr.split()
    )
    assert place.watch_once() == 0
    assert {path.name for path in place.outbox.glob("report.*")} == result_files("report")
