"""The description of the API (OpenAPI 3.1), made of the routes and of what their endpoints take and answer."""

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipeline.files.json_values import Json, JsonObject, value_to_json
from pipeline.release import RELEASE
from pipeline.web.operations import Body, Operation, Parameter, Problem, answers, operation_of

_JSON = "application/json"
_REF = "#/components/schemas/{name}"
_ABOUT = (
    "Every POST needs the header X-Dropleaf: 1. Where web.token is set, requests need Authorization: Bearer TOKEN. "
    'Errors are a sentence: {"error": "..."}, or plain text where a request is refused before it is looked at.'
)
# What any request may get before it reaches its endpoint: with a sentence as text.
_REFUSALS = (400, 401, 403, 411, 503)
_PATH_PARAMETERS: Mapping[str, str] = {
    "ident": "Of the document, as lists tell it.",
    "number": "Of the page, from 1.",
    "ending": "Of the file: html, json, tables.json, review.json, pdf, xlsx, csv.zip or md.",
    "name": "Of the file.",
}


class ApiDescription:
    """The endpoint that tells the description."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        """Of these routes, also of those that are added later."""
        self._routes = routes
        self._text = b""

    @answers({200: dict})
    async def tell(self, request: Request) -> Response:
        """GET: this description."""
        del request
        if not self._text:  # most daemons are never asked for it
            self._text = value_to_json(routes_to_openapi(self._routes), indented=True)
        return Response(self._text, media_type=_JSON)


def routes_to_openapi(routes: Iterable[BaseRoute]) -> JsonObject:
    """The description of all routes whose endpoints say what they take and answer."""
    told = [
        (route, operation)
        for route in routes
        if isinstance(route, Route) and (operation := operation_of(route.endpoint)) is not None
    ]
    kinds = _kinds_of(operation for _, operation in told)
    schemas, components = msgspec.json.schema_components(kinds, ref_template=_REF)
    by_kind = dict(zip(map(repr, kinds), schemas, strict=True))
    paths: dict[str, JsonObject] = {}
    for route, operation in told:
        method = "post" if "POST" in (route.methods or ()) else "get"
        path = re.sub(r":\w+}", "}", route.path)
        paths[path] = paths.get(path, {}) | {method: _operation_to_json(route, operation, method, by_kind)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Dropleaf", "version": RELEASE, "description": _ABOUT},
        "security": [{}, {"token": []}],
        "paths": {**paths},
        "components": {"schemas": components, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _kinds_of(operations: Iterable[Operation]) -> list[type]:
    bodies = [body for each in operations for body in (*each.answers.values(), each.body)]
    kinds = {repr(body): body for body in (*bodies, Problem) if body is not None and not isinstance(body, str)}
    return list(kinds.values())


def _operation_to_json(
    route: Route, operation: Operation, method: str, by_kind: Mapping[str, JsonObject]
) -> JsonObject:
    about = inspect.getdoc(route.endpoint) or ""
    summary = about.partition("\n")[0].partition(": ")[2]
    told: JsonObject = {
        "summary": summary[:1].upper() + summary[1:],
        "operationId": f"{method}{re.sub('[^a-z]+', '_', route.path.replace(':str', ''))}".strip("_"),
        "tags": ["page" if operation.for_people else "api"],
        "parameters": _parameters(route, operation, method),
        "responses": _responses(operation, by_kind),
    }
    if operation.body is not None:
        schema = by_kind.get(repr(operation.body), {})
        told["requestBody"] = {"required": True, "content": {_media_type(operation.body): {"schema": schema}}}
    if operation.is_open:
        told["security"] = []
    return told


def _parameters(route: Route, operation: Operation, method: str) -> list[Json]:
    found: list[Json] = [
        _parameter(name, "path", Parameter(description=_PATH_PARAMETERS[name], required=True))
        for name in route.param_convertors
    ]
    found += [_parameter(name, "query", parameter) for name, parameter in operation.query.items()]
    if method == "post":
        schema: JsonObject = {"type": "string", "enum": ["1"]}
        needed = Parameter(description="A page of another site cannot send it.", schema=schema, required=True)
        found.append(_parameter("X-Dropleaf", "header", needed))
    return found


def _parameter(name: str, place: str, parameter: Parameter) -> JsonObject:
    return {
        "name": name,
        "in": place,
        "required": parameter.required,
        "description": parameter.description,
        "schema": dict(parameter.schema),
    }


def _responses(operation: Operation, by_kind: Mapping[str, JsonObject]) -> JsonObject:
    found: JsonObject = {}
    problem: JsonObject = {_JSON: {"schema": by_kind[repr(Problem)]}}
    sentence: JsonObject = {"text/plain": {"schema": {"type": "string"}}}
    for status in sorted({*operation.errors, *_REFUSALS}):
        said = (problem if status in operation.errors else {}) | (sentence if status in _REFUSALS else {})
        found[str(status)] = {"description": HTTPStatus(status).phrase, "content": said}
    for status, body in operation.answers.items():
        schema = by_kind.get(repr(body), {})
        content: JsonObject = {_media_type(body): {"schema": schema}} if schema else {_media_type(body): {}}
        found[str(status)] = {"description": HTTPStatus(status).phrase, "content": content}
    return found


def _media_type(body: Body) -> str:
    return body if isinstance(body, str) else _JSON
