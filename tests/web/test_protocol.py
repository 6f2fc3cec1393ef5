"""Connections, byte by byte: how many, how long, and what is no request."""

import fcntl
import socket
import sys
import termios
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import psutil
import pytest
from daemons import until
from outbox_hands import deliver
from web_hands import PATIENCE_S, RunningPage, page_alone

from pipeline.web import protocol
from pipeline.web.history import path_to_ident
from pipeline.web.uploads import AT_ONCE


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPage]:
    with page_alone(tmp_path_factory.mktemp("protocol"), upload_mib=1) as running:
        deliver(running.outbox, "report")
        yield running


def test_a_head_that_does_not_come_is_not_waited_for(page: RunningPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_S", 0.2)
    for beginning in (b"", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "):
        with socket.create_connection(("127.0.0.1", page.port), timeout=60) as slow:
            slow.sendall(beginning)

            assert ends(slow)


def test_a_head_that_is_too_large_and_a_request_that_is_none_are_refused(page: RunningPage) -> None:
    for rubbish in (
        b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000,
        b"\x16\x03\x01\x02\x00\x01",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", page.port), timeout=60) as connection:
            connection.sendall(rubbish)

            assert connection.recv(100).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("size", [20_000, 100_000, 200_000])
@pytest.mark.parametrize("lines", [1, 200])
def test_a_large_head_is_refused_also_where_it_comes_whole(page: RunningPage, size: int, lines: int) -> None:
    head = f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\n".encode()
    head += b"".join(b"X-%d: %s\r\n" % (number, b"x" * (size // lines)) for number in range(lines)) + b"\r\n"
    with socket.create_connection(("127.0.0.1", page.port), timeout=60) as connection, suppress(ConnectionError):
        connection.sendall(head)

        assert connection.recv(100).startswith(b"HTTP/1.1 400")


def test_a_head_of_usual_size_and_requests_behind_each_other_are_answered(page: RunningPage) -> None:
    head = f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\nX: {'x' * 8000}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", page.port), timeout=60) as connection:
        connection.sendall(head * 3)
        answers = b""
        while answers.count(b"HTTP/1.1 200") < 3:
            answers += (piece := connection.recv(65536))
            assert piece


def test_connections_have_a_limit_and_come_back(page: RunningPage, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as few, ExitStack() as stack:
        few.setattr(protocol, "CONNECTIONS", 3)
        crowd = [stack.enter_context(connect(page)) for _ in range(6)]

        assert all(each.recv(20).startswith(b"HTTP/1.1 503") for each in crowd[3:])

    assert page.get("/").status == 200


def test_ten_who_watch_and_ten_who_send_have_room_at_once(page: RunningPage) -> None:
    head = f"POST /api/documents?name=x.pdf HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\nX-Dropleaf: 1\r\n"
    head += "Content-Type: application/pdf\r\nContent-Length: 100\r\n\r\n"
    with ExitStack() as stack:
        watching = [stack.enter_context(page.watch()) for _ in range(10)]
        sending = [stack.enter_context(connect(page)) for _ in range(10)]
        for each in sending:
            each.sendall(head.encode() + b"%PDF")

        refused = [each for each in sending[AT_ONCE:] if each.recv(20).startswith(b"HTTP/1.1 503")]
        for one in watching:
            one.next_event()

        assert len(refused) == 10 - AT_ONCE  # they are as many as may send at once, and are told to come again
        assert page.get("/api/status").status == 200
    until(lambda: not list(page.inbox.iterdir()))


def test_who_does_not_read_is_cut_off(page: RunningPage, monkeypatch: pytest.MonkeyPatch) -> None:
    (page.outbox / "report.html").write_bytes(b"x" * 20_000_000)
    monkeypatch.setattr(protocol, "UNREAD_S", 0.2)
    page.get(f"/documents/{path_to_ident('report.json')}")
    with connect(page) as lazy:
        lazy.sendall(request(page, "GET", f"/documents/{path_to_ident('report.json')}/result"))
        until(lambda: bytes_waiting(lazy) > 0)
        until(lambda: not has_other_end(lazy))

        assert len(everything(lazy)) < 20_000_000


def test_the_rest_of_a_body_that_nobody_wants_is_not_taken_for_ever(
    page: RunningPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "REST_S", 0.2)
    with connect(page) as dripping:
        dripping.sendall(request(page, "POST", "/api/documents/none/retry", "X-Dropleaf: 1", "Content-Length: 1000000"))
        assert dripping.recv(100).startswith(b"HTTP/1.1 404")

        def goes_on() -> bool:
            try:
                return bool(dripping.send(b"x"))
            except OSError:
                return False

        until(lambda: not goes_on())


@pytest.mark.parametrize(
    ("fields", "body", "statuses"),
    [
        (("Content-Length: 5", "Content-Length: 6"), b"%PDF-", {400}),
        (("Content-Length: +5",), b"%PDF-", {400}),
        (("Content-Length: -1",), b"%PDF-", {400}),
        (("Content-Length: 0x5",), b"%PDF-", {400}),
        (("Content-Length: 99999999999999999999999999",), b"%PDF-", {400, 413}),
        (("Transfer-Encoding: chunked", "Content-Length: 5"), b"5\r\n%PDF-\r\n0\r\n\r\n", {400, 411, 413}),
        (("Transfer-Encoding: chunked",), b"5\r\n%PDF-\r\n0\r\n\r\n", {411}),
        (("Transfer-Encoding: gzip, chunked",), b"", {400, 501}),
        (("Transfer-Encoding : chunked",), b"0\r\n\r\n", {400}),
        (("Content-Length : 5",), b"%PDF-", {400}),
        (("Content-Length: 5", "X: a\r\n\tb\x00"), b"%PDF-", {400}),
        (("Host: evil.example", "Content-Length: 5"), b"%PDF-", {400}),
    ],
)
def test_a_request_that_can_be_read_in_two_ways_is_refused(
    page: RunningPage, fields: tuple[str, ...], body: bytes, statuses: set[int]
) -> None:
    usual = ("X-Dropleaf: 1", "Content-Type: application/pdf")
    with connect(page) as connection:
        connection.sendall(request(page, "POST", "/api/documents?name=smuggled.pdf", *usual, *fields) + body)

        assert int(connection.recv(100).split()[1]) in statuses
    assert not (page.inbox / "smuggled.pdf").exists()


def test_a_second_request_in_the_body_of_the_first_is_looked_at_like_any_other(page: RunningPage) -> None:
    inner = b"POST /api/documents?name=inner.pdf HTTP/1.1\r\nHost: evil.example\r\nX-Dropleaf: 1\r\n"
    inner += b"Content-Type: application/pdf\r\nContent-Length: 5\r\n\r\n%PDF-"
    with connect(page) as connection:
        connection.sendall(request(page, "GET", "/healthz", "Content-Length: 0") + inner)
        answers = everything(connection)

    assert answers.count(b"HTTP/1.1 200") == 1
    assert answers.count(b"HTTP/1.1 403") == 1
    assert not list(page.inbox.iterdir())


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1/", "//evil.example/", "/%2e%2e/settings.yaml", "/static/../app.py", "*"]
)
def test_a_strange_target_leads_nowhere(page: RunningPage, target: str) -> None:
    with connect(page) as connection:
        connection.sendall(request(page, "GET", target))

        assert connection.recv(100).split()[1] in {b"400", b"404"}


def test_a_refused_site_keeps_no_connection(page: RunningPage) -> None:
    with connect(page) as connection:
        connection.sendall(request(page, "GET", "/", "Origin: null"))

        assert b"connection: close" in everything(connection).lower()


def test_an_upgrade_to_a_socket_is_none_of_ours(page: RunningPage) -> None:
    fields = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: eA==")
    for origin, status in (("http://evil.example", b"403"), (f"http://127.0.0.1:{page.port}", b"404")):
        with connect(page) as connection:
            connection.sendall(request(page, "GET", "/socket", f"Origin: {origin}", *fields))

            assert connection.recv(100).split()[1] == status


def connect(page: RunningPage) -> socket.socket:
    return socket.create_connection(("127.0.0.1", page.port), timeout=PATIENCE_S)


def request(page: RunningPage, method: str, target: str, *fields: str) -> bytes:
    """A request's head, byte by byte as it is given."""
    return "\r\n".join((f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{page.port}", *fields, "", "")).encode()


def bytes_waiting(connection: socket.socket) -> int:
    """How many have come and were not read."""
    return int.from_bytes(fcntl.ioctl(connection, termios.FIONREAD, bytes(4)), sys.byteorder)


def ends(connection: socket.socket) -> bool:
    """Whether the other side closes without a word."""
    try:
        return connection.recv(100) == b""
    except ConnectionResetError:
        return True


def has_other_end(connection: socket.socket) -> bool:
    """Whether the page, which is a thread of this process, still has the other end of a connection."""
    ours = connection.getsockname()[1]
    return ours in {port for each in psutil.Process().net_connections("tcp4") for port in each.raddr[1:]}


def everything(connection: socket.socket) -> bytes:
    """What comes until the other side closes, in whichever way."""
    came = bytearray()
    with suppress(ConnectionResetError):
        while piece := connection.recv(1 << 20):
            came += piece
    return bytes(came)
