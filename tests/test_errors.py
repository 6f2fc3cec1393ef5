"""The tree of errors, and what each one must be able to do."""

import json
import re
from importlib.resources import files
from inspect import isclass

from pipeline import errors
from pipeline.errors import DocumentError, PageError, PipelineError, code_to_document_error
from pipeline.page_result import FallbackReason


def kinds_below(kind: type[PipelineError]) -> list[type[PipelineError]]:
    return [kind, *(each for child in kind.__subclasses__() for each in kinds_below(child))]


def drawn_tree() -> dict[str, str]:
    """The parent of every class that the module's docstring draws."""
    parents: dict[str, str] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"    ((?:│   |    )*)(?:[├└]── )?((?:\w+(?:, )?)+)(?:\s{2,}|$)", line)
        if found and found[2].split(", ")[0] in vars(errors):
            depth = len(found[1]) // 4 + ("──" in line)
            for name in found[2].split(", "):
                parents[name] = path[depth - 1] if depth else "Exception"
            path[depth:] = [found[2].split(", ")[-1]]
    return parents


ALL = [kind for kind in kinds_below(PipelineError) if kind.__module__ == errors.__name__]


def test_the_drawn_tree_is_the_tree_that_exists() -> None:
    classes = {kind for kind in vars(errors).values() if isclass(kind) and issubclass(kind, Exception)}

    assert classes == set(ALL)
    assert drawn_tree() == {kind.__name__: kind.__bases__[0].__name__ for kind in ALL}


def test_every_page_error_has_a_reason_that_manifests_know() -> None:
    for kind in ALL:
        if issubclass(kind, PageError):
            assert FallbackReason(kind.reason)


def test_every_document_error_has_its_own_code_an_advice_and_a_place_in_the_schema() -> None:
    schema = json.loads((files("pipeline") / "manifest.schema.json").read_text(encoding="utf-8"))
    kinds = DocumentError.__subclasses__()

    codes = [kind.code for kind in kinds]

    assert sorted(codes) == sorted(schema["properties"]["error"]["oneOf"][1]["properties"]["code"]["enum"])
    assert [code_to_document_error(code) for code in codes] == kinds
    below = [kind for kind in ALL if issubclass(kind, DocumentError) and kind not in {DocumentError, *kinds}]
    assert all(any(issubclass(kind, each) and kind.code == each.code for each in kinds) for kind in below)
    assert all(kind.advice.endswith(".") for kind in ALL if issubclass(kind, DocumentError))


def test_a_code_that_nobody_knows_means_unreadable() -> None:
    assert code_to_document_error("gibberish") is errors.UnreadableError


def test_exit_codes_are_the_contracts() -> None:
    assert {kind.exit_code for kind in ALL} == {1, 64, 70, 78}
    assert (errors.SettingsError.exit_code, errors.UsageError.exit_code) == (78, 64)
