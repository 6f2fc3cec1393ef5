"""Outboxes that are removed, renamed or away while the daemon works."""

import shutil
import signal
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from daemons import Daemon, Place, until
from delivery import deliveries_in, delivery_of
from kills import small_disk
from pdfs import numbered_pdf
from simulator import Fault, Latency, Rule, Setup, Simulator

#: A page that is asked for and not answered while the test does its work.
HANG = Rule(Fault.HANG, pages=(2,), times=1)


@pytest.mark.parametrize("what", [".dropleaf/work", ""])
def test_what_is_dropped_after_a_removal_is_delivered_and_a_second_daemon_refused(tmp_path: Path, what: str) -> None:
    place = Place(tmp_path)
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")
        shutil.rmtree(place.outbox / what)
        daemon.wait_for("outbox_removed")
        place.drop(lambda path: numbered_pdf(path, 1), "r.pdf")

        daemon.wait_for("published", document="r.pdf")
        second = place.run("watch", "--once")

        assert second.code == 70
        assert f"pid {daemon.pid}" in second.err
        assert daemon.stop() == 0
    assert delivery_of(place.outbox / "r.json").outcome == "complete"
    assert place.left_behind() == []


@pytest.mark.slow
@pytest.mark.parametrize("ends", ["the other one", "this one"])
def test_an_outbox_that_another_daemon_has_taken_meanwhile_is_waited_for(tmp_path: Path, ends: str) -> None:
    place = Place(tmp_path)
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")
        daemon.send(signal.SIGSTOP)
        place.outbox.rename(tmp_path / "aside")
        with Daemon(place) as other:
            other.wait_for("inbox_watched")
            daemon.send(signal.SIGCONT)
            assert f"pid {other.pid}" in str(daemon.wait_for("outbox_taken")["error"])

            if ends == "this one":
                assert daemon.stop() == 0
            place.drop(lambda path: numbered_pdf(path, 1), "r.pdf")
            other.wait_for("published", document="r.pdf")
            assert other.stop() == 0
        if ends == "the other one":
            place.drop(lambda path: numbered_pdf(path, 1, document=1), "s.pdf")
            daemon.wait_for("published", document="s.pdf")
            assert daemon.stop() == 0
    assert len(deliveries_in(place.outbox)) == (1 if ends == "this one" else 2)


@pytest.mark.parametrize("what", [".dropleaf", ""])
def test_a_document_in_work_is_taken_along_where_the_folder_was_renamed(tmp_path: Path, what: str) -> None:
    with Simulator(Setup(slots=5, latency=Latency(seconds=0.05), rules=(HANG,))) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 2), "r.pdf")
        with Daemon(place) as daemon:
            until(lambda: len(list(place.outbox.glob(".dropleaf/work/*/pages/*.json"))) == 1)
            sim.wait_until(lambda sim: sim.in_flight == 1, timeout=60)
            (place.outbox / what).rename(tmp_path / "aside")

            daemon.wait_for("published", document="r.pdf")
            assert daemon.stop() == 0
        assert [record.page for record in sim.chats].count(1) == 1
    assert delivery_of(place.outbox / "r.json").methods == {"vision": 2}


def test_a_document_whose_working_copy_is_gone_is_told_of(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, rules=(HANG,))) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 2), "r.pdf")
        with Daemon(place) as daemon:
            sim.wait_until(lambda sim: sim.in_flight == 1, timeout=60)
            shutil.rmtree(place.outbox)

            daemon.wait_for("document_lost", document="r.pdf")
            daemon.wait_for("failed", document="r.pdf")
            assert daemon.stop() == 0
    assert delivery_of(place.outbox / "failed" / "r.json").code == "vanished"


def test_a_kept_document_whose_working_copy_is_gone_is_taken_from_the_inbox_again(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, rules=(HANG,))) as sim:
        place = Place(tmp_path, server=sim.url, originals="keep")
        place.drop(lambda path: numbered_pdf(path, 2), "r.pdf")
        with Daemon(place) as daemon:
            sim.wait_until(lambda sim: sim.in_flight == 1, timeout=60)
            shutil.rmtree(place.outbox)

            daemon.wait_for("published", document="r.pdf")
            assert daemon.stop() == 0
    assert set(deliveries_in(place.outbox)) == {"r"}


def test_while_the_folder_of_the_outbox_is_gone_drops_stay_in_the_inbox(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    place = Place(tmp_path)
    place.outbox = disk / "outbox"
    place.write_settings(outbox=str(place.outbox))
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")
        disk.rename(tmp_path / "elsewhere")
        daemon.wait_for("outbox_away")
        (path,) = place.drop(lambda path: numbered_pdf(path, 1), "r.pdf")
        daemon.wait_for("claim_failed")
        assert path.exists()
        assert "There is no outbox" in place.run("status").err

        (tmp_path / "elsewhere").rename(disk)

        daemon.wait_for("outbox_back")
        daemon.wait_for("published", document="r.pdf")
        assert daemon.stop() == 0
    assert set(deliveries_in(place.outbox)) == {"r"}


@pytest.mark.parametrize("what", ["file", "link to nowhere"])
def test_while_something_else_is_in_the_place_of_the_outbox_drops_stay_in_the_inbox(tmp_path: Path, what: str) -> None:
    place = Place(tmp_path)
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")
        other = tmp_path / "other"
        if what == "file":
            other.write_text("somebody's")
        else:
            other.symlink_to(tmp_path / "nowhere")
        process = psutil.Process(daemon.pid)
        process.suspend()  # it would make the outbox anew between the two
        place.outbox.rename(tmp_path / "elsewhere")
        other.rename(place.outbox)
        process.resume()
        daemon.wait_for("outbox_away")
        place.drop(lambda path: numbered_pdf(path, 1), "r.pdf")
        daemon.wait_for("claim_failed")

        place.outbox.unlink()

        daemon.wait_for("published", document="r.pdf")
        assert daemon.stop() == 0
    assert set(deliveries_in(place.outbox)) == {"r"}


def test_while_the_disk_of_the_outbox_is_not_mounted_drops_stay_in_the_inbox(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with ExitStack() as later:
        with small_disk(place.outbox, 4096):
            daemon = later.enter_context(Daemon(place))
            daemon.wait_for("inbox_watched")
        daemon.wait_for("outbox_away")
        place.drop(lambda path: numbered_pdf(path, 1), "r.pdf")
        daemon.wait_for("claim_failed")
        assert list(place.outbox.iterdir()) == []  # nothing is written where the disk is to be

        with small_disk(place.outbox, 4096):
            daemon.wait_for("published", document="r.pdf")
            assert daemon.stop() == 0
            assert set(deliveries_in(place.outbox)) == {"r"}
