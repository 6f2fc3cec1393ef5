"""What ``dropleaf doctor`` says of folders, the page, workers and text recognition."""

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.commands import doctor
from pipeline.commands.doctor import examine
from pipeline.commands.findings import Finding, Health
from pipeline.commands.server_findings import slots_to_finding
from pipeline.conditions import files_not_read, pictures_not_read, pictures_waiting
from pipeline.extraction.readers.ocr.tessdata import Tessdata
from pipeline.settings.settings import Settings
from pipeline.status.snapshot import Snapshot


def finding_about(subject: str, folder: Path, **changes: object) -> Finding:
    settings = Settings.model_validate(
        {"inbox": folder / "in", "outbox": folder / "out", "engine": "basic", "web": {"port": 0}, **changes}
    )
    (found,) = [each for each in examine(settings) if each.subject == subject]
    return found


def finding(folder: Path, **ocr: object) -> Finding:
    return finding_about("text recognition", folder, ocr=ocr)


def install(patch: pytest.MonkeyPatch, *engines: str, languages: tuple[str, ...] = ("eng", "osd")) -> None:
    data = Tessdata(folder=Path("/tessdata"), languages=languages)
    patch.setattr(doctor, "installed_engines", lambda: engines)
    patch.setattr(doctor, "choose_engines", lambda choice: tuple(each for each in engines if choice in {"auto", each}))
    patch.setattr(doctor, "find_tessdata", lambda: data)


def test_where_no_engine_is_installed_it_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)

    found = finding(tmp_path)

    assert "scans that the model does not read come out as pictures" in found.detail
    assert (found.health, "pip install 'dropleaf[ocr]'" in found.advice) == (Health.OK, True)


def test_it_names_the_engine_that_reads_and_what_it_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "tesseract", "rapidocr", languages=("deu", "eng", "osd"))

    found = finding(tmp_path)

    assert (found.health, found.advice) == (Health.OK, "")
    assert "read by tesseract, with deu, eng, osd from /tessdata; rapidocr is there too" in found.detail


@pytest.mark.parametrize(
    ("ocr", "said"),
    [
        ({"engine": "rapidocr"}, "rapidocr is not installed"),
        ({"languages": ["tlh"]}, "no language data for tlh"),
        ({}, "read by tesseract"),
    ],
)
def test_what_is_asked_for_and_missing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ocr: dict[str, object], said: str
) -> None:
    install(monkeypatch, "tesseract")

    found = finding(tmp_path, **ocr)

    assert said in found.detail
    assert found.advice


def test_that_it_is_switched_off_is_no_fault(tmp_path: Path) -> None:
    found = finding(tmp_path, engine="off")

    assert (found.health, found.advice) == (Health.OK, "")
    assert "ocr.engine: off" in found.detail


def test_folders_with_settings_of_their_own_are_named_and_their_model_is_looked_for(tmp_path: Path) -> None:
    folders = {"letters/**": {"engine": "lmstudio", "priority": 2}}
    servers = [{"url": "http://127.0.0.1:9/v1"}]
    settings = Settings.model_validate(
        {
            "inbox": tmp_path / "in",
            "outbox": tmp_path / "out",
            "engine": "basic",
            "folders": folders,
            "servers": servers,
            "web": {"port": 0},
        }
    )

    found = {each.subject: each for each in examine(settings)}

    assert found["folders"].detail == "Files in letters/** are converted with engine: lmstudio, priority: 2."
    assert found["server http://127.0.0.1:9/v1"].health is Health.FAULT


def test_an_inbox_that_is_the_outbox_is_a_fault_as_for_watch(tmp_path: Path) -> None:
    found = finding_about("folders", tmp_path, outbox=tmp_path / "in")

    assert found.health is Health.FAULT
    assert "must be two folders" in found.detail


def test_a_port_that_another_program_has_is_a_fault(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = finding_about("page", tmp_path, web={"port": port})

    assert found.health is Health.FAULT
    assert f"port {port} of 127.0.0.1 cannot be had: another program has it" in found.detail


def test_a_page_for_the_network_without_a_token_is_a_fault(tmp_path: Path) -> None:
    found = finding_about("page", tmp_path, web={"host": "0.0.0.0", "port": 0})

    assert (found.health, "web.token" in found.advice) == (Health.FAULT, True)


def test_a_page_that_the_running_daemon_has_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def snapshot_of(outbox: Path) -> Snapshot:
        return Snapshot(at=0.0, pid=1, started_at=0.0, page=f"http://127.0.0.1:1 of {outbox.name}")

    monkeypatch.setattr(doctor, "read_snapshot", snapshot_of)

    found = finding_about("page", tmp_path)

    assert (found.health, found.detail) == (Health.OK, "It is at http://127.0.0.1:1 of out.")


@pytest.mark.parametrize(
    ("slots", "workers", "said"),
    [
        ([4], 5, "There are 5 workers, and the server can take 4 pages at once. 4 would do"),
        ([4, 4], 5, "There are 5 workers, and the servers can take 8 pages at once. 8 workers fit: set workers: 8"),
        ([5], 5, "There are 5 workers, and the server can take 5 pages at once: that fits."),
        ([1], 1, "There is 1 worker, and the server can take 1 page at once: that fits."),
        ([None], 5, "There are 5 workers; the server does not say how many pages it takes at once"),
    ],
)
def test_it_says_how_many_workers_fit(slots: Sequence[int | None], workers: int, said: str) -> None:
    found = slots_to_finding(slots, workers)

    assert found.health is Health.OK
    assert f"{found.detail} {found.advice}".startswith(said)


def test_on_another_system_than_linux_it_says_what_is_missing(tmp_path: Path) -> None:
    """As a user of such a system has it: in an interpreter from which Linux' side is hidden."""
    program = (
        "import sys; from pathlib import Path; from pipeline.commands.doctor import examine\n"
        "from pipeline.settings.settings import Settings\n"
        "settings = Settings(inbox=Path('in'), outbox=Path('out'), engine='basic', web={'port': 0})\n"
        "for each in examine(settings): print(each.subject, each.health, each.detail)"
    )
    side = Path(__file__).parents[1] / "portable_side"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(side)},
        capture_output=True,
        text=True,
        check=True,
    )

    for missing in (
        "system warning This system is not Linux",
        "no inotify",
        "who is writing to a file",
        "no fork server",
        "without isolation",
        "nothing limits them all together",
    ):
        assert missing in done.stdout


@pytest.mark.parametrize(
    ("kinds", "said"), [(["pdf", "images"], pictures_waiting(2)), (["pdf"], pictures_not_read(2, "a.jpg, sub/b.TIF"))]
)
def test_it_counts_pictures_in_the_inbox_whether_they_are_read_or_not(
    tmp_path: Path, kinds: list[str], said: str
) -> None:
    (tmp_path / "in/sub").mkdir(parents=True)
    for name in ("a.jpg", "sub/b.TIF", "c.pdf", "d.docx"):
        (tmp_path / "in" / name).write_bytes(b"anything")
    settings = Settings.model_validate(
        {
            "inbox": tmp_path / "in",
            "outbox": tmp_path / "out",
            "engine": "basic",
            "web": {"port": 0},
            "watch": {"kinds": kinds},
        }
    )

    found = [each.detail for each in examine(settings) if each.subject == "inbox"]

    assert found[1:] == [files_not_read(1, "d.docx"), said]
