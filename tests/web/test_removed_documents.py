"""Documents that a user removes on the page, and gets back."""

import json
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from outbox_hands import deliver
from pdfs import numbered_pdf
from web_hands import RunningPage, page_alone

from pipeline.files.json_values import json_to_value
from pipeline.results.removals import Removals
from pipeline.web.history import path_to_ident
from pipeline.web.removed_documents import RemovedNow, ReturnedNow
from pipeline.web.selections import LeftOut

Told = TypeVar("Told")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPage]:
    with page_alone(tmp_path_factory.mktemp("removed")) as running:
        yield running


def order(page: RunningPage, path: str, kind: type[Told], **body: list[str]) -> Told:
    answer = page.ask("POST", f"/api/{path}", json.dumps(body).encode(), X_Dropleaf="1")
    assert answer.status == 200, answer.body
    return json_to_value(answer.body, kind)


def listed(page: RunningPage) -> list[str]:
    return [row["file"] for row in json.loads(page.get("/api/history?sort=name&query=selected").body)["rows"]]


def test_a_selection_is_removed_leaves_the_list_at_once_and_comes_back(page: RunningPage) -> None:
    (page.outbox / "sub").mkdir()
    deliver(page.outbox, "sub/selected one", pdf=numbered_pdf(page.outbox / "sub/selected one.pdf", 1))
    deliver(page.outbox, "selected two")

    told = order(page, "remove", RemovedNow, documents=[path_to_ident("sub/selected one.json"), "selected two", "none"])

    assert [each.document for each in told.removed] == [path_to_ident("sub/selected one.json"), "selected two"]
    assert told.left == (LeftOut(document="none", reason="There is no such document in the list."),)
    assert listed(page) == []
    assert (page.outbox / "removed/sub/selected one.pdf").is_file()
    shown = json.loads(page.get("/api/removed").body)["documents"]
    assert sorted((each["file"], each["name"]) for each in shown if "selected" in each["file"]) == [
        ("selected two", "selected two.pdf"),
        ("sub/selected one", "selected one.pdf"),
    ]

    back = order(page, "restore", ReturnedNow, removals=[*(each.removal for each in told.removed), "../x"])

    assert back.returned == ("sub/selected one", "selected two")
    assert [each.reason for each in back.left] == ["It is not among the removed documents any more."]
    assert listed(page) == ["sub/selected one", "selected two"]
    assert not [each for each in json.loads(page.get("/api/removed").body)["documents"] if "selected" in each["file"]]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(PermissionError(13, "Permission denied"), "It cannot be moved: Permission denied. It is where it was.")],
)
def test_what_cannot_be_moved_is_said_in_a_sentence(
    page: RunningPage, monkeypatch: pytest.MonkeyPatch, error: OSError, sentence: str
) -> None:
    deliver(page.outbox, "stays")

    def refuse(*arguments: object) -> None:
        del arguments
        raise error

    monkeypatch.setattr(Removals, "remove", refuse)

    told = order(page, "remove", RemovedNow, documents=["stays"])

    assert told == RemovedNow(removed=(), left=(LeftOut(document="stays", reason=sentence),))


def test_a_busy_outbox_is_no_error_and_the_removal_comes_later(
    page: RunningPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(page.outbox, "later")
    waiting: list[Callable[[], None]] = []
    monkeypatch.setattr(page, "run_errand", waiting.append)
    monkeypatch.setattr("pipeline.web.removed_documents._PATIENCE_S", 0.01)

    told = order(page, "remove", RemovedNow, documents=["later"])

    assert told.left[0].reason.startswith("The outbox is busy")
    waiting[0]()
    assert (page.outbox / "removed/later.json").is_file()


@pytest.mark.parametrize("path", ["remove", "restore"])
@pytest.mark.parametrize("body", [b"", b"[]", b'{"removals": []}', b'{"documents": [3]}', b"\xff"])
def test_what_is_no_list_of_documents_is_refused(page: RunningPage, path: str, body: bytes) -> None:
    answer = page.ask("POST", f"/api/{path}", body, X_Dropleaf="1")

    assert answer.status == 422
    assert "The body must be JSON like" in json.loads(answer.body)["error"]
