"""Conversions in the foreground: beside each other, beside the daemon, and beside their own originals."""

import multiprocessing
from pathlib import Path

import pytest
from daemons import Daemon, Place
from delivery import deliveries_in
from pdfs import numbered_pdf
from simulator import Fault, Rule, Setup, Simulator

from pipeline.commands.convert import own_state
from pipeline.results.chosen_names import ChosenNames
from pipeline.results.journal import Journal
from pipeline.results.state_folder import state_folder_of


def test_results_lie_beside_the_original_under_its_name(tmp_path: Path) -> None:
    place = Place(tmp_path)
    original = numbered_pdf(tmp_path / "report.pdf", 1)
    before = original.read_bytes()

    for _ in range(2):
        done = place.run("convert", "report.pdf", "-o", ".")
        assert done.code == 0, done.err

    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {
        "report.pdf",
        "report.html",
        "report.json",
        "report.tables.json",
        "settings.yaml",
    }
    assert original.read_bytes() == before
    assert not (tmp_path / ".dropleaf").exists()


def test_states_that_begin_and_end_at_once_leave_each_other_alone(tmp_path: Path) -> None:
    def work() -> None:
        for _ in range(25):
            with own_state(tmp_path) as state:
                journal = Journal(state)
                (journal.folder.scratch / "draft").write_bytes(b"")
                assert state.lock.exists()

    children = [multiprocessing.get_context("fork").Process(target=work) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()

    assert [child.exitcode for child in children] == [0] * 4
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_has_left_is_removed_and_what_a_daemon_has_is_not(tmp_path: Path) -> None:
    shared = state_folder_of(tmp_path)
    left = shared.new_foreground()
    Journal(left)
    left.lock.touch()
    Journal(shared)
    ChosenNames(shared)

    with own_state(tmp_path):
        assert not left.root.exists()

    assert shared.work.is_dir()
    assert shared.names.is_dir()


@pytest.mark.slow
def test_two_conversions_and_a_daemon_in_one_folder_lose_nothing(tmp_path: Path) -> None:
    place = Place(tmp_path)
    folders = [tmp_path / "a", tmp_path / "b"]
    for number, folder in enumerate(folders):
        folder.mkdir()
        for each in range(6):
            numbered_pdf(folder / f"r{each}.pdf", 1, document=10 * number + each)
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")
        place.drop(lambda path: numbered_pdf(path, 1, document=100), *(f"r{each}.pdf" for each in range(6)))
        runs = [
            multiprocessing.get_context("fork").Process(
                target=place.run, args=("convert", *map(str, sorted(folder.iterdir())), "-o", str(place.outbox))
            )
            for folder in folders
        ]
        for run in runs:
            run.start()
        for run in runs:
            run.join()
        for each in range(6):
            daemon.wait_for("published", document=f"r{each}.pdf")
        place.drop(lambda path: numbered_pdf(path, 1, document=101), "late.pdf")  # nothing that it needs was removed
        daemon.wait_for("published", document="late.pdf")
        assert daemon.stop() == 0

    found = deliveries_in(place.outbox)
    assert set(found) == {"late", *(f"r{each}{number}" for each in range(6) for number in ("", "-2", "-3"))}
    assert place.left_behind() == []


@pytest.mark.slow
def test_retry_beside_the_daemon_keeps_everybodys_state(tmp_path: Path) -> None:
    with Simulator(Setup(rules=(Rule(Fault.EMPTY, pages=(1,)),))) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 2, document=1), "r.pdf")
        with Daemon(place) as daemon:
            daemon.wait_for("published", document="r.pdf")
            codes = []
            for number in range(4):
                place.drop(lambda path, number=number: numbered_pdf(path, 1, document=2 + number), f"n{number}.pdf")  # type: ignore[misc]  # bound in the loop
                codes.append(place.run("retry", "--all").code)
            for number in range(4):
                daemon.wait_for("published", document=f"n{number}.pdf")
            assert daemon.stop() == 0
    assert set(codes) <= {0, 3}
    assert set(deliveries_in(place.outbox)) == {"r", *(f"n{number}" for number in range(4))}
    assert place.left_behind() == []
