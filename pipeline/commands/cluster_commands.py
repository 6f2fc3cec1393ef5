"""The commands of a cluster: scheduler, worker, cluster-keys."""

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.application import app
from pipeline.commands.arguments import SettingsFile, UnusedInbox, UnusedOutbox, UnusedSettingsFile, load
from pipeline.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from pipeline.settings.settings import Settings

_Tls = Annotated[
    Path | None,
    typer.Option("--tls", metavar="DIR", help="This machine's folder from `cluster-keys`; else pool.tls."),
]


@app.command()
def scheduler(  # noqa: PLR0913 — each is an option of the command
    *,
    listen: Annotated[str, typer.Option("--listen", metavar="ADDRESS", help="Without TLS only 127.0.0.1.")] = "",
    port: Annotated[int, typer.Option("--port", help="Its port.")] = 8786,
    dashboard: Annotated[
        str, typer.Option("--dashboard", metavar="HOST:PORT", help="dask's own page, unencrypted; needs bokeh.")
    ] = "",
    tls: _Tls = None,
    settings: SettingsFile = None,
    inbox: UnusedInbox = None,
    outbox: UnusedOutbox = None,
) -> None:
    """Run the scheduler of a cluster, which knows its hosts."""
    del inbox, outbox
    _demand_library()
    from pipeline.cluster.services import run_scheduler

    loaded = load(settings)
    files = _tls(loaded, tls)
    listen = listen or ("127.0.0.1" if files is None else "0.0.0.0")  # noqa: S104 — every peer shows a certificate
    if files is None and not _is_loopback(listen):
        raise UsageError(f"{listen}: without TLS the scheduler listens on 127.0.0.1 only; see `dropleaf cluster-keys`")
    try:
        run_scheduler(listen, port, dashboard, files)
    except OSError as error:
        raise UsageError(f"{listen}:{port}: {error.strerror or error}") from error


@app.command()
def worker(  # noqa: PLR0913 — each is an option of the command
    *,
    address: Annotated[
        str | None, typer.Option("--scheduler", metavar="URL", help="tls://HOST:8786; else pool.scheduler.")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="By which settings name this host; else the machine's.")] = "",
    slots: Annotated[int, typer.Option("--slots", min=0, max=256, help="Pages at once; 0 = a page a core.")] = 0,
    cache: Annotated[Path | None, typer.Option("--cache", metavar="DIR", help="For documents; it is emptied.")] = None,
    cache_mib: Annotated[int, typer.Option("--cache-mib", min=1, help="Most that documents may take.")] = 4096,
    tls: _Tls = None,
    settings: SettingsFile = None,
    inbox: UnusedInbox = None,
    outbox: UnusedOutbox = None,
) -> None:
    """Work on the pages of a daemon on another machine."""
    del inbox, outbox
    _demand_library()
    from pipeline.cluster.machine import Machine, MachineSettings
    from pipeline.cluster.services import Membership, run_host
    from pipeline.extraction.readers.ocr.engine import choose_engines

    loaded = load(settings)
    files = _tls(loaded, tls)
    scheduler_url = _checked_scheduler(address or loaded.pool.scheduler, encrypted=files is not None)
    name = name or socket.gethostname()
    folder = (cache or _cache_folder() / name).absolute()
    machine = Machine(
        MachineSettings(
            slots=slots or (os.cpu_count() or 1),
            folder=folder,
            cache_mib=cache_mib,
            worker_mib=loaded.limits.worker_mib,
            ocr_mib=loaded.limits.ocr_mib,
            reads_pictures=bool(choose_engines(loaded.ocr.engine)),
        )
    )
    run_host(name, machine, Membership(scheduler=scheduler_url, tls=files), folder / "dask")


def _checked_scheduler(address: str | None, *, encrypted: bool) -> str:
    from pipeline.settings.cluster import scheduler_problem

    if address is None:
        raise UsageError("--scheduler: is needed, like tls://cluster.example:8786")
    if problem := scheduler_problem(address, encrypted=encrypted):
        raise UsageError(f"--scheduler {address}: {problem}")
    return address


@app.command("cluster-keys")
def cluster_keys(
    hosts: Annotated[list[str], typer.Argument(metavar="HOST...", help="Names or IP addresses of machines.")],
    *,
    revoke: Annotated[bool, typer.Option("--revoke", help="Shut these machines out.")] = False,
    folder: Annotated[Path, typer.Option("--dir", metavar="DIR", help="Of the authority; keep it safe.")] = Path(
        "cluster-keys"
    ),
    settings: UnusedSettingsFile = None,
    inbox: UnusedInbox = None,
    outbox: UnusedOutbox = None,
) -> None:
    """Make certificates for the machines of a cluster, from a private authority."""
    # Settings that name certificates cannot be read before these are made.
    del settings, inbox, outbox
    _demand_library()
    from pipeline.cluster.keys import issue_all, revoke_all
    from pipeline.commands.terminal import console

    try:
        paths = revoke_all(folder, hosts) if revoke else issue_all(folder, hosts)
    except OSError as error:
        raise UsageError(f"{error.filename or folder}: {error.strerror}") from error
    for path in paths:
        console.print(str(path), highlight=False, soft_wrap=True, markup=False)
    if revoke:
        console.print("Shut out once each of these files is on its machine; they are read again by themselves.")
    else:
        console.print("Copy each folder to its machine, readable for Dropleaf's user only; ca.key goes nowhere.")


def _demand_library() -> None:
    from importlib.util import find_spec

    if find_spec("distributed") is None:
        raise SettingsError("This needs the extra `cluster`: pip install 'dropleaf[cluster]'")


def _tls(settings: "Settings", folder: Path | None) -> tuple[str, str, str] | None:
    """The files of the command line's folder, else those of the settings; None for no encryption."""
    if folder is None:
        return None if settings.pool.tls is None else settings.pool.tls.files
    files = [(folder / name).absolute() for name in ("ca.pem", "cert.pem", "key.pem")]
    for file in files:
        if not file.is_file():
            raise UsageError(f"{file}: is not there; `dropleaf cluster-keys` makes it")
    ca, cert, key = map(str, files)
    return ca, cert, key


def _is_loopback(address: str) -> bool:
    from pipeline.settings.cluster import is_loopback

    return is_loopback(f"tcp://{f'[{address}]' if ':' in address else address}")


def _cache_folder() -> Path:
    for variable in ("CACHE_DIRECTORY", "XDG_CACHE_HOME"):
        if value := os.environ.get(variable):
            return Path(value.partition(":")[0]) / "dropleaf"
    return Path.home() / ".cache" / "dropleaf"
