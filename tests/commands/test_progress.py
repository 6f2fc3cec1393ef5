"""The progress of conversions, as it is drawn on a terminal."""

import io
import os
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from daemons import COMMAND, Place, signal_until_ended, until
from delivery import manifest_names
from odd_pdfs import not_a_pdf
from pdfs import blank_pdf, numbered_pdf
from rich.console import Console
from rich.spinner import Spinner
from simulator import Fault, Rule, Setup, Simulator
from terminals import run_on_a_terminal, without_escapes

from pipeline.commands.progress import (
    Course,
    Progress,
    Sums,
    course_to_picture,
    seconds_to_words,
    seen_to_sums,
    sums_to_words,
)
from pipeline.status.snapshot import DocumentStatus, Snapshot

EMPTY = Snapshot(at=0.0, pid=1, started_at=0.0)


def document(number: int, *, pages: int | None = 4, finished: int = 1) -> DocumentStatus:
    name = f"{number}-{'long name ' * 30}.pdf"
    return DocumentStatus(
        ident=str(number),
        name=name,
        folder=".",
        phase="converting",
        claimed_at=0.0,
        pages=pages,
        finished=finished,
    )


def drawn(course: Course) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=100, force_terminal=True, color_system=None)
    console.print(course_to_picture(course, 60.0, Spinner("dots")))
    return out.getvalue().splitlines()


def test_at_most_ten_documents_have_a_bar_and_no_line_is_wrapped() -> None:
    course = Course(documents=300, begun_at=0.0)
    course.note(replace(EMPTY, documents=tuple(document(number) for number in range(40)), published=7))

    lines = drawn(course)

    assert "7 of 300 documents · 40 pages" in lines[0]
    assert len([line for line in lines if "1/4 pages" in line]) == 10
    assert lines[-1].strip() == "and 30 more in work"
    assert all(len(line) <= 100 for line in lines)


def test_documents_that_are_not_counted_yet_are_taken_for_average_ones() -> None:
    assert seen_to_sums({"a": (4, 4, 1), "b": (1, 8, 0), "c": (0, None, 0)}, 1, 10) == Sums(
        documents=1, pages=5, left=7 + 8 * 6, fallbacks=1
    )
    assert seen_to_sums({}, 0, 3) == Sums(documents=0, pages=0, left=0.0, fallbacks=0)


@pytest.mark.parametrize(
    ("elapsed", "words"),
    [
        (1.0, "1 of 3 documents · 10 pages · 2 fell back"),
        (60.0, "1 of 3 documents · 10 pages · 10 pages a minute · about 2 min left · 2 fell back"),
    ],
)
def test_a_rate_is_told_once_it_says_something(elapsed: float, words: str) -> None:
    assert sums_to_words(Sums(documents=1, pages=10, left=20.0, fallbacks=2), 3, elapsed) == words


def test_times_are_told_as_people_say_them() -> None:
    assert [seconds_to_words(each) for each in (0.4, 59, 61, 3599, 3660)] == [
        "0 s",
        "59 s",
        "1 min",
        "1 h 0 min",
        "1 h 1 min",
    ]


def test_a_terminal_that_takes_nothing_holds_up_nobody() -> None:
    """Its reader is asleep, as behind Ctrl-S; the loop's call comes back all the same."""
    taken = threading.Event()

    class Asleep(io.StringIO):
        def write(self, text: str) -> int:
            taken.wait(20)
            return len(text)

    progress = Progress(Console(file=Asleep(), force_terminal=True, width=80), 1)
    with progress:
        progress.show(replace(EMPTY, documents=(document(1),)))
        time.sleep(0.5)  # long enough for the drawing thread to hang in its first write
        before = time.monotonic()
        for _ in range(100):
            progress.show(replace(EMPTY, documents=(document(1),)))
        spent = time.monotonic() - before
        taken.set()

    assert spent < 5


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_pipe_that_nobody_reads_holds_up_neither_the_work_nor_the_end(tmp_path: Path, number: signal.Signals) -> None:
    place = Place(tmp_path)
    files = [str(numbered_pdf(tmp_path / f"{each}.pdf", 1)) for each in range(3)]
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writer, bytes(4096))
    os.set_blocking(writer, True)
    command = [*COMMAND, "convert", *files, "-o", "out", "--settings", str(place.file)]
    process = subprocess.Popen(command, cwd=tmp_path, env=place.environment(), stderr=writer)
    try:
        until(lambda: len(manifest_names(tmp_path / "out")) == len(files))
        until(lambda: not (tmp_path / "out" / ".dropleaf").exists())  # what is left is to say what came of it

        assert signal_until_ended(process, number) in {-number, 130}
    finally:
        process.kill()
        process.wait()
        os.close(reader)
        os.close(writer)


def test_a_run_of_many_ends_with_sums_reasons_and_advice(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, rules=(Rule(Fault.EMPTY, pages=(2,)),))) as sim:
        place = Place(tmp_path, server=sim.url)
        for number in range(3):
            numbered_pdf(tmp_path / f"{number}.pdf", 2, document=number)
        not_a_pdf(tmp_path / "bad.pdf")

        code, shown = run_on_a_terminal(place, "convert", "0.pdf", "1.pdf", "2.pdf", "bad.pdf")

    plain = " ".join(without_escapes(shown).split())
    assert code == 1
    assert f"3 delivered in {place.outbox}, 3 of them with pages that fell back; 1 failed." in plain
    assert "Fell back: 3 empty." in plain
    assert "Failed, 1: " in plain


def test_more_results_than_fit_on_a_screen_are_summed_up(tmp_path: Path) -> None:
    place = Place(tmp_path)
    names = [blank_pdf(tmp_path / f"{number}.pdf").name for number in range(25)]

    code, shown = run_on_a_terminal(place, "convert", *names)

    assert code == 0
    assert "25 delivered in" in without_escapes(shown)
    assert "24.html" not in shown
