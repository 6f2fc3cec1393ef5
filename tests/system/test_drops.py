import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from daemons import Daemon, Place, names_below, until
from delivery import deliveries_in, delivery_of, manifests_in
from pdfs import numbered_pdf
from ways import drop_in_every_way, overflow

#: Between two pieces of one file: longer than ``watch.settle``, after which a file that does not grow counts as whole.
_PACE_S = 1.3


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Daemon]]:
    """An idle daemon with the built-in engine, for all tests of this file that need one."""
    place = Place(tmp_path_factory.mktemp("drops"))
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")
        until(lambda: len(daemon.workers()) == 5)  # those that come later would be taken for a test's
        yield place, daemon
        assert daemon.stop() == 0
        assert not daemon.of("not_json")
    assert place.left_behind() == []
    assert names_below(place.inbox) in ([], [".waits.pdf"])


@pytest.fixture(scope="module")
def three_pages(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return numbered_pdf(tmp_path_factory.mktemp("pdf") / "three.pdf", 3).read_bytes()


def is_delivered_whole(place: Place, daemon: Daemon, name: str, data: bytes) -> bool:
    daemon.wait_for("published", document=Path(name).name)
    stem = place.outbox / name[: -len(".pdf")]
    found = delivery_of(stem.with_name(f"{stem.name}.json"))
    assert (found.outcome, found.methods) == ("complete", {"text_layer": 3})
    return stem.with_name(f"{stem.name}.pdf").read_bytes() == data and not (place.inbox / name).exists()


def test_a_file_that_is_copied_in_is_converted(running: tuple[Place, Daemon], three_pages: bytes) -> None:
    place, daemon = running

    (place.inbox / "copied.pdf").write_bytes(three_pages)

    assert is_delivered_whole(place, daemon, "copied.pdf", three_pages)


def test_a_file_that_is_renamed_in_is_converted(running: tuple[Place, Daemon], three_pages: bytes) -> None:
    place, daemon = running
    aside = place.root / "aside.pdf"
    aside.write_bytes(three_pages)

    aside.rename(place.inbox / "renamed.pdf")

    assert is_delivered_whole(place, daemon, "renamed.pdf", three_pages)


@pytest.mark.parametrize("name", ["download.pdf.part", ".hidden.pdf", "~$office.pdf", "x.pdf.crdownload", "y.pdf.tmp"])
def test_a_temporary_name_waits_for_its_rename(running: tuple[Place, Daemon], three_pages: bytes, name: str) -> None:
    place, daemon = running
    (place.inbox / name).write_bytes(three_pages)
    (place.inbox / f"later than {name[0]}.pdf").write_bytes(three_pages)
    assert is_delivered_whole(place, daemon, f"later than {name[0]}.pdf", three_pages)
    assert (place.inbox / name).exists()

    (place.inbox / name).rename(place.inbox / f"now {name[0]}.pdf")

    assert is_delivered_whole(place, daemon, f"now {name[0]}.pdf", three_pages)


def test_a_file_that_is_written_slowly_is_taken_when_it_is_complete(
    running: tuple[Place, Daemon], three_pages: bytes
) -> None:
    place, daemon = running
    middle = len(three_pages) // 2
    with (place.inbox / "slow.pdf").open("wb") as file:
        file.write(three_pages[:middle])
        file.flush()
        # The daemon has seen the half: what came after it is delivered before it.
        for number in range(2):
            (place.inbox / f"quick{number}.pdf").write_bytes(three_pages)
            assert is_delivered_whole(place, daemon, f"quick{number}.pdf", three_pages)
        assert daemon.of("claimed")[-1]["document"] != "slow.pdf"

        file.write(three_pages[middle:])

    assert is_delivered_whole(place, daemon, "slow.pdf", three_pages)


def write_in_pieces(place: Place, name: str, data: bytes) -> None:
    """As scanners and slow copies do (case 56): each piece opens, appends and closes, later than watch.settle."""
    third = len(data) // 3
    for piece in (data[:third], data[third : 2 * third], data[2 * third :]):
        with (place.inbox / name).open("ab") as file:
            file.write(piece)
        time.sleep(_PACE_S)


def write_over_a_placeholder(place: Place, name: str, data: bytes) -> None:
    """As browsers do: an empty file keeps the name until the whole one is renamed over it."""
    (place.inbox / name).touch()
    (place.inbox / f"{name}.part").write_bytes(data)
    time.sleep(_PACE_S)
    (place.inbox / f"{name}.part").rename(place.inbox / name)


@pytest.mark.parametrize("write", [write_in_pieces, write_over_a_placeholder])
def test_a_file_that_comes_slowly_is_delivered_once_and_whole(
    running: tuple[Place, Daemon], three_pages: bytes, write: Callable[[Place, str, bytes], None]
) -> None:
    place, daemon = running
    name = f"{write.__name__}.pdf"

    write(place, name, three_pages)

    assert is_delivered_whole(place, daemon, name, three_pages)
    assert [line["document"] for line in daemon.of("claimed")].count(name) == 1
    assert not (place.outbox / "failed").exists()


def test_a_hard_link_is_taken_like_a_file(running: tuple[Place, Daemon], three_pages: bytes) -> None:
    place, daemon = running
    aside = place.root / "linked.pdf"
    aside.write_bytes(three_pages)

    (place.inbox / "link.pdf").hardlink_to(aside)

    assert is_delivered_whole(place, daemon, "link.pdf", three_pages)
    assert aside.read_bytes() == three_pages


def test_a_folder_that_is_moved_in_is_mirrored_with_all_below_it(
    running: tuple[Place, Daemon], three_pages: bytes
) -> None:
    place, daemon = running
    aside = place.root / "2026"
    (aside / "march").mkdir(parents=True)
    (aside / "a year.pdf").write_bytes(three_pages)
    (aside / "march" / "a month.PDF").write_bytes(three_pages)

    aside.rename(place.inbox / "2026")

    assert is_delivered_whole(place, daemon, "2026/a year.pdf", three_pages)
    assert is_delivered_whole(place, daemon, "2026/march/a month.PDF", three_pages)
    (place.inbox / "2026" / "march" / "later.pdf").write_bytes(three_pages)
    assert is_delivered_whole(place, daemon, "2026/march/later.pdf", three_pages)


def test_symbolic_links_and_special_files_are_refused_by_name(
    running: tuple[Place, Daemon], three_pages: bytes
) -> None:
    place, daemon = running
    target = place.root / "target.pdf"
    target.write_bytes(three_pages)

    (place.inbox / "symbolic.pdf").symlink_to(target)
    os.mkfifo(place.inbox / "pipe.pdf")

    for name in ("symbolic.pdf", "pipe.pdf"):
        daemon.wait_for("refused", file=str(place.inbox / name))
        (place.inbox / name).unlink()


def test_names_that_are_no_friend_of_programs_are_delivered(running: tuple[Place, Daemon], three_pages: bytes) -> None:
    place, daemon = running
    names = ["<b>&amp;.pdf", "line\nbreak.pdf", "Übersicht für März.pdf", "x..y.pdf", "-rf.pdf"]

    for name in names:
        (place.inbox / name).write_bytes(three_pages)

    for name in names:
        assert is_delivered_whole(place, daemon, name, three_pages), name


def test_an_inbox_that_is_removed_and_made_again_is_watched_again(tmp_path: Path, three_pages: bytes) -> None:
    place = Place(tmp_path, watch={"rescan": 0.5}, workers=1)
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")

        shutil.rmtree(place.inbox)
        place.inbox.mkdir()
        (place.inbox / "after.pdf").write_bytes(three_pages)

        assert is_delivered_whole(place, daemon, "after.pdf", three_pages)
        assert daemon.stop() == 0


def test_files_that_were_there_before_the_start_are_converted(tmp_path: Path, three_pages: bytes) -> None:
    place = Place(tmp_path)
    for name in ("a.pdf", "sub/b.pdf"):
        (place.inbox / name).parent.mkdir(exist_ok=True)
        (place.inbox / name).write_bytes(three_pages)
    with Daemon(place) as daemon:
        assert is_delivered_whole(place, daemon, "a.pdf", three_pages)
        assert is_delivered_whole(place, daemon, "sub/b.pdf", three_pages)
        assert daemon.stop() == 0


def test_a_file_that_is_renamed_in_or_closed_need_not_settle(tmp_path: Path, three_pages: bytes) -> None:
    place = Place(tmp_path, watch={"settle": 3600})
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")
        (tmp_path / "renamed.pdf").write_bytes(three_pages)

        (tmp_path / "renamed.pdf").rename(place.inbox / "renamed.pdf")
        (place.inbox / "closed.pdf").write_bytes(three_pages)

        assert is_delivered_whole(place, daemon, "renamed.pdf", three_pages)
        assert is_delivered_whole(place, daemon, "closed.pdf", three_pages)
        assert daemon.stop() == 0


def test_polling_finds_what_events_would_tell(tmp_path: Path, three_pages: bytes) -> None:
    place = Place(tmp_path, watch={"polling": True, "settle": 0.2}, workers=1)
    with Daemon(place) as daemon:
        daemon.wait_for("started")

        (place.inbox / "polled.pdf").write_bytes(three_pages)

        assert is_delivered_whole(place, daemon, "polled.pdf", three_pages)
        assert daemon.stop() == 0


def test_every_way_of_dropping_is_delivered_once(tmp_path: Path) -> None:
    # No look comes to the help of an event that is missed.
    place = Place(tmp_path, watch={"rescan": 3600})
    data = numbered_pdf(tmp_path / "one.pdf", 1).read_bytes()
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")
        names = drop_in_every_way(place, data, 2)
        until(lambda: len(daemon.of("published")) >= len(names))
        assert daemon.stop() == 0

    found = deliveries_in(place.outbox)
    assert sorted(Path(name).name + ".pdf" for name in found) == sorted(names)
    assert {each.outcome for each in found.values()} == {"complete"}
    assert place.left_behind() == []


def test_an_overflow_of_the_event_queue_loses_nothing(tmp_path: Path) -> None:
    place = Place(tmp_path, watch={"rescan": 3600})
    data = numbered_pdf(tmp_path / "one.pdf", 1).read_bytes()
    names = [f"{number}.pdf" for number in range(10)]
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")
        overflow(daemon, place, lambda: [(place.inbox / name).write_bytes(data) for name in names])
        until(lambda: len(daemon.of("published")) >= len(names))
        # A look that follows another doubt may come first: the daemon must have read as far as the overflow.
        until(lambda: any("overflow" in str(line["event"]).lower() for line in daemon.lines))
        assert daemon.stop() == 0

    assert sorted(deliveries_in(place.outbox)) == sorted(name.removesuffix(".pdf") for name in names)


@pytest.mark.slow
def test_two_hundred_files_at_once_are_all_delivered(tmp_path: Path) -> None:
    names = [f"{number}.pdf" for number in range(200)]
    place = Place(tmp_path)
    source = numbered_pdf(tmp_path / "one.pdf", 1)
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")

        for name in names:
            shutil.copy(source, place.inbox / name)

        until(lambda: len(manifests_in(place.outbox)) == len(names))
        assert daemon.stop() == 0
        assert len(daemon.of("published")) == len(names)
    found = deliveries_in(place.outbox)
    assert len(found) == len(names)
    assert {each.outcome for each in found.values()} == {"complete"}
    assert names_below(place.inbox) == []
    assert place.left_behind() == []
