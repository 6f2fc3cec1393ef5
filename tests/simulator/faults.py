"""Everything that can go wrong with a page, by name."""

from enum import StrEnum


class Fault(StrEnum):
    """What happens to a request instead of a good answer.

    The names are also what ``python -m simulator --fault NAME`` and ``POST /simulator/rules`` take.
    """

    # Silence; each of these holds its slot until the client leaves.
    HANG = "hang"  # the request is read, and nothing ever comes back
    HEADERS_ONLY = "headers_only"  # the headers of a good answer, then nothing
    STALL_BEFORE_TOKEN = "stall_before_token"  # the stream opens (role, no text), then nothing
    STALL = "stall"  # half of the answer, then nothing
    DRIP = "drip"  # the answer one byte at a time, for ever (seconds: between bytes, default 0.2)
    DRIP_HEADERS = "drip_headers"  # a header that never ends, one byte at a time
    SLOW_PROMPT = "slow_prompt"  # a good answer after a long first silence (seconds, default 30)
    SLOW = "slow"  # a good answer that takes so many seconds in all (default 30)

    # The connection.
    RESET = "reset"  # RST before any byte
    RESET_IN_BODY = "reset_in_body"  # RST after half of the answer
    CLOSE = "close"  # FIN before any byte
    CLOSE_IN_BODY = "close_in_body"  # FIN after half of the answer
    HALF_CLOSE = "half_close"  # FIN after half of the answer, but the socket stays open for reading
    DIE = "die"  # the whole server: every connection is reset and the port refuses

    # Responses of status 200 that are no answer.
    CUT_JSON = "cut_json"  # a complete response whose JSON ends in the middle; a stream with a cut event
    HTML = "html"  # a web page
    ERROR_OBJECT = "error_object"  # {"error": {"message": ...}}
    ERROR_STRING = "error_string"  # {"error": "..."}
    EMPTY_BODY = "empty_body"  # Content-Length: 0
    EMPTY_STREAM = "empty_stream"  # an event stream that ends at once, without [DONE]
    WRONG_TYPE = "wrong_type"  # a good answer that calls itself text/plain
    NO_DONE = "no_done"  # a good stream without its [DONE]
    NO_FINISH = "no_finish"  # a good answer without a finish_reason
    NO_END = "no_end"  # a good stream with neither
    HALF_WITHOUT_END = "half_without_end"  # half of a stream and the end of its body, with neither
    CONTENT_FILTER = "content_filter"  # half of the page, finish_reason content_filter
    FINISH_ERROR = "finish_error"  # half of the page, finish_reason error
    LATE_ERROR = "late_error"  # half of the stream, then an error event and the end
    UNEXPECTED_ENDPOINT = "unexpected_endpoint"  # LM Studio's words for a wrong path

    # Answers that are complete but useless.
    EMPTY = "empty"  # content ""
    BLANK = "blank"  # only white space
    NULL = "null"  # content null
    REASONING = "reasoning"  # content "", everything among the thoughts
    LENGTH = "length"  # half of the page, finish_reason length
    LOOP_CELL = "loop_cell"  # an empty table row again and again, up to max_tokens (size: bytes; seconds: its time)
    LOOP_PARAGRAPH = "loop_paragraph"  # a paragraph again and again
    COUNTING = "counting"  # numbered lines for ever
    PROSE_REFUSAL = "prose_refusal"  # "as a text-based AI, I am unable to see images"
    OTHER_MODEL = "other_model"  # a good answer in another model's name
    NO_CHOICES = "no_choices"  # choices: []
    PARTS = "parts"  # content as a list of parts
    TOOL_CALL = "tool_call"  # the page as the argument of a tool call
    HUGE = "huge"  # a page of many MiB (size in bytes, default 5 MiB)

    # Errors, in the server's own shape unless the name says otherwise.
    SERVER_ERROR = "server_error"  # 500
    PLAIN_500 = "plain_500"  # 500 in plain text
    FLAT_ERROR = "flat_error"  # 400 {"error": "..."}
    FLAT_OBJECT = "flat_object"  # 400 {"object": "error", "message": ...}, older vLLM
    DETAIL = "detail"  # 422 {"detail": [...]}, FastAPI
    BAD_GATEWAY = "bad_gateway"  # 502 with a web page, a proxy's
    NO_MODELS = "no_models"  # 404 "No models loaded"
    NOT_PULLED = "not_pulled"  # 404 "model not found, try pulling it first"
    UNAUTHORISED = "unauthorised"  # 401
    OVERFLOW = "overflow"  # the prompt does not fit, as the server says it
    OVERFLOW_200 = "overflow_200"  # the same with status 200 (LM Studio 0.4.21)
    RATE_LIMIT = "rate_limit"  # 429 with Retry-After (seconds, default 1)
    BUSY = "busy"  # 503 with Retry-After
    LOADING = "loading"  # 503 "Loading model"
    NO_VISION = "no_vision"  # the model cannot see, as the server says it
    NO_VISION_200 = "no_vision_200"  # "Vision add-on is not loaded" with status 200
    BAD_IMAGE = "bad_image"  # the picture is refused, as the server says it
    CRASHED = "crashed"  # "The model has crashed without additional information"
    UNLOADED = "unloaded"  # "Model unloaded"
    CONTEXT_SIZE = "context_size"  # 500 "Context size has been exceeded."
    MTMD = "mtmd"  # 500 "failed to process mtmd chunk"
    MEMORY_SLOT = "memory_slot"  # 500 "failed to find a memory slot"
    KV_FULL = "kv_full"  # an endless answer that fills the shared cache and so fails everyone who runs beside it
