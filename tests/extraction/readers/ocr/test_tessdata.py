"""Which of Tesseract's models a page wants."""

from pathlib import Path

import pytest

from pipeline.extraction.readers.ocr.tessdata import Tessdata, find_tessdata


def data(*languages: str) -> Tessdata:
    return Tessdata(folder=Path("tessdata"), languages=languages)


@pytest.mark.parametrize(
    ("languages", "script", "wanted"),
    [
        (("deu", "eng", "osd"), "Latin", ("eng", "deu")),
        (("deu", "eng", "osd", "script/Latin"), "Latin", ("script/Latin",)),
        (("Latin", "eng"), "Latin", ("Latin",)),
        (("eng", "rus", "ukr"), "Cyrillic", ("rus", "ukr", "eng")),
        (("eng", "rus"), "Greek", ("eng",)),
        (("deu", "rus"), "Latin", ("deu",)),
    ],
)
def test_a_script_is_read_by_its_own_models(languages: tuple[str, ...], script: str, wanted: tuple[str, ...]) -> None:
    assert data(*languages).for_script(script) == wanted


def test_the_script_is_asked_for_only_where_there_is_a_choice() -> None:
    assert not data("deu", "eng", "osd").mixed
    assert not data("eng", "rus").mixed
    assert data("eng", "osd", "rus").mixed


def test_the_folder_of_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "script").mkdir()
    for name in ("osd", "eng", "script/Latin"):
        (tmp_path / f"{name}.traineddata").touch()
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))

    assert find_tessdata() == Tessdata(folder=tmp_path, languages=("eng", "osd", "script/Latin"))
