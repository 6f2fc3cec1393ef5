"""The process that forks workers."""

import os
import socket
from pathlib import Path

import pytest
from pool_hands import settings_of

from pipeline.deadline import Deadline
from pipeline.pool.launcher import ForkServer
from pipeline.pool.process import ProcessSettings

pytestmark = pytest.mark.linux


def test_one_whose_pool_is_closed_while_it_forks_ends_without_a_word(tmp_path: Path) -> None:
    settings = settings_of(1)
    said = tmp_path / "stderr"
    lifeline, held = os.pipe()
    connection, other = socket.socketpair()
    with said.open("wb") as stderr, connection, other:
        server = ForkServer(
            ProcessSettings(handler=settings.handler, memory_mib=None, result_bytes=1024),
            settings.preload,
            stderr=stderr.fileno(),
        )
        server.launch(0, connection, lifeline)
        process = server._process  # noqa: SLF001 — nobody else has to know
        server.close(Deadline.after(60))
    os.close(lifeline)
    os.close(held)

    assert process is not None
    assert process.returncode == 0
    assert said.read_bytes() == b""
