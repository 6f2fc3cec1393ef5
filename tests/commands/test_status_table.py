"""``dropleaf status`` for people: short, and it says what it leaves out."""

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from daemons import COMMAND, Place, signal_until_ended
from odd_pdfs import not_a_pdf
from pdfs import blank_pdf, numbered_pdf
from simulator import Fault, Rule, Setup, Simulator
from terminals import read_to_the_end, without_escapes

#: The start of a process that shows the state takes as long as what it loads.
MOST_MODULES = 620


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Seven delivered documents, and a failed one."""
    place = Place(tmp_path)
    place.drop(blank_pdf, *(f"{number}.pdf" for number in range(7)))
    place.drop(not_a_pdf, "bad.pdf")
    assert place.watch_once() == 1
    return place


def test_counts_come_first_then_the_newest_then_the_failed_with_advice(place: Place) -> None:
    done = place.run("status", COLUMNS="200")

    assert done.code == 0
    assert done.err.splitlines()[0] == "0 waiting · 0 in work · 7 done · 1 failed"
    assert "Done: the newest 5 of 7; --all shows every one" in done.err
    assert len([number for number in range(7) if f" {number}.pdf" in done.err]) == 5
    assert "Open the file in a PDF viewer" in done.err
    everything = place.run("status", "--all", COLUMNS="200").err
    assert all(f" {number}.pdf" in everything for number in range(7))
    assert "the newest" not in everything
    one = json.loads(place.run("status", "3", "--json").out)
    assert ([each["manifest"] for each in one["done"]], one["failed"], one["counts"]["done"]) == (["3.json"], [], 1)


def test_one_document_is_told_of_page_by_page(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, rules=(Rule(Fault.EMPTY, pages=(2,)),))) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 3), "report.pdf")
        assert place.watch_once() == 0

    done = place.run("status", "report", COLUMNS="200")

    assert done.code == 0
    assert "report.pdf: partial, 2 vision, 1 text_layer" in done.err
    assert "Fell back: 1 empty. `dropleaf retry report`" in done.err
    assert place.run("status", "no-such").code == 64


def test_the_state_is_shown_anew_until_ctrl_c(place: Place) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "status", "--watch"],
        cwd=place.root,
        env=place.environment(TERM="xterm-256color", COLUMNS="120"),
        stderr=theirs,
    )
    os.close(theirs)
    shown: list[bytes] = []
    while b"".join(shown).count(b"7 done") < 2:
        shown.append(os.read(ours, 65536))
    reading = threading.Thread(target=lambda: shown.append(read_to_the_end(ours)))
    reading.start()
    code = signal_until_ended(process, signal.SIGINT)
    reading.join()

    assert code == 0
    assert "Traceback" not in without_escapes(b"".join(shown).decode())


def test_status_loads_neither_the_log_nor_anything_of_the_daemon(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv[1:] = ['status', '--json']\n"
        "from pipeline.commands.main import main\n"
        "try: main()\n"
        "finally: print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)

    loaded = set(done.stderr.split())
    assert {"pipeline.status.read", "rich.table"} <= loaded
    assert not loaded & {"structlog", "requests", "jinja2", "watchdog", "pipeline.daemon.daemon", "pipeline.web.server"}
    assert len(loaded) < MOST_MODULES
