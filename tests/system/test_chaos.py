"""A small part of `make chaos`: kills at system calls and at random instants, and the books hold."""

import random
from contextlib import nullcontext
from pathlib import Path

import pytest
from chaos.books import Figures
from chaos.drops import storm_of_replacements, storm_without_reader
from chaos.points import inbox_elsewhere, strike_all
from chaos.storms import storm_of_daemons, storm_of_workers
from chaos.traces import Point, is_possible

pytestmark = pytest.mark.slow
needs_strace = pytest.mark.skipif(not is_possible(), reason="strace is not there, or may not trace")


def strike_at(name: str, root: Path, *points: Point) -> Figures:
    """Strike at each point; all of them must be come to."""
    [(reached, figures)] = strike_all(name, points, root)
    assert reached == list(points)
    assert figures.documents >= 3
    return figures


@needs_strace
@pytest.mark.timeout(180)
def test_a_daemon_that_is_killed_at_a_system_call_loses_nothing(tmp_path: Path) -> None:
    points = (
        Point(call="rename", nth=1),
        Point(call="fsync", nth=2),
        Point(call="mkdir", nth=2, thread="inbox"),
        Point(call="write", nth=2, thread="inbox"),
        Point(call="renameat", nth=1, thread="inbox"),
        Point(call="link", nth=2, thread="publisher"),
    )

    figures = strike_at("daemon at work", tmp_path, *points)

    assert figures.kills == {"daemon": len(points)}


@needs_strace
@pytest.mark.timeout(180)
def test_a_daemon_that_is_killed_while_it_copies_from_another_file_system_loses_nothing(tmp_path: Path) -> None:
    points = (
        Point(call="renameat", nth=1, thread="inbox"),
        Point(call="fsync", nth=2, thread="inbox"),
        Point(call="unlinkat", nth=1, thread="inbox"),
    )

    figures = strike_at("claim by copy", tmp_path, *points)

    assert figures.kills == {"daemon": len(points)}


@needs_strace
@pytest.mark.timeout(180)
def test_a_daemon_that_is_killed_while_it_recovers_loses_nothing(tmp_path: Path) -> None:
    figures = strike_at("daemon recovering", tmp_path, Point(call="rename", nth=1), Point(call="unlink", nth=1))

    assert figures.kills["daemon"] >= 3


@needs_strace
@pytest.mark.timeout(120)
def test_workers_that_are_killed_where_they_write_their_record_cost_no_page(tmp_path: Path) -> None:
    figures = strike_at("workers", tmp_path, Point(call="fsync", nth=1))

    assert figures.fallbacks["worker_lost"] >= 1


@needs_strace
@pytest.mark.timeout(120)
def test_a_fork_server_that_is_killed_is_replaced(tmp_path: Path) -> None:
    figures = strike_at("fork server", tmp_path, Point(call="clone", nth=1), Point(call="recvmsg", nth=2))

    assert figures.kills["fork server"] == 2


@needs_strace
@pytest.mark.timeout(180)
def test_a_disk_that_refuses_a_call_costs_nothing_but_time(tmp_path: Path) -> None:
    points = (
        Point(call="rename", nth=2, error="ENOSPC"),
        Point(call="write", nth=3, error="EIO"),
        Point(call="openat", nth=2, error="EMFILE", thread="inbox"),
        Point(call="fsync", nth=1, error="EIO", thread="inbox"),
        Point(call="unlinkat", nth=2, error="EIO", thread="publisher"),
    )

    figures = strike_at("disk", tmp_path, *points)

    assert not figures.kills


@pytest.mark.timeout(180)
def test_daemons_that_are_killed_at_random_instants_lose_nothing(tmp_path: Path) -> None:
    figures = storm_of_daemons(tmp_path, 8, random.Random(tmp_path.name))

    assert figures.kills["daemon"] == 8


@pytest.mark.timeout(180)
@pytest.mark.parametrize("elsewhere", [False, True])
def test_files_that_are_replaced_and_exchanged_when_they_are_taken_are_delivered_once(
    tmp_path: Path, *, elsewhere: bool
) -> None:
    with inbox_elsewhere() if elsewhere else nullcontext() as inbox:
        assert "5 of daemon" in storm_of_replacements(tmp_path, 5, random.Random(tmp_path.name), inbox=inbox)


@pytest.mark.timeout(180)
def test_a_log_that_nobody_reads_costs_neither_documents_nor_the_end(tmp_path: Path) -> None:
    figures = storm_without_reader(tmp_path, 3, random.Random(tmp_path.name))

    assert figures.kills["daemon"] == 3


@pytest.mark.timeout(180)
def test_workers_that_are_killed_at_random_instants_cost_only_their_own_pages(tmp_path: Path) -> None:
    figures = storm_of_workers(tmp_path, 40, random.Random(tmp_path.name))

    assert figures.kills["worker"] >= 40
    assert figures.fallbacks.total() <= figures.kills["worker"]
