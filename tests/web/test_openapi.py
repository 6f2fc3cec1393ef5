"""The description of the API: of every route, true, and made of the code."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from outbox_hands import deliver, entry, reject
from pdfs import numbered_pdf
from starlette.applications import Starlette
from starlette.routing import Route
from web_hands import Answer, RunningPage, page_alone

from pipeline.choices import Engine
from pipeline.errors import UnreadableError
from pipeline.files.json_values import JsonObject
from pipeline.page_result import FallbackReason
from pipeline.web import server
from pipeline.web.app import PageContext, Site, create_app
from pipeline.web.guard import OPEN_PATHS
from pipeline.web.history import path_to_ident
from pipeline.web.operations import operation_of

POST = {"X_Dropleaf": "1"}


APPS: list[Starlette] = []


def keep_app(context: PageContext) -> tuple[Starlette, Site]:
    app, site = create_app(context)
    APPS.append(app)
    return app, site


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPage]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "create_app", keep_app)
        yield from opened(tmp_path_factory.mktemp("api"))


def opened(folder: Path) -> Iterator[RunningPage]:
    with page_alone(folder, engine=Engine.LMSTUDIO) as running:
        running.outbox.mkdir(exist_ok=True)
        for stem in ("one", "two"):
            pdf = numbered_pdf(running.outbox / f"{stem}.pdf", 1)
            deliver(running.outbox, stem, entry(reason=FallbackReason.TIMEOUT), pdf=pdf)
        reject(running.outbox, "bad", UnreadableError("broken"))
        yield running


@pytest.fixture(scope="module")
def told(page: RunningPage) -> JsonObject:
    tree: JsonObject = json.loads(page.get("/api/openapi.json").body)
    return tree


@pytest.fixture(scope="module")
def routes(page: RunningPage) -> list[Route]:
    assert page.get("/healthz").status == 200
    return [route for route in APPS[-1].routes if isinstance(route, Route)]


def test_every_route_says_what_it_takes_and_answers(routes: list[Route]) -> None:
    assert len(routes) == len(APPS[-1].routes) > 20
    assert [route.path for route in routes if operation_of(route.endpoint) is None] == []


def test_what_needs_no_token_is_said_to_be_open(routes: list[Route]) -> None:
    found = {route.path: operation_of(route.endpoint) for route in routes}

    assert {path for path, each in found.items() if each is not None and each.is_open} == {
        *OPEN_PATHS,
        "/static/{name:str}",
    }


def fits(told: JsonObject, answer: Answer, path: str, method: str = "get") -> object:
    """The body, once it is sure that the description allows it."""
    operation = told["paths"][path][method]  # type: ignore[index,call-overload]  # as OpenAPI has it
    content = operation["responses"][str(answer.status)]["content"]  # type: ignore[index,call-overload]  # the same
    kind = answer.headers["content-type"].partition(";")[0]
    schema = content[kind]["schema"]  # type: ignore[index,call-overload]  # the same
    body: object = json.loads(answer.body)
    jsonschema.validate(body, {**schema, "components": told["components"]})  # type: ignore[dict-item]  # the same
    return body


def test_real_answers_are_as_described(page: RunningPage, told: JsonObject) -> None:
    one, bad = path_to_ident("one.json"), path_to_ident("failed/bad.json")
    fits(told, page.get("/api/documents/x"), "/api/documents/{ident}")

    listed = fits(told, page.get("/api/history?sort=name"), "/api/history")
    found = fits(told, page.get(f"/api/documents/{one}"), "/api/documents/{ident}")
    failed = fits(told, page.get(f"/api/documents/{bad}"), "/api/documents/{ident}")
    fits(told, page.get("/api/status"), "/api/status")
    fits(told, page.get("/healthz"), "/healthz")
    fits(told, page.drop(b"%PDF-1.7", "name=new.pdf&folder=in"), "/api/documents", "post")
    fits(told, page.drop(b"", Content_Type="text/plain"), "/api/documents", "post")
    fits(told, page.ask("POST", f"/api/documents/{bad}/redo", b"", **POST), "/api/documents/{ident}/redo", "post")
    fits(told, page.ask("POST", f"/api/documents/{one}/retry", b"", **POST), "/api/documents/{ident}/retry", "post")
    fits(told, page.ask("POST", "/api/redo", b'{"documents": ["one", "two"]}', **POST), "/api/redo", "post")
    fits(told, page.ask("POST", "/api/redo", b"{}", **POST), "/api/redo", "post")
    fits(told, page.ask("POST", "/api/pause", b"", **POST), "/api/pause", "post")
    fits(told, page.ask("POST", "/api/work/none/cancel", b"", **POST), "/api/work/{ident}/cancel", "post")

    assert listed["total"] == 3  # type: ignore[index]  # as described
    assert found["document"]["file"] == "one"  # type: ignore[index]  # the same
    assert found["fallbacks"][0]["reason"] == "timeout"  # type: ignore[index]  # the same
    assert list(failed["downloads"]) == ["json", "pdf"]  # type: ignore[index]  # the same
    missing = [end for end, url in found["downloads"].items() if page.get(url).status != 200]  # type: ignore[index]  # the same
    assert missing == ["tables.json"]  # nobody has written it here


def test_every_part_that_is_referred_to_is_there_and_names_are_unique(told: JsonObject) -> None:
    text = json.dumps(told)
    components = told["components"]["schemas"]  # type: ignore[index,call-overload]  # as OpenAPI has it
    used = {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    names = [part.partition('"')[0] for part in text.split('"operationId": "')[1:]]

    assert used == set(components)  # type: ignore[arg-type]  # the same
    assert len(names) == len(set(names)) > 20


@pytest.mark.slow
def test_schemathesis_finds_nothing(page: RunningPage, tmp_path: Path) -> None:
    work = page.journal.claim(numbered_pdf(tmp_path / "w.pdf", 1), ".", copy=True).ident
    one = path_to_ident("two.json")
    (tmp_path / "schemathesis.toml").write_text(
        "[[operations]]\n"
        'include-path-regex = "documents/"\n'
        f'parameters = {{ ident = "{one}", number = "1", ending = "md" }}\n'
        "[[operations]]\n"
        'include-path-regex = "work/"\n'
        f'parameters = {{ ident = "{work}" }}\n'
    )
    command = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert command is not None

    done = subprocess.run(
        [
            *(command, "--config-file", str(tmp_path / "schemathesis.toml"), "run"),
            f"http://127.0.0.1:{page.port}/api/openapi.json",
            *("--header", "X-Dropleaf: 1", "--max-examples", "6", "--no-color"),
            *("--exclude-path", "/events"),  # it has no end
        ],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "SCHEMATHESIS_HOOKS": "api_hooks", "PYTHONPATH": str(Path(__file__).parent)},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
