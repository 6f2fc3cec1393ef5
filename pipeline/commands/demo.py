"""``dropleaf demo``: drops bundled samples into the inbox, converts them, and says where the results are."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.daemon.service import Service
from pipeline.dispatch.overview import Tally
from pipeline.document import Engine
from pipeline.errors import UsageError
from pipeline.files.lock import holder_of
from pipeline.results.state_folder import state_folder_of
from pipeline.servers.probe import probe
from pipeline.settings.settings import Settings

SAMPLES = Path(__file__).parent / "samples"
_PROBE_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Who reads the pages, and a sentence that says so.

    Attributes:
        settings: With the engine that will be used.
        sentence: For the person in front of the terminal.
    """

    settings: Settings
    sentence: str


def choose_engine(settings: Settings) -> Reading:
    """The model where its server answers; else the built-in engine, so that everybody sees a result."""
    if settings.engine is Engine.BASIC:
        return Reading(settings=settings, sentence="The built-in engine reads the pages, as the settings say.")
    server = settings.servers[0]
    facts = probe(server.url, api_key=server.api_key, model=server.model, timeout_s=_PROBE_S)
    if facts.usable:
        return Reading(settings=settings, sentence=f"{facts.model} answers at {server.url} and reads the pages.")
    basic = settings.model_copy(update={"engine": Engine.BASIC})
    why = facts.problem or f"{server.url} has no vision model."
    return Reading(settings=basic, sentence=f"{why}\nThe built-in engine reads the pages.")


def run_demo(settings: Settings, reload: Callable[[], Settings]) -> Tally | None:
    """Convert the samples, and whatever else is in the inbox.

    Args:
        settings: Of the whole program.
        reload: Reads them again.

    Returns:
        What became of the documents; None where a daemon works on the outbox, which converts them by itself.

    Raises:
        UsageError: The inbox cannot be written to.
        PipelineError: The work cannot go on.
    """
    try:
        settings.inbox.mkdir(parents=True, exist_ok=True)
        for sample in sorted(SAMPLES.glob("*.pdf")):
            shutil.copyfile(sample, settings.inbox / sample.name)
    except OSError as error:
        raise UsageError(f"{settings.inbox}: the sample cannot be put there: {error.strerror}") from None
    if holder_of(state_folder_of(settings.outbox).lock) is not None:
        return None
    return Service(settings, once=True, reload=reload).run()
