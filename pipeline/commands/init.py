"""``dropleaf init``: writes a first settings.yaml with what is found on this machine."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import yaml

from pipeline.errors import UsageError, os_error_to_words
from pipeline.extraction.readers.ocr.engine import installed_engines
from pipeline.files.atomic import write_whole
from pipeline.printable import printable
from pipeline.servers.facts import ServerFacts, kind_to_words
from pipeline.servers.probe import probe

#: Where the known programs listen if nobody has changed it: LM Studio, llama.cpp, Ollama, vLLM.
USUAL_URLS = tuple(f"http://127.0.0.1:{port}/v1" for port in (1234, 8080, 11434, 8000))
_PROBE_S = 2.0
_USUAL_WORKERS = 5
_NO_OCR = "No text recognition is installed: scans need the model. pip install 'dropleaf[ocr]' brings it."
_KEY = "${env:LMSTUDIO_API_KEY}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What was found on this machine.

    Attributes:
        server: That reads the pages: one that can, else one that answers; None where nothing answers.
        others: That could read pages, too.
        ocr: The engine that would read scans; empty where none is installed.
    """

    server: ServerFacts | None
    others: tuple[ServerFacts, ...]
    ocr: str


def look_around(urls: Sequence[str]) -> Surroundings:
    """Ask the servers at these addresses what they are, all at once, and look for engines of text recognition."""
    with ThreadPoolExecutor(max_workers=len(urls)) as threads:
        facts = list(threads.map(partial(probe, timeout_s=_PROBE_S), urls))
    usable = [each for each in facts if each.usable and each.models]
    answering = usable or [each for each in facts if _is_model_server(each)]
    return Surroundings(
        server=answering[0] if answering else None, others=tuple(usable[1:]), ocr=next(iter(installed_engines()), "")
    )


def write_settings(file: Path, found: Surroundings, *, inbox: Path, outbox: Path, replace: bool) -> None:
    """Write the settings file.

    Args:
        file: Its path; the folder must exist.
        found: On this machine.
        inbox: Absolute, or relative to the file's folder.
        outbox: The same.
        replace: Whether a file that is there is replaced.

    Raises:
        UsageError: There is such a file and it is not to be replaced, or it cannot be written.
    """
    text = "\n".join(_lines(found, inbox=inbox, outbox=outbox)) + "\n"
    try:
        if replace:
            write_whole(file, [text.encode()])
        else:
            with file.open("x", encoding="utf-8") as new:
                new.write(text)
    except FileExistsError:
        raise UsageError(f"{file} is there already; say --force to replace it, or name another file") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {os_error_to_words(error)}") from None


def found_to_sentences(found: Surroundings) -> Iterator[str]:
    """What was found, for the user."""
    server = found.server
    if server is None:
        yield "No model server answers on this machine. Until one does, the built-in engine reads the pages."
    elif server.usable:
        yield f"The model server: {_server_to_words(server)} at {server.url}."
    else:
        yield f"{kind_to_words(server.kind)} answers at {server.url}, but cannot read pages. {server.problem or ''}"
    for other in found.others:
        yield f"Not used: {_server_to_words(other)} at {other.url}."
    yield f"Scans are read by {found.ocr}." if found.ocr else _NO_OCR


def _is_model_server(facts: ServerFacts) -> bool:
    """Whether what answers is a model server: it has models, or asks for a key or for time to start."""
    return facts.reachable and (bool(facts.models) or "key" in (facts.problem or ""))


def _server_to_words(facts: ServerFacts) -> str:
    slots = f", {facts.slots} slot{'s' if facts.slots > 1 else ''}" if facts.slots else ""
    return printable(f"{kind_to_words(facts.kind)}, model {facts.model}{slots}")


def _lines(found: Surroundings, *, inbox: Path, outbox: Path) -> Iterator[str]:
    yield "# Settings of Dropleaf, written by `dropleaf init`. A key that is not here has its default;"
    yield "# settings.yaml in the source of Dropleaf explains every key, and `dropleaf doctor` checks them all."
    yield ""
    yield "# The folder that is watched. Relative folders are relative to this file."
    yield f"inbox: {_scalar(str(inbox))}"
    yield "# Where results go."
    yield f"outbox: {_scalar(str(outbox))}"
    yield ""
    yield "# Who reads the pages: lmstudio = a vision model behind any server listed below; basic = no model."
    yield "engine: lmstudio"
    yield from _server_lines(found)
    yield ""
    yield "ocr:"
    yield "  # Who reads scans where the model does not: auto, tesseract, rapidocr, off."
    yield f"  engine: {found.ocr or 'auto'}{'' if found.ocr else '    # none is installed'}"


def _server_lines(found: Surroundings) -> Iterator[str]:
    server = found.server
    slots = server.slots if server is not None else None
    if slots and slots > _USUAL_WORKERS:
        yield "# Pages in work at once: as many as the server takes."
        yield f"workers: {slots}"
    yield "servers:"
    if server is None:
        yield "  # Nothing answered when this was written: start a server (in LM Studio: Developer, Start server)."
    else:
        yield f"  # {_server_to_words(server)}" if server.usable else f"  # {printable(server.problem or '')}"
    yield f"  - url: {_scalar(server.url if server is not None else USUAL_URLS[0])}"
    yield "    # auto = the loaded vision model."
    yield f"    model: {_scalar(server.model if server is not None and server.usable and server.model else 'auto')}"
    yield "    # Pages at once on this server; auto = ask it."
    yield f"    slots: {slots or 'auto'}"
    if server is not None and "key" in (server.problem or ""):
        yield f"    # api_key: {_KEY}    # the server wants a key: put it into this variable"
    for other in found.others:
        yield f"  # Also here: {_server_to_words(other)}"
        yield f"  # - url: {_scalar(other.url)}"


def _scalar(text: str) -> str:
    """A text as a YAML value on one line, quoted where it must be."""
    return yaml.safe_dump({"k": text}, width=1_000_000, allow_unicode=True).strip().removeprefix("k: ")
