"""The settings for a document: its own choice, those of its folder, the usual ones, in this order."""

from dataclasses import replace

import pytest
from claims import DOCUMENT

from pipeline.choices import Engine, Output
from pipeline.dispatch.document_settings import SettingsByFolder
from pipeline.settings.settings import Settings
from pipeline.vision.profiles.profiles import profile_for

SETTINGS = Settings(
    folders={
        "statements/**": {"engine": "basic", "ocr": {"languages": ["deu"]}, "outputs": ["csv"], "priority": 7},
        "scans/**": {"profile": "olmocr", "when_unreachable": "wait"},
    },
    ocr={"engine": "tesseract"},
    outputs=("xlsx",),
)


@pytest.fixture
def by_folder() -> SettingsByFolder:
    return SettingsByFolder(SETTINGS)


def test_a_folder_changes_what_it_names_and_nothing_else(by_folder: SettingsByFolder) -> None:
    usual = by_folder.of(replace(DOCUMENT, folder="."))
    found = by_folder.of(replace(DOCUMENT, folder="statements/2025"))

    assert (usual.engine, usual.usual_engine, usual.priority, usual.patient) == (Engine.LMSTUDIO, True, 0, False)
    assert (found.engine, found.usual_engine, found.priority, found.patient) == (Engine.BASIC, False, 7, False)
    assert (found.worker.ocr, found.worker.ocr_languages) == ("tesseract", ("deu",))
    assert (list(usual.outputs), list(found.outputs)) == ([Output.HTML, Output.XLSX], [Output.HTML, Output.CSV])
    assert by_folder.engines == {Engine.LMSTUDIO, Engine.BASIC}


def test_a_profile_of_a_folder_holds_for_every_model(by_folder: SettingsByFolder) -> None:
    scans, usual = (by_folder.of(replace(DOCUMENT, folder=folder)) for folder in ("scans", "."))

    assert profile_for("qwen3-vl-8b", scans.worker.profiles).name == "olmocr"
    assert profile_for("qwen3-vl-8b", usual.worker.profiles).name == "qwen3-vl"
    assert (scans.patient, by_folder.of(replace(DOCUMENT, folder="scans", patient=False)).patient) == (True, False)


def test_pages_that_were_made_with_other_settings_of_a_folder_are_not_used(by_folder: SettingsByFolder) -> None:
    found = {
        folder: by_folder.of(replace(DOCUMENT, folder=folder)).fingerprint for folder in (".", "scans", "statements")
    }

    assert len(set(found.values())) == 3
    assert found == {folder: by_folder.fingerprint_of(folder, DOCUMENT.name) for folder in found}


def test_what_was_chosen_for_one_document_has_priority_over_its_folder(by_folder: SettingsByFolder) -> None:
    chosen = by_folder.of(replace(DOCUMENT, folder="statements", engine=Engine.LMSTUDIO))

    assert chosen.engine is Engine.LMSTUDIO
    assert chosen.fingerprint != by_folder.fingerprint_of("statements", DOCUMENT.name)
    assert by_folder.engine_of("statements", DOCUMENT.name) is Engine.BASIC
