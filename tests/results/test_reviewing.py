"""What a user settles: kept beside the result, which is published anew with it, wherever the process dies."""

import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from delivery import delivery_of, manifests_in
from kills import kill_points, names_below
from pdfs import numbered_pdf
from review_hands import (
    HEIGHT,
    METRES,
    TABLE,
    TEXT,
    TREES,
    cells_of,
    new_state,
    publish,
    review_of,
    say,
    say_all,
)

from pipeline.choices import Output
from pipeline.errors import UsageError
from pipeline.results.amending import finish_amendments
from pipeline.results.chosen_names import ChosenName, ChosenNames
from pipeline.results.doubts import ReviewCounts
from pipeline.results.journal import Journal
from pipeline.results.published import read_published
from pipeline.results.review_file import Place
from pipeline.results.reviewing import OutdatedReadingError, Statement, settle
from pipeline.results.state_folder import state_folder_of


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A delivered page with a doubted cell and two doubted places in its text."""
    return publish(tmp_path / "outbox", numbered_pdf(tmp_path / "r.pdf", 1), TABLE + TEXT)


def test_a_correction_is_in_every_result_and_kept_with_time_and_old_reading(tmp_path: Path) -> None:
    outputs = (Output.XLSX, Output.MARKDOWN, Output.CSV)
    manifest = publish(tmp_path / "outbox", numbered_pdf(tmp_path / "r.pdf", 1), TABLE + TEXT, outputs=outputs)
    before = json.loads(manifest.read_bytes())

    told = say(manifest, HEIGHT, "21", "27")

    assert told.review == ReviewCounts(cells=0, texts=2, pages=1, unchecked_pages=1)
    after = json.loads(manifest.read_bytes())
    assert [file["name"] for file in after["files"]] == [*(file["name"] for file in before["files"]), "r.review.json"]
    changed = {"html_sha256", "review", "files"}
    assert {name: value for name, value in after.items() if name not in changed} == {
        name: value for name, value in before.items() if name not in changed
    }
    assert '<td class="number"><span data-was="21">27</span></td>' in manifest.with_suffix(".html").read_text()
    cell = cells_of(manifest)[1, 1]
    assert (cell["text"], cell["value"], cell["doubt"]) == ("27", {"number": 27, "unit": None}, None)
    assert (cell["correction"], cell["box"]) == ({"was": "21"}, [172, 102, 262, 122])
    assert openpyxl.load_workbook(manifest.with_suffix(".xlsx")).worksheets[1]["B2"].value == 27
    assert "27" in manifest.with_suffix(".md").read_text()
    assert "Oak,27" in (manifest.parent / "r-tables" / "page-1-table-1.csv").read_text()
    [kept] = review_of(manifest)
    assert (kept["was"], kept["now"], kept["fits"]) == ("21", "27", True)
    assert set(kept) == {"page", "table", "row", "column", "mark", "when", "was", "now", "fits"}


def test_cells_and_places_are_settled_together_and_nothing_is_left_to_check(manifest: Path) -> None:
    told = say_all(
        manifest,
        Statement(place=HEIGHT, was="21", now="21"),
        Statement(place=METRES, was="51", now="57"),
        Statement(place=TREES, was="7", now="7"),
    )

    assert told.review == ReviewCounts(unchecked_pages=1)
    assert len(review_of(manifest)) == 3
    assert "data-unseen" not in manifest.with_suffix(".html").read_text().partition("<main>")[2]


def test_who_corrects_again_keeps_the_first_reading(manifest: Path) -> None:
    say(manifest, HEIGHT, "21", "27")
    say(manifest, HEIGHT, "27", "28")

    [kept] = review_of(manifest)
    assert (kept["was"], kept["now"]) == ("21", "28")
    assert cells_of(manifest)[1, 1]["correction"] == {"was": "21"}


@pytest.mark.parametrize(
    ("place", "was", "sentence"),
    [
        (HEIGHT, "22", "page 1, table 1, row 2, column 2 says “21”, and not “22”"),
        (Place(page=1, table=1, row=9, column=1), "21", "There is no page 1, table 1, row 9, column 1"),
        (Place(page=5, mark=1), "21", "There is no page 5, place 1 in the text"),
    ],
)
def test_what_the_user_has_not_seen_is_not_settled(manifest: Path, place: Place, was: str, sentence: str) -> None:
    before = {name: (manifest.parent / name).read_bytes() for name in names_below(manifest.parent)}

    with pytest.raises(OutdatedReadingError, match=sentence):
        say(manifest, place, was, "27")

    assert {name: (manifest.parent / name).read_bytes() for name in names_below(manifest.parent)} == before


def test_a_new_conversion_keeps_what_fits_and_says_what_does_not(tmp_path: Path, manifest: Path) -> None:
    say_all(
        manifest,
        Statement(place=HEIGHT, was="21", now="27"),
        Statement(place=METRES, was="51", now="57"),
        Statement(place=TREES, was="7", now="7"),
    )

    publish(tmp_path / "outbox", numbered_pdf(tmp_path / "r.pdf", 1), TABLE + TEXT.replace("51", "54"))

    assert cells_of(manifest)[1, 1]["text"] == "27"
    assert [(each["now"], each["fits"]) for each in review_of(manifest)] == [("57", False), ("7", True), ("27", True)]
    review = read_published(manifest).manifest.review
    assert review == ReviewCounts(texts=1, pages=1, unchecked_pages=1, outdated=1)
    assert names_below(manifest.parent) >= {"r.review.json"}

    publish(tmp_path / "outbox", numbered_pdf(tmp_path / "r.pdf", 1), TABLE + TEXT)
    assert [each["fits"] for each in review_of(manifest)] == [True, True, True]


def test_pages_that_are_kept_in_a_retry_have_what_was_settled_meanwhile(tmp_path: Path, manifest: Path) -> None:
    kept = [record.html for record in read_published(manifest).pages()]  # as a retry has taken them
    say(manifest, HEIGHT, "21", "27")

    publish(tmp_path / "outbox", numbered_pdf(tmp_path / "r.pdf", 1), *kept)

    assert cells_of(manifest)[1, 1]["text"] == "27"


@pytest.mark.parametrize("end", [".html", ".json"])
def test_a_result_that_its_user_has_changed_is_left_alone_with_a_sentence(manifest: Path, end: str) -> None:
    path = manifest.with_suffix(end)
    changed = path.read_text().replace('"schema"', '"mine": 1,\n "schema"', 1) + "\n"
    path.write_text(changed)

    with pytest.raises(UsageError, match="has been changed"):
        say(manifest, HEIGHT, "21", "27")

    assert path.read_text() == changed


@pytest.mark.parametrize("end", [".tables.json", ".review.json"])
def test_a_file_that_its_user_has_changed_is_kept_beside_the_new_one(manifest: Path, end: str) -> None:
    say(manifest, HEIGHT, "21", "27")
    path = manifest.with_suffix(end)
    path.write_text(changed := path.read_text() + "\n")

    say(manifest, METRES, "51", "57")

    assert path.with_name(f"{path.stem} (changed).json").read_text() == changed
    assert [each["now"] for each in review_of(manifest)] == ["57", "27"]


def test_a_document_that_is_being_published_is_left_alone_with_a_sentence(manifest: Path) -> None:
    state = new_state(manifest.parent)
    home = state.document("a")
    home.root.mkdir()
    ChosenNames(state).write(home, ChosenName(stem="r", failed=False))

    with pytest.raises(UsageError, match="being published at this moment"):
        say(manifest, HEIGHT, "21", "27")

    assert not manifest.with_suffix(".review.json").exists()


def test_a_decided_change_whose_note_is_damaged_holds_up_nothing(manifest: Path) -> None:
    state = state_folder_of(manifest.parent)
    damaged = state.amendments / "0000"
    damaged.mkdir(parents=True)
    (damaged / "manifest.json").write_bytes(b"{}")
    (damaged / "plan.json").write_bytes(b"{")
    before = names_below(manifest.parent)

    finish_amendments(state, manifest.parent)

    assert names_below(manifest.parent) == before
    assert (damaged / "plan.json").exists()  # for whoever wants to look at it


@pytest.mark.slow
def test_wherever_it_dies_the_result_is_the_older_or_the_newer_one_and_a_visible_manifest_is_true(
    tmp_path: Path, manifest: Path
) -> None:
    outbox = manifest.parent
    template = tmp_path / "template"
    shutil.copytree(outbox, template)
    older = manifest.read_bytes()
    found: set[tuple[str, bool]] = set()

    def work() -> None:
        state = state_folder_of(outbox).new_foreground()
        Journal(state)
        settle(state, outbox, manifest.with_suffix(""), [Statement(place=HEIGHT, was="21", now="27")])

    points = 0
    for _ in kill_points(work):
        points += 1
        for path in manifests_in(outbox):
            delivery_of(path)
        state = new_state(outbox)
        finish_amendments(state, outbox)
        delivery_of(manifest)
        text = str(cells_of(manifest)[1, 1]["text"])
        found.add((text, manifest.with_suffix(".review.json").exists()))
        assert (manifest.read_bytes() == older) is (text == "21")
        assert not state.amendments.exists()
        assert [name for name in names_below(outbox) if "changed" in name] == []
        shutil.rmtree(outbox)
        shutil.copytree(template, outbox)
    assert found == {("21", False), ("27", True)}
    assert points > 30
