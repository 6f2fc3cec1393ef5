"""Outputs made of results that are there."""

import hashlib
import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from delivery import delivery_of, result_files
from kills import kill_points, names_below
from outbox_hands import deliver
from pdfs import numbered_pdf

from pipeline.choices import Output
from pipeline.errors import UsageError
from pipeline.results.amending import finish_amendments
from pipeline.results.chosen_names import ChosenName, ChosenNames
from pipeline.results.exporting import add_outputs
from pipeline.results.journal import Journal
from pipeline.results.published import read_published
from pipeline.results.state_folder import StateFolder, state_folder_of

_SAVED = Path(__file__).parent / "outbox-0.1.0"
ALL = [Output.XLSX, Output.CSV, Output.MARKDOWN]


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    """An outbox that release 0.1.0 has left, without what was in work."""
    shutil.copytree(_SAVED, tmp_path / "outbox")
    shutil.rmtree(tmp_path / "outbox" / "state")
    return tmp_path / "outbox"


def new_state(outbox: Path) -> StateFolder:
    state = state_folder_of(outbox).new_foreground()
    Journal(state)
    return state


def export(outbox: Path, name: str = "sub/whole", outputs: list[Output] = ALL) -> list[str]:
    state = new_state(outbox)
    finish_amendments(state, outbox)
    made = add_outputs(state, outbox, read_published(outbox / f"{name}.json"), outputs)
    shutil.rmtree(state.root)
    return [str(path.relative_to(outbox)) for path in made]


def test_results_of_an_earlier_release_get_all_outputs_and_the_manifest_tells_of_them(outbox: Path) -> None:
    made = export(outbox)

    assert made == ["sub/whole.tables.json", "sub/whole.xlsx", "sub/whole.md", "sub/whole-tables"]
    told = [file["name"] for file in json.loads((outbox / "sub" / "whole.json").read_bytes())["files"]]
    assert told[:4] == ["whole.html", "whole.tables.json", "whole.xlsx", "whole.md"]
    assert {name.partition("/")[0] for name in told[4:]} == {"whole-tables"}
    assert len(openpyxl.load_workbook(outbox / "sub" / "whole.xlsx").sheetnames) == len(told[4:]) + 1 > 1


def test_to_export_again_changes_nothing(outbox: Path) -> None:
    export(outbox)
    before = {name: (outbox / name).read_bytes() for name in names_below(outbox)}

    export(outbox)

    assert {name: (outbox / name).read_bytes() for name in names_below(outbox)} == before


@pytest.mark.slow  # its points are nearly all among those of a review
def test_wherever_it_dies_a_visible_manifest_is_true_and_the_next_time_ends_well(outbox: Path, tmp_path: Path) -> None:
    pristine = tmp_path / "pristine"
    shutil.copytree(outbox, pristine)
    points = 0
    for _ in kill_points(lambda: export(outbox, "fell") and None):
        points += 1
        for manifest in outbox.glob("fell.json"):
            for file in json.loads(manifest.read_bytes()).get("files") or []:
                assert hashlib.sha256((outbox / file["name"]).read_bytes()).hexdigest() == file["sha256"]
        assert {"fell.xlsx", "fell.md", "fell-tables"} <= set(export(outbox, "fell"))
        assert [name for name in names_below(outbox) if "changed" in name] == []
        shutil.rmtree(outbox)
        shutil.copytree(pristine, outbox)
    assert points > 20


def test_a_workbook_that_its_user_has_changed_is_kept(outbox: Path) -> None:
    export(outbox, outputs=[Output.XLSX])
    (outbox / "sub" / "whole.xlsx").write_bytes(b"notes")

    export(outbox, outputs=[Output.XLSX])

    assert (outbox / "sub" / "whole (changed).xlsx").read_bytes() == b"notes"


def test_a_document_that_is_being_published_is_left_alone(outbox: Path) -> None:
    state = new_state(outbox)
    home = state.document("a")
    home.root.mkdir()
    ChosenNames(state).write(home, ChosenName(stem="fell", failed=False))

    with pytest.raises(UsageError, match="being published"):
        export(outbox, "fell")

    assert not (outbox / "fell.xlsx").exists()


def test_outputs_of_a_document_of_this_release_stand_beside_its_tables(tmp_path: Path) -> None:
    manifest = deliver(tmp_path / "outbox", "r", pdf=numbered_pdf(tmp_path / "r.pdf", 1))

    export(tmp_path / "outbox", "r", [Output.MARKDOWN])

    assert names_below(tmp_path / "outbox") >= result_files("r", original=False) | {"r.md"}
    assert "text of page 1" in manifest.with_suffix(".md").read_text()
    assert delivery_of(manifest).outcome == "complete"
