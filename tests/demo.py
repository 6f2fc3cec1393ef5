"""``make demo``: drop a sample into the inbox, convert it, say where the results are."""

import shutil
import sys
from pathlib import Path

from rich.console import Console

from pipeline.daemon.service import Service
from pipeline.document import Engine
from pipeline.log.log import configure
from pipeline.servers.probe import probe
from pipeline.settings.settings import load_settings


def main(sample: Path) -> None:
    """Run the daemon once over the inbox of this checkout."""
    console = Console(stderr=True)
    settings = load_settings()
    server = settings.servers[0]
    facts = probe(server.url, api_key=server.api_key, model=server.model, timeout_s=2.0)
    if facts.usable:
        console.print(f"[green]{facts.model}[/] answers at {server.url} and reads the pages.")
    else:
        console.print(f"{facts.problem or 'No vision model.'}\nThe built-in engine reads the pages.")
        settings = settings.model_copy(update={"engine": Engine.BASIC})
    configure("warning", "auto")
    settings.inbox.mkdir(exist_ok=True)
    shutil.copy(sample, settings.inbox / sample.name)
    tally = Service(settings, once=True, reload=load_settings).run()
    for outcome, manifest in tally.published:
        path = Path(manifest)
        console.print(f"{outcome.value}: {path.with_suffix('.html')}", soft_wrap=True, highlight=False)
        console.print(f"manifest: {path}", soft_wrap=True, highlight=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
