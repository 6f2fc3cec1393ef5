"""What programs and the page itself ask and say about doubts."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from delivery import delivery_of
from outbox_hands import deliver, reject
from pdfs import numbered_pdf
from review_hands import TABLE, TEXT, cells_of, publish, review_of
from web_hands import Answer, RunningPage, page_alone

from pipeline.errors import EncryptedError
from pipeline.web.history import path_to_ident

IDENT = path_to_ident("r.json")
URL = f"/api/documents/{IDENT}/review"
CELL = {"page": 1, "table": 1, "row": 2, "column": 2, "was": "21", "now": "27"}
MARK = {"page": 1, "mark": 1, "was": "51", "now": "51"}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPage]:
    with page_alone(tmp_path_factory.mktemp("reviews")) as running:
        yield running


@pytest.fixture
def manifest(page: RunningPage, tmp_path: Path) -> Path:
    """A document with a doubted cell and two doubted places in its text, without anything settled."""
    (page.outbox / "r.review.json").unlink(missing_ok=True)
    return publish(page.outbox, numbered_pdf(tmp_path / "r.pdf", 1), TABLE + TEXT)


def say(page: RunningPage, *settled: dict[str, object], **headers: str) -> Answer:
    return page.ask("POST", URL, json.dumps({"settled": settled}).encode(), **({"X_Dropleaf": "1"} | headers))


def test_doubts_and_places_of_a_page_are_told_with_their_boxes(page: RunningPage, manifest: Path) -> None:
    told = page.get(f"{URL}?page=1").tree()

    assert manifest.exists()
    assert told["review"] == {"cells": 1, "texts": 2, "pages": 1, "unchecked_pages": 1, "outdated": 0}
    assert told["doubted"] == [{"number": 1, "doubts": 3}]
    shown = told["page"]
    assert isinstance(shown, dict)
    assert shown["size"] == [612.0, 792.0]
    doubted = [place for place in shown["places"] if place["doubted"]]
    assert [(place["table"], place["row"], place["column"], place["mark"]) for place in doubted] == [
        (1, 2, 2, None),
        (None, None, None, 1),
        (None, None, None, 2),
    ]
    assert doubted[0] == {
        "table": 1,
        "row": 2,
        "column": 2,
        "mark": None,
        "text": "21",
        "doubted": True,
        "page_reading": None,
        "box": [172.0, 102.0, 262.0, 122.0],
    }
    assert page.get(f"{URL}?page=9").tree()["page"] is None


def test_what_is_said_is_in_the_results_and_in_the_list(page: RunningPage, manifest: Path) -> None:
    answer = say(page, {**CELL, "row": 2.0, "now": " 27\n m "}, MARK)

    assert answer.status == 200
    assert answer.tree() == {
        "review": {"cells": 0, "texts": 1, "pages": 1, "unchecked_pages": 1, "outdated": 0},
        "texts": ["27 m", "51"],
    }
    assert cells_of(manifest)[1, 1]["text"] == "27 m"
    assert [each["now"] for each in review_of(manifest)] == ["51", "27 m"]
    delivery_of(manifest)
    rows = page.get("/api/history?review=open").tree()["rows"]
    assert isinstance(rows, list)
    assert [row["review"]["doubts"] for row in rows] == [1]
    assert 'dropleaf_review{what="texts"} 1.0' in page.get("/metrics").body.decode()


@pytest.mark.parametrize(
    ("settled", "status", "sentence"),
    [
        ([{**CELL, "was": "22"}], 409, "says “21”, and not “22”"),
        ([{**CELL, "row": 9}], 409, "There is no page 1, table 1, row 9"),
        ([{**CELL, "was": "\ud800"}], 409, "says “21”, and not “”"),
        ([CELL, CELL], 409, "once only"),
        ([{**CELL, "mark": 1}], 409, "A place is a cell"),
        ([{"page": 1, "was": "a", "now": "b"}], 409, "A place is a cell"),
        ([{**CELL, "row": 0}], 422, "The body must be JSON like"),
        ([{**CELL, "now": "x" * 5000}], 422, "The body must be JSON like"),
        ([], 422, "The body must be JSON like"),
    ],
)
def test_what_is_no_statement_about_what_stands_there_is_refused_with_a_sentence(
    page: RunningPage, manifest: Path, settled: list[dict[str, object]], status: int, sentence: str
) -> None:
    before = manifest.read_bytes()

    answer = say(page, *settled)

    assert (answer.status, manifest.read_bytes()) == (status, before)
    assert sentence in str(answer.tree()["error"])


def test_foreign_sites_and_results_that_are_none_are_refused(page: RunningPage, manifest: Path) -> None:
    reject(page.outbox, "locked", EncryptedError("It asks for a password."))
    locked = path_to_ident("failed/locked.json")

    assert say(page, CELL, X_Dropleaf="0").status == 403
    assert say(page, CELL, Origin="http://evil.example").status == 403
    assert page.get("/api/documents/none/review").status == page.get(f"/api/documents/{locked}/review").status == 404
    with manifest.with_suffix(".html").open("a") as file:
        file.write("mine")
    assert page.get(URL).status == 409
    assert "has been changed" in str(say(page, CELL).tree()["error"])


def test_what_does_not_fit_any_more_is_said_and_can_be_fetched(
    page: RunningPage, manifest: Path, tmp_path: Path
) -> None:
    document = f"/api/documents/{IDENT}"
    assert "review.json" not in page.get(document).body.decode()
    assert say(page, CELL).status == 200
    publish(page.outbox, numbered_pdf(tmp_path / "r.pdf", 1), TABLE.replace("21", "24"))
    page.get("/api/status")

    shown = page.get(f"/documents/{IDENT}").body.decode()

    assert "1 place that you settled reads otherwise" in shown
    assert f"/documents/{IDENT}/download/review.json" in page.get(document).body.decode()
    kept = page.get(f"/documents/{IDENT}/download/review.json")
    assert kept.body == manifest.with_suffix(".review.json").read_bytes()


def test_a_review_is_no_new_document_in_the_figures(page: RunningPage, manifest: Path) -> None:
    def counted() -> list[str]:
        return [line for line in page.get("/metrics").body.decode().splitlines() if "dropleaf_documents_total" in line]

    before = counted()

    assert say(page, CELL).status == 200

    assert counted() == before != []
    assert manifest.exists()


def test_while_the_outbox_is_busy_a_review_waits(
    page: RunningPage, manifest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[Callable[[], None]] = []
    monkeypatch.setattr(page, "run_errand", waiting.append)
    monkeypatch.setattr("pipeline.web.reviews._PATIENCE_S", 0.05)

    answer = say(page, CELL)

    assert answer.status == 503
    assert "busy" in str(answer.tree()["error"])
    waiting[0]()
    assert cells_of(manifest)[1, 1]["text"] == "27"


def test_the_queue_leads_from_document_to_document_and_ends(tmp_path: Path) -> None:
    with page_alone(tmp_path) as page:
        for name, html in (("a", f"<p>fine</p>{TABLE}"), ("b", TEXT), ("c", "<p>fine</p>")):
            publish(page.outbox, numbered_pdf(tmp_path / f"{name}.pdf", 1), html)
        deliver(page.outbox, "old")
        first, second = (path_to_ident(f"{name}.json") for name in "ab")

        def leads_to(query: str) -> str:
            return page.get(f"/review{query}").headers["location"]

        assert leads_to("") == leads_to(f"?after={second}") == f"/documents/{first}?page=1&review=queue"
        assert leads_to(f"?after={first}") == f"/documents/{second}?page=1&review=queue"
        (page.outbox / "a.html").unlink()
        (page.outbox / "b.html").unlink()
        assert b"Nothing is left to check" in page.get("/review").body
