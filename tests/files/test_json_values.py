"""Typed values as JSON and back."""

import json
from dataclasses import dataclass
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.files.json_values import json_to_value, value_to_json


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    name: str
    at: tuple[float, ...] = ()
    colour: Colour = Colour.RED
    below: dict[Colour, int] | None = None


@given(
    st.builds(
        Dot,
        # Any bytes as Python spells them in a file name, halves of surrogate pairs included.
        name=st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")),
        at=st.lists(st.floats(allow_nan=False, allow_infinity=False)).map(tuple),
        colour=st.sampled_from(Colour),
        below=st.none() | st.dictionaries(st.sampled_from(Colour), st.integers(-(2**53), 2**53)),
    ),
    st.booleans(),
)
def test_a_value_comes_back_as_it_was(dot: Dot, indented: bool) -> None:  # noqa: FBT001 — drawn
    raw = value_to_json(dot, indented=indented)

    raw.decode("utf-8")
    assert json_to_value(raw, Dot) == dot
    assert json.loads(raw)["name"] == dot.name


@pytest.mark.parametrize("name", ["a", "\udcff"])
def test_indented_json_has_a_line_for_each_member_and_the_other_is_one_line(name: str) -> None:
    assert value_to_json(Dot(name=name), indented=True).count(b"\n") == 6
    assert b"\n" not in value_to_json(Dot(name=name))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"name": 5}',
        b'{"name": "a", "colour": "green"}',
        b'{"name": "a", "at": ["x"]}',
        b'{"name": "a", "at": [NaN]}',
        b'{"name": "\\udcff", "at": "x"}',
        b'{"name": "\\udcff", "at": [NaN]}',
        b'{"name": "a", "more": ' + b"[" * 100_000,
        b'{"name": "a", "more": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_anything_else_is_told_as_one_kind_of_error(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        json_to_value(raw, Dot)


def test_what_a_later_version_adds_is_passed_over() -> None:
    assert json_to_value(b'{"name": "a", "size": {"x": [1]}}', Dot) == Dot(name="a")
