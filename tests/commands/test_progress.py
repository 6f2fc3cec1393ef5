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
    stands_still,
    sums_to_words,
)
from pipeline.status.snapshot import DocumentStatus, PageStatus, ServerStatus, Snapshot

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


def test_nothing_stands_still_while_a_page_is_at_work_or_none_waits() -> None:
    page = PageStatus(number=1, step="model", since=0.0, tokens=0, server=None)
    waits, other = document(1), document(2, pages=None)
    still = ((waits,), (waits, replace(other, phase="waiting")))
    moves = (
        (),
        (document(1, finished=4),),
        (other,),
        (waits, replace(other, phase="inspecting")),
        (waits, replace(document(2), phase="publishing")),
        (waits, replace(document(2), running=(page,))),
    )

    assert [stands_still(replace(EMPTY, documents=documents)) for documents in still] == [True, True]
    assert not any(stands_still(replace(EMPTY, documents=documents)) for documents in moves)


def test_why_pages_wait_is_told_after_some_seconds_of_waiting() -> None:
    server = ServerStatus(url="http://a", model=None, slots=1, in_flight=0, state="no model is loaded")
    course = Course(documents=1)
    course.note(replace(EMPTY, documents=(document(1),), servers=(server,), troubles=("the disk\x1b is full",)))
    since = course.still_since

    assert since is not None
    assert course.causes(since + 2) == ()
    assert course.causes(since + 4) == ("the disk\N{REPLACEMENT CHARACTER} is full", "http://a: no model is loaded")
    course.note(replace(EMPTY, documents=(document(1), replace(document(2), phase="inspecting")), servers=(server,)))
    assert course.causes(since + 9) == ()


def test_pages_that_wait_for_a_server_say_so(tmp_path: Path) -> None:
    with Simulator() as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 2), "a.pdf")
        assert place.run("watch", "--once", "--settings", str(place.file)).code == 0
        url = sim.url
    said, words = tmp_path / "said", f"waiting: Nothing answers at {url}"
    with said.open("wb") as out:
        command = [*COMMAND, "redo", "a", "--settings", str(place.file)]
        process = subprocess.Popen(command, cwd=tmp_path, env=place.environment(), stdout=out, stderr=out)
    try:
        until(lambda: words in said.read_text())

        assert signal_until_ended(process, signal.SIGTERM) in {-signal.SIGTERM, 130, 143}
    finally:
        process.kill()
        process.wait()
    assert said.read_text().count(words) == 1, said.read_text()


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
