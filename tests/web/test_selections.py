"""Many documents at once: each that can be is taken back into work, and the others are left out with a reason."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from claims import eventually
from outbox_hands import deliver, entry, reject
from pdfs import numbered_pdf
from web_hands import Answer, RunningPage, page_alone

from pipeline.choices import Engine
from pipeline.errors import UnreadableError
from pipeline.page_result import FallbackReason
from pipeline.results.selection_note import SelectedDocument, write_selection
from pipeline.results.state_folder import state_folder_of
from pipeline.web.history import History, path_to_ident


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPage]:
    with page_alone(tmp_path_factory.mktemp("selections"), engine=Engine.LMSTUDIO) as running:
        yield running


@pytest.fixture(autouse=True)
def _nothing_posted(page: RunningPage) -> None:
    page.posted.clear()


def select(page: RunningPage, action: str, *names: str) -> Answer:
    body = json.dumps({"documents": names}).encode()
    return page.ask("POST", f"/api/{action}", body, X_Dropleaf="1", Content_Type="application/json")


def test_all_of_a_selection_that_fell_back_are_asked_again_and_the_others_left_out(page: RunningPage) -> None:
    (page.outbox / "sub").mkdir()
    for stem in ("sub/one", "two", "gone"):
        pdf = numbered_pdf(page.outbox / f"{stem}.pdf", 1)
        deliver(page.outbox, stem, entry(reason=FallbackReason.TIMEOUT), pdf=pdf)
    (page.outbox / "gone.pdf").unlink()
    deliver(page.outbox, "good", pdf=numbered_pdf(page.outbox / "good.pdf", 1))

    answer = select(page, "retry", path_to_ident("sub/one.json"), "two", "two", "gone", "good", "none")

    assert answer.status == 202
    told = json.loads(answer.body)
    assert told["taken"] == [path_to_ident("sub/one.json"), "two"]
    assert [(each["document"], each["reason"].partition(":")[0]) for each in told["left"]] == [
        ("gone", "gone.pdf"),
        ("good", "No page of it fell back."),
        ("none", "There is no such document in the list."),
    ]
    assert all(each["reason"].endswith(".") for each in told["left"])
    assert [(each.folder, each.name) for each in page.posted] == [("sub", "one.pdf"), (".", "two.pdf")]


def test_all_pages_of_a_selection_are_asked_again_also_the_good_ones(page: RunningPage) -> None:
    deliver(page.outbox, "fine", pdf=numbered_pdf(page.outbox / "fine.pdf", 1))
    pdf = numbered_pdf(page.inbox / "source", 1)
    manifest = reject(page.outbox, "bad", UnreadableError("broken"), pdf=pdf)
    pdf.rename(manifest.with_suffix(".pdf"))

    told = json.loads(select(page, "redo", "fine", "failed/bad").body)

    assert told["taken"] == ["fine"]
    assert [each["reason"] for each in told["left"]] == ["It has no pages; it can be tried again."]
    assert page.posted[0].patient
    assert json.loads(select(page, "redo", "fine").body)["left"][0]["reason"] == "It is in work already."
    assert json.loads(select(page, "retry", "failed/bad").body)["taken"] == ["failed/bad"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"documents": []}', b'{"documents": [1]}', b"\xff", b"[" * 9999])
def test_what_is_no_selection_is_refused_with_a_sentence(page: RunningPage, body: bytes) -> None:
    answer = page.ask("POST", "/api/retry", body, X_Dropleaf="1")

    assert (answer.status, page.posted) == (422, [])
    said = json.loads(answer.body)["error"]
    assert re.fullmatch(
        r'The body must be JSON like \{"documents": \["..."\]\}(; what is at \$\S+ does not fit)?\.', said
    )


def test_the_rest_of_a_selection_is_done_after_a_restart_in_its_middle(tmp_path: Path) -> None:
    with page_alone(tmp_path, engine=Engine.LMSTUDIO) as before:
        for stem in ("taken", "redone", "left", "removed"):
            deliver(before.outbox, stem, pdf=numbered_pdf(before.outbox / f"{stem}.pdf", 1))
        deliver(before.outbox, "small", pdf=numbered_pdf(before.outbox / "small.pdf", 1))
        history = History(before.outbox)
        history.refresh()
        selected = [
            SelectedDocument(manifest=each.manifest, finished_at=each.finished_at) for each in history.summaries
        ]
        select(before, "redo", "taken")
        assert not list(state_folder_of(before.outbox).selections.iterdir())
        deliver(before.outbox, "redone", pdf=before.outbox / "redone.pdf", finished_at=2e9)
        for path in before.outbox.glob("removed.*"):
            path.unlink()

    state = state_folder_of(tmp_path / "outbox")
    chosen = [each for each in selected if each.manifest != "small.json"]
    note = write_selection(state, chosen, everything=True)
    (state.selections / "damaged.json").write_bytes(b"{")
    with page_alone(tmp_path, engine=Engine.LMSTUDIO) as after:
        assert eventually(lambda: not note.exists())
        assert [each.name for each in after.posted] == ["left.pdf"]
        assert after.posted[0].patient


def test_a_selection_that_cannot_be_written_down_is_not_begun(page: RunningPage) -> None:
    deliver(page.outbox, "whole", pdf=numbered_pdf(page.outbox / "whole.pdf", 1))
    folder = state_folder_of(page.outbox).selections
    if folder.exists():
        folder.rmdir()
    folder.write_bytes(b"")
    try:
        answer = select(page, "redo", "whole")
    finally:
        folder.unlink()

    assert (answer.status, page.posted) == (503, [])
    assert json.loads(answer.body)["error"].startswith("The selection cannot be written down: ")
