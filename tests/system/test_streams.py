"""Standard streams that are closed, or that nobody reads."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from claims import eventually
from daemons import COMMAND, Place
from pdfs import numbered_pdf


@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_are_as_good_as_the_null_device(tmp_path: Path, closed: str) -> None:
    place = Place(tmp_path)
    place.drop(lambda path: numbered_pdf(path, 1), "page.pdf")
    (place.inbox / "bad.pdf").write_bytes(b"this is no PDF")

    command = [*COMMAND, "watch", "--once", "--settings", str(place.file)]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *command],
        cwd=place.root,
        env=place.environment(),
        check=False,
        timeout=40,
    )

    assert done.returncode == 1
    assert json.loads((place.outbox / "page.json").read_text())["outcome"] == "complete"
    assert (place.outbox / "failed" / "bad.json").exists()


def test_a_log_that_nobody_reads_holds_up_neither_the_work_nor_the_end(tmp_path: Path) -> None:
    place = Place(tmp_path, log={"format": "json", "level": "debug"})
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writer, True)
    command = [*COMMAND, "watch", "--settings", str(place.file)]

    with subprocess.Popen(command, cwd=place.root, env=place.environment(), stderr=writer) as daemon:
        try:
            os.close(writer)
            place.drop(lambda path: numbered_pdf(path, 3), "a.pdf", "sub/b.pdf")
            assert eventually(lambda: (place.outbox / "a.json").exists() and (place.outbox / "sub" / "b.json").exists())
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(20) == 0
        finally:
            daemon.kill()
            os.close(reader)
