"""Many documents in one ZIP, which is sent while it is made."""

import io
import json
import zipfile
from collections.abc import Iterator

import pytest
from outbox_hands import deliver, reject
from pdfs import numbered_pdf
from web_hands import Answer, RunningPage, page_alone

from pipeline.errors import UnreadableError


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPage]:
    with page_alone(tmp_path_factory.mktemp("archives")) as running:
        (running.outbox / "sub").mkdir()
        deliver(running.outbox, "sub/one", pdf=numbered_pdf(running.outbox / "sub/one.pdf", 1))
        deliver(running.outbox, "zwölf")
        (running.outbox / "zwölf.pdf").write_bytes(b"somebody else's")
        (running.outbox / "zwölf-tables").mkdir()
        (running.outbox / "zwölf-tables" / "page-1-table-1.csv").write_text("1,2")
        reject(running.outbox, "bad", UnreadableError("broken"))
        yield running


def prepare(page: RunningPage, content: str, *names: str) -> Answer:
    body = json.dumps({"documents": names}).encode()
    return page.ask("POST", f"/api/archives?content={content}", body, X_Dropleaf="1")


def archive(page: RunningPage, content: str, *names: str) -> dict[str, bytes]:
    ready = json.loads(prepare(page, content, *names).body)
    answer = page.get(ready["url"])
    assert answer.status == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="dropleaf-{content}.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.body)) as found:
        assert found.testzip() is None
        return {each: found.read(each) for each in found.namelist()}


def test_all_files_of_documents_are_in_it_and_nobody_elses(page: RunningPage) -> None:
    found = archive(page, "results", "sub/one", "zwölf", "failed/bad", "none")

    assert set(found) == {
        "sub/one.html",
        "sub/one.json",
        "sub/one.pdf",
        "zwölf.html",
        "zwölf.json",
        "zwölf-tables/page-1-table-1.csv",
        "failed/bad.json",
    }
    assert found["sub/one.pdf"] == (page.outbox / "sub/one.pdf").read_bytes()


@pytest.mark.parametrize(("content", "end"), [("xlsx", ".xlsx"), ("markdown", ".md")])
def test_outputs_are_made_for_it(page: RunningPage, content: str, end: str) -> None:
    found = archive(page, content, "sub/one", "failed/bad")

    assert list(found) == [f"sub/one{end}"]
    assert found[f"sub/one{end}"]


def test_what_cannot_be_made_is_named_in_it(page: RunningPage) -> None:
    deliver(page.outbox, "changed")
    (page.outbox / "changed.html").write_text("something else")

    found = archive(page, "xlsx", "changed", "sub/one")

    assert set(found) == {"sub/one.xlsx", "MISSING.txt"}
    assert b"changed: " in found["MISSING.txt"]
    assert b"has been changed" in found["MISSING.txt"]


@pytest.mark.parametrize(
    ("content", "names", "status"),
    [("exe", ["sub/one"], 422), ("results", ["none"], 404), ("csv", ["failed/bad"], 404)],
)
def test_a_wrong_wish_is_refused_with_a_sentence(
    page: RunningPage, content: str, names: list[str], status: int
) -> None:
    answer = prepare(page, content, *names)

    assert answer.status == status
    assert json.loads(answer.body)["error"].endswith(".")
    assert page.get("/api/archives/none").status == 404
