"""Files that come through the page."""

import errno
import resource
import shutil
import signal
import socket
from collections import namedtuple
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from claims import choice_of, eventually
from made_pictures import drawn, saved
from structlog.testing import capture_logs
from web_hands import RunningPage, page_alone, snapshot

from pipeline.choices import Engine
from pipeline.files.file_choice import read_choice
from pipeline.files.name_rules import is_windows_name
from pipeline.host.held_folder import rename_to_free
from pipeline.inbox.file_names import is_candidate
from pipeline.kinds import Kind
from pipeline.status.snapshot import DocumentStatus
from pipeline.web import uploads
from pipeline.web.safe_names import name_to_safe

PICTURE = saved(drawn(size=(24, 32)), "JPEG")
PDF = b"%PDF-1.7\nnot much of one\n%%EOF"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPage]:
    with page_alone(tmp_path_factory.mktemp("uploads"), upload_mib=1) as running:
        yield running


@pytest.fixture(autouse=True)
def _empty(page: RunningPage) -> Iterator[None]:
    yield
    for path in page.inbox.iterdir():
        path.unlink()


def names(page: RunningPage) -> list[str]:
    return sorted(path.name for path in page.inbox.iterdir())


def test_a_file_lands_in_the_inbox_byte_for_byte_and_nothing_beside_it(page: RunningPage) -> None:
    answer = page.drop(PDF, "name=report.pdf")

    assert (answer.status, answer.tree()) == (201, {"name": "report.pdf", "folder": "."})
    assert names(page) == ["report.pdf"]
    assert (page.inbox / "report.pdf").read_bytes() == PDF
    assert choice_of(page.inbox / "report.pdf") is None


def test_a_file_lands_in_the_folder_of_the_inbox_that_is_named(page: RunningPage) -> None:
    try:
        assert [page.drop(PDF, "name=a.pdf&folder=x/./y//").status for _ in range(2)] == [201, 201]
        assert page.drop(PDF, "name=a.pdf&folder=").tree()["folder"] == "."
        assert sorted(path.name for path in (page.inbox / "x/y").iterdir()) == ["a-2.pdf", "a.pdf"]
    finally:
        shutil.rmtree(page.inbox / "x")


@pytest.mark.parametrize(
    ("sent", "safe"),
    [
        ("../x", "x"),
        ("x/../../y", "x/y"),
        ("/etc", "etc"),
        (".hidden/@eaDir", "hidden/eaDir"),
        ("a%00b%E2%80%AEc", "abc"),
        ("a%5Cb", "a/b"),
        ("%20a%20/", "a"),
        ("..", "."),
        ("x" * 300, "x" * 100),
        ("x/" * 20, "/".join("x" * 8)),
    ],
)
def test_the_name_of_a_folder_is_made_safe(page: RunningPage, sent: str, safe: str) -> None:
    try:
        assert page.drop(PDF, f"name=a.pdf&folder={sent}").tree() == {"name": "a.pdf", "folder": safe}
        assert (page.inbox / safe / "a.pdf").read_bytes() == PDF
    finally:
        if safe != ".":
            shutil.rmtree(page.inbox / safe.partition("/")[0])


def test_a_folder_that_is_a_link_or_a_file_is_refused(page: RunningPage, tmp_path: Path) -> None:
    (page.inbox / "link").symlink_to(tmp_path)
    (page.inbox / "file").touch()

    assert [page.drop(PDF, f"name=a.pdf&folder={each}").status for each in ("link", "file", "file/x")] == [409] * 3

    assert list(tmp_path.glob("*.pdf")) == []
    assert names(page) == ["file", "link"]


def test_the_same_name_never_replaces_a_file_that_waits(page: RunningPage) -> None:
    for number in range(3):
        page.drop(PDF + b"%d" % number, "name=a.pdf")

    assert names(page) == ["a-2.pdf", "a-3.pdf", "a.pdf"]
    assert (page.inbox / "a.pdf").read_bytes() == PDF + b"0"


def test_the_engine_is_carried_only_where_it_is_not_that_of_the_settings(page: RunningPage) -> None:
    page.drop(PDF, "name=model.pdf&engine=lmstudio")
    page.drop(PDF, "name=own.pdf&engine=basic")

    assert choice_of(page.inbox / "model.pdf") is Engine.LMSTUDIO
    assert choice_of(page.inbox / "own.pdf") is None
    assert page.drop(PDF, "name=x.pdf&engine=other").status == 400


def test_whether_a_file_waits_for_a_server_is_carried_only_where_the_settings_say_otherwise(page: RunningPage) -> None:
    page.drop(PDF, "name=waits.pdf&when_unreachable=wait")
    page.drop(PDF, "name=usual.pdf&when_unreachable=fallback")

    carried = []
    for name in ("waits.pdf", "usual.pdf"):
        with (page.inbox / name).open("rb") as file:
            carried.append(read_choice(file.fileno()).patient)
    assert carried == [True, None]
    assert page.drop(PDF, "name=x.pdf&when_unreachable=never").status == 400


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\x\\My report.PDF", "My report.pdf"),
        (".hidden.pdf", "hidden.pdf"),
        ("~$office.pdf", "office.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf"),
        ("new\nline\x00.pdf", "newline.pdf"),
        ("gnp.\u202efdp", "gnp.fdp.pdf"),
        ("", "document.pdf"),
        ("..", "document.pdf"),
        ("/", "document.pdf"),
        (".pdf", "document.pdf"),
        ("\ud800.pdf", "document.pdf"),
        ("../My photo.JPG", "My photo.jpg"),
        (".png", "document.png"),
        ("letter.docx", "letter.docx.pdf"),
    ],
)
def test_names_are_made_safe(given: str, stored: str) -> None:
    assert name_to_safe(given) == stored
    assert is_candidate(stored)


def test_a_long_name_fits_into_a_file_system() -> None:
    assert len(name_to_safe("ü" * 500).encode()) <= 204


@pytest.mark.parametrize(
    ("given", "stored"),
    [("nul.tar.pdf", "_nul.tar.pdf"), ("a:b.pdf", "a_b.pdf"), ("q?.pdf", "q_.pdf"), ("CON.pdf", "_CON.pdf")],
)
def test_where_names_can_be_devices_an_upload_gets_the_nearest_name(given: str, stored: str) -> None:
    assert name_to_safe(given) == given, "elsewhere it stays"
    assert name_to_safe(given, as_windows=True) == stored


def test_an_upload_whose_every_name_is_in_use_ends_with_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise FileExistsError(17, "File exists", str(source), None, str(target))

    monkeypatch.setattr(uploads, "rename_to_free", refuse)  # as Windows answers for the name of a device
    with pytest.raises(OSError, match="Too many files have this name"):
        uploads._give_name(tmp_path / "part", tmp_path, ".", "nul.tar.pdf")  # noqa: SLF001 — no disk here answers so


def test_a_disk_that_refuses_what_windows_does_gets_the_nearest_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def share(source: Path, target: Path) -> None:
        if not is_windows_name(target.name):
            raise OSError(errno.EINVAL, "Invalid argument", str(target))
        rename_to_free(source, target)

    (tmp_path / "part").write_bytes(b"%PDF")
    monkeypatch.setattr(uploads, "rename_to_free", share)  # as vfat does

    assert uploads._give_name(tmp_path / "part", tmp_path, ".", "a:b.pdf") == "a_b.pdf"  # noqa: SLF001 — no such disk here
    assert [each.name for each in tmp_path.iterdir()] == ["a_b.pdf"]


def test_only_a_pdf_whose_length_is_said_and_allowed_is_taken(page: RunningPage) -> None:
    assert page.drop(PDF, Content_Type="multipart/form-data; boundary=x").status == 415
    assert page.drop(PDF, Content_Type="text/plain").status == 415
    assert page.drop(b"5\r\n%PDF-\r\n0\r\n\r\n", Transfer_Encoding="chunked").status == 411
    assert page.drop(b"", Content_Length=str(2 << 20)).status == 413

    assert names(page) == []


def test_a_picture_is_taken_under_its_own_name_and_one_that_says_two_things_is_not(page: RunningPage) -> None:
    for _ in range(2):
        assert page.drop(PICTURE, "name=Photo.JPG", Content_Type="image/jpeg").status == 201
    assert page.drop(PICTURE, "name=photo.jpg").status == 415
    assert page.drop(PDF, "name=a.pdf", Content_Type="image/png").status == 415
    assert page.drop(PICTURE, "name=a.gif", Content_Type="image/gif").status == 415

    assert names(page) == ["Photo-2.jpg", "Photo.jpg"]
    assert (page.inbox / "Photo.jpg").read_bytes() == PICTURE


def test_pictures_are_not_taken_where_they_would_be_left_alone(tmp_path: Path) -> None:
    with page_alone(tmp_path, kinds=(Kind.PDF,), upload_mib=1) as running:
        told = running.drop(PICTURE, "name=a.png", Content_Type="image/png")

        assert (told.status, "watch.kinds" in str(told.tree()["error"])) == (415, True)
        assert 'data-ends=".pdf"' in running.get("/").body.decode()


def test_a_full_disk_is_told_before_the_first_byte(page: RunningPage, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "free")  # noqa: PYI024 — as shutil has it
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1000))

    assert page.drop(PDF).status == 507


def test_too_many_that_wait_are_not_added_to(page: RunningPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_WAITING", 1)
    page.page.show(snapshot(documents=(waiting(),)))

    answer = page.drop(PDF)

    page.page.show(snapshot())
    assert (answer.status, answer.headers["retry-after"]) == (503, "60")


def test_too_many_at_once_are_sent_away(page: RunningPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "AT_ONCE", 0)

    assert page.drop(PDF).status == 503


def test_an_upload_that_breaks_off_or_stalls_leaves_nothing(page: RunningPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "_IDLE_S", 0.3)
    head = (
        f"POST /api/documents?name=half.pdf HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\nX-Dropleaf: 1\r\n"
        "Content-Type: application/pdf\r\nContent-Length: 1000\r\n\r\n%PDF-half"
    ).encode()
    with socket.create_connection(("127.0.0.1", page.port), timeout=60) as stalled:
        stalled.sendall(head)

        assert stalled.recv(100).startswith(b"HTTP/1.1 408")
    with socket.create_connection(("127.0.0.1", page.port), timeout=60) as broken:
        broken.sendall(head)
        broken.shutdown(socket.SHUT_WR)
        broken.recv(100)
    page.get("/healthz")

    assert eventually(lambda: names(page) == [])


def test_a_disk_that_fills_up_in_between_leaves_nothing(page: RunningPage) -> None:
    """The limit on the size of files makes the kernel refuse the bytes as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with signals_ignored(signal.SIGXFSZ), capture_logs() as log:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
        try:
            answer = page.drop(PDF + b"x" * 500_000)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert (answer.status, "cannot be written" in answer.body.decode()) == (507, True)
    assert [line["event"] for line in log] == ["upload_failed"]
    assert names(page) == []
    assert page.drop(PDF).status == 201


def test_an_inbox_that_is_gone_is_made_and_one_that_is_a_file_is_said_to_be_none(page: RunningPage) -> None:
    page.inbox.rmdir()
    assert page.drop(PDF).status == 201
    assert names(page) == ["x.pdf"]

    (page.inbox / "x.pdf").unlink()
    page.inbox.rmdir()
    page.inbox.touch()
    try:
        assert page.drop(PDF).status == 507
    finally:
        page.inbox.unlink()
        page.inbox.mkdir()


def test_a_link_that_lies_in_the_way_is_neither_followed_nor_replaced(page: RunningPage, tmp_path: Path) -> None:
    target = tmp_path / "target.pdf"
    (page.inbox / "x.pdf").symlink_to(target)

    assert page.drop(PDF, "name=x.pdf").tree()["name"] == "x-2.pdf"

    assert (page.inbox / "x.pdf").is_symlink()
    assert not target.exists()


def test_what_comes_after_the_end_that_was_said_is_no_part_of_the_file(page: RunningPage) -> None:
    assert page.drop(PDF + b"GET / HTTP/1.1\r\n\r\n", Content_Length=str(len(PDF))).status == 201

    assert (page.inbox / "x.pdf").read_bytes() == PDF


def test_what_an_earlier_daemon_left_half_uploaded_is_removed(tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("stale")
    (root / "inbox").mkdir()
    left = root / "inbox" / ".dropleaf-upload-0123.part"
    left.touch()
    (root / "inbox" / ".other.part").touch()

    with page_alone(root) as page:
        page.get("/healthz")

        assert [path.name for path in page.inbox.iterdir()] == [".other.part"]


@contextmanager
def signals_ignored(number: signal.Signals) -> Iterator[None]:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, before)


def waiting() -> DocumentStatus:
    return DocumentStatus(
        ident="i",
        name="x.pdf",
        folder=".",
        phase="waiting",
        claimed_at=0.0,
        began_at=None,
        pages=None,
        finished=0,
        fallbacks=(),
        running=(),
    )
