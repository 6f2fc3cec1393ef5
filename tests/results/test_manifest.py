"""The manifest, held against its schema for every outcome."""

import json
import tempfile
from dataclasses import fields, is_dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from claims import DIGEST, DOCUMENT, RUN, page_result
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from pipeline.document import Document, Outcome
from pipeline.errors import DocumentError
from pipeline.files.json_values import JsonObject
from pipeline.page_result import (
    Attempt,
    Checks,
    Content,
    Fallback,
    FallbackReason,
    Method,
    PageResult,
    PageTimings,
    content_to_result,
)
from pipeline.results.manifest import (
    SCHEMA,
    Manifest,
    ManifestHead,
    error_to_manifest,
    manifest_to_bytes,
    pages_to_manifest,
    read_head,
    read_manifest,
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
    continues=st.none() | st.just("page-4-table-1"),
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


def manifest(*pages: PageResult, document: Document = DOCUMENT) -> Manifest:
    return pages_to_manifest(document, pages, page_count=len(pages), html_sha256=DIGEST, run=RUN)


def tree_of(made: Manifest) -> JsonObject:
    tree: JsonObject = json.loads(manifest_to_bytes(made))
    return tree


def test_the_schema_is_one_and_names_itself() -> None:
    Draft202012Validator.check_schema(TREE)

    assert TREE["properties"]["schema"]["const"] == TREE["$id"] == SCHEMA
    defined = TREE["$defs"]
    assert defined["method"]["enum"] == [*Method]
    assert defined["reason"]["enum"] == [*FallbackReason]
    assert TREE["properties"]["outcome"]["enum"] == [*Outcome]
    assert set(TREE["properties"]["counts"]["required"]) == {*Method}


def keys_of(kind: object) -> JsonObject | None:
    """The keys of a dataclass and of those that it holds."""
    if not (isinstance(kind, type) and is_dataclass(kind)):
        inner = [found for each in get_args(kind) if (found := keys_of(each)) is not None]
        return inner[0] if inner else None
    hints = get_type_hints(kind)
    return {field.name: keys_of(hints[field.name]) for field in fields(kind)}


def keys_in_schema(tree: JsonObject) -> JsonObject | None:
    """The same, as the schema tells it."""
    tree = TREE["$defs"][str(tree["$ref"]).rpartition("/")[2]] if "$ref" in tree else tree
    for kind in (tree, tree.get("items"), *(tree.get("oneOf") or ())):  # type: ignore[misc]  # a list of schemas
        if isinstance(kind, dict) and ("properties" in kind or kind is not tree):
            properties = kind.get("properties")
            if not isinstance(properties, dict):
                found = keys_in_schema(kind)
                if found is not None:
                    return found
                continue
            return {name: keys_in_schema(each) for name, each in properties.items() if isinstance(each, dict)}
    return None


def test_the_types_and_the_schema_have_the_same_keys() -> None:
    told = keys_in_schema(TREE)
    assert told is not None
    told["counts"] = None  # by the pages' methods, held against the enum above

    assert keys_of(Manifest) == told


def test_a_complete_document_is_as_the_contract_shows_it() -> None:
    tree = tree_of(manifest(page_result(1), page_result(2)))

    VALIDATOR.validate(tree)
    assert tree["document"] == {"name": "a.pdf", "sha256": DIGEST, "bytes": 1, "pages": 2}
    assert (tree["outcome"], tree["error"], tree["fallbacks"], tree["html_sha256"]) == ("complete", None, [], DIGEST)
    assert tree["counts"] == {"vision": 2, "text_layer": 0, "ocr": 0, "blank": 0, "none": 0}
    assert (tree["started_at"], tree["finished_at"]) == ("2001-09-09T01:46:40.000Z", "2001-09-09T01:46:42.000Z")
    assert tree["timings"] == {"queue_s": 0.5, "convert_s": 1.75, "publish_s": 0.25, "total_s": 2.5}
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

    tree = tree_of(manifest(result))

    VALIDATOR.validate(tree)
    assert tree["outcome"] == "partial"
    assert tree["fallbacks"] == [{"page": 1, "reason": "unreadable", "method": "none"}]
    assert result.fallback == Fallback(reason=FallbackReason.UNREADABLE, detail="pdfium: no text.")


@pytest.mark.parametrize("reason", FallbackReason)
def test_a_page_that_fell_back_makes_a_partial_document_but_the_chosen_engine_does_not(reason: FallbackReason) -> None:
    tree = tree_of(manifest(page_result(1), page_result(2, reason, "why")))

    VALIDATOR.validate(tree)
    chosen = reason is FallbackReason.ENGINE_BASIC
    assert tree["outcome"] == ("complete" if chosen else "partial")
    assert tree["fallbacks"] == ([] if chosen else [{"page": 2, "reason": reason.value, "method": "text_layer"}])


@pytest.mark.parametrize("kind", DocumentError.__subclasses__())
def test_a_failed_document_has_a_code_a_sentence_and_an_advice(kind: type[DocumentError]) -> None:
    tree = tree_of(error_to_manifest(DOCUMENT, kind("It is so."), run=RUN))

    VALIDATOR.validate(tree)
    assert (tree["outcome"], tree["html_sha256"], tree["pages"]) == ("failed", None, [])
    assert tree["error"] == {"code": kind.code, "message": "It is so.", "advice": kind.advice}


@given(st.lists(RESULTS, max_size=4), NAMES)
def test_whatever_came_of_the_pages_and_whatever_the_name_is(results: list[PageResult], name: str) -> None:
    made = manifest(*results, document=replace(DOCUMENT, name=name))

    raw = manifest_to_bytes(made)

    raw.decode("utf-8")
    VALIDATOR.validate(json.loads(raw))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.json").write_bytes(raw)
        assert read_manifest(Path(folder), "a.json") == made
        head = read_head(Path(folder), "a.json")
    assert head == ManifestHead(**{field.name: getattr(made, field.name) for field in fields(ManifestHead)})


@pytest.mark.parametrize("key", ["outcome", "error", "pages", "html_sha256", "dropleaf"])
def test_the_schema_misses_what_is_missing(key: str) -> None:
    tree = tree_of(manifest(page_result(1)))
    del tree[key]

    with pytest.raises(ValidationError):
        VALIDATOR.validate(tree)


def test_the_schema_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValidationError):
        VALIDATOR.validate({**tree_of(manifest(page_result(1))), "more": 1})
