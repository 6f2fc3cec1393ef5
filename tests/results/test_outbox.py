"""Results: whole or not at all, never over somebody else's file, whatever instant the daemon dies at."""

import hashlib
import json
import multiprocessing
import os
import shutil
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from claims import BYTES, claimed, drop, journal_of, manifest_for
from delivery import manifests_in, result_files
from kills import kill_points, names_below, small_disk

from pipeline.choices import OriginalAction
from pipeline.document import Document
from pipeline.errors import PublishError
from pipeline.results.journal import Journal
from pipeline.results.manifest import FileFacts, Manifest
from pipeline.results.outbox import Outbox, Publication
from pipeline.results.result_files import ResultFile, ResultFolder
from pipeline.results.result_names import is_delivered, sha256_of_results
from pipeline.results.state_folder import StateFolder, state_folder_of

HTML = [b"<!DOCTYPE html>", b"<p>page</p>"]
TABLES = [b"{}"]
#: As with all outputs.
MORE = (
    ResultFile(end=".xlsx", pieces=lambda: [b"PK", b"sheets"]),
    ResultFile(end=".md", pieces=lambda: [b"# Report"]),
    ResultFolder(end="-tables", files=lambda: [("page-1-table-1.csv", b"1,2"), ("page-2-table-1.csv", b"3,4")]),
)
MORE_NAMES = {"report.xlsx", "report.md", "report-tables/page-1-table-1.csv", "report-tables/page-2-table-1.csv"}
OTHER = BYTES + b"other"


def publication(
    document: Document,
    originals: OriginalAction = OriginalAction.MOVE,
    *,
    failed: bool = False,
    more: Sequence[ResultFile | ResultFolder] = (),
) -> Publication:
    files = (ResultFile(end=".html", pieces=lambda: HTML), ResultFile(end=".tables.json", pieces=lambda: TABLES), *more)
    return Publication(
        document=document,
        files=lambda *_: files,
        failed=failed,
        manifest=lambda told, _: manifest_for(document, told),
        originals=originals,
    )


class Place:
    """A folder with an inbox and an outbox."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "outbox"
        self.journal = journal_of(self.root)
        self.outbox = Outbox(self.root, self.journal)

    def publish(
        self,
        name: str = "report.pdf",
        content: bytes = BYTES,
        originals: OriginalAction = OriginalAction.MOVE,
        *,
        failed: bool = False,
        more: Sequence[ResultFile | ResultFolder] = (),
    ) -> Path:
        document = claimed(self.folder, self.journal, name, content)
        return self.outbox.publish(publication(document, originals, failed=failed, more=more))

    @property
    def results(self) -> set[str]:
        return {name for name in names_below(self.root) if not name.startswith(".dropleaf")}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_results_lie_beside_each_other_and_the_working_state_is_empty(place: Place) -> None:
    manifest = place.publish()

    assert manifest == place.root / "report.json"
    assert place.results == result_files("report")
    assert (place.root / "report.html").read_bytes() == b"".join(HTML)
    assert (place.root / "report.pdf").read_bytes() == BYTES
    assert json.loads(manifest.read_bytes())["html_sha256"] == hashlib.sha256(b"".join(HTML)).hexdigest()
    assert list(place.journal.folder.work.iterdir()) == list(place.journal.folder.scratch.iterdir()) == []


@pytest.mark.parametrize("originals", [OriginalAction.DELETE, OriginalAction.KEEP])
def test_originals_may_stay_out(place: Place, originals: OriginalAction) -> None:
    place.publish(originals=originals)

    assert place.results == result_files("report", original=False)


@pytest.mark.parametrize("originals", [OriginalAction.MOVE, OriginalAction.DELETE, OriginalAction.KEEP])
def test_a_failed_document_goes_to_failed_with_its_original_always(place: Place, originals: OriginalAction) -> None:
    place.publish("sub/report.pdf", originals=originals, failed=True)

    assert place.results == {"failed/sub/report.json", "failed/sub/report.pdf"}


def test_subfolders_are_mirrored(place: Place) -> None:
    place.publish("2026/may/report.pdf")

    assert place.results == result_files("2026/may/report")


def test_the_same_bytes_replace_and_other_bytes_get_a_number(place: Place) -> None:
    first = place.publish()
    first.write_text(first.read_text().replace('"workers": 5', '"workers": 77'))

    assert place.publish() == first
    assert '"workers": 77' not in first.read_text()
    assert place.publish(content=OTHER).name == "report-2.json"
    assert place.publish(content=OTHER + b"!").name == "report-3.json"
    assert place.publish(content=OTHER).name == "report-2.json"
    assert (place.root / "report.pdf").read_bytes() == BYTES
    assert (place.root / "report-2.pdf").read_bytes() == OTHER


@pytest.mark.parametrize("end", ["html", "pdf", "json", "tables.json", "review.json", "xlsx", "md"])
@pytest.mark.parametrize("content", [b"somebody's", b'{"document": 5}', None])
def test_a_strangers_file_is_never_overwritten(place: Place, end: str, content: bytes | None) -> None:
    stranger = place.root / f"report.{end}"
    if content is None:
        stranger.symlink_to("/nowhere")
    else:
        stranger.write_bytes(content)

    place.publish()

    assert stranger.is_symlink() if content is None else stranger.read_bytes() == content
    assert place.results == {stranger.name, *result_files("report-2")}


@pytest.mark.parametrize(
    "name",
    ["a\nb.pdf", "'\".pdf", "<b>&amp;.pdf", "\udcff.pdf", "-rf.pdf", "x" * 251 + ".PDF", "ä" * 125 + ".pdf", "a..pdf"],
)
def test_any_name_that_a_file_may_have_gets_its_results(place: Place, name: str) -> None:
    manifest = place.publish(name)

    stem = manifest.name.removesuffix(".json")
    assert place.results == result_files(stem)
    assert name.startswith(stem)
    assert len(os.fsencode(manifest.name)) <= 250
    assert json.loads(manifest.read_bytes())["document"]["name"] == name
    assert is_delivered(place.root, ".", name, hashlib.sha256(BYTES).hexdigest())


@pytest.mark.parametrize("name", [".pdf", "..pdf", "...pdf"])
def test_names_of_dots_stay_in_the_outbox(place: Place, name: str) -> None:
    place.publish(name)

    assert place.results == result_files(name)
    assert {path.name for path in place.folder.iterdir()} == {"inbox", "outbox"}


def test_long_names_that_are_cut_to_the_same_do_not_meet(place: Place) -> None:
    first = place.publish("x" * 250 + "a.pdf"[1:])
    second = place.publish("x" * 249 + "bb.pdf"[1:], OTHER)

    assert first != second
    assert len(place.results) == 8


def test_all_names_of_a_document_are_its_own_and_the_later_one_gets_a_number(tmp_path: Path) -> None:
    """The tables of ``report`` and the manifest of ``report.tables`` would have one name."""
    for first, second, later in (
        ("report.pdf", "report.tables.pdf", "report.tables-2.json"),
        ("report.tables.pdf", "report.pdf", "report-2.json"),
        ("report.review.pdf", "report.pdf", "report-2.json"),
    ):
        place = Place(tmp_path / first)
        place.publish(first)
        assert place.publish(second, OTHER).name == later
        assert place.publish(second, OTHER).name == later
        assert place.publish(first).name == first.replace(".pdf", ".json")


def test_names_that_are_in_work_clash_as_those_that_are_there(place: Place) -> None:
    documents = [claimed(place.folder, place.journal, name) for name in ("report.tables.pdf", "report.pdf")]
    interrupted, whole = (publication(document) for document in documents)

    def die(files: Sequence[FileFacts], seconds: float) -> Manifest:
        raise PublishError(f"{len(files)} {seconds}")

    with pytest.raises(PublishError):
        place.outbox.publish(replace(interrupted, manifest=die))

    assert not (place.root / "report.tables.json").exists()
    assert place.outbox.publish(whole).name == "report-2.json"


def test_results_that_are_no_longer_asked_for_go_with_the_older_manifest_unless_somebody_has_changed_them(
    place: Place,
) -> None:
    for content, left in ((b"ours", False), (b"changed", True)):
        document = claimed(place.folder, place.journal)
        asked = publication(document)
        more = (*asked.files(Path(), None), ResultFile(end=".md", pieces=lambda: [b"ours"]))
        place.outbox.publish(replace(asked, files=lambda *_, more=more: more))
        (place.root / "report.md").write_bytes(content)

        place.publish()

        assert (place.root / "report.md").exists() is left


def restart_and_finish(
    root: Path, originals: OriginalAction, *, failed: bool, more: Sequence[ResultFile | ResultFolder] = ()
) -> None:
    journal = journal_of(root)
    documents = list(journal.recover())
    outbox = Outbox(root, journal)
    for document in documents:
        outbox.publish(publication(document, originals, failed=failed, more=more))


def assert_visible_manifest_is_complete(root: Path, originals: OriginalAction) -> None:
    for path in (each for each in manifests_in(root) if each.parent == root):
        tree = json.loads(path.read_bytes())
        html = path.with_suffix(".html")
        assert hashlib.sha256(html.read_bytes()).hexdigest() == tree["html_sha256"]
        for file in tree["files"]:
            assert hashlib.sha256((root / file["name"]).read_bytes()).hexdigest() == file["sha256"]
        assert path.with_suffix(".pdf").exists() or originals != OriginalAction.MOVE


@pytest.mark.parametrize(
    ("originals", "failed", "again"),
    [
        (OriginalAction.MOVE, False, True),
        (OriginalAction.KEEP, True, True),
        # The points of these three are nearly all among those of the first.
        pytest.param(OriginalAction.MOVE, False, False, marks=pytest.mark.slow),
        pytest.param(OriginalAction.DELETE, False, True, marks=pytest.mark.slow),
        pytest.param(OriginalAction.KEEP, False, False, marks=pytest.mark.slow),
    ],
)
def test_a_publication_that_dies_at_any_point_ends_as_an_undisturbed_one(
    tmp_path: Path, originals: OriginalAction, *, failed: bool, again: bool
) -> None:
    undisturbed, template = Place(tmp_path / "undisturbed"), Place(tmp_path / "template")
    for place in (undisturbed, template):
        if again:
            place.publish(originals=OriginalAction.MOVE, failed=failed)
        claimed(place.folder, place.journal)
    restart_and_finish(undisturbed.root, originals, failed=failed)
    root = tmp_path / "trial"
    shutil.copytree(template.root, root)

    def publish() -> None:
        restart_and_finish(root, originals, failed=failed)

    points = 0
    for _ in kill_points(publish):
        points += 1
        assert_visible_manifest_is_complete(root, originals)

        restart_and_finish(root, originals, failed=failed)

        assert {name for name in names_below(root) if not name.startswith(".drop")} == undisturbed.results
        assert {name for name in names_below(root / ".dropleaf") if not name.startswith("kept/")} == {"turn"}
        shutil.rmtree(root)
        shutil.copytree(template.root, root)
    assert points > 20


@pytest.mark.parametrize(
    "older", [(), pytest.param(MORE[:1], marks=pytest.mark.slow), pytest.param(MORE, marks=pytest.mark.slow)]
)
def test_with_all_outputs_a_publication_that_dies_at_any_point_ends_as_an_undisturbed_one(
    tmp_path: Path, older: Sequence[ResultFile | ResultFolder]
) -> None:
    template = Place(tmp_path / "template")
    template.publish(more=older)
    claimed(template.folder, template.journal)
    root = tmp_path / "trial"
    shutil.copytree(template.root, root)

    points = 0
    for _ in kill_points(lambda: restart_and_finish(root, OriginalAction.MOVE, failed=False, more=MORE)):
        points += 1
        assert_visible_manifest_is_complete(root, OriginalAction.MOVE)

        restart_and_finish(root, OriginalAction.MOVE, failed=False, more=MORE)

        assert_visible_manifest_is_complete(root, OriginalAction.MOVE)
        found = {name for name in names_below(root) if not name.startswith(".drop")}
        assert found == result_files("report") | MORE_NAMES
        assert names_below(root / ".dropleaf") == {"turn"}
        shutil.rmtree(root)
        shutil.copytree(template.root, root)
    assert points > 40


def test_a_folder_of_tables_in_which_somebody_has_written_is_kept_beside_the_new_one(place: Place) -> None:
    place.publish(more=MORE)
    (place.root / "report-tables" / "notes.txt").write_text("mine")

    place.publish(more=MORE)

    assert (place.root / "report-tables (changed)" / "notes.txt").read_text() == "mine"
    assert place.results >= result_files("report") | MORE_NAMES


def test_a_folder_without_a_file_is_not_made_and_an_older_one_goes(place: Place) -> None:
    place.publish(more=MORE)

    place.publish(more=[ResultFolder(end="-tables", files=list)])

    assert place.results == result_files("report")
    assert not (place.root / "report-tables").exists()


def test_a_subfolder_of_the_inbox_is_not_mirrored_into_a_documents_tables(place: Place) -> None:
    place.publish(more=MORE)
    place.publish("report-tables/x.pdf", OTHER)
    place.publish("other-tables/x.pdf", OTHER)

    assert place.results == result_files("report", "report-tables-2/x", "other-tables/x") | MORE_NAMES
    assert place.publish("other.pdf").name == "other-2.json"


def test_outputs_are_no_more_readable_than_the_original(place: Place) -> None:
    path = drop(place.folder / "inbox")
    path.chmod(0o640)
    document = place.journal.claim(path, ".", copy=False)

    place.outbox.publish(publication(document, more=MORE))

    assert {(place.root / name).stat().st_mode & 0o777 for name in MORE_NAMES} == {0o640}
    assert (place.root / "report-tables").stat().st_mode & 0o777 == 0o750


def test_a_name_that_an_interrupted_publication_has_chosen_is_not_given_to_another(place: Place) -> None:
    first = claimed(place.folder, place.journal)
    note = place.journal.folder.work / first.ident / "publication.json"
    note.write_text(json.dumps({"stem": "report", "failed": False}))
    second = claimed(place.folder, place.journal, content=OTHER)

    outbox = Outbox(place.root, place.journal)
    manifests = [outbox.publish(publication(each)).name for each in (second, first)]

    assert manifests == ["report-2.json", "report.json"]
    assert (place.root / "report.pdf").read_bytes() == BYTES
    assert (place.root / "report-2.pdf").read_bytes() == OTHER


def test_a_full_disk_shows_nothing_half_and_publishing_goes_on_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "outbox", 200) as root:
        journal = journal_of(root)
        document = claimed(tmp_path, journal)
        filler = root / "filler"
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(b"x" * (1 << 20))
        outbox = Outbox(root, journal)

        with pytest.raises(PublishError, match="No space left"):
            outbox.publish(publication(document))

        assert names_below(root) - {"filler", ".dropleaf/turn"} == {
            f".dropleaf/work/{document.ident}/{name}" for name in ("claim.json", "digest.json", "original.pdf")
        }
        filler.unlink()
        assert outbox.publish(publication(document)).exists()


@pytest.mark.parametrize("folder", ["sub", "report.pdf", "a/report.html/b"])
def test_a_folder_named_like_a_file_of_the_outbox_gets_another_name(place: Place, folder: str) -> None:
    taken = place.root / folder.removesuffix("/b")
    taken.parent.mkdir(exist_ok=True)
    taken.write_bytes(b"somebody's")

    for content in (BYTES, OTHER, BYTES):
        place.publish(f"{folder}/x.pdf", content)

    other = folder.replace(taken.name, f"{taken.name}-2")
    names = result_files(f"{other}/x", f"{other}/x-2")
    assert place.results == {str(taken.relative_to(place.root)), *names}
    assert taken.read_bytes() == b"somebody's"
    assert is_delivered(place.root, folder, "x.pdf", hashlib.sha256(OTHER).hexdigest())


@pytest.mark.parametrize("folder", ["failed", "Failed", "removed", "failed/sub"])
def test_the_outboxs_own_folders_are_not_mirrored_into(place: Place, folder: str) -> None:
    first, *rest = folder.split("/")
    mirrored = "/".join([f"{first}-2", *rest])

    place.publish(f"{folder}/exam.pdf")
    place.publish(f"{folder}/exam.pdf", OTHER, failed=True)

    assert place.results == {
        *result_files(f"{mirrored}/exam"),
        *(f"failed/{mirrored}/exam.{end}" for end in ("json", "pdf")),
    }
    assert is_delivered(place.root, folder, "exam.pdf", hashlib.sha256(BYTES).hexdigest())


def test_an_outbox_that_was_removed_is_told(place: Place) -> None:
    document = claimed(place.folder, place.journal)
    shutil.rmtree(place.root)

    with pytest.raises(PublishError):
        place.outbox.publish(publication(document))


def test_an_original_that_somebody_removed_holds_nothing_up(place: Place) -> None:
    document = claimed(place.folder, place.journal)
    Path(document.path).unlink()

    place.outbox.publish(publication(document))

    assert place.results == result_files("report", original=False)


def test_what_was_delivered_before_is_known_by_name_and_bytes(place: Place) -> None:
    sha256, other = (hashlib.sha256(content).hexdigest() for content in (BYTES, OTHER))
    drop(place.root, "report.html")  # somebody's, so ours are report-2 and report-3
    place.publish()
    place.publish(content=OTHER, failed=True)

    assert is_delivered(place.root, ".", "report.pdf", sha256)
    assert is_delivered(place.root, ".", "report.pdf", other)
    assert not is_delivered(place.root, ".", "other.pdf", sha256)
    assert not is_delivered(place.root, "sub", "report.pdf", sha256)
    assert not is_delivered(place.root, ".", "report.pdf", "0" * 64)


def test_only_manifests_are_taken_for_manifests(tmp_path: Path) -> None:
    for content in (b"", b"[]", b'{"document": []}', b'{"document": {}}', b"\xff"):
        (tmp_path / "a.json").write_bytes(content)
        assert sha256_of_results(tmp_path / "a") is None
    assert sha256_of_results(tmp_path / "none") is None


def test_the_journal_of_another_place_is_not_read(tmp_path: Path) -> None:
    journal = Journal(StateFolder(tmp_path / "state"))
    (journal.folder.work / "stray").write_bytes(b"not a folder")
    (journal.folder.work / "broken").mkdir()
    (journal.folder.work / "broken" / "publication.json").write_bytes(b"{")

    Outbox(tmp_path, journal)

    assert list(journal.recover()) == []


@pytest.mark.parametrize("end", ["html", "pdf"])
@pytest.mark.parametrize("how", ["rewritten", "renamed over", "a link"])
def test_a_result_that_its_user_has_changed_is_kept_beside_the_new_one(place: Place, end: str, how: str) -> None:
    place.publish("sub/report.pdf")
    path = place.root / "sub" / f"report.{end}"
    if how == "rewritten":
        with path.open("ab") as file:
            file.write(b"notes")
    else:
        aside = place.folder / "notes"
        aside.write_bytes(b"notes")
        path.unlink()
        aside.rename(path) if how == "renamed over" else path.symlink_to(aside)
    noted = path.read_bytes()

    place.publish("sub/report.pdf")

    kept = place.root / "sub" / f"report (changed).{end}"
    assert kept.read_bytes() == noted
    assert place.results == {*result_files("sub/report"), f"sub/{kept.name}"}
    assert (place.root / "sub" / "report.pdf").read_bytes() == BYTES
    assert (place.root / "sub" / "report.html").read_bytes() == b"".join(HTML)


def test_what_was_changed_twice_is_kept_twice(place: Place) -> None:
    place.publish()
    for notes in (b"first", b"second"):
        (place.root / "report.pdf").write_bytes(notes)
        place.publish()

    assert (place.root / "report (changed).pdf").read_bytes() == b"first"
    assert (place.root / "report (changed 2).pdf").read_bytes() == b"second"


def test_a_reject_that_was_repaired_by_its_user_is_kept(place: Place) -> None:
    place.publish(failed=True)
    (place.root / "failed" / "report.pdf").write_bytes(b"repaired")

    place.publish(failed=True)

    assert (place.root / "failed" / "report (changed).pdf").read_bytes() == b"repaired"


def test_a_manifest_that_somebody_has_added_to_is_no_longer_replaced(place: Place) -> None:
    manifest = place.publish()
    noted = json.dumps({**json.loads(manifest.read_bytes()), "note": "paid"})
    manifest.write_text(noted)

    assert place.publish().name == "report-2.json"
    assert manifest.read_text() == noted


def test_a_change_while_a_publication_is_interrupted_is_seen(place: Place) -> None:
    place.publish()
    document = claimed(place.folder, place.journal)

    class Interrupted(Exception):  # noqa: N818 — as a death, but for what the test does next
        pass

    def manifest(files: Sequence[FileFacts], seconds: float) -> Manifest:
        del files, seconds
        raise Interrupted

    with pytest.raises(Interrupted):
        place.outbox.publish(replace(publication(document), manifest=manifest))
    (place.root / "report.html").write_bytes(b"notes")
    Outbox(place.root, place.journal).publish(publication(document))

    assert (place.root / "report (changed).html").read_bytes() == b"notes"
    assert place.results == result_files("report") | {"report (changed).html"}


def test_with_delete_a_strangers_copy_of_the_same_bytes_stays(place: Place) -> None:
    (place.root / "report.pdf").write_bytes(BYTES)

    place.publish(originals=OriginalAction.DELETE)

    assert place.results == result_files("report")


@pytest.mark.parametrize("originals", [OriginalAction.KEEP, OriginalAction.DELETE])
def test_beside_the_original_itself_results_have_its_name_and_beside_another_file_a_number(
    place: Place, originals: OriginalAction
) -> None:
    (place.root / "report.pdf").write_bytes(BYTES)

    assert place.publish(originals=originals).name == "report.json"
    assert place.publish(content=OTHER, originals=originals).name == "report-2.json"
    assert (place.root / "report.pdf").read_bytes() == BYTES


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o604, 0o400])
@pytest.mark.parametrize("originals", OriginalAction)
@pytest.mark.parametrize("failed", [False, True])
def test_results_are_no_more_readable_than_the_original(
    place: Place, mode: int, originals: OriginalAction, *, failed: bool
) -> None:
    drop(place.folder / "inbox").chmod(mode)
    document = place.journal.claim(place.folder / "inbox" / "report.pdf", ".", copy=originals is OriginalAction.KEEP)

    place.outbox.publish(publication(document, originals, failed=failed))

    modes = {path.name: path.stat().st_mode & 0o777 for path in place.root.rglob("report.*")}
    assert modes
    assert all(each & ~mode == 0 for each in modes.values()), modes


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files to others")
def test_owner_and_group_are_kept_where_they_can_be(place: Place) -> None:
    path = drop(place.folder / "inbox")
    os.chown(path, 12345, 23456)
    path.chmod(0o640)

    place.outbox.publish(publication(place.journal.claim(path, ".", copy=False)))

    for end in ("html", "json", "pdf"):
        facts = (place.root / f"report.{end}").stat()
        assert (facts.st_uid, facts.st_gid, facts.st_mode & 0o777) == (12345, 23456, 0o640)


def test_a_mirrored_folder_is_no_more_readable_than_the_one_of_the_inbox(place: Place) -> None:
    private = place.folder / "inbox" / "private"
    (private / "open").mkdir(parents=True)
    private.chmod(0o700)
    outbox = Outbox(place.root, place.journal, inbox=place.folder / "inbox")

    outbox.publish(publication(claimed(place.folder, place.journal, "private/open/report.pdf")))

    assert (place.root / "private").stat().st_mode & 0o777 == 0o700
    assert (place.root / "private" / "open" / "report.html").exists()


def test_what_is_in_work_is_read_by_nobody_else(place: Place) -> None:
    for folder in (place.journal.folder.work, place.journal.folder.scratch):
        assert folder.stat().st_mode & 0o777 == 0o700
    place.journal.folder.work.chmod(0o755)  # as release 0.1.0 has left it

    journal_of(place.root)

    assert place.journal.folder.work.stat().st_mode & 0o777 == 0o700


def test_the_way_to_a_deep_folder_may_be_too_long_for_the_outbox(tmp_path: Path) -> None:
    deep = "/".join(["d" * 200] * 19)
    place = Place(tmp_path / ("long" * 30) / ("long" * 30))
    document = replace(claimed(place.folder, place.journal, "report.pdf"), folder=deep)

    manifest = place.outbox.publish(publication(document))

    assert manifest == place.root / "report.json"
    assert place.results == result_files("report")


def test_two_processes_that_publish_under_one_name_at_once_lose_nothing(tmp_path: Path) -> None:
    Place(tmp_path)

    def publish(number: int) -> None:
        folder = state_folder_of(tmp_path / "outbox").new_foreground()
        journal = Journal(folder)
        outbox = Outbox(tmp_path / "outbox", journal)
        for each in range(8):
            content = BYTES + f"{number} {each}".encode()
            document = claimed(tmp_path / f"own{number}", journal, "report.pdf", content)
            outbox.publish(publication(document))

    children = [multiprocessing.get_context("fork").Process(target=publish, args=(number,)) for number in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()

    assert [child.exitcode for child in children] == [0, 0, 0]
    manifests = [json.loads(path.read_bytes()) for path in manifests_in(tmp_path / "outbox")]
    originals = {path.read_bytes() for path in (tmp_path / "outbox").glob("*.pdf")}
    assert len(manifests) == len(originals) == 24
    assert {tree["document"]["sha256"] for tree in manifests} == {
        hashlib.sha256(content).hexdigest() for content in originals
    }


@pytest.mark.parametrize(("first", "second"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_names_that_look_the_same_are_one_name_however_they_are_spelled(place: Place, first: str, second: str) -> None:
    spelled = {form: unicodedata.normalize(form, "Prüfung ế.pdf") for form in ("NFC", "NFD")}
    place.publish(spelled[first])
    place.publish(spelled[second], OTHER)
    place.publish(spelled[second], OTHER)

    stems = {spelled[first][:-4], f"{spelled[second][:-4]}-2"}
    assert place.results == result_files(*stems)
    assert is_delivered(place.root, ".", spelled[second], hashlib.sha256(OTHER).hexdigest())
