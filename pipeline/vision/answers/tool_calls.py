"""Takes the page out of a call of a tool, in the forms in which models write calls."""

import re
from typing import Final

_CALL: Final = re.compile(r"\A\s{0,99}(?:<tool_call>|\[TOOL_CALLS\])(.*?)(?:</tool_call>\s*)?\Z", re.DOTALL)
# Elements that only say that there is a call; its arguments are JSON, or elements themselves.
_FRAME: Final = re.compile(
    r"\A\s{0,99}(?:<(?:\w{1,20}:)?(?:function_calls|function|invoke|tool_use)(?:[ =][^<>\n]{0,99})?>\s{0,99}){1,3}"
    r"(.*?)(?:</(?:\w{1,20}:)?(?:invoke|function|function_calls|tool_use)>\s{0,99}){0,3}\Z",
    re.DOTALL,
)
_ARGUMENT: Final = re.compile(
    r"<(?:\w{1,20}:)?parameter(?:=\"?|\s{1,9}name=\"?)(\w{1,40})\"?>(.*?)</(?:\w{1,20}:)?parameter>"
    r"|<arg_key>\s{0,9}(\w{1,40})\s{0,9}</arg_key>\s{0,9}<arg_value>(.*?)</arg_value>",
    re.DOTALL,
)
# DeepSeek's call, and one in Python.
_MARKED: Final = re.compile(
    r"\A\s{0,99}(?:<\uff5ctool\u2581calls?\u2581begin\uff5c>){1,2}.{0,99}?<\uff5ctool\u2581sep\uff5c>(.*?)"
    r"(?:<\uff5ctool\u2581calls?\u2581end\uff5c>\s{0,9}){0,2}\Z",
    re.DOTALL,
)
_NAMED_JSON: Final = re.compile(
    r"\s{0,9}\w{1,60}\s{0,9}(?:```(?:json)?\s{0,9})?(\{.*\})\s{0,9}(?:```)?\s{0,9}", re.DOTALL
)
_PYTHON: Final = re.compile(
    r"\A\s{0,99}(?:<\|python_tag\|>)?\s{0,9}\[?(?:print|\w{1,40}\.call|\w{1,60})\((?:\s{0,9}(\w{1,40})\s{0,9}=)?\s{0,9}"
    r"(\"\"\"|'''|\"|')(.*)\2\s{0,9}\)\]?\s{0,9}\Z",
    re.DOTALL,
)
#: Arguments that hold a page.
_PAGES: Final = frozenset(
    {"html", "markdown", "text", "content", "page", "output", "answer", "result", "transcription"}
)


def call_to_arguments(text: str) -> str | None:
    """What a call says, JSON or the page itself; None where the text is no call."""
    called = _CALL.match(text)
    inner = called[1] if called else text
    framed = _FRAME.match(inner)
    inner = framed[1] if framed else inner
    if called or framed:
        found = {(match[1] or match[3]).lower(): match[2] or match[4] or "" for match in _ARGUMENT.finditer(inner)}
        pages = [value for name, value in found.items() if name in _PAGES]
        return pages[0] if len(pages) == 1 else inner
    if marked := _MARKED.match(text):
        named = _NAMED_JSON.fullmatch(marked[1])
        return named[1] if named else marked[1]
    python = _PYTHON.match(text)
    if python is None or (python[1] or "html").lower() not in _PAGES:
        return None
    return python[3].replace("\\n", "\n").replace(f"\\{python[2][0]}", python[2][0])
