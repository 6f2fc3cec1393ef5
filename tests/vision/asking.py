"""A client that remembers what it was told, for the tests of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from vision.scripted import Line, Server, serving

from pipeline.deadline import Deadline
from pipeline.errors import PageError
from pipeline.server_target import ServerTarget
from pipeline.vision.client.client import VisionClient
from pipeline.vision.client.exchange import RawAnswer
from pipeline.vision.client.request import VisionRequest

if TYPE_CHECKING:
    from pipeline.page_result import Attempt

REQUEST = VisionRequest(prompt="Read this page.", image=b"\x89PNG not really", quiet=True)
# What a time limit may be overrun by on a loaded machine; the limits themselves are far apart.
SLACK_S = 0.9


class Asking:
    """A client with its record of attempts."""

    def __init__(self, client: VisionClient) -> None:
        self.client = client
        self.attempts: list[Attempt] = []
        self.reports: list[int] = []

    def ask(self, server: Server | ServerTarget, limit_s: float = 20, request: VisionRequest = REQUEST) -> RawAnswer:
        return self.client.ask(
            request,
            target=server if isinstance(server, ServerTarget) else server.target,
            deadline=Deadline.after(limit_s),
            attempts=self.attempts,
            on_tokens=self.reports.append,
        )

    def error(self, script: Callable[[Line], None], limit_s: float = 20) -> PageError:
        with serving(script) as server, pytest.raises(PageError) as caught:
            self.ask(server, limit_s)
        assert self.attempts
        outcome = self.attempts[-1].outcome
        refused = caught.value.reason == "refused" and outcome in {"server_error", "content_filter"}
        assert refused or outcome == caught.value.reason
        return caught.value


@contextmanager
def a_client(*, connect_timeout_s: float = 2, silence_s: float = 30) -> Iterator[Asking]:
    client = VisionClient(connect_timeout_s=connect_timeout_s, silence_s=silence_s)
    yield Asking(client)
    client.close()
