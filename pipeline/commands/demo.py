"""``dropleaf demo``: puts the samples of the package into the inbox, converts them, and says where the results are."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.choices import Engine
from pipeline.daemon.service import Service
from pipeline.dispatch.overview import Tally
from pipeline.errors import UsageError, os_error_to_words
from pipeline.extraction.readers.ocr.engine import choose_engines
from pipeline.files.lock import holder_of
from pipeline.kinds import Kind, name_to_kind
from pipeline.results.state_folder import state_folder_of
from pipeline.servers.probe import probe
from pipeline.settings.settings import Settings

SAMPLES = Path(__file__).parent / "samples"
_PROBE_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The engine that reads the pages, and a sentence about it.

    Attributes:
        settings: With the engine that is used.
        sentence: For the user.
    """

    settings: Settings
    sentence: str


def choose_engine(settings: Settings) -> Reading:
    """The model if its server answers; otherwise the built-in engine, so that everybody gets a result."""
    if settings.engine is Engine.BASIC:
        return Reading(settings=settings, sentence="The built-in engine reads the pages, as the settings say.")
    server = settings.servers[0]
    facts = probe(server.url, api_key=server.api_key, model=server.model, timeout_s=_PROBE_S)
    if facts.usable:
        return Reading(settings=settings, sentence=f"{facts.model} answers at {server.url} and reads the pages.")
    basic = settings.model_copy(update={"engine": Engine.BASIC})
    why = facts.problem or f"{server.url} has no vision model."
    return Reading(settings=basic, sentence=f"{why}\nThe built-in engine reads the pages.")


def _samples(settings: Settings) -> list[Path]:
    """A PDF; and a scan, where there is something that reads it."""
    reads_scans = settings.engine is not Engine.BASIC or choose_engines(settings.ocr.engine)
    wanted = {Kind.PDF, *([Kind.IMAGES] if reads_scans else [])} & {*settings.watch.kinds}
    return sorted(path for path in SAMPLES.iterdir() if name_to_kind(path.name) in wanted)


def run_demo(settings: Settings, reload: Callable[[], Settings]) -> Tally | None:
    """Convert the samples, and all other files in the inbox.

    Args:
        settings: All settings of the program.
        reload: Reads them again.

    Returns:
        The result of each document; None where a daemon is working on the outbox, which converts them by itself.

    Raises:
        UsageError: The inbox cannot be written to.
        PipelineError: The work cannot continue.
    """
    try:
        settings.inbox.mkdir(parents=True, exist_ok=True)
        for sample in _samples(settings):
            shutil.copyfile(sample, settings.inbox / sample.name)
    except OSError as error:
        raise UsageError(f"The sample cannot be put into {settings.inbox}: {os_error_to_words(error)}") from None
    if holder_of(state_folder_of(settings.outbox).lock) is not None:
        return None
    return Service(settings, once=True, reload=reload).run()
