"""A fork server that was begun before its pool is used by it, and never missed."""

import subprocess
from collections.abc import Iterator

import pytest
from pool_hands import OpenPool, fork_server_of, run_one, settings_of, until_idle

from pipeline.pool import head_start
from pipeline.pool.interface import Done

pytestmark = pytest.mark.linux


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """One that was begun for the pools of these tests."""
    settings = settings_of(1)
    with head_start.begun(settings.handler, settings.preload):
        yield head_start._begun[0].interpreter.process  # noqa: SLF001 — nobody else has to know


def test_the_first_pool_takes_the_fork_server_that_was_begun_with_its_own_settings(
    process: subprocess.Popen[bytes], open_pool: OpenPool
) -> None:
    first = open_pool(settings_of(1, memory_mib=1024))
    limits = run_one(first, "limits")
    second = open_pool(settings_of(1))
    until_idle(second, 1)

    assert limits == Done(key="limits", value=(1 << 30, 0, 256, 256 << 20))
    assert fork_server_of(first) == process.pid
    assert fork_server_of(second) != process.pid


def test_one_that_has_died_or_is_of_other_workers_is_replaced(
    process: subprocess.Popen[bytes], open_pool: OpenPool
) -> None:
    other = open_pool(settings_of(1, handler="pool_tasks:make_slow"))
    until_idle(other, 1)
    process.kill()
    process.wait()
    pool = open_pool(settings_of(1))
    until_idle(pool, 1)

    assert process.pid not in {fork_server_of(other), fork_server_of(pool)}


def test_one_that_nobody_took_ends_with_the_command() -> None:
    settings = settings_of(1)

    with head_start.begun(settings.handler, settings.preload):
        process = head_start._begun[0].interpreter.process  # noqa: SLF001 — as above

    assert process.returncode is not None
