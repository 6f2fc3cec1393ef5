"""Log lines as they reach stderr."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.log.log import resolve

_PROGRAM = """
import logging, sys
from pipeline.log.log import bound, configure, logger
configure(sys.argv[1], sys.argv[2])
with bound(document="a\\nb\\x1b[2J\\udcff.pdf", page=3):
    logger().info("page_done", seconds=1.5)
logger().debug("detail")
logging.getLogger("urllib3").warning("noise")
logging.getLogger("other").warning("said by another package")
logging.getLogger("other").info("noise")
try:
    1 / 0
except ZeroDivisionError:
    logger().exception("fault")
"""


def lines(level: str, form: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, level, form], capture_output=True, text=True, check=True, timeout=90
    )
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_json_lines_are_one_object_each_with_what_was_bound() -> None:
    first, other, fault = map(json.loads, lines("info", "json"))

    assert (first["event"], first["page"], first["seconds"], first["level"]) == ("page_done", 3, 1.5, "info")
    assert first["document"].startswith("a\nb\x1b[2J")
    assert first["timestamp"].endswith("Z")
    assert (other["event"], other["level"]) == ("said by another package", "warning")
    assert "ZeroDivisionError" in fault["exception"]
    assert "page" not in fault


def test_json_lines_show_no_control_characters_of_names() -> None:
    program = "from pipeline.log.log import configure, logger; configure('info', 'json'); "
    program += "logger().info('claimed', document='a\\x9b2J\\x7f\\u202e\\x1b[2J é')"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=90)

    assert json.loads(done.stderr)["document"] == "a\x9b2J\x7f\u202e\x1b[2J é"
    assert done.stderr.removesuffix("\n").isprintable()


def test_readable_lines_show_no_control_characters_of_names() -> None:
    text = "\n".join(lines("info", "console"))

    assert "page_done" in text
    assert "ZeroDivisionError" in text
    assert "\x1b[2J" not in text
    assert "noise" not in text


NAMES = ["a\x1b[2J.pdf", "\x9b2J", "a\x1b]0;title\x07.pdf", "b\x7f", "\r\x1b[1A over it"]


@pytest.mark.parametrize("place", ["fact", "event", "message of another package", "error"])
def test_no_name_makes_a_terminal_do_anything_wherever_it_stands(place: str) -> None:
    say = {
        "fact": "logger().info('claimed', document=name)",
        "event": "logger().warning(name)",
        "message of another package": "logging.getLogger('other').warning('%s is strange', name)",
        "error": """
    try:
        raise OSError(2, 'gone', name)
    except OSError:
        logger().exception('fault')""",
    }[place]
    program = f"""
import logging, sys
from pipeline.log.log import configure, logger
configure('info', 'console')
for name in {NAMES!r}:
    print('next', file=sys.stderr, flush=True)
    {say}
"""

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=90)

    _, *said = done.stderr.split("next\n")
    assert len(said) == len(NAMES)
    for name, text in zip(NAMES, said, strict=True):
        assert text.endswith("\n"), name
        assert all(letter.isprintable() or letter == "\n" for letter in text), text


def test_the_level_is_kept_to() -> None:
    assert [json.loads(line)["event"] for line in lines("debug", "json")][1] == "detail"
    assert [json.loads(line)["event"] for line in lines("error", "json")] == ["fault"]


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_format_that_was_asked_for_is_taken(form: str) -> None:
    assert resolve(form) == form  # type: ignore[arg-type]  # one of the literals
    assert resolve("auto") == "json"


def test_a_line_that_cannot_be_written_is_lost_and_not_the_program() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM + "print('went on')", "debug", "json"],
            stdout=subprocess.PIPE,
            stderr=full,
            text=True,
            check=False,
            timeout=90,
        )

    assert done.stdout == "went on\n"
