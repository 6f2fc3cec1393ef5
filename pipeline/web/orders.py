"""Endpoints for orders: pause, resume, cancel, priority; written down, and the daemon's loop hears of them."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pipeline.errors import PipelineError, UsageError
from pipeline.files.json_values import value_to_json
from pipeline.quantities import MOST_PRIORITY
from pipeline.results.orders import order_all, order_document
from pipeline.results.state_folder import StateFolder
from pipeline.web.operations import Parameter, answers

_IDENT = re.compile(r"[0-9A-Za-z.-]{1,64}")


_PRIORITY = {
    "value": Parameter(
        description="Documents with a larger one come first.",
        schema={"type": "integer", "minimum": -MOST_PRIORITY, "maximum": MOST_PRIORITY},
        required=True,
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """The order is written down, and the daemon follows it."""

    ordered: bool = True


class OrderEndpoints:
    """Takes orders for the daemon's documents."""

    def __init__(self, state: StateFolder) -> None:
        """Begin.

        Args:
            state: The daemon's.
        """
        self._state = state

    @answers({202: Ordered}, 503)
    async def pause_all(self, request: Request) -> Response:
        """POST: no page is begun any more; those in work go on to their end."""
        del request
        return await _ordered(partial(order_all, self._state, paused=True))

    @answers({202: Ordered}, 503)
    async def resume_all(self, request: Request) -> Response:
        """POST: what was paused as a whole goes on; a document that was paused by itself does not."""
        del request
        return await _ordered(partial(order_all, self._state, paused=False))

    @answers({202: Ordered}, 404, 503)
    async def pause(self, request: Request) -> Response:
        """POST: no page of a document in work is begun any more."""
        return await _ordered(partial(order_document, self._state, _ident_of(request), paused=True))

    @answers({202: Ordered}, 404, 503)
    async def resume(self, request: Request) -> Response:
        """POST: a document in work goes on."""
        return await _ordered(partial(order_document, self._state, _ident_of(request), paused=False))

    @answers({202: Ordered}, 404, 503)
    async def cancel(self, request: Request) -> Response:
        """POST: a document in work is taken out; it goes to failed/, or stays as it was delivered before."""
        return await _ordered(partial(order_document, self._state, _ident_of(request), cancelled=True))

    @answers({202: Ordered}, 404, 422, 503, query=_PRIORITY)
    async def prefer(self, request: Request) -> Response:
        """POST: a document in work gets a priority, -100 to 100."""
        text = request.query_params.get("value", "")
        if not re.fullmatch(r"-?[0-9]{1,3}", text) or abs(int(text)) > MOST_PRIORITY:
            raise HTTPException(422, f"value must be a number from -{MOST_PRIORITY} to {MOST_PRIORITY}.")
        return await _ordered(partial(order_document, self._state, _ident_of(request), priority=int(text)))


def _ident_of(request: Request) -> str:
    ident = str(request.path_params["ident"])
    if not _IDENT.fullmatch(ident) or ident.startswith("."):
        raise HTTPException(404, "There is no such document in work.")
    return ident


async def _ordered(order: Callable[[], None]) -> Response:
    try:
        await asyncio.to_thread(order)
    except UsageError:
        raise HTTPException(404, "There is no such document in work.") from None
    except PipelineError as error:
        raise HTTPException(503, str(error)) from error
    return Response(value_to_json(Ordered()), status_code=202, media_type="application/json")
