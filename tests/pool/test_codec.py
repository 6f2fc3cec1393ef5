"""Values go between the processes unchanged, and nothing else does."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import pytest
from msgspec import Meta

from pipeline.pool.codec import Codec


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    width: Annotated[float, Meta(ge=0)] = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """With a field of each kind that tasks and answers have."""

    name: str
    path: Path
    colour: Colour = Colour.RED
    strokes: tuple[Stroke, ...] = ()
    note: str | None = None
    extra: object = None


CODEC = Codec((Drawing, int, type(None)))


@pytest.mark.parametrize(
    "value",
    [
        Drawing(name="a", path=Path("/a/é.pdf"), strokes=(Stroke(), Stroke(width=0.0)), extra={"b": [1, {"c": None}]}),
        Drawing(name="a", path=Path("/a/not-utf8-\udce9.pdf"), note="b"),
        7,
        None,
    ],
)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    assert CODEC.decode(CODEC.encode(value)) == value


def test_letters_that_are_no_unicode_are_written_as_escapes() -> None:
    value = Drawing(name="caf\udce9.pdf", path=Path("/a\udce9"), extra={"k\udce9": ["v\udce9"]})

    again = CODEC.decode(CODEC.encode(value))

    assert again == Drawing(name="caf\\udce9.pdf", path=Path("/a\udce9"), extra={"k\\udce9": ["v\\udce9"]})


@pytest.mark.parametrize("value", ["text", b"bytes", Stroke(), object()])
def test_a_value_of_a_type_that_nobody_listed_is_not_sent(value: object) -> None:
    with pytest.raises(TypeError, match=f"{type(value).__name__} does not travel"):
        CODEC.encode(value)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("Drawing", {"path": b"/a"}),
        ("Drawing", {"name": 1, "path": b"/a"}),
        ("Drawing", {"name": "a", "path": "/a"}),
        ("Drawing", {"name": "a", "path": b"/a", "colour": "blue"}),
        ("Drawing", {"name": "a", "path": b"/a", "strokes": [{"width": -1.0}]}),
        ("Drawing", {"name": "a", "path": b"/a", "strokes": [{"width": float("nan")}]}),
        ("Stroke", {}),
        ("int", "7"),
        ("system", ["kill"]),
    ],
)
def test_a_value_that_cannot_be_is_refused(name: str, fields: object) -> None:
    with pytest.raises(ValueError, match=r"Expected|Invalid|missing|does not travel"):
        CODEC.decode(msgspec.msgpack.encode((name, fields)))


@pytest.mark.parametrize("data", [b"", b"\xc1", b"rubbish", b"\x92\xa3int"])
def test_bytes_that_are_no_value_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"MessagePack|truncated|Expected"):
        CODEC.decode(data)
