"""The gateway's connection with one host, where it cannot even begin."""

import asyncio
import os
import resource
from typing import TYPE_CHECKING, cast

import pytest
from cluster_hands import TERMS_OF_TESTS

from pipeline.cluster.host_connection import HostConnection
from pipeline.cluster.messages import Gone

if TYPE_CHECKING:
    from distributed import Client

pytestmark = pytest.mark.linux


async def told(files_left: int) -> object:
    """What the daemon is told first of a host, in a process that may open so many files more."""
    words: asyncio.Queue[object] = asyncio.Queue()
    client = cast("Client", None)  # it is not asked anything
    connection = HostConnection(client, "tcp://127.0.0.1:1", "one", TERMS_OF_TESTS, tell=words.put_nowait)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(map(int, os.listdir("/proc/self/fd")))  # noqa: PTH208 — names, no paths
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1 + files_left, hard))
    try:
        connection.start()
        return await words.get()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_host_for_which_the_gateway_has_no_files_left_is_told_so_in_words() -> None:
    gone = asyncio.run(told(0))

    assert isinstance(gone, Gone)
    assert "is one more than a daemon takes: its gateway may open no more files" in gone.detail


def test_with_files_left_it_is_not() -> None:
    gone = asyncio.run(told(100))  # here the missing client is what fails

    assert isinstance(gone, Gone)
    assert "files" not in gone.detail
