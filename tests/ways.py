"""Eighteen ways of getting a file into a folder, and a burst that overflows the kernel's queue of events.

    python ways.py TIMES BURST    # `make drops`: each way so many times into a real daemon, then the burst

Everything must be delivered once, whole.  In the burst the daemon is stopped (SIGSTOP) while more events come than the
queue takes.
"""

import mmap
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from daemons import Daemon, Place, until
from delivery import deliveries_in
from pdfs import numbered_pdf

#: From the bytes of a PDF, a folder on the inbox's file system, and the place where it is to come to lie.
Way = Callable[[bytes, Path, Path], object]

_PIECES = 5
_EVENTS = Path("/proc/sys/fs/inotify/max_queued_events")


def write(data: bytes, aside: Path, target: Path) -> None:
    """As most programs do."""
    del aside
    target.write_bytes(data)


def write_slowly(data: bytes, aside: Path, target: Path) -> None:
    """Piece by piece, each reaching the disk."""
    del aside
    step = len(data) // _PIECES + 1
    with target.open("wb", buffering=0) as file:
        for at in range(0, len(data), step):
            file.write(data[at : at + step])
            os.fsync(file.fileno())


def append(data: bytes, aside: Path, target: Path) -> None:
    """Opened again for each piece."""
    del aside
    step = len(data) // _PIECES + 1
    for at in range(0, len(data), step):
        with target.open("ab") as file:
            file.write(data[at : at + step])


def touch_first(data: bytes, aside: Path, target: Path) -> None:
    """An empty file, filled later."""
    del aside
    target.touch()
    target.write_bytes(data)


def cut_and_write(data: bytes, aside: Path, target: Path) -> None:
    """Half of it, then anew from the beginning."""
    del aside
    with target.open("wb") as file:
        file.write(data[: len(data) // 2])
        file.flush()
        file.seek(0)
        file.truncate()
        file.write(data)


def map_into_memory(data: bytes, aside: Path, target: Path) -> None:
    """Through memory, with no call of write."""
    del aside
    with target.open("w+b") as file:
        file.truncate(len(data))
        with mmap.mmap(file.fileno(), len(data)) as memory:
            memory[:] = data


def copy_with_times(data: bytes, aside: Path, target: Path) -> None:
    """As `cp -p` does: the time of modification is put back at the end."""
    shutil.copy2(_beside(data, aside, target), target)


def copy_in_the_kernel(data: bytes, aside: Path, target: Path) -> None:
    """As `cp` does where it can."""
    with _beside(data, aside, target).open("rb") as source, target.open("wb") as file:
        os.copy_file_range(source.fileno(), file.fileno(), len(data))


def rename_in(data: bytes, aside: Path, target: Path) -> None:
    """`mv` on one file system."""
    _beside(data, aside, target).rename(target)


def move_across(data: bytes, aside: Path, target: Path) -> None:
    """`mv` from another file system."""
    del aside
    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
        shutil.move(_beside(data, Path(elsewhere), target), target)


def link_in(data: bytes, aside: Path, target: Path) -> None:
    """A hard link."""
    target.hardlink_to(_beside(data, aside, target))


def link_unnamed(data: bytes, aside: Path, target: Path) -> None:
    """A file without a name (O_TMPFILE) that gets one when it is complete."""
    handle = os.open(aside, os.O_TMPFILE | os.O_WRONLY)
    try:
        os.write(handle, data)
        os.link(f"/proc/self/fd/{handle}", target, src_dir_fd=handle, follow_symlinks=True)  # linkat, not link
    finally:
        os.close(handle)


def rename_part(data: bytes, aside: Path, target: Path) -> None:
    """A download."""
    del aside
    part = target.with_name(f"{target.name}.part")
    part.write_bytes(data)
    part.rename(target)


def rename_hidden(data: bytes, aside: Path, target: Path) -> None:
    """`rsync`."""
    del aside
    hidden = target.with_name(f".{target.name}.Xy12ab")
    hidden.write_bytes(data)
    hidden.rename(target)


def write_and_replace(data: bytes, aside: Path, target: Path) -> None:
    """Something else of this name was begun before, and is replaced."""
    target.with_name(f".{target.name}").write_bytes(data)
    with target.open("wb") as file:
        file.write(data[:100])
        file.flush()
        target.with_name(f".{target.name}").rename(target)
    del aside


def delete_and_write(data: bytes, aside: Path, target: Path) -> None:
    """Written, deleted in the same breath, and written again."""
    del aside
    with target.open("wb") as file:
        file.write(data[:100])
        target.unlink()
    target.write_bytes(data)


def move_folder_in(data: bytes, aside: Path, target: Path) -> None:
    """With the folder that it lies in."""
    folder = aside / f"{target.stem}-folder"
    folder.mkdir()
    (folder / target.name).write_bytes(data)
    folder.rename(target.with_name(folder.name))


def copy_folder_in(data: bytes, aside: Path, target: Path) -> None:
    """With the folder that it lies in, file by file: there is no event for those that come early."""
    folder = aside / f"{target.stem}-copied"
    folder.mkdir()
    (folder / target.name).write_bytes(data)
    shutil.copytree(folder, target.with_name(folder.name))


WAYS: tuple[Way, ...] = (
    write,
    write_slowly,
    append,
    touch_first,
    cut_and_write,
    map_into_memory,
    copy_with_times,
    copy_in_the_kernel,
    rename_in,
    move_across,
    link_in,
    link_unnamed,
    rename_part,
    rename_hidden,
    write_and_replace,
    delete_and_write,
    move_folder_in,
    copy_folder_in,
)


def _beside(data: bytes, aside: Path, target: Path) -> Path:
    path = aside / f"beside-{target.name}"
    path.write_bytes(data)
    return path


def drop_in_every_way(place: Place, data: bytes, times: int) -> list[str]:
    """Each way so many times; the names."""
    aside = place.root / "aside"
    aside.mkdir(exist_ok=True)
    names = []
    for turn in range(times):
        for way in WAYS:
            names.append(f"{getattr(way, '__name__', way)}-{turn}.pdf")
            way(data, aside, place.inbox / names[-1])
    return names


def overflow(daemon: Daemon, place: Place, drop: Callable[[], object]) -> None:
    """Call ``drop`` while the daemon is stopped and its queue of events is full of others."""
    daemon.send(signal.SIGSTOP)
    try:
        noise = place.inbox / "noise.txt"
        noise.touch()
        for number in range(int(_EVENTS.read_text())):
            noise = noise.rename(noise.with_name(f"noise-{number % 2}.txt"))
        noise.unlink()
        drop()
    finally:
        daemon.send(signal.SIGCONT)


def main(times: int, burst: int) -> None:
    """Drop, and see to it that everything comes out once."""
    with tempfile.TemporaryDirectory(prefix="ways-") as folder:
        place = Place(Path(folder), watch={"rescan": 3600})
        data = numbered_pdf(place.root / "one.pdf", 1).read_bytes()
        with Daemon(place) as daemon:
            daemon.wait_for("inbox_watched")
            names = drop_in_every_way(place, data, times)
            until(lambda: len(daemon.of("published")) >= len(names), timeout=3600)
            sys.stdout.write(f"{len(WAYS)} ways, {times} times each: {len(names)} delivered\n")
            more = [f"burst-{number}.pdf" for number in range(burst)]
            overflow(daemon, place, lambda: [(place.inbox / name).write_bytes(data) for name in more])
            until(lambda: len(daemon.of("published")) >= len(names) + burst, timeout=36000)
            assert daemon.stop() == 0
        found = deliveries_in(place.outbox)
        assert sorted(Path(name).name + ".pdf" for name in found) == sorted(names + more)
        assert {each.outcome for each in found.values()} == {"complete"}
        assert place.left_behind() == []
        sys.stdout.write(f"a burst of {burst} with an overflow of the event queue: all delivered, once\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50, int(sys.argv[2]) if sys.argv[2:] else 10_000)
