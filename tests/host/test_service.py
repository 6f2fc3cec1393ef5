"""What a service has to do with the system."""

import os
import pwd
import secrets
import socket
from pathlib import Path

import pytest

from pipeline.host.portable import service as unix


@pytest.mark.parametrize("abstract", [False, True])
def test_a_datagram_goes_to_a_socket_by_its_path_or_its_name(tmp_path: Path, *, abstract: bool) -> None:
    name = f"@dropleaf-{secrets.token_hex(8)}" if abstract else str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + name[1:] if abstract else name)

        unix.send_datagram(name, b"READY=1")

        assert listening.recv(100) == b"READY=1"


def test_who_does_not_read_is_not_waited_for(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "socket"))

        def flood() -> None:
            for _ in range(100_000):
                unix.send_datagram(str(tmp_path / "socket"), b"line")

        with pytest.raises(BlockingIOError):
            flood()


def test_where_nobody_listens_that_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        unix.send_datagram(str(tmp_path / "socket"), b"line")


def test_a_file_has_the_name_of_its_owner_where_it_has_one(tmp_path: Path) -> None:
    assert unix.owner_of(tmp_path) == pwd.getpwuid(os.getuid()).pw_name
    if os.getuid() == 0:
        os.chown(tmp_path, 3_999_999_999, -1)
        assert unix.owner_of(tmp_path) is None
    with pytest.raises(FileNotFoundError):
        unix.owner_of(tmp_path / "gone")


def test_the_superuser_is_nobody_to_run_a_service_for() -> None:
    assert (unix.current_user() is None) is (os.getuid() == 0)
