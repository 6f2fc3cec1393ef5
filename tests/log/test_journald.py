"""Entries of systemd's journal, and what workers say on their way there."""

import json
import os
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from daemons import COMMAND, Place
from pdfs import numbered_pdf

from pipeline.log import journald
from pipeline.log.journald import facts_to_fields, fields_to_datagram
from pipeline.log.worker_relay import Relay, line_to_facts

JOURNAL = Path("/run/systemd/journal/socket")


def datagram_to_fields(data: bytes) -> dict[str, str]:
    """Read as the journal does: a name, a line feed, eight bytes of length, the value, a line feed."""
    fields = {}
    while data:
        name, _, rest = data.partition(b"\n")
        length = int.from_bytes(rest[:8], "little")
        assert rest[8 + length : 9 + length] == b"\n"
        fields[name.decode()] = rest[8 : 8 + length].decode()
        data = rest[9 + length :]
    return fields


def test_each_fact_is_a_field_and_the_message_shows_them_all() -> None:
    facts = {"event": "page_done", "level": "warning", "timestamp": "now", "document": "a b.pdf", "page": 3, "_x-y": 1}

    fields = datagram_to_fields(fields_to_datagram(facts_to_fields(facts)))

    assert fields == {
        "MESSAGE": 'page_done document="a b.pdf" page=3 _x-y=1',
        "EVENT": "page_done",
        "PRIORITY": "4",
        "SYSLOG_IDENTIFIER": "dropleaf",
        "DOCUMENT": "a b.pdf",
        "PAGE": "3",
    }


def test_a_hostile_name_stays_in_its_field_and_its_line() -> None:
    name = "x\nPRIORITY=0\n\x1b[2J\udcff.pdf"

    fields = datagram_to_fields(fields_to_datagram(facts_to_fields({"event": "e", "level": "info", "document": name})))

    assert fields["DOCUMENT"] == "x\nPRIORITY=0\n\x1b[2J\\udcff.pdf"
    assert fields["PRIORITY"] == "6"
    assert fields["MESSAGE"].isprintable()


def test_the_trace_of_an_exception_stands_below_the_message() -> None:
    fields = facts_to_fields({"event": "fault", "level": "error", "exception": "Traceback\n  ZeroDivisionError"})

    assert fields["MESSAGE"] == "fault\nTraceback\n  ZeroDivisionError"
    assert "EXCEPTION" not in fields


def test_facts_cannot_take_the_place_of_the_journals_own_fields() -> None:
    fields = facts_to_fields(
        {"event": "e", "level": "info", "message": "m", "priority": 0, "syslog_identifier": "sshd"}
    )

    assert (fields["MESSAGE"].partition(" ")[0], fields["PRIORITY"], fields["SYSLOG_IDENTIFIER"]) == (
        "e",
        "6",
        "dropleaf",
    )


def test_an_entry_reaches_the_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journald, "_SOCKET", str(tmp_path / "socket"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
        journal.bind(str(tmp_path / "socket"))
        journal.settimeout(20)

        journald.JournalLogger().info(event="e", level="info", page=1)

        assert datagram_to_fields(journal.recv(4096))["PAGE"] == "1"


@pytest.mark.parametrize("line", [b"free(): invalid pointer\n", b"[1]\n", b"[" * 60_000 + b"\n", b"\xff\n"])
def test_what_is_no_line_of_ours_is_passed_on_as_text(line: bytes) -> None:
    facts = line_to_facts(line)

    assert (facts["event"], facts["process"]) == ("worker_said", "worker")
    assert facts_to_fields(facts)["TEXT"] == line.decode(errors="replace").rstrip()


def test_a_worker_cannot_pass_for_the_daemon() -> None:
    assert line_to_facts(b'{"event": "published", "process": "daemon", "self": 1}')["process"] == "worker"


def test_what_workers_say_is_passed_on_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journald, "_SOCKET", str(tmp_path / "socket"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
        journal.bind(str(tmp_path / "socket"))
        journal.settimeout(20)
        relay = Relay()
        subprocess.run(["sh", "-c", "echo one >&2; printf two >&2"], stderr=relay.fileno(), check=True)

        relay.close()

        assert [datagram_to_fields(journal.recv(4096))["TEXT"] for _ in range(2)] == ["one", "two"]


def test_a_line_that_cannot_be_passed_on_ends_neither_the_thread_nor_its_workers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[object] = []

    def send(facts: Mapping[str, object]) -> None:
        if facts.get("text") == "strange":
            raise RecursionError
        sent.append(facts.get("text", facts.get("error")))

    monkeypatch.setattr(journald, "send", send)
    relay = Relay()
    subprocess.run(["sh", "-c", "echo strange >&2; echo sound >&2"], stderr=relay.fileno(), check=True)
    relay.close()

    assert sent == ["RecursionError", "sound"]


@pytest.mark.skipif(JOURNAL.exists(), reason="the lines would go to this machine's journal")
def test_a_daemon_that_writes_to_the_journal_takes_its_workers_along(tmp_path: Path) -> None:
    """Its stderr is said to be the journal's; since there is no journal, the entries come back as lines."""
    place = Place(tmp_path, log={"format": "auto"})
    place.drop(lambda path: numbered_pdf(path, 2), "r.pdf")
    reader, writer = os.pipe()
    facts = os.fstat(writer)
    stream = {"JOURNAL_STREAM": f"{facts.st_dev}:{facts.st_ino}"}

    with os.fdopen(reader) as said:
        command = [*COMMAND, "watch", "--once", "--settings", str(place.file)]
        subprocess.run(command, stderr=writer, env=place.environment(**stream), check=True, timeout=50)
        os.close(writer)
        lines = [json.loads(line) for line in said]

    pages = [line for line in lines if line["event"] == "page_done"]
    assert sorted((line["document"], line["page"], line["process"]) for line in pages) == [
        ("r.pdf", 1, "worker"),
        ("r.pdf", 2, "worker"),
    ]
    assert [line.get("process") for line in lines if line["event"] == "published"] == [None]
