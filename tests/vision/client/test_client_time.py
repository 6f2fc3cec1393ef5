"""The page's clock, against servers that do their best to outlive it."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from certificates import Certificates, make_certificates
from vision.asking import REQUEST, SLACK_S, Asking, a_client
from vision.scripted import GOOD, STREAM_HEAD, Line, Server, answering, chunk, delta, serving

from pipeline.errors import ModelRefused, ModelTimeout, ModelUnreachable
from pipeline.server_target import Route, ServerTarget
from pipeline.vision.client.request import VisionRequest

# More than the buffers of a connection take.
LARGE = VisionRequest(prompt="Read this page.", image=bytes(12_000_000))


@pytest.fixture
def asking() -> Iterator[Asking]:
    with a_client() as asking:
        yield asking


def silent(line: Line) -> None:
    line.request()
    line.until_closed()


def headers_then_silence(line: Line) -> None:
    line.request()
    line.send(STREAM_HEAD)
    line.until_closed()


def dripped_headers(line: Line) -> None:
    line.request()
    line.drip(STREAM_HEAD * 9, 0.05)


def dripped_chunk(line: Line) -> None:
    line.request()
    line.send(STREAM_HEAD)
    line.drip(chunk(delta("x" * 900)), 0.05)


def dripped_chunk_size(line: Line) -> None:
    line.request()
    line.send(STREAM_HEAD)
    line.drip(b"0" * 900, 0.05)


def dripped_tokens(line: Line) -> None:
    line.request()
    line.send(STREAM_HEAD)
    while not line.stop.wait(0.05):
        line.send(chunk(delta("word ")))


def dripped_error(line: Line) -> None:
    line.request()
    line.send(b"HTTP/1.1 500 Oh\r\nContent-Length: 999\r\n\r\n")
    line.drip(b"x" * 999, 0.05)


def body_never_read(line: Line) -> None:
    line.stop.wait()


def endless_interim_answers(line: Line) -> None:
    line.request()
    while not line.stop.wait(0.01):
        line.send(b"HTTP/1.1 100 Continue\r\n\r\n")


@pytest.mark.parametrize(
    "script",
    [
        silent,
        headers_then_silence,
        dripped_headers,
        dripped_chunk,
        dripped_chunk_size,
        dripped_tokens,
        body_never_read,
        endless_interim_answers,
    ],
)
def test_the_deadline_holds_whatever_the_server_does(asking: Asking, script: Callable[[Line], None]) -> None:
    request = LARGE if script is body_never_read else REQUEST

    with serving(script) as server:
        start = time.monotonic()
        with pytest.raises(ModelTimeout):
            asking.ask(server, 0.8, request)
        took = time.monotonic() - start

        assert 0.8 <= took < 0.8 + SLACK_S
        assert len(server.requests) <= 1, "a request that timed out is not sent again"
        if script is not body_never_read:
            assert server.closed.wait(60), "the connection is closed, which frees the slot"
    assert asking.attempts[-1].outcome == "timeout"


def test_an_error_whose_body_drips_is_still_an_error_in_time(asking: Asking) -> None:
    start = time.monotonic()

    error = asking.error(dripped_error, 0.8)

    assert isinstance(error, ModelRefused)
    assert time.monotonic() - start < 0.8 + SLACK_S


def test_silence_in_the_middle_of_an_answer_ends_it() -> None:
    def stalls(line: Line) -> None:
        line.request()
        line.send(STREAM_HEAD, chunk(delta("The beginning")))
        line.until_closed()

    with a_client(silence_s=0.5) as asking, serving(stalls) as server:
        start = time.monotonic()
        with pytest.raises(ModelTimeout, match="stopped sending"):
            asking.ask(server, 20)

        assert time.monotonic() - start < 0.5 + SLACK_S
        assert server.closed.wait(60)


def test_a_slow_first_token_is_no_silence() -> None:
    def thinks(line: Line) -> None:
        line.request()
        line.send(STREAM_HEAD)
        line.stop.wait(0.6)
        line.send(*GOOD[1:])

    with a_client(silence_s=0.2) as asking, serving(thinks) as server:
        assert asking.ask(server).text == "<p>Hello</p>"


def test_a_full_backlog_is_unreachable_after_the_time_for_connecting() -> None:
    with (
        a_client(connect_timeout_s=0.5) as asking,
        socket.create_server(("127.0.0.1", 0), backlog=0) as listener,
    ):
        address = listener.getsockname()
        fillers = [socket.socket() for _ in range(8)]
        for filler in fillers:
            filler.settimeout(0)
            filler.connect_ex(address)

        start = time.monotonic()
        with pytest.raises(ModelUnreachable):
            asking.ask(ServerTarget(url=f"http://127.0.0.1:{address[1]}/v1", model="m"))

        assert time.monotonic() - start < 0.5 + SLACK_S
        for filler in fillers:
            filler.close()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


def trusting(server: Server, certificates: Certificates) -> ServerTarget:
    return replace(server.target, route=Route(ca=certificates.ca))


def test_tls_answers_and_keeps_its_connection(certificates: Certificates) -> None:
    with a_client() as asking, serving(answering(*GOOD), certificates.context()) as server:
        assert [asking.ask(trusting(server, certificates)).text for _ in range(3)] == ["<p>Hello</p>"] * 3
        assert len(server.connections) == 1


def test_a_certificate_that_is_not_trusted_is_unreachable(certificates: Certificates) -> None:
    context = certificates.context()

    with a_client() as asking, serving(answering(*GOOD), context) as server, pytest.raises(ModelUnreachable):
        asking.ask(server)


@pytest.mark.parametrize("script", [silent, dripped_headers, dripped_chunk, dripped_tokens, body_never_read])
def test_the_deadline_holds_over_tls_too(certificates: Certificates, script: Callable[[Line], None]) -> None:
    request = LARGE if script is body_never_read else REQUEST

    with a_client() as asking, serving(script, certificates.context()) as server:
        start = time.monotonic()
        with pytest.raises(ModelTimeout):
            asking.ask(trusting(server, certificates), 0.8, request)

        assert 0.8 <= time.monotonic() - start < 0.8 + SLACK_S


def test_a_handshake_that_never_ends_is_unreachable_after_the_time_for_connecting() -> None:
    def mute(line: Line) -> None:
        line.stop.wait()

    with a_client(connect_timeout_s=0.5) as asking, serving(mute) as server:
        start = time.monotonic()
        with pytest.raises(ModelUnreachable):
            asking.ask(ServerTarget(url=server.url.replace("http:", "https:"), model="m"))

        assert time.monotonic() - start < 0.5 + SLACK_S
