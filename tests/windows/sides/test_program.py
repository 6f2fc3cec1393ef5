"""The whole program: convert, watch --once, watch with uploads, names; run by Windows' Python."""

import hashlib
import json
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from pdfs import numbered_pdf

from pipeline.files.json_values import JsonObject

PATIENCE_S = 200.0
#: As an editor of Windows saves it.
SETTINGS = b"\xef\xbb\xbfengine: basic\r\nworkers: 1\r\nlog:\r\n  format: json\r\nweb:\r\n  port: 0\r\n"


def program(folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def until(happened: Callable[[], object]) -> None:
    limit = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < limit
        time.sleep(0.05)


def manifest(path: Path) -> JsonObject:
    found: JsonObject = json.loads(path.read_bytes())
    return found


def test_once_converts_what_is_there_in_folders_and_under_any_letters(tmp_path: Path) -> None:
    (tmp_path / "inbox" / "sub").mkdir(parents=True)
    (tmp_path / "settings.yaml").write_bytes(SETTINGS)
    numbered_pdf(tmp_path / "inbox" / "plain.pdf", 1)
    numbered_pdf(tmp_path / "inbox" / "sub" / "Größe 表.pdf", 1, document=2)

    with program(tmp_path, "watch", "--once") as once:
        _, log = once.communicate(timeout=PATIENCE_S)

    assert once.returncode == 0, log.decode()
    lines = [json.loads(line) for line in log.decode("utf-8").splitlines()]
    assert {line["document"] for line in lines if line["event"] == "published"} == {"plain.pdf", "Größe 表.pdf"}
    assert (tmp_path / "outbox" / "sub" / "Größe 表.html").exists()
    assert manifest(tmp_path / "outbox" / "plain.json")["outcome"] == "complete"
    assert not list((tmp_path / "inbox").rglob("*.pdf"))


def test_convert_leaves_the_original_where_it_is_and_nothing_else_behind(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_bytes(SETTINGS)
    numbered_pdf(tmp_path / "a.pdf", 2)

    with program(tmp_path, "convert", "--engine", "basic", "a.pdf", "-o", "out") as convert:
        out, error = convert.communicate(timeout=PATIENCE_S)

    assert convert.returncode == 0, (out, error)
    assert (tmp_path / "a.pdf").exists()
    assert {"a.html", "a.json", "a.tables.json"} <= {path.name for path in (tmp_path / "out").iterdir()}
    assert not list((tmp_path / "out").glob(".dropleaf/convert-*"))


def test_doctor_claims_no_isolation_and_says_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_bytes(SETTINGS)

    with program(tmp_path, "doctor") as doctor:
        said = b"".join(doctor.communicate(timeout=PATIENCE_S))

    words = " ".join(said.decode("utf-8").split())
    assert "pages are read without isolation on this system" in words
    assert "Low integrity is not used" in words
    assert "never on a real Windows" in words
    assert "systemd" not in words


class Daemon:
    """A daemon with a page."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "settings.yaml").write_bytes(SETTINGS)
        self.process = program(folder, "watch")
        self.page = ""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            said = json.loads(line)
            if said["event"] == "web_page":
                self.page = said["url"]
            if said["event"] == "inbox_watched":
                break

    def upload(self, name: str, data: bytes) -> tuple[int, bytes]:
        request = urllib.request.Request(
            f"{self.page}/api/documents?name={urllib.parse.quote(name)}",
            data=data,
            headers={"content-type": "application/pdf", "x-dropleaf": "1"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    made = Daemon(tmp_path_factory.mktemp("daemon"))
    yield made
    made.process.kill()
    made.process.communicate()


def test_uploads_and_drops_arrive_whatever_windows_thinks_of_their_names(daemon: Daemon) -> None:
    names = {"nul.tar.pdf": "_nul.tar", "CON.pdf": "_CON", "a:b.pdf": "a_b", "q?.pdf": "q_", "..\\..\\up.pdf": "up"}
    for number, name in enumerate(names, start=10):
        numbered_pdf(daemon.folder / "sample.pdf", 1, document=number)
        status, said = daemon.upload(name, (daemon.folder / "sample.pdf").read_bytes())
        assert status == 201, said
    numbered_pdf(daemon.folder / "inbox" / "dropped.pdf", 1, document=3)

    for stem in (*names.values(), "dropped"):
        until((daemon.folder / "outbox" / f"{stem}.json").exists)
        assert manifest(daemon.folder / "outbox" / f"{stem}.json")["outcome"] == "complete"
    assert (daemon.folder / "outbox" / "up.html").exists(), "and not two folders further up"


def test_a_file_that_another_program_holds_is_taken_when_it_lets_go(daemon: Daemon) -> None:
    numbered_pdf(daemon.folder / "held.part", 1, document=4)
    data = (daemon.folder / "held.part").read_bytes()
    with (daemon.folder / "inbox" / "held.pdf").open("wb") as writer:
        writer.write(data)
        writer.flush()
        time.sleep(3)
        assert not (daemon.folder / "outbox" / "held.json").exists()
    until((daemon.folder / "outbox" / "held.json").exists)


def test_an_original_that_another_program_reads_is_taken_when_it_lets_go(daemon: Daemon) -> None:
    numbered_pdf(daemon.folder / "read.part", 1, document=6)
    data = (daemon.folder / "read.part").read_bytes()
    with (daemon.folder / "inbox" / "read.pdf").open("wb") as writer:
        writer.write(data)
        reader = (daemon.folder / "inbox" / "read.pdf").open("rb")
    with reader:
        time.sleep(3)
        assert (daemon.folder / "inbox" / "read.pdf").exists(), "it cannot be moved while it is read"
        assert reader.read() == data
    until((daemon.folder / "outbox" / "read.json").exists)
    assert (daemon.folder / "outbox" / "read.pdf").read_bytes() == data
    assert not (daemon.folder / "inbox" / "read.pdf").exists()


def test_a_result_that_another_program_shows_is_published_anew_when_it_lets_go(daemon: Daemon) -> None:
    outbox, original = daemon.folder / "outbox", daemon.folder / "anew.part"
    numbered_pdf(original, 1, document=7)
    data = original.read_bytes()

    def finished() -> object:
        try:
            return manifest(outbox / "anew.json")["finished_at"]
        except OSError:  # none yet, or it is being replaced
            return None

    original.rename(daemon.folder / "inbox" / "anew.pdf")
    until(finished)
    first = finished()
    with (outbox / "anew.html").open("rb") as viewer:
        shown = viewer.read()
        original.write_bytes(data)
        original.rename(daemon.folder / "inbox" / "anew.pdf")
        until(lambda: not (daemon.folder / "inbox" / "anew.pdf").exists())
        time.sleep(3)
        assert (outbox / "anew.html").read_bytes() == shown
    until(lambda: finished() not in {None, first})

    new = manifest(outbox / "anew.json")
    assert new["html_sha256"] == hashlib.sha256((outbox / "anew.html").read_bytes()).hexdigest()
    assert (outbox / "anew.pdf").read_bytes() == data
    assert {path.name for path in outbox.glob("anew*")} == {
        f"anew.{end}" for end in ("pdf", "html", "json", "tables.json")
    }


def test_a_terminated_daemon_leaves_no_process_behind_and_the_next_goes_on_and_obeys(daemon: Daemon) -> None:
    workers = psutil.Process(daemon.process.pid).children(recursive=True)
    daemon.process.kill()
    daemon.process.wait()
    _, alive = psutil.wait_procs(workers, 1.0)
    assert alive == []

    numbered_pdf(daemon.folder / "inbox" / "after.pdf", 1, document=5)
    following = program(daemon.folder, "watch")
    until((daemon.folder / "outbox" / "after.html").exists)
    for command in ("reload", "stop"):
        with program(daemon.folder, command) as asking:
            _, said = asking.communicate(timeout=PATIENCE_S)
        assert asking.returncode == 0, said.decode()
    _, log = following.communicate(timeout=PATIENCE_S)
    assert following.returncode == 0, log.decode()
    events = [json.loads(line)["event"] for line in log.decode().splitlines()]
    assert "reloaded" in events
    assert events[-2:] == ["stopping", "stopped"]
