"""Large blocks that threads have freed."""

import subprocess
import sys
from pathlib import Path

import pytest
from daemons import PATIENCE_S, Place

_BLOCK = 4 << 20

# A block is freed when the next thread has its own, as a table is that is made anew.
_PASS_ON = """
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
import typer
from pipeline.commands.convert_commands import watch

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

def block():
    return bytearray(b"x") * int(sys.argv[1])

for settings in sys.argv[2:]:
    with suppress(typer.Exit):
        watch(once=True, settings=Path(settings))
pools = [ThreadPoolExecutor(1) for _ in range(8)]
for pool in pools:
    pool.submit(bytearray, 10).result()
held = block()
before = resident()
for pool in pools:
    held = pool.submit(block).result()
print(resident() - before)
"""


def _growth(place: Place, *settings: Path) -> int:
    """Bytes by which a process grows that passes a block on, after having been a daemon with these settings."""
    command = [sys.executable, "-c", _PASS_ON, str(_BLOCK), *map(str, settings)]
    return int(
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            cwd=place.root,
            env=place.environment(),
        ).stdout
    )


@pytest.mark.linux
def test_a_daemon_gives_back_the_blocks_that_go_from_thread_to_thread(tmp_path: Path) -> None:
    place = Place(tmp_path)

    assert _growth(place, place.file) < _BLOCK
    assert _growth(place) > 4 * _BLOCK  # another process keeps one for each thread


_TWO_THREADS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from pipeline.host.memory import use_one_heap

if sys.argv[1] == "one":
    assert use_one_heap()
with ThreadPoolExecutor(1) as pool:
    pool.submit(lambda: [bytes(600) for _ in range(1000)]).result()
    maps = [line.split() for line in Path("/proc/self/maps").open()]
    print(sum(fields[1] == "---p" and fields[4] == "0" for fields in maps))
"""


def _reserved_heaps(how: str) -> int:
    """How many address ranges a process keeps in reserve: glibc makes one for the heap of every further thread."""
    command = [sys.executable, "-c", _TWO_THREADS, how]
    return int(subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE_S).stdout)


@pytest.mark.linux
def test_the_threads_of_a_worker_share_a_heap() -> None:
    assert _reserved_heaps("one") < _reserved_heaps("many")
