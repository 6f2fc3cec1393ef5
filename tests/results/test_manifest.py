"""The manifest, held against its schema for every outcome."""

import json
from dataclasses import replace
from importlib.resources import files

import pytest
from claims import DIGEST, DOCUMENT, RUN, TIMES, page_result
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from pipeline.document import (
    Attempt,
    Checks,
    Content,
    Document,
    Fallback,
    FallbackReason,
    Method,
    Outcome,
    PageResult,
    PageTimings,
    content_to_result,
)
from pipeline.errors import DocumentError
from pipeline.results.manifest import (
    SCHEMA,
    JsonObject,
    error_to_manifest,
    is_entry,
    pages_to_manifest,
    result_to_entry,
    to_bytes,
)

TREE = json.loads((files("pipeline") / "manifest.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(TREE, format_checker=FormatChecker())

SECONDS = st.floats(min_value=0, max_value=1e6)
FALLBACKS = st.none() | st.builds(Fallback, reason=st.sampled_from(FallbackReason), detail=st.text())
ATTEMPTS = st.builds(
    Attempt,
    server=st.text(),
    model=st.text(),
    outcome=st.sampled_from(["ok", *FallbackReason]),
    http_status=st.none() | st.integers(100, 599),
    finish_reason=st.none() | st.text(),
    first_token_s=st.none() | SECONDS,
    request_s=SECONDS,
    prompt_tokens=st.none() | st.integers(0),
    completion_tokens=st.none() | st.integers(0),
)
RESULTS = st.builds(
    PageResult,
    number=st.integers(1, 5000),
    method=st.sampled_from(Method),
    reader=st.none() | st.text(),
    fallback=FALLBACKS,
    tables=st.integers(0, 100),
    repairs=st.tuples(st.text()),
    warnings=st.tuples(st.text()),
    attempts=st.tuples(ATTEMPTS),
    checks=st.builds(
        Checks,
        text_recall=st.none() | st.floats(0, 1),
        numbers_unseen=st.tuples(st.text()),
        numbers_missing=st.tuples(st.text()),
    ),
    timings=st.builds(PageTimings, queue_s=SECONDS, render_s=SECONDS, request_s=SECONDS, total_s=SECONDS),
)
# File names hold any bytes but NUL and the slash; those that are no UTF-8 come as surrogates.
NAMES = st.binary(min_size=1).map(lambda raw: raw.decode("utf-8", "surrogateescape"))


def manifest(*results: PageResult, document: Document = DOCUMENT) -> JsonObject:
    entries = [result_to_entry(result) for result in results]
    return pages_to_manifest(
        document, entries, page_count=len(entries), html_sha256=DIGEST, settings=RUN, timings=TIMES
    )


def test_the_schema_is_one_and_names_itself() -> None:
    Draft202012Validator.check_schema(TREE)

    assert TREE["properties"]["schema"]["const"] == TREE["$id"] == SCHEMA
    defined = TREE["$defs"]
    assert defined["method"]["enum"] == [*Method]
    assert defined["reason"]["enum"] == [*FallbackReason]
    assert TREE["properties"]["outcome"]["enum"] == [*Outcome]
    assert set(TREE["properties"]["counts"]["required"]) == {*Method}


def test_a_complete_document_is_as_the_contract_shows_it() -> None:
    tree = manifest(page_result(1), page_result(2))

    VALIDATOR.validate(tree)
    assert tree["document"] == {"name": "a.pdf", "sha256": DIGEST, "bytes": 1, "pages": 2}
    assert (tree["outcome"], tree["error"], tree["fallbacks"], tree["html_sha256"]) == ("complete", None, [], DIGEST)
    assert tree["counts"] == {"vision": 2, "text_layer": 0, "ocr": 0, "blank": 0, "none": 0}
    assert (tree["started_at"], tree["finished_at"]) == ("2001-09-09T01:46:40.000Z", "2001-09-09T01:46:42.000Z")
    assert tree["timings"] == {"queue_s": 0.5, "convert_s": 1.0, "publish_s": 0.25, "total_s": 1.75}
    assert tree["settings"] == {
        "engine": "lmstudio",
        "workers": 5,
        "page_timeout_s": 180.0,
        "document_timeout_s": 300.0,
    }


def test_a_page_of_which_nothing_could_be_read_is_no_part_of_a_complete_document() -> None:
    basic = Fallback(reason=FallbackReason.ENGINE_BASIC, detail="engine: basic")
    content = Content(method=Method.NONE, warnings=("pdfium: no text.",))
    result = content_to_result(content, 1, fallback=basic, attempts=(), timings=PageTimings())

    tree = manifest(result)

    VALIDATOR.validate(tree)
    assert tree["outcome"] == "partial"
    assert tree["fallbacks"] == [{"page": 1, "reason": "unreadable", "method": "none"}]
    assert result.fallback == Fallback(reason=FallbackReason.UNREADABLE, detail="pdfium: no text.")


@pytest.mark.parametrize("reason", FallbackReason)
def test_a_page_that_fell_back_makes_a_partial_document_but_the_chosen_engine_does_not(reason: FallbackReason) -> None:
    tree = manifest(page_result(1), page_result(2, reason, "why"))

    VALIDATOR.validate(tree)
    chosen = reason is FallbackReason.ENGINE_BASIC
    assert tree["outcome"] == ("complete" if chosen else "partial")
    assert tree["fallbacks"] == ([] if chosen else [{"page": 2, "reason": reason.value, "method": "text_layer"}])


@pytest.mark.parametrize("kind", DocumentError.__subclasses__())
def test_a_failed_document_has_a_code_a_sentence_and_an_advice(kind: type[DocumentError]) -> None:
    tree = error_to_manifest(DOCUMENT, kind("It is so."), settings=RUN, timings=TIMES)

    VALIDATOR.validate(tree)
    assert (tree["outcome"], tree["html_sha256"], tree["pages"]) == ("failed", None, [])
    assert tree["error"] == {"code": kind.code, "message": "It is so.", "advice": kind.advice}


@given(st.lists(RESULTS, max_size=4), NAMES)
def test_whatever_came_of_the_pages_and_whatever_the_name_is(results: list[PageResult], name: str) -> None:
    tree = manifest(*results, document=replace(DOCUMENT, name=name))

    raw = to_bytes(tree)

    raw.decode("utf-8")
    assert json.loads(raw) == tree
    VALIDATOR.validate(json.loads(raw))
    assert all(map(is_entry, json.loads(raw)["pages"]))


@pytest.mark.parametrize("key", ["outcome", "error", "pages", "html_sha256", "dropleaf"])
def test_the_schema_misses_what_is_missing(key: str) -> None:
    tree = manifest(page_result(1))
    del tree[key]

    with pytest.raises(ValidationError):
        VALIDATOR.validate(tree)


def test_the_schema_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValidationError):
        VALIDATOR.validate({**manifest(page_result(1)), "more": 1})
