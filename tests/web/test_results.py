"""What the page shows of an outbox: lists, documents, pictures, figures, retries."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import psutil
import pytest
from daemons import until
from outbox_hands import deliver, entry, reject
from pdfs import numbered_pdf
from web_hands import RunningPage, page_alone, snapshot

from pipeline.choices import Engine
from pipeline.errors import EncryptedError, UnreadableError
from pipeline.page_result import Attempt, Fallback, FallbackReason, Method
from pipeline.pool.interface import HostFacts
from pipeline.status.snapshot import DocumentStatus, PageStatus, ServerStatus
from pipeline.web.chart import details_to_chart, seconds_to_scale
from pipeline.web.details import PageDetail
from pipeline.web.events import snapshot_to_news
from pipeline.web.history import path_to_ident


@pytest.fixture
def page(tmp_path: Path) -> Iterator[RunningPage]:
    with page_alone(tmp_path, engine=Engine.LMSTUDIO) as running:
        yield running


def test_documents_are_found_by_words_of_their_names_in_any_case(page: RunningPage) -> None:
    for name in ("Annual Report 2025", "annual accounts", "Übersicht", "report"):
        deliver(page.outbox, name)
    reject(page.outbox, "report x", EncryptedError("m"))
    page.get("/documents/none")

    def found(query: str) -> set[str]:
        rows = page.get(f"/api/history?{query}").tree()["rows"]
        assert isinstance(rows, list)
        return {row["name"] for row in rows}

    assert found("query=ANNUAL+report") == {"Annual Report 2025.pdf"}
    assert found("query=%C3%BCber") == {"Übersicht.pdf"}
    assert found("query=report&outcome=failed") == {"report x.pdf"}
    assert len(found("limit=2")) == 2
    assert found("offset=9999999999999999999999&limit=-1&outcome=bad") == found("")
    assert page.get("/api/history?query=nothing").tree()["total"] == 0


def test_markup_in_names_reasons_and_answers_stays_text(page: RunningPage) -> None:
    evil = '"><script>alert(1)</script>'
    fallback = Fallback(reason=FallbackReason.EMPTY, detail=evil)
    attempt = Attempt(server="http://s/v1", model=evil, outcome="empty")
    hostile = entry(method=Method.TEXT_LAYER, fallback=fallback, warnings=(evil,), unseen=(evil,), attempts=(attempt,))
    deliver(page.outbox, "x", hostile, name=evil)

    html = page.get(f"/documents/{path_to_ident('x.json')}").body.decode()

    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(1)") >= 5


def test_a_document_shows_page_and_result_side_by_side(page: RunningPage) -> None:
    deliver(page.outbox, "x", pdf=numbered_pdf(page.outbox / "x.pdf", 1))
    url = f"/documents/{path_to_ident('x.json')}"

    html = page.get(url).body.decode()
    section = page.get(f"{url}/pages/1")
    picture = page.get(f"{url}/pages/1/picture?side=200")

    assert f'src="{url}/pages/1/picture"' in html
    assert f'<iframe id="result" sandbox="" src="{url}/pages/1"' in html
    assert section.body.decode().count("<section") == 1
    assert (picture.status, picture.headers["content-type"], picture.body[:4]) == (200, "image/png", b"\x89PNG")
    tag = picture.headers["etag"]
    assert page.get(f"{url}/pages/1/picture?side=200", If_None_Match=tag).status == 304
    assert [page.get(f"{url}/pages/{number}").status for number in ("2", "x", "0")] == [404, 404, 404]
    assert page.get(f"{url}/pages/2/picture").status == 404


def test_an_original_that_is_kept_is_drawn_from_the_inbox_while_its_bytes_are_the_same(page: RunningPage) -> None:
    pdf = numbered_pdf(page.inbox / "x.pdf", 1)
    deliver(page.outbox, "x", pdf=pdf)
    url = f"/documents/{path_to_ident('x.json')}"

    assert page.get(f"{url}/pages/1/picture?side=200").status == 200
    assert page.get(f"{url}/download/pdf").body == pdf.read_bytes()

    numbered_pdf(pdf, 2, document=9)

    for path in (f"{url}/pages/1/picture?side=200", f"{url}/download/pdf"):
        assert page.get(path).status == 404
    html = page.get(url).body.decode()
    assert "or it has been changed" in html
    assert "/picture" not in html


def test_an_original_that_was_deleted_is_said_to_be_so(tmp_path: Path) -> None:
    with page_alone(tmp_path, originals="delete") as page:
        deliver(page.outbox, "x", entry(reason=FallbackReason.TIMEOUT))
        url = f"/documents/{path_to_ident('x.json')}"

        html = page.get(url).body.decode()

        assert "originals: delete" in html
        assert "the model cannot be asked again" in html
        assert not re.findall(r"/retry|/picture|/download/pdf", html)
        assert page.get(f"{url}/pages/1/picture").status == 404


def test_pages_of_a_kept_original_can_be_asked_for_again(page: RunningPage) -> None:
    pdf = numbered_pdf(page.inbox / "x.pdf", 1)
    deliver(page.outbox, "x", entry(reason=FallbackReason.TIMEOUT), pdf=pdf)
    ident = path_to_ident("x.json")
    page.get(f"/documents/{ident}")

    assert page.ask("POST", f"/api/documents/{ident}/retry", b"", X_Dropleaf="1").status == 202

    assert [(each.name, each.folder) for each in page.posted] == [("x.pdf", ".")]
    assert Path(page.posted[0].path).read_bytes() == pdf.read_bytes()
    assert (page.outbox / "x.json").exists()


def test_a_picture_that_cannot_be_drawn_is_said_to_be_so(page: RunningPage) -> None:
    broken = page.outbox / "x.pdf"
    broken.write_bytes(b"%PDF-1.7 broken")
    deliver(page.outbox, "x", pdf=broken)

    answer = page.get(f"/documents/{path_to_ident('x.json')}/pages/1/picture")

    assert (answer.status, "cannot be" in answer.body.decode()) == (422, True)


def test_spreadsheets_and_markdown_are_there_for_whoever_asks(page: RunningPage) -> None:
    deliver(page.outbox, "sub/x")
    url = f"/documents/{path_to_ident('sub/x.json')}"

    html = page.get(url).body.decode()
    book, archive, text = (page.get(f"{url}/download/{ending}") for ending in ("xlsx", "csv.zip", "md"))

    assert all(f'href="{url}/download/{ending}"' in html for ending in ("xlsx", "csv.zip", "md", "tables.json"))
    assert openpyxl.load_workbook(BytesIO(book.body)).sheetnames == ["Overview"]
    assert ZipFile(BytesIO(archive.body)).namelist() == []
    assert "text of page 1" in text.body.decode()
    assert "attachment; filename*=UTF-8''x.xlsx" in book.headers["content-disposition"]
    (page.outbox / "sub" / "x.md").write_bytes(b"as it lies there")
    assert page.get(f"{url}/download/md").body == b"as it lies there"
    (page.outbox / "sub" / "x.html").write_bytes(b"changed")
    assert page.get(f"{url}/download/xlsx").status == 404


def test_downloads_have_the_name_of_the_result(page: RunningPage) -> None:
    deliver(page.outbox, 'a "b"; ü')
    ident = path_to_ident('a "b"; ü.json')
    url = f"/documents/{ident}"
    page.get(url)

    answer = page.get(f"{url}/download/json")

    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''a%20%22b%22%3B%20%C3%BC.json"
    assert json.loads(answer.body)["outcome"] == "complete"
    assert page.get(f"{url}/download/pdf").status == 404


def test_no_file_stays_open_whoever_takes_it(page: RunningPage) -> None:
    deliver(page.outbox, "x", pdf=numbered_pdf(page.outbox / "x.pdf", 1))
    url = f"/documents/{path_to_ident('x.json')}"
    page.get(url)

    for path in ("result", "download/html", "download/pdf", "pages/1"):
        assert page.ask("HEAD", f"{url}/{path}").status == 200
        assert page.get(f"{url}/{path}").status == 200

    until(lambda: not [each for each in psutil.Process().open_files() if each.path.startswith(str(page.outbox))])


def test_figures_count_what_is_delivered_while_it_runs(tmp_path: Path) -> None:
    deliver(tmp_path / "outbox", "before")
    server = ServerStatus(url="http://s/v1", model="m", slots=4, in_flight=3, state="ready")
    with page_alone(tmp_path) as page:
        page.get("/metrics")
        deliver(page.outbox, "after")
        hosts = (
            HostFacts(name="alpha", slots=4, in_work=3, heard_s=0.1, state="ready"),
            HostFacts(name="beta", slots=2, in_work=0, heard_s=5.0, state="silent: it gets no pages"),
        )
        shown = snapshot(servers=(server,), documents=(converting(),), troubles=("disk",), hosts=hosts)
        page.page.show(shown)

        text = page.get("/metrics").body.decode()

        assert page.get("/healthz").status == 503
    assert 'dropleaf_pages_total{method="vision",reason=""} 1.0' in text
    assert 'dropleaf_request_seconds_count{outcome="ok"} 1.0' in text
    assert 'dropleaf_tokens_total{kind="completion"} 5.0' in text
    assert 'dropleaf_slots_in_use{server="http://s/v1"} 3.0' in text
    assert 'dropleaf_host_slots{host="alpha"} 4.0' in text
    assert 'dropleaf_host_slots_in_use{host="alpha"} 3.0' in text
    assert 'dropleaf_host_ready{host="alpha"} 1.0\ndropleaf_host_ready{host="beta"} 0.0' in text
    assert 'dropleaf_documents_in_work{phase="converting"} 1.0' in text
    assert "dropleaf_queue_length 1.0" in text


def test_the_news_tell_what_is_done_with_each_page() -> None:
    news = snapshot_to_news(snapshot(documents=(converting(),)), 7)

    running = news["running"]
    assert isinstance(running, list)
    assert running[0] == {
        "ident": "i",
        "name": "x?.pdf",
        "folder": ".",
        "phase": "converting",
        "began_at": 1.0,
        "pages": 5,
        "wanted": 4,
        "finished": 2,
        "journaled": 0,
        "strip": "vt..-",
        "fallbacks": {"timeout": [2]},
        "running": [{"number": 3, "step": "request", "since": 2.0, "tokens": 9, "reason": None}],
        "engine": None,
        "paused": False,
        "priority": 0,
    }
    assert news["history"] == 7


def test_a_failed_document_is_taken_back_into_work(page: RunningPage) -> None:
    pdf = numbered_pdf(page.inbox / "source", 1)
    manifest = reject(page.outbox, "sub/x", UnreadableError("broken"), pdf=pdf)
    pdf.rename(manifest.with_suffix(".pdf"))
    ident = path_to_ident("failed/sub/x.json")
    assert b"broken" in page.get(f"/documents/{ident}").body

    answer = page.ask("POST", f"/api/documents/{ident}/retry", b"", X_Dropleaf="1")

    assert answer.status == 202
    assert [(each.name, each.folder) for each in page.posted] == [("x.pdf", "sub")]
    assert Path(page.posted[0].path).is_file()
    assert not manifest.exists()
    assert not manifest.with_suffix(".pdf").exists()


def test_what_cannot_be_asked_again_is_refused_with_a_reason(page: RunningPage) -> None:
    deliver(page.outbox, "good")
    deliver(page.outbox, "bad", entry(reason=FallbackReason.TIMEOUT))
    page.get("/documents/none")

    answers = [
        page.ask("POST", f"/api/documents/{path_to_ident(name)}/retry", b"", X_Dropleaf="1")
        for name in ("good.json", "bad.json", "none.json")
    ]

    assert [answer.status for answer in answers] == [409, 409, 404]
    assert "original" in answers[1].body.decode()
    assert page.posted == []


@pytest.mark.parametrize("longest", [0.001, 0.5, 1, 3.3, 59, 1234])
def test_the_scale_of_the_chart_has_a_few_marks(longest: float) -> None:
    step = seconds_to_scale(longest)

    assert 1 <= longest / step <= 5


def test_the_bars_of_the_chart_are_as_high_as_the_times_are_long() -> None:
    chart = details_to_chart([detail(1, (1.0, 0.0, 3.0, 0.0, 0.0)), detail(2, (0.0, 0.0, 2.0, 0.0, 0.0))])

    assert chart is not None
    heights = [[piece.height for piece in bar.pieces] for bar in chart.bars]
    assert heights[0][2] == pytest.approx(3 * heights[0][0], rel=0.01)
    assert heights[1][2] == pytest.approx(2 * heights[0][0], rel=0.01)
    assert details_to_chart([]) is None
    assert len(details_to_chart([detail(n, (1.0,) * 5) for n in range(1, 5001)]).bars) == 5000  # type: ignore[union-attr]  # it has bars


def detail(number: int, seconds: tuple[float, ...]) -> PageDetail:
    return PageDetail(
        number=number,
        method="model",
        reason="",
        detail="",
        tables=0,
        unseen=(),
        more_unseen=0,
        warnings=(),
        model="m",
        tokens=1,
        seconds=seconds,
        total_s=sum(seconds),
    )


def converting() -> DocumentStatus:
    running = PageStatus(number=3, step="request", since=2.0, tokens=9, server="http://s/v1")
    return DocumentStatus(
        ident="i",
        name="x\udcff.pdf",
        folder=".",
        phase="converting",
        claimed_at=0.0,
        began_at=1.0,
        pages=5,
        finished=2,
        fallbacks=(2,),
        running=(running,),
        reasons=("timeout",),
        strip="vt..-",
    )
