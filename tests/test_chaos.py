"""A small part of `make chaos`: kills at system calls and at random instants, and the books hold."""

import random
from pathlib import Path

import pytest
from chaos.points import Point, is_possible, kill_at_work, kill_recovering, kill_workers
from chaos.storms import storm_of_daemons, storm_of_workers

needs_strace = pytest.mark.skipif(not is_possible(), reason="strace is not there, or may not trace")


@needs_strace
@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "point",
    [
        Point(call="rename", nth=1),
        Point(call="rename", nth=4),
        Point(call="fsync", nth=2),
        Point(call="link", nth=1),
        Point(call="unlinkat", nth=2),
    ],
    ids=lambda point: f"{point.call}-{point.nth}",
)
def test_a_daemon_that_is_killed_at_a_system_call_loses_nothing(tmp_path: Path, point: Point) -> None:
    figures = kill_at_work(tmp_path, point)

    assert figures is not None
    assert figures.documents == 3


@needs_strace
@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "point", [Point(call="rename", nth=1), Point(call="rename", nth=2)], ids=lambda p: f"{p.call}-{p.nth}"
)
def test_a_daemon_that_is_killed_while_it_recovers_loses_nothing(tmp_path: Path, point: Point) -> None:
    figures = kill_recovering(tmp_path, point)

    assert figures is not None
    assert figures.kills["daemon"] == 2


@needs_strace
@pytest.mark.timeout(120)
def test_workers_that_are_killed_where_they_write_their_record_cost_no_page(tmp_path: Path) -> None:
    figures = kill_workers(tmp_path, Point(call="fsync", nth=1))

    assert figures is not None
    assert figures.fallbacks["worker_lost"] >= 1


@pytest.mark.timeout(180)
def test_daemons_that_are_killed_at_random_instants_lose_nothing(tmp_path: Path) -> None:
    figures = storm_of_daemons(tmp_path, 8, random.Random(tmp_path.name))

    assert figures.kills["daemon"] == 8


@pytest.mark.timeout(180)
def test_workers_that_are_killed_at_random_instants_cost_only_their_own_pages(tmp_path: Path) -> None:
    figures = storm_of_workers(tmp_path, 40, random.Random(tmp_path.name))

    assert figures.kills["worker"] >= 40
    assert figures.fallbacks.total() <= figures.kills["worker"]
