"""The commands to a running daemon: stop, reload."""

from typing import TYPE_CHECKING

from pipeline.commands.application import app
from pipeline.commands.arguments import Inbox, Outbox, SettingsFile, load
from pipeline.commands.terminal import say
from pipeline.errors import UsageError
from pipeline.host.requests import Request, send_request

if TYPE_CHECKING:
    from pipeline.settings.settings import Settings


@app.command()
def stop(*, settings: SettingsFile = None, inbox: Inbox = None, outbox: Outbox = None) -> None:
    """Have the daemon end in order: pages in work are finished first. Say it again to end at once."""
    pid = _ask(Request.STOP, load(settings, inbox=inbox, outbox=outbox, quiet=True))
    say([f"The daemon (pid {pid}) was told to stop."])


@app.command()
def reload(*, settings: SettingsFile = None, inbox: Inbox = None, outbox: Outbox = None) -> None:
    """Have the daemon read its settings again."""
    pid = _ask(Request.RELOAD, load(settings, inbox=inbox, outbox=outbox, quiet=True))
    say([f"The daemon (pid {pid}) was told to read its settings again."])


def _ask(request: Request, loaded: "Settings") -> int:
    from pipeline.files.lock import holder_of
    from pipeline.results.state_folder import state_folder_of

    pid = holder_of(state_folder_of(loaded.outbox).lock)
    if not pid:
        raise UsageError(f"No daemon works on {loaded.outbox}.")
    try:
        send_request(pid, request)
    except OSError as error:
        raise UsageError(f"The daemon (pid {pid}) cannot be told: {error.strerror}.") from None
    return pid
