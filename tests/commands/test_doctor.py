"""What ``dropleaf doctor`` says of text recognition."""

from pathlib import Path

import pytest

from pipeline.commands import doctor
from pipeline.commands.doctor import Finding, Health, examine
from pipeline.extraction.readers.ocr.tessdata import Tessdata
from pipeline.settings.settings import Settings


def finding(folder: Path, **ocr: object) -> Finding:
    settings = Settings.model_validate(
        {"inbox": folder / "in", "outbox": folder / "out", "engine": "basic", "ocr": ocr}
    )
    (found,) = [each for each in examine(settings) if each.subject == "text recognition"]
    return found


def install(patch: pytest.MonkeyPatch, *engines: str, languages: tuple[str, ...] = ("eng", "osd")) -> None:
    data = Tessdata(folder=Path("/tessdata"), languages=languages)
    patch.setattr(doctor, "installed_engines", lambda: engines)
    patch.setattr(doctor, "choose_engines", lambda choice: tuple(each for each in engines if choice in {"auto", each}))
    patch.setattr(doctor, "find_tessdata", lambda: data)


def test_where_no_engine_is_installed_it_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)

    found = finding(tmp_path)

    assert found.health is Health.WARNING
    assert "pip install 'dropleaf[ocr]'" in found.advice


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
        }
    )

    found = {each.subject: each for each in examine(settings)}

    assert found["folders"].detail == "Files in letters/** are converted with engine: lmstudio, priority: 2."
    assert found["server http://127.0.0.1:9/v1"].health is Health.FAULT
