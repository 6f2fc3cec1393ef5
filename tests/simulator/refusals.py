"""A request that is answered with an error."""

from dataclasses import dataclass, field

from simulator.jsons import JsonObject
from simulator.wire import Headers


@dataclass(slots=True, eq=False)
class Refusal(Exception):  # noqa: N818 (it is an answer of the server, not an error of the simulator)
    """Raised wherever a request turns out to be refused; each server writes it in its own shape.

    Attributes:
        status: The HTTP status.
        message: In the server's own words.
        kind: The ``type`` of the error object.
        code: The ``code`` of the error object where the server does not put the status there.
        extra: Further keys of the error object.
        headers: Further headers, for example Retry-After.
        body: The whole body, where it is not the server's usual shape; its content type stands with it.
    """

    status: int
    message: str
    kind: str = "invalid_request_error"
    code: str | None = None
    extra: JsonObject = field(default_factory=dict)
    headers: Headers = ()
    body: bytes | None = None
    content_type: str = "application/json"

    def __post_init__(self) -> None:
        Exception.__init__(self, self.status, self.message)
