"""``dropleaf unit``: a systemd unit for this installation, with all restrictions under which the daemon works."""

import ipaddress
import os
import shlex
import socket
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from pipeline.choices import Engine
from pipeline.dispatch.document_settings import SettingsByFolder
from pipeline.dispatch.server_routes import server_to_route
from pipeline.host.service import PROGRAM_END, current_user, owner_of
from pipeline.printable import printable
from pipeline.servers.routes import possible_urls
from pipeline.settings.settings import Settings

Role: TypeAlias = Literal["worker", "scheduler"]

_TEMPLATES = files("pipeline.commands") / "templates"
_ROOT = "root"
_SERVICE_USER = "dropleaf"

# Seconds of a stop in addition to the grace for pages in work, for publishing complete documents.
_STOP_ROOM_S = 30
# Seconds of a reload in addition to the time of a page that is in work.
_RELOAD_ROOM_S = 120
_DAEMON_MIB = 512
# Threads and processes of the daemon itself, and of each worker.
_DAEMON_TASKS, _WORKER_TASKS = 64, 16


def settings_to_unit(settings: Settings, file: Path | None, *, user: bool, name_folders: bool = False) -> str:
    """The unit's text, with the commands that prepare and start the service as its first lines.

    Args:
        settings: Of the whole program; both folders are named in the unit.
        file: The settings file; None where there is none.
        user: For a user's own manager instead of the system's.
        name_folders: Whether the folders come from the command line, so that the unit names them beside the file.
    """
    account = _service_user(settings)
    template = (_TEMPLATES / ("dropleaf.user.service" if user else "dropleaf.service")).read_text(encoding="utf-8")
    return Template(template).substitute(
        inbox=_escaped(settings.inbox),
        command=" ".join(_command(settings, file, name_folders=name_folders)),
        user=account,
        account=f"id -u {shlex.quote(account)} || useradd --system --shell /usr/sbin/nologin {shlex.quote(account)}",
        folders="".join(f"#   {line}\n" for line in _folder_commands(settings, None if user else account)),
        unit_command=_unit_command(settings, file, user=user, name_folders=name_folders),
        start_s=int(settings.timeouts.page) + _RELOAD_ROOM_S,
        stop_s=int(settings.timeouts.stop) + _STOP_ROOM_S,
        memory_mib=settings.workers * settings.limits.worker_mib + settings.limits.ocr_mib + _DAEMON_MIB,
        tasks=_DAEMON_TASKS + settings.workers * _WORKER_TASKS,
        paths="\n".join(_paths(settings, file)),
        addresses="".join(f" {address}" for address in _addresses(settings)),
    )


def settings_to_member_unit(settings: Settings, file: Path | None, role: Role) -> str:
    """The text of the unit for a machine of a cluster.

    Args:
        settings: Of the whole program.
        file: The settings file; None where there is none: then the command names an address and a folder to be changed.
        role: Of the machine.
    """
    template = (_TEMPLATES / "dropleaf.member.service").read_text(encoding="utf-8")
    slots = os.cpu_count() or 1
    workers_mib = slots * settings.limits.worker_mib + settings.limits.ocr_mib if role == "worker" else 0
    return Template(template).substitute(
        role=role,
        what="host" if role == "worker" else "scheduler",
        command=" ".join(_member_command(settings, file, role)),
        user=current_user() or _SERVICE_USER,
        memory_mib=workers_mib + _DAEMON_MIB,
        tasks=_DAEMON_TASKS + slots * _WORKER_TASKS,
        paths="\n".join(_code_paths(settings, file)),
    )


def _member_command(settings: Settings, file: Path | None, role: Role) -> Iterator[str]:
    yield from _quoted_program()
    yield role
    if file is not None and settings.pool.scheduler is not None:
        yield from ("--settings", _quoted(file.resolve()))
    else:
        yield from ("--scheduler", "tls://SCHEDULER:8786") if role == "worker" else ()
        yield from ("--tls", "/etc/dropleaf/tls")


def own_program() -> list[str]:
    """The words that start this installation."""
    script = Path(sys.executable).with_name("dropleaf" + PROGRAM_END)
    return [str(script)] if script.exists() else [sys.executable, "-m", "pipeline"]


def _quoted_program() -> Iterator[str]:
    yield from (_quoted(Path(word)) if "/" in word else word for word in own_program())


def _unit_command(settings: Settings, file: Path | None, *, user: bool, name_folders: bool) -> str:
    """The command line that prints this unit again, for a shell."""
    words = [*own_program(), "unit", *(["--user"] if user else [])]
    words += ["--settings", str(file.resolve())] if file is not None else []
    if file is None or name_folders:
        words += ["--inbox", str(settings.inbox), "--outbox", str(settings.outbox)]
    return " ".join(_shell(word) for word in words)


def _shell(word: str | Path) -> str:
    """A word of a command line that stands in a comment: it must not end the line."""
    return printable(shlex.quote(str(word)))


def _folder_commands(settings: Settings, account: str | None) -> Iterator[str]:
    """The commands that create what is missing of the folders, and give them to an account."""
    for folder in (settings.inbox, settings.outbox):
        if not folder.exists():
            yield f"install -d{f' -o {shlex.quote(account)} -m 750' if account else ''} {_shell(folder)}"
        elif account and owner_of(folder) != account:
            yield f"chown -R {shlex.quote(account)} {_shell(folder)}"


def _command(settings: Settings, file: Path | None, *, name_folders: bool) -> Iterator[str]:
    yield from _quoted_program()
    yield "watch"
    if file is not None:
        yield from ("--settings", _quoted(file.resolve()))
    if file is None or name_folders:
        yield from ("--inbox", _quoted(settings.inbox), "--outbox", _quoted(settings.outbox))


def _service_user(settings: Settings) -> str:
    """The owner of the folders; if that is root, a separate account, which the unit says how to create."""
    folders = [folder for folder in (settings.inbox, settings.outbox) if folder.exists()]
    owners = [owner for owner in map(owner_of, folders) if owner and owner != _ROOT]
    return owners[0] if owners else current_user() or _SERVICE_USER


def _paths(settings: Settings, file: Path | None) -> Iterator[str]:
    """What is bound into the service's view: the folders to write, and what lies in homes to read.

    A folder that holds only the inbox and the outbox is bound as a whole: two folders would be two mounts, and between
    mounts a file must be copied instead of renamed.
    """
    parent = settings.inbox.parent
    whole = parent == settings.outbox.parent and _holds_only(parent, {settings.inbox, settings.outbox})
    for folder in [parent] if whole else [settings.inbox, settings.outbox]:
        yield f"BindPaths={_escaped(folder)}"
    yield from _code_paths(settings, file)


def _code_paths(settings: Settings, file: Path | None) -> Iterator[str]:
    """What lies in homes and is only read: the program, its settings, certificates and programs that are called."""
    code = {Path(sys.prefix), Path(sys.base_prefix), Path(__file__).parents[1], *([file.resolve()] if file else [])}
    certificates = {path for server in settings.servers for path in (server.ca, *(server.cert or ())) if path}
    certificates |= set(map(Path, settings.pool.tls.files)) if settings.pool.tls is not None else set()
    programs = {Path(word) for word in settings.hooks.command if Path(word).is_absolute()}
    for path in sorted(code | certificates | programs):
        if path.parts[1:2] in {("home",), ("root",)} or path.is_relative_to("/run/user"):
            yield f"BindReadOnlyPaths={_escaped(path)}"


def _holds_only(parent: Path, wanted: set[Path]) -> bool:
    try:
        return all(child in wanted or child.is_file() for child in parent.iterdir())
    except OSError:
        return False


def _urls(settings: Settings) -> Iterator[str]:
    for server in settings.servers if Engine.LMSTUDIO in SettingsByFolder(settings).engines else ():
        yield from possible_urls(server.url, server_to_route(server))
    if settings.hooks.url is not None:
        yield settings.hooks.url


def _addresses(settings: Settings) -> Iterator[str]:
    """The addresses of the model servers, their proxies and the hook; a name is resolved now."""
    if settings.pool.kind == "dask":  # hosts come and go
        yield "any"
        return
    seen: set[str] = set()
    for url in _urls(settings):
        parts = urlsplit(url)
        try:
            found = socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM)
        except OSError:
            continue
        for *_, address in found:
            ip = str(address[0]).partition("%")[0]
            if ip not in seen and not ipaddress.ip_address(ip).is_loopback:
                seen.add(ip)
                yield ip


def _escaped(path: Path) -> str:
    """A path for a unit file: percent signs are doubled, blanks and line ends are written as numbers."""
    return str(path).replace("\\", "\\x5c").replace("%", "%%").replace(" ", "\\x20").replace("\n", "\\x0a")


def _quoted(path: Path) -> str:
    """A path for a command line in a unit file."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"' if " " in text else text
