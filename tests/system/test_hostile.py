"""Hostile files and hostile places: what they cost, and what they do not."""

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from daemons import ROOT, Daemon, Place, until
from delivery import deliveries_in, delivery_of, manifests_in
from pdfs import numbered_page, numbered_pdf, objects_to_pdf, pages_to_objects, stream_object
from shared_files import SHARED, needs_shared
from simulator import Fault, Latency, Mark, Rule, Setup, Simulator

from pipeline.dispatch.next_order import DEATHS_BEFORE_NOTHING
from pipeline.dispatch.opening import FAILED_OPENINGS, TRIES


def memory_bomb(path: Path) -> Path:
    """A page that opens into more than any worker can hold: forms that draw the next one twice, forty deep."""
    objects = pages_to_objects([numbered_page(Mark(document=0, page=1))])
    first, depth = max(objects) + 1, 40
    entries = b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] "
    for level in range(depth - 1):
        inner = b"/Resources << /XObject << /F %d 0 R >> >> " % (first + level + 1)
        objects[first + level] = stream_object(b"/F Do /F Do", entries + inner)
    objects[first + depth - 1] = stream_object(b"0 0 m 612 792 l S " * 100, entries)
    page = next(number for number, body in objects.items() if b"/Type /Page " in body)
    objects[page] = objects[page].replace(b"/XObject << ", b"/XObject << /F %d 0 R " % first)
    objects[page + 1] = stream_object(b"/F Do")
    path.write_bytes(objects_to_pdf(objects))
    return path


def worker_killer(path: Path, pages: int, *, document: int) -> Path:
    """Pages whose content is 300 MiB long: pdfium aborts a process that may have 256."""
    objects = pages_to_objects([numbered_page(Mark(document=document, page=page)) for page in range(1, pages + 1)])
    bomb = max(objects) + 1
    for number, body in objects.items():
        objects[number] = re.sub(rb"/Contents \d+ 0 R", b"/Contents %d 0 R" % bomb, body)
    objects[bomb] = stream_object(b"0 0 m 9 9 l S   " * (300 << 16))
    path.write_bytes(objects_to_pdf(objects))
    return path


@pytest.mark.timeout(240)
def test_a_document_that_kills_worker_after_worker_is_given_up_and_its_neighbour_is_not(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5)) as sim:
        place = Place(tmp_path, server=sim.url, workers=2, limits={"worker_mib": 256})
        place.drop(lambda path: worker_killer(path, 30, document=1), "killer.pdf")
        place.drop(lambda path: numbered_pdf(path, 2, document=2), "sound.pdf")
        with Daemon(place, "--once") as daemon:
            assert daemon.wait(timeout=200) == 0
            lost, given_up = daemon.of("worker_lost"), [*daemon.of("falling_back"), *daemon.of("left_empty")]
        found = deliveries_in(place.outbox)
    assert [line["document"] for line in given_up] == ["killer.pdf"] * 2
    # Those that were at work already when the count was full come on top.
    assert DEATHS_BEFORE_NOTHING <= len(lost) <= DEATHS_BEFORE_NOTHING + 2
    assert found["killer"].reasons == dict.fromkeys(range(1, 31), "worker_lost")
    assert found["sound"].outcome == "complete"
    assert place.left_behind() == []


@pytest.mark.timeout(180)
def test_a_document_whose_workers_are_killed_one_after_the_other_is_given_up_too(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, rules=(Rule(Fault.HANG, documents=(1,)),))) as sim:
        place = Place(tmp_path, server=sim.url, workers=1)
        place.drop(lambda path: numbered_pdf(path, 30, document=1), "killed.pdf")
        with Daemon(place, "--once") as daemon:
            asked = 0
            while not daemon.of("falling_back"):
                # One that has a page: before that, and where it draws ahead, a death is nobody's fault.
                until(lambda asked=asked: len(sim.chats) > asked or bool(daemon.of("falling_back")))  # type: ignore[misc]
                asked = len(sim.chats)
                for worker in daemon.workers():
                    with suppress(psutil.NoSuchProcess):
                        worker.kill()
            assert daemon.wait() == 0
    found = delivery_of(place.outbox / "killed.json")
    assert found.reasons == dict.fromkeys(range(1, 31), "worker_lost")
    assert found.methods == {"text_layer": 30}
    assert place.left_behind() == []


#: In every process that Python starts: workers that were taken over by the first page of a document tell the lie that
#: the document is named after.
_TAKEN_OVER = """
import os
import msgspec
from pipeline.pool.codec import Codec

encode, decode, tasks = Codec.encode, Codec.decode, []

def remember(codec, data):
    task = decode(codec, data)
    if type(task).__name__ == "PageTask":
        tasks.append(task)
    return task

def lie(codec, value):
    kind = type(value).__name__
    told = tasks[-1].document if tasks and tasks[-1].number == 1 else ""
    if (told, kind) == ("step.pdf", "PageProgress"):
        return msgspec.msgpack.encode((kind, {"step": "x"}))
    if (told, kind) == ("method.pdf", "PageResult"):
        return msgspec.msgpack.encode((kind, {"number": 1, "method": "zz"}))
    if (told, kind) == ("unserved.pdf", "PageResult"):
        fallback = {"reason": "refused", "detail": ""}
        return msgspec.msgpack.encode(("Unserved", {"fallback": fallback, "attempts": [], "spent_s": 0.0}))
    if (told, kind) == ("record.pdf", "PageResult"):
        os.truncate(tasks[-1].out, 60 << 20)
    return encode(codec, value)

Codec.encode, Codec.decode = lie, remember
"""


def test_a_worker_that_was_taken_over_costs_its_page_only_whatever_it_says(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(_TAKEN_OVER)
    place = Place(tmp_path, workers=2)
    lies = ("step", "method", "unserved", "record")
    place.drop(lambda path: numbered_pdf(path, 2), *(f"{name}.pdf" for name in (*lies, "sound")))

    with Daemon(place, "--once", environment={"PYTHONPATH": f"{tmp_path}:{ROOT}"}) as daemon:
        assert daemon.wait() == 0

    found = deliveries_in(place.outbox)
    assert found.pop("sound").methods == {"text_layer": 2}
    assert {name: each.methods for name, each in found.items()} == {key: {"none": 1, "text_layer": 1} for key in lies}
    assert [each.reasons for each in found.values()] == [{1: "worker_lost"}] * len(lies)
    assert place.left_behind() == []


def slow_to_open(path: Path) -> Path:
    """A sound page, and so many objects that no table lists that pdfium takes a good part of a second to find them."""
    data = numbered_pdf(path, 1).read_bytes()
    path.write_bytes(data[: data.rindex(b"startxref")] + b"9 0 obj << /A [1 2 3] >> endobj\n" * (1 << 18) + b"%%EOF\n")
    return path


def test_a_file_whose_workers_are_killed_at_its_opening_is_not_lost(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5)) as sim:
        place = Place(tmp_path, server=sim.url, workers=1)
        with Daemon(place) as daemon:
            daemon.wait_for("inbox_watched")
            place.drop(slow_to_open, "r.pdf")
            while len(daemon.of("opening_failed")) < 2 * FAILED_OPENINGS:
                for worker in daemon.workers():
                    with suppress(psutil.NoSuchProcess):
                        if any(Path(file.path).name == "original.pdf" for file in worker.open_files()):
                            worker.kill()
            daemon.wait_for("published", document="r.pdf")
            assert daemon.stop() == 0
    assert delivery_of(place.outbox / "r.json").outcome == "complete"
    assert place.left_behind() == []


def died_over(place: Place, times: int) -> None:
    """So many daemons, of which we spare ourselves all but the last, have died over the only document in work."""
    [home] = (place.outbox / ".dropleaf" / "work").iterdir()
    (home / "tries").write_text(str(times))


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_document_over_which_daemons_die_again_and_again_is_set_aside(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, rules=(Rule(Fault.HANG, documents=(1,)),))) as sim:
        place = Place(tmp_path, server=sim.url)
        [path] = place.drop(lambda path: numbered_pdf(path, 2, document=1), "poison.pdf")
        data = path.read_bytes()
        place.drop(lambda path: numbered_pdf(path, 2, document=2), "innocent.pdf")
        for death in range(1, 4):
            with Daemon(place) as daemon:
                sim.wait_until(lambda sim: sim.in_flight == 2, timeout=60)
                if death == 1:
                    daemon.wait_for("published", document="innocent.pdf")
                daemon.stop(signal.SIGKILL)
            sim.wait_until(lambda sim: sim.in_flight == 0, timeout=60)
            if death == 2:
                died_over(place, TRIES - 1)

        assert place.watch_once() == 1

    assert delivery_of(place.outbox / "innocent.json").outcome == "complete"
    assert delivery_of(place.outbox / "failed" / "poison.json").code == "poisonous"
    assert (place.outbox / "failed" / "poison.pdf").read_bytes() == data
    assert place.left_behind() == []


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A file system of its own for a folder; the test is skipped where it cannot be had."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=False)
    if done.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_stops_nothing_for_good(tmp_path: Path) -> None:
    place = Place(tmp_path, outbox="disk/outbox")
    with small_disk(tmp_path / "disk", "2m"):
        place.outbox = tmp_path / "disk" / "outbox"
        place.outbox.mkdir()
        ballast = tmp_path / "disk" / "ballast"
        with Daemon(place) as daemon:
            daemon.wait_for("inbox_watched")
            ballast.write_bytes(b"x" * (1944 << 10))
            place.drop(lambda path: numbered_pdf(path, 12), *(f"{number}.pdf" for number in range(12)))
            until(lambda: any(daemon.of(event) for event in ("claim_failed", "publish_failed", "trouble_with_disk")))
            assert list(place.outbox.glob("*.tmp")) == []

            ballast.unlink()

            until(lambda: len(manifests_in(place.outbox)) == 12)
            assert daemon.stop() == 0
            assert not daemon.of("not_json")
        found = deliveries_in(place.outbox)
        assert {each.outcome for each in found.values()} == {"complete"}
        assert place.left_behind() == []


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A folder in which nothing can be written, as after a fault of its disk."""
    commands = (["--bind", str(folder), str(folder)], ["-o", "remount,bind,ro", str(folder)])
    if any(subprocess.run(["mount", *words], check=False, capture_output=True).returncode for words in commands):
        pytest.skip("no folder can be mounted read-only here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_an_outbox_that_becomes_read_only_is_waited_for(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")
        with read_only(place.outbox):
            place.drop(lambda path: numbered_pdf(path, 1), "r.pdf")
            daemon.wait_for("claim_failed")
            assert (place.inbox / "r.pdf").exists()

        daemon.wait_for("published", document="r.pdf")
        assert daemon.stop() == 0
    assert place.left_behind() == []


def test_an_inbox_that_is_unmounted_and_comes_back_is_watched_again(tmp_path: Path) -> None:
    place = Place(tmp_path, watch={"rescan": 1})
    with small_disk(place.inbox, "5m"), Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")
        subprocess.run(["umount", "--lazy", str(place.inbox)], check=True)
        place.drop(lambda path: numbered_pdf(path, 1), "under.pdf")
        daemon.wait_for("published", document="under.pdf")

        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", str(place.inbox)], check=True)
        place.drop(lambda path: numbered_pdf(path, 1), "back.pdf")

        daemon.wait_for("published", document="back.pdf")
        assert daemon.stop() == 0


@pytest.mark.slow
def test_a_page_that_needs_too_much_memory_costs_itself_alone(tmp_path: Path) -> None:
    place = Place(tmp_path, limits={"worker_mib": 512})
    place.drop(memory_bomb, "bomb.pdf")
    place.drop(lambda path: numbered_pdf(path, 5), "sound.pdf")

    assert place.watch_once(timeout=110) == 0

    found = deliveries_in(place.outbox)
    assert found["sound"].methods == {"text_layer": 5}
    assert found["bomb"].page_count == 1
    assert place.left_behind() == []


def test_no_clock_of_the_wall_decides_on_a_deadline() -> None:
    package = Path(__file__).resolve().parents[2] / "pipeline"
    places = {str(path.relative_to(package)) for path in package.rglob("*.py") if "time.time()" in path.read_text()}

    # Who shows or stores a time of day, or (hooks) has a pause that outlives the process.  All other limits and pauses
    # run on the monotonic clock.
    shown = {
        "cluster/host_work.py",  # a host tells its clock
        "cluster/hosts.py",  # and is told by how much it differs
        "commands/retry.py",
        "commands/status_table.py",
        "dispatch/batch.py",
        "dispatch/loop.py",
        "dispatch/opening.py",
        "dispatch/overview.py",
        "hooks/caller.py",
        "hooks/notices.py",
        "inbox/candidates.py",
        "inbox/examination.py",
        "results/journal.py",
        "results/publisher.py",
        "results/removals.py",
        "results/reviewing.py",
        "status/read.py",
        "web/events.py",
    }
    assert places <= shown, places - shown


_CODES = {"unreadable", "encrypted", "empty", "too_large", "vanished", "poisonous"}


@pytest.mark.slow
@needs_shared
@pytest.mark.timeout(400)
def test_the_nastiest_files_all_end_somewhere(tmp_path: Path) -> None:
    made = sorted((SHARED / "badpdf-dev").glob("made-*.pdf"))[::3]
    found = sorted((SHARED / "badpdf-dev").glob("[0-9a-f]*.pdf"))[::60]
    files = [*made, *found]
    with Simulator(Setup(slots=5, latency=Latency(seconds=0.01))) as sim:
        place = Place(tmp_path, server=sim.url, limits={"pages": 50})
        for path in files:
            (place.inbox / path.name).write_bytes(path.read_bytes())
        with Daemon(place, "--once") as daemon:
            assert daemon.wait(timeout=380) in {0, 1}
            assert not daemon.of("not_json")
    ended = deliveries_in(place.outbox)
    assert sorted(Path(name).name for name in ended) == sorted(path.stem for path in files)
    assert {each.code for name, each in ended.items() if name.startswith("failed/")} <= _CODES
    assert all(page.total_s < 120 for each in ended.values() for page in each.pages)
    assert place.left_behind() == []
