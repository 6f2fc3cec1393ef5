"""Documents that are removed and returned: wholly, without a name taken from anybody, whatever instant it dies at."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from claims import BYTES, claimed, journal_of
from delivery import result_files
from kills import kill_points, names_below
from results.test_outbox import MORE, MORE_NAMES, OTHER, Place

from pipeline.choices import OriginalAction
from pipeline.errors import UsageError
from pipeline.results.removal_note import read_removals
from pipeline.results.removals import Removals
from pipeline.results.state_folder import state_folder_of


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def removals_of(outbox: Path) -> Removals:
    return Removals(outbox, state_folder_of(outbox))


def results_of(outbox: Path) -> set[str]:
    return {name for name in names_below(outbox) if not name.startswith(".dropleaf")}


def test_a_document_is_removed_with_all_its_results_and_returned(place: Place) -> None:
    place.publish("sub/report.pdf", more=MORE)
    everything = result_files("sub/report") | {f"sub/{name}" for name in MORE_NAMES}
    assert place.results == everything
    removals = removals_of(place.root)

    removal = removals.remove("sub/report")

    assert removal.removed_stem == "removed/sub/report"
    assert place.results == {f"removed/{name}" for name in everything}
    assert [each.ident for each in read_removals(place.journal.folder)] == [removal.ident]

    removals.restore(removal.ident)

    assert place.results == everything
    assert not (place.root / "removed").exists()
    assert read_removals(place.journal.folder) == []


def test_a_failed_document_is_removed_with_its_file(place: Place) -> None:
    place.publish("sub/report.pdf", failed=True)

    removal = removals_of(place.root).remove("failed/sub/report")

    assert place.results == {"removed/failed/sub/report.json", "removed/failed/sub/report.pdf"}
    removals_of(place.root).restore(removal.ident)
    assert place.results == {"failed/sub/report.json", "failed/sub/report.pdf"}


def test_names_in_removed_never_clash_and_each_goes_back_where_it_was(place: Place) -> None:
    removals = removals_of(place.root)
    place.publish()
    first = removals.remove("report")
    place.publish(content=OTHER)
    second = removals.remove("report")

    assert (first.removed_stem, second.removed_stem) == ("removed/report", "removed/report-2")
    assert (place.root / "removed/report.pdf").read_bytes() == BYTES
    assert (place.root / "removed/report-2.pdf").read_bytes() == OTHER

    removals.restore(second.ident)
    with pytest.raises(UsageError, match="Another document is named report by now"):
        removals.restore(first.ident)
    assert (place.root / "report.pdf").read_bytes() == OTHER
    removals.remove("report")
    removals.restore(first.ident)
    assert (place.root / "report.pdf").read_bytes() == BYTES


def test_a_document_in_work_is_refused_and_stays(place: Place) -> None:
    place.publish()
    claimed(place.folder, place.journal)

    with pytest.raises(UsageError, match="It is in work: wait until it is finished, or cancel it first"):
        removals_of(place.root).remove("report")
    assert place.results == result_files("report")


def test_a_document_of_other_bytes_in_work_is_no_reason_to_refuse(place: Place) -> None:
    place.publish()
    claimed(place.folder, place.journal, content=OTHER)

    removals_of(place.root).remove("report")

    assert place.results == {f"removed/{name}" for name in result_files("report")}


def test_a_strangers_pdf_beside_the_results_stays_where_it_is(place: Place) -> None:
    place.publish(originals=OriginalAction.DELETE)
    (place.root / "report.pdf").write_bytes(OTHER)

    removal = removals_of(place.root).remove("report")

    assert place.results == {f"removed/{name}" for name in result_files("report", original=False)} | {"report.pdf"}
    removals_of(place.root).restore(removal.ident)
    assert place.results == result_files("report")


def test_nobody_may_read_more_than_before(place: Place) -> None:
    place.publish("secret/report.pdf")
    (place.root / "secret").chmod(0o700)
    modes = {path.name: path.stat().st_mode for path in (place.root / "secret").iterdir()}

    removals_of(place.root).remove("secret/report")

    assert (place.root / "removed/secret").stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode for path in (place.root / "removed/secret").iterdir()} == modes


def test_what_is_gone_from_the_outbox_or_from_removed_is_said_to_be(place: Place) -> None:
    removals = removals_of(place.root)
    with pytest.raises(UsageError, match="not in the outbox any more"):
        removals.remove("report")
    for ident in ("20260101T000000-00000000", "../work/x", ""):
        with pytest.raises(UsageError, match="not among the removed documents any more"):
            removals.restore(ident)
    place.publish()
    removal = removals.remove("report")
    shutil.rmtree(place.root / "removed")

    with pytest.raises(UsageError, match="not in removed/ any more"):
        removals.restore(removal.ident)
    assert read_removals(place.journal.folder) == []


def test_where_a_file_or_a_link_is_in_the_way_everything_stays_as_it_was(place: Place, tmp_path: Path) -> None:
    place.publish()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (place.root / "removed").symlink_to(elsewhere)

    with pytest.raises(FileExistsError):
        removals_of(place.root).remove("report")

    assert place.results - {"removed"} == result_files("report")
    assert names_below(elsewhere) == set()
    assert read_removals(place.journal.folder) == []


def trials(template: Place, root: Path) -> Iterator[None]:
    """The same outbox again and again."""
    while True:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(template.root, root)
        yield


def test_a_removal_that_dies_at_any_point_is_finished_at_the_next_start_and_shows_nothing_half(tmp_path: Path) -> None:
    template = Place(tmp_path / "template")
    template.publish("sub/report.pdf", more=MORE[2:])
    everything = template.results
    root = tmp_path / "trial"
    again = trials(template, root)
    next(again)

    points = 0
    for _ in kill_points(lambda: removals_of(root).remove("sub/report")):
        points += 1
        whole_or_not(root, everything)

        journal_of(root)  # the next daemon
        removals_of(root).finish_interrupted()

        found = results_of(root)
        assert found in (everything, {f"removed/{name}" for name in everything})
        notes = read_removals(state_folder_of(root))
        assert len(notes) == (found != everything)
        if notes:
            removals_of(root).restore(notes[0].ident)
            assert results_of(root) == everything
        next(again)
    assert points > 15


@pytest.mark.slow
def test_a_return_that_dies_at_any_point_is_finished_at_the_next_start_and_shows_nothing_half(tmp_path: Path) -> None:
    template = Place(tmp_path / "template")
    template.publish(more=MORE[:1])
    everything = template.results
    root = tmp_path / "trial"
    again = trials(template, root)
    next(again)
    idents = [removals_of(root).remove("report").ident]

    for _ in kill_points(lambda: removals_of(root).restore(idents[0])):
        whole_or_not(root, everything)

        removals_of(root).finish_interrupted()

        found, notes = results_of(root), read_removals(state_folder_of(root))
        assert found in (everything, {f"removed/{name}" for name in everything})
        assert len(notes) == (found != everything)
        next(again)
        idents[0] = removals_of(root).remove("report").ident


@pytest.mark.slow
def test_a_name_that_somebody_takes_after_a_crash_is_left_to_him(tmp_path: Path) -> None:
    template = Place(tmp_path / "template")
    template.publish()
    root = tmp_path / "trial"
    again = trials(template, root)
    next(again)

    for _ in kill_points(lambda: removals_of(root).remove("report")):
        stranger = root / "removed/report.html"
        if not stranger.exists() and read_removals(state_folder_of(root)):
            stranger.parent.mkdir(exist_ok=True)
            stranger.write_bytes(b"mine")

            removals_of(root).finish_interrupted()

            assert stranger.read_bytes() == b"mine"
            assert results_of(root) - {"removed/report.html"} == {
                name.replace("report", "removed/report-2") for name in result_files("report")
            }
        next(again)


def whole_or_not(root: Path, everything: set[str]) -> None:
    """Where a manifest is visible, all it tells of is."""
    for manifest in root.rglob("report.json"):
        if ".dropleaf" in manifest.parts:
            continue
        tree = json.loads(manifest.read_bytes())
        assert all((manifest.parent / file["name"]).is_file() for file in tree["files"])
        assert manifest.with_suffix(".pdf").is_file()
    assert len([name for name in names_below(root) if not name.endswith(("turn", "/note"))]) >= len(everything)
