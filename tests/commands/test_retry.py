"""Asking again for the pages that fell back."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from daemons import Place
from delivery import deliveries_in
from odd_pdfs import not_a_pdf
from outbox_hands import deliver
from pdfs import numbered_pdf
from simulator import Fault, Latency, Rule, Setup, Simulator

from pipeline.commands.retry import find_delivered
from pipeline.files.lock import turn_at
from pipeline.results.published import read_published
from pipeline.results.state_folder import state_folder_of

pytestmark = pytest.mark.timeout(180)  # each of them runs two or three commands to their end


def dropleaf(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments, "--settings", str(folder / "settings.yaml")],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def watch_once(folder: Path) -> int:
    """Convert what is in the inbox; the exit code."""
    settings = (folder / "settings.yaml").read_text()
    place = Place(folder)
    place.file.write_text(settings)
    return place.watch_once()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inbox" / "sub").mkdir(parents=True)
    return tmp_path


def write_settings(folder: Path, url: str, **more: str) -> None:
    lines = [f"servers: [{{url: '{url}'}}]", *(f"{key}: {value}" for key, value in more.items())]
    (folder / "settings.yaml").write_text("\n".join(lines))


def test_only_the_pages_that_fell_back_are_asked_again_and_the_others_stay_byte_for_byte(folder: Path) -> None:
    with Simulator(Setup(slots=5, latency=Latency(seconds=0.05), rules=(Rule(Fault.EMPTY, pages=(2,)),))) as sim:
        numbered_pdf(folder / "inbox" / "sub" / "a report.pdf", 4, document=3)
        write_settings(folder, sim.url)
        watch_once(folder)
        manifest = folder / "outbox" / "sub" / "a report.json"
        before = dict(zip((1, 2, 3, 4), (record.html for record in read_published(manifest).pages()), strict=True))
        assert json.loads(manifest.read_bytes())["fallbacks"] == [
            {"page": 2, "reason": "empty", "method": "text_layer"}
        ]
        asked = len(list(sim.chats))
        sim.set_rules()

        result = dropleaf("retry", "a report", folder=folder)

        assert result.returncode == 0, result.stderr
        assert [record.page for record in list(sim.chats)[asked:]] == [2]
        tree = json.loads(manifest.read_bytes())
        after = dict(zip((1, 2, 3, 4), (record.html for record in read_published(manifest).pages()), strict=True))
        assert tree["outcome"] == "complete"
        assert [page["method"] for page in tree["pages"]] == ["vision"] * 4
        assert {number for number in before if before[number] != after[number]} == {2}
        assert manifest.with_suffix(".pdf").exists()
        assert not list((folder / "outbox" / ".dropleaf").glob("convert-*"))
        assert len(deliveries_in(folder / "outbox")) == 1  # each is checked against the schema


def test_a_kept_original_is_found_in_the_inbox(folder: Path) -> None:
    with Simulator(Setup(slots=5, latency=Latency(seconds=0.05), rules=(Rule(Fault.EMPTY, pages=(2,)),))) as sim:
        kept = numbered_pdf(folder / "inbox" / "sub" / "a report.pdf", 3, document=3)
        before = kept.read_bytes()
        write_settings(folder, sim.url, originals="keep")
        watch_once(folder)
        sim.set_rules()

        result = dropleaf("retry", "a report", folder=folder)

        assert result.returncode == 0, result.stderr
    assert deliveries_in(folder / "outbox")["sub/a report"].methods == {"vision": 3}
    assert kept.read_bytes() == before
    assert not (folder / "outbox" / "sub" / "a report.pdf").exists()


def test_a_page_that_fails_again_keeps_its_fallback(folder: Path) -> None:
    with Simulator(Setup(slots=5, latency=Latency(seconds=0.05), rules=(Rule(Fault.EMPTY, pages=(1,)),))) as sim:
        numbered_pdf(folder / "inbox" / "x.pdf", 2, document=4)
        write_settings(folder, sim.url)
        watch_once(folder)

        result = dropleaf("retry", "--all", folder=folder)

        assert result.returncode == 3, result.stderr
        tree = json.loads((folder / "outbox" / "x.json").read_bytes())
        assert tree["fallbacks"] == [{"page": 1, "reason": "empty", "method": "text_layer"}]
        assert len(deliveries_in(folder / "outbox")) == 1


@pytest.mark.slow
def test_with_all_a_result_that_was_changed_is_left_out_and_the_others_are_asked_again(folder: Path) -> None:
    with Simulator(Setup(slots=5, latency=Latency(seconds=0.05), rules=(Rule(Fault.EMPTY, pages=(1,)),))) as sim:
        for number, name in enumerate(("changed.pdf", "gone.pdf", "x.pdf")):
            numbered_pdf(folder / "inbox" / name, 2, document=6 + number)
        write_settings(folder, sim.url)
        watch_once(folder)
        changed = folder / "outbox" / "changed.html"
        changed.write_text(noted := changed.read_text() + "<!-- notes -->")
        (folder / "outbox" / "gone.pdf").unlink()
        sim.set_rules()

        result = dropleaf("retry", "--all", folder=folder)

        assert result.returncode == 3, result.stderr
        assert "has been changed" in result.stderr
        assert "gone.pdf" in result.stderr
        assert json.loads((folder / "outbox" / "x.json").read_bytes())["outcome"] == "complete"
        assert changed.read_text() == noted
        assert dropleaf("retry", "changed", folder=folder).returncode == 64


def test_a_document_without_its_original_is_named_in_the_refusal(folder: Path) -> None:
    with Simulator(Setup(slots=5, latency=Latency(seconds=0.05), rules=(Rule(Fault.EMPTY, pages=(1,)),))) as sim:
        numbered_pdf(folder / "inbox" / "x.pdf", 2, document=5)
        write_settings(folder, sim.url, originals="delete")
        watch_once(folder)

        result = dropleaf("retry", "x.pdf", folder=folder)

        assert result.returncode == 64
        assert "x.pdf" in result.stderr
        assert (folder / "outbox" / "x.html").exists()


def test_an_unknown_name_and_no_name_at_all_are_usage_errors(folder: Path) -> None:
    write_settings(folder, "http://127.0.0.1:9/v1")

    unknown = dropleaf("retry", "nothing", folder=folder)
    none = dropleaf("retry", folder=folder)

    assert (unknown.returncode, none.returncode) == (64, 64)
    assert "nothing" in unknown.stderr


def test_a_failed_document_is_tried_again_and_leaves_the_failed_ones_when_it_is_delivered(folder: Path) -> None:
    failed = folder / "outbox" / "failed" / "sub"
    numbered_pdf(folder / "inbox" / "sub" / "long.pdf", 3)
    not_a_pdf(folder / "inbox" / "bad.pdf")
    write_settings(folder, "http://127.0.0.1:9/v1", engine="basic", limits="{pages: 2}")
    assert watch_once(folder) == 1
    assert json.loads((failed / "long.json").read_bytes())["error"]["code"] == "too_large"
    again = dropleaf("retry", "long", folder=folder)
    assert (again.returncode, (failed / "long.pdf").exists()) == (1, True)
    write_settings(folder, "http://127.0.0.1:9/v1", engine="basic")

    result = dropleaf("retry", "--all", folder=folder)

    assert result.returncode == 1, result.stderr  # what is no PDF fails again
    assert not list(failed.iterdir())
    assert deliveries_in(folder / "outbox")["sub/long"].outcome == "complete"
    assert (folder / "outbox" / "sub" / "long.pdf").exists()
    assert {path.name for path in failed.parent.iterdir() if path.is_file()} == {"bad.pdf", "bad.json"}
    assert not list((folder / "outbox" / ".dropleaf").glob("convert-*"))


def test_a_failed_document_without_its_file_is_named_in_the_refusal(folder: Path) -> None:
    not_a_pdf(folder / "inbox" / "bad.pdf")
    write_settings(folder, "http://127.0.0.1:9/v1", engine="basic")
    watch_once(folder)
    (folder / "outbox" / "failed" / "bad.pdf").unlink()

    result = dropleaf("retry", "bad", folder=folder)

    assert result.returncode == 64
    assert "bad.pdf: the file is needed to try again" in result.stderr
    assert (folder / "outbox" / "failed" / "bad.json").exists()


def test_all_that_is_to_be_asked_again_includes_a_result_that_is_being_replaced_just_then(tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    deliver(outbox, "1")
    state = state_folder_of(outbox)
    state.root.mkdir(exist_ok=True)
    manifest, aside = outbox / "1.json", tmp_path / "aside.json"
    with ThreadPoolExecutor() as other, turn_at(state.turn):
        manifest.rename(aside)
        found = other.submit(find_delivered, outbox, ())
        with suppress(TimeoutError):  # it waits; one that does not wait finds nothing
            found.result(0.2)
        aside.rename(manifest)

    assert [each.stem.name for each in found.result().published] == ["1"]
