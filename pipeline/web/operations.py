"""What each endpoint takes and answers, noted where it is defined; the API's description is made of these notes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from pipeline.files.json_values import Json

#: A type that is sent as JSON, or a media type.
Body: TypeAlias = type | str
Endpoint = TypeVar("Endpoint")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why something was not done, as a sentence."""

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter in the query of an address.

    Attributes:
        description: In plain words.
        schema: A JSON Schema; by default any text is taken.
        required: Whether it must be there.
    """

    description: str
    schema: Mapping[str, Json] = field(default_factory=lambda: {"type": "string"})
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What an endpoint takes and answers.

    Attributes:
        answers: What it answers when all is well, by status.
        errors: The other statuses that it answers, with a :class:`Problem`.
        body: What it takes.
        query: What it takes in the query, by name.
        for_people: Whether it is a page for a browser.
        is_open: Whether it needs no token.
    """

    answers: Mapping[int, Body]
    errors: tuple[int, ...] = ()
    body: Body | None = None
    query: Mapping[str, Parameter] = field(default_factory=dict)
    for_people: bool = False
    is_open: bool = False


_NOTED: dict[object, Operation] = {}


def answers(
    good: Mapping[int, Body],
    *errors: int,
    body: Body | None = None,
    query: Mapping[str, Parameter] | None = None,
    for_people: bool = False,
    is_open: bool = False,
) -> Callable[[Endpoint], Endpoint]:
    """Note what an endpoint takes and answers; see :class:`Operation`."""

    def note(endpoint: Endpoint) -> Endpoint:
        _NOTED[endpoint] = Operation(
            answers=good, errors=errors, body=body, query=query or {}, for_people=for_people, is_open=is_open
        )
        return endpoint

    return note


def operation_of(endpoint: object) -> Operation | None:
    """What was noted for an endpoint; None where nothing was."""
    return _NOTED.get(getattr(endpoint, "__func__", endpoint))
