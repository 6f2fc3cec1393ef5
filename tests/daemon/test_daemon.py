"""The daemon takes its outbox, and lets go of it whatever happens."""

from pathlib import Path
from typing import NoReturn

import pytest
from daemons import Place
from odd_pdfs import not_a_pdf
from pdfs import numbered_pdf

from pipeline.commands.convert import convert_files
from pipeline.daemon.daemon import Daemon
from pipeline.errors import LockedError, PublishError, SettingsError
from pipeline.files.lock import holder_of
from pipeline.results.state_folder import StateFolder
from pipeline.settings.sections import Web
from pipeline.settings.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of a daemon without a page and without a model."""
    return Settings(
        inbox=tmp_path / "inbox", outbox=tmp_path / "outbox", engine="basic", workers=1, web=Web(enabled=False)
    )


def test_an_outbox_whose_working_state_cannot_be_made_is_free_for_the_next_daemon(settings: Settings) -> None:
    state = settings.outbox / ".dropleaf"
    state.mkdir(parents=True)
    (state / "work").write_text("a file where a folder should be")

    with pytest.raises(PublishError, match="cannot be created"):
        Daemon(settings, once=True)

    assert holder_of(state / "lock") is None
    (state / "work").unlink()
    assert Daemon(settings, once=True).run().outcomes.total() == 0


def test_an_outbox_whose_documents_cannot_be_recovered_is_free_for_the_next_daemon(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> NoReturn:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(StateFolder, "documents", fail)

    with pytest.raises(PublishError, match="Input/output error"):
        Daemon(settings, once=True)

    assert holder_of(settings.outbox / ".dropleaf" / "lock") is None


def test_a_second_daemon_on_the_same_outbox_is_refused(settings: Settings) -> None:
    first = Daemon(settings, once=True)

    with pytest.raises(LockedError):
        Daemon(settings, once=True)

    first.run()


@pytest.mark.parametrize("command", ["watch --once", "convert"])
def test_a_single_run_that_cannot_deliver_ends_and_nothing_is_lost(
    settings: Settings, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run() -> None:
        if command == "convert":
            files = sorted(settings.inbox.iterdir())
            convert_files(settings, files, folder=settings.outbox, only=(), show=lambda _: None)
        else:
            Daemon(settings, once=True).run()

    monkeypatch.setattr("pipeline.dispatch.lasting_trouble._LONGEST_S", 1.0)
    settings.outbox.mkdir()
    (settings.outbox / "failed").write_text("a file where a folder should be")
    settings.inbox.mkdir()
    bad = not_a_pdf(settings.inbox / "bad.pdf")
    numbered_pdf(settings.inbox / "good.pdf", 1)
    data = bad.read_bytes()

    with pytest.raises(PublishError, match=r"failed: File exists\. Not delivered: 1\."):
        run()

    assert (settings.outbox / "good.json").exists()
    (settings.outbox / "failed").unlink()
    if command == "convert":
        assert bad.read_bytes() == data
        assert not (settings.outbox / ".dropleaf").exists()
    else:
        Daemon(settings, once=True).run()
        assert (settings.outbox / "failed" / "bad.pdf").read_bytes() == data


def test_an_inbox_that_is_a_file_is_a_fault_of_the_settings(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.inbox.rmdir()
    place.inbox.write_text("a file")

    done = place.run("watch", "--once", "--settings", str(place.file))

    assert done.code == 78
    assert f"inbox {place.inbox} cannot be a folder: a file is in the way. Name a folder." in done.err
    assert "report" not in done.err


def test_an_inbox_below_a_file_is_a_fault_of_the_settings(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")

    with pytest.raises(SettingsError, match="a file is in the way"):
        Daemon(settings.model_copy(update={"inbox": tmp_path / "file" / "inbox"}), once=True)

    assert not settings.outbox.exists()
