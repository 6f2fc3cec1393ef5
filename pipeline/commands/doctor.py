"""``dropleaf doctor``: checks everything that may go wrong, and says what to do about it."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipeline.choices import Engine
from pipeline.commands.cluster_findings import cluster_to_findings
from pipeline.commands.findings import Finding, Health
from pipeline.commands.server_findings import servers_to_findings
from pipeline.conditions import pictures_waiting
from pipeline.daemon.folders import check_apart
from pipeline.dispatch.document_settings import SettingsByFolder
from pipeline.dispatch.server_routes import servers_to_policy
from pipeline.errors import SettingsError, os_error_to_words
from pipeline.extraction.readers.ocr.engine import choose_engines, installed_engines
from pipeline.extraction.readers.ocr.tessdata import find_tessdata
from pipeline.files.lock import holder_of
from pipeline.host.control_group import read_memory_limit
from pipeline.host.folder_events import read_limits
from pipeline.host.gaps import GAPS, UNTRIED
from pipeline.host.service import HAS_TASKS
from pipeline.host.worker_groups import has_worker_groups
from pipeline.inbox.candidates import list_below
from pipeline.kinds import Kind, name_to_kind
from pipeline.results.state_folder import state_folder_of
from pipeline.sandbox.policy import try_out
from pipeline.settings.settings import Settings
from pipeline.status.snapshot import read_snapshot
from pipeline.web.addresses import open_listeners
from pipeline.web.listening import NO_PORT_ADVICE, OPEN_ADVICE, OPEN_TO_ALL, lacks_token

_FEW_WATCHES = 8192
_LITTLE_SPACE_MIB = 1024
_MIB = 1 << 20
_OCR_ADVICE = {
    "auto": "pip install 'dropleaf[ocr]' brings all that is needed.",
    "rapidocr": "pip install 'dropleaf[ocr]' brings all that is needed.",
    "tesseract": "pip install 'dropleaf[ocr]', and language data: on Debian tesseract-ocr-eng, tesseract-ocr-deu, ...",
}


def examine(settings: Settings) -> Iterator[Finding]:
    """Check folders, kernel limits, servers and text recognition; nothing is changed."""
    yield _folder_to_finding("inbox", settings.inbox)
    yield from _files_in_inbox(settings)
    yield _folder_to_finding("outbox", settings.outbox)
    yield from _nested_folders(settings)
    yield _same_file_system(settings)
    yield _space(settings.outbox)
    yield _daemon(settings.outbox)
    yield _page(settings)
    yield _inotify()
    yield from _gaps()
    yield from _folder_settings(settings)
    if Engine.LMSTUDIO in SettingsByFolder(settings).engines:
        yield from servers_to_findings(settings)
    else:
        yield Finding(subject="engine", health=Health.OK, detail="basic: no model server is asked.")
    if settings.pool.kind == "dask":
        yield from cluster_to_findings(settings)
    yield _ocr(settings)
    yield _isolation(settings)
    yield _memory(settings)


def _folder_to_finding(subject: str, folder: Path) -> Finding:
    if not folder.exists():
        parent = next(each for each in folder.parents if each.exists())
        if parent.is_dir() and os.access(parent, os.W_OK):
            return Finding(subject=subject, health=Health.OK, detail=f"{folder} is missing and will be created.")
        detail, advice = f"{folder} is missing.", f"Create it, or give this user the right to write in {parent}."
        return Finding(subject=subject, health=Health.FAULT, detail=detail, advice=advice)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        advice = "Give this user the right to write there, or name another folder in settings.yaml."
        detail = f"{folder} cannot be written: {os_error_to_words(error)}."
        return Finding(subject=subject, health=Health.FAULT, detail=detail, advice=advice)
    return Finding(subject=subject, health=Health.OK, detail=f"{folder} can be written.")


def _nested_folders(settings: Settings) -> Iterator[Finding]:
    try:
        check_apart(settings.inbox, settings.outbox)
    except SettingsError as error:
        yield Finding(subject="folders", health=Health.FAULT, detail=f"{error}.", advice="Name another outbox.")


def _files_in_inbox(settings: Settings) -> Iterator[Finding]:
    listing = list_below(settings.inbox, settings.watch.kinds)
    pictures = sum(name_to_kind(file.name) is Kind.IMAGES for file in listing.files)
    for sentence in (*listing.left.sentences, *((pictures_waiting(pictures),) if pictures else ())):
        yield Finding(subject="inbox", health=Health.OK, detail=sentence)


def _same_file_system(settings: Settings) -> Finding:
    devices = [_existing(folder).stat().st_dev for folder in (settings.inbox, settings.outbox)]
    if devices[0] == devices[1]:
        return Finding(subject="file systems", health=Health.OK, detail="Files are claimed by a rename.")
    return Finding(
        subject="file systems",
        health=Health.WARNING,
        detail="Inbox and outbox are on different file systems, so each file is copied.",
        advice="Put both on the same one if files are large.",
    )


def _space(outbox: Path) -> Finding:
    free = shutil.disk_usage(_existing(outbox)).free // _MIB
    if free >= _LITTLE_SPACE_MIB:
        return Finding(subject="disk", health=Health.OK, detail=f"{free} MiB are free.")
    return Finding(
        subject="disk", health=Health.WARNING, detail=f"Only {free} MiB are free.", advice="Make room for the results."
    )


def _daemon(outbox: Path) -> Finding:
    pid = holder_of(state_folder_of(outbox).lock)
    detail = f"A daemon works on this outbox (pid {pid})." if pid else "No daemon works on this outbox."
    return Finding(subject="daemon", health=Health.OK, detail=detail)


def _page(settings: Settings) -> Finding:
    """Whether the web page can be had; the daemon of this outbox may have it already."""
    web, subject = settings.web, "page"
    if not web.enabled:
        return Finding(subject=subject, health=Health.OK, detail="It is switched off (web.enabled: false).")
    if (snapshot := read_snapshot(settings.outbox)) and (url := snapshot.page):
        return Finding(subject=subject, health=Health.OK, detail=f"It is at {url}.")
    if lacks_token(web):
        detail = f"There will be none: web.host is {web.host}, and there is no web.token. {OPEN_TO_ALL}"
        return Finding(subject=subject, health=Health.FAULT, detail=detail, advice=OPEN_ADVICE)
    try:
        open_listeners(web.host, web.port).close()
    except OSError as error:
        why = "another program has it" if error.errno == errno.EADDRINUSE else os_error_to_words(error)
        detail = f"There will be none: port {web.port} of {web.host} cannot be had: {why}."
        return Finding(subject=subject, health=Health.FAULT, detail=detail, advice=NO_PORT_ADVICE)
    return Finding(subject=subject, health=Health.OK, detail=f"Port {web.port} of {web.host} is free for it.")


def _inotify() -> Finding:
    limits = read_limits()
    if limits is None:
        return Finding(
            subject="inotify",
            health=Health.WARNING,
            detail="This system has no inotify; its own events are used.",
            advice="Set watch.polling: true if files are found late.",
        )
    watches, instances = limits
    if watches < _FEW_WATCHES:
        return Finding(
            subject="inotify",
            health=Health.WARNING,
            detail=f"Only {watches} folders can be watched.",
            advice="sysctl fs.inotify.max_user_watches=65536, or set watch.polling: true.",
        )
    return Finding(
        subject="inotify", health=Health.OK, detail=f"{watches} folders and {instances} watchers are allowed."
    )


def _gaps() -> Iterator[Finding]:
    if GAPS:
        yield Finding(subject="system", health=Health.WARNING, detail=UNTRIED)
    for gap in GAPS:
        yield Finding(subject="system", health=Health.OK, detail=gap)


def _folder_settings(settings: Settings) -> Iterator[Finding]:
    for pattern, rule in settings.folders.items():
        detail = f"Files in {pattern} are converted with {rule.words}."
        yield Finding(subject="folders", health=Health.OK, detail=detail)


def _ocr(settings: Settings) -> Finding:
    subject, choice = "text recognition", settings.ocr.engine
    if choice == "off":
        detail = "It is switched off (ocr.engine: off); scans that the model does not read come out as pictures."
        return Finding(subject=subject, health=Health.OK, detail=detail)
    name, installed = next(iter(choose_engines(choice)), None), installed_engines()
    if name is None:
        detail = "No engine is installed" if choice == "auto" else f"{choice} is not installed"
        return Finding(
            subject=subject,
            health=Health.OK if choice == "auto" else Health.WARNING,
            detail=f"{detail}; scans that the model does not read come out as pictures.",
            advice=_OCR_ADVICE[choice],
        )
    problem = _missing_languages(settings) if name == "tesseract" else ""
    if problem:
        return Finding(subject=subject, health=Health.WARNING, detail=problem, advice=_OCR_ADVICE["tesseract"])
    data = find_tessdata() if name == "tesseract" else None
    languages = f", with {', '.join(data.languages)} from {data.folder}" if data else ""
    others = [each for each in installed if each != name]
    beside = f"; {', '.join(others)} is there too" if others else ""
    detail = f"Pages without text of their own are read by {name}{languages}{beside}."
    if data is not None and set(data.languages) <= {"eng", "osd"}:
        advice = (
            "English alone ruins accents: install your languages, or tesseract-ocr-script-latn for all of Europe's."
        )
        return Finding(subject=subject, health=Health.OK, detail=detail, advice=advice)
    return Finding(subject=subject, health=Health.OK, detail=detail)


def _missing_languages(settings: Settings) -> str:
    data = find_tessdata()
    known = data.languages if data is not None else ()
    missing = [language for language in settings.ocr.fixed_languages if language not in known]
    return f"Tesseract has no language data for {', '.join(missing)} (ocr.languages)." if missing else ""


def _isolation(settings: Settings) -> Finding:
    servers = settings.servers if Engine.LMSTUDIO in SettingsByFolder(settings).engines else ()
    _, found = try_out(servers_to_policy(servers, readable=[], writable=[]))
    if not found.gaps:
        detail = f"Workers are kept in by Landlock (version {found.abi}) and seccomp."
        return Finding(subject="isolation", health=Health.OK, detail=detail)
    return Finding(
        subject="isolation",
        health=Health.WARNING,
        detail=f"Workers are kept in by {' and '.join(found.parts) or 'nothing but limits of memory and time'}; "
        f"{'; '.join(found.gaps)}.",
        advice=f"It works all the same{'' if HAS_TASKS else '; `dropleaf unit` limits the whole service besides'}.",
    )


def _memory(settings: Settings) -> Finding:
    """Say what limits the daemon that runs and its workers, one by one and together; else a process like this one."""
    process = holder_of(state_folder_of(settings.outbox).lock) or os.getpid()
    limit, limits = read_memory_limit(process), settings.limits
    each = f"Each of {settings.workers} workers may have {limits.worker_mib} MiB, text recognition {limits.ocr_mib} MiB"
    apart = " (each has a control group of its own)" if has_worker_groups(process) else ""
    if limit is not None:
        detail = f"{each}{apart}, and all together with the daemon {limit // _MIB} MiB (by their control group)."
        return Finding(subject="memory", health=Health.OK, detail=detail)
    return Finding(
        subject="memory",
        health=Health.OK,
        detail=f"{each}{apart}; nothing limits them all together.",
        advice=""
        if HAS_TASKS
        else "Where that matters, let systemd run it: the unit of `dropleaf unit` has a limit for all.",
    )


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.exists())
