"""Large blocks that threads have freed."""

import subprocess
import sys

_MIB = 1 << 20
_BLOCK = 4 * _MIB

# A block is freed when the next thread has its own, as a table is that is made anew; the second line tells it apart.
_PASS_ON = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from pipeline.allocator import give_back_large_blocks

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

def block():
    return bytearray(b"x") * int(sys.argv[2])

assert sys.argv[1] == "untold" or give_back_large_blocks()
pools = [ThreadPoolExecutor(1) for _ in range(8)]
for pool in pools:
    pool.submit(bytearray, 10).result()
held = block()
before = resident()
for pool in pools:
    held = pool.submit(block).result()
print(resident() - before)
"""


def _growth(how: str) -> int:
    command = [sys.executable, "-c", _PASS_ON, how, str(_BLOCK)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def test_blocks_that_go_from_thread_to_thread_are_given_back() -> None:
    assert _growth("told") < _BLOCK


def test_they_would_stay_otherwise() -> None:
    assert _growth("untold") > 4 * _BLOCK
