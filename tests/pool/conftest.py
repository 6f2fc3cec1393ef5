"""Pools that are closed when their test ends."""

import contextlib
from collections.abc import Iterator

import pytest
from pool_hands import (
    OpenPool,
)

from pipeline.deadline import Deadline
from pipeline.host.forking import HAS_FORK_SERVER
from pipeline.pool.interface import PoolSettings, StartMethod
from pipeline.pool.pool import WorkerPool


@pytest.fixture(params=list(StartMethod) if HAS_FORK_SERVER else [StartMethod.SPAWN])
def start_method(request: pytest.FixtureRequest) -> StartMethod:
    return StartMethod(request.param)


@pytest.fixture
def open_pool() -> Iterator[OpenPool]:
    with contextlib.ExitStack() as stack:

        def open_one(settings: PoolSettings) -> WorkerPool:
            pool = WorkerPool(settings)
            stack.callback(lambda: pool.close(Deadline.after(0)))
            return pool

        yield open_one
