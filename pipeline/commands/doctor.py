"""``dropleaf doctor``: checks everything that may go wrong, and says what to do about it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.choices import Engine, UnreachableAction
from pipeline.commands.trial_worker import try_in_worker
from pipeline.dispatch.document_settings import SettingsByFolder
from pipeline.dispatch.server_routes import server_to_route, servers_to_policy
from pipeline.extraction.readers.ocr.engine import choose_engines, installed_engines
from pipeline.extraction.readers.ocr.tessdata import find_tessdata
from pipeline.files.lock import holder_of
from pipeline.host.control_group import read_memory_limit
from pipeline.host.folder_events import read_limits
from pipeline.pictures.png import rows_to_png
from pipeline.pictures.render import ImageSize, scale_of
from pipeline.results.state_folder import state_folder_of
from pipeline.sandbox.policy import try_out
from pipeline.server_target import ServerTarget
from pipeline.servers.facts import ServerFacts, kind_to_words
from pipeline.servers.probe import probe
from pipeline.settings.sections import Server
from pipeline.settings.settings import Settings
from pipeline.status.read import servers_in_use
from pipeline.vision.client.connection_problem import proxy_to_words
from pipeline.vision.profiles.profiles import GENERAL, Profile, profile_for
from pipeline.worker.tasks import TrialTask, WorkerSettings

_FEW_WATCHES = 8192
_LITTLE_SPACE_MIB = 1024
_MIB = 1 << 20
_OCR_ADVICE = {
    "auto": "pip install 'dropleaf[ocr]' brings all that is needed.",
    "rapidocr": "pip install 'dropleaf[ocr]' brings all that is needed.",
    "tesseract": "pip install 'dropleaf[ocr]', and language data: on Debian tesseract-ocr-eng, tesseract-ocr-deu, ...",
}
_LETTER = (612.0, 792.0)


class Health(StrEnum):
    """The state of a thing that was checked."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was checked.

    Attributes:
        subject: Its name.
        detail: What was found, as a sentence.
        advice: What to do about it; empty where nothing is to be done.
    """

    subject: str
    health: Health
    detail: str
    advice: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Check folders, kernel limits, servers and text recognition; nothing is changed."""
    yield _folder_to_finding("inbox", settings.inbox)
    yield _folder_to_finding("outbox", settings.outbox)
    yield _same_file_system(settings)
    yield _space(settings.outbox)
    yield _daemon(settings.outbox)
    yield _inotify()
    yield from _folder_settings(settings)
    if Engine.LMSTUDIO in SettingsByFolder(settings).engines:
        for server in settings.servers:
            yield from _server_to_findings(server, settings)
    else:
        yield Finding(subject="engine", health=Health.OK, detail="basic: no model server is asked.")
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
        detail = f"{folder} cannot be written: {error.strerror}."
        return Finding(subject=subject, health=Health.FAULT, detail=detail, advice=advice)
    return Finding(subject=subject, health=Health.OK, detail=f"{folder} can be written.")


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


def _inotify() -> Finding:
    limits = read_limits()
    if limits is None:
        return Finding(
            subject="inotify",
            health=Health.WARNING,
            detail="This system has no inotify.",
            advice="Set watch.polling: true.",
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


def _folder_settings(settings: Settings) -> Iterator[Finding]:
    for pattern, rule in settings.folders.items():
        detail = f"Files in {pattern} are converted with {rule.words}."
        yield Finding(subject="folders", health=Health.OK, detail=detail)


def _server_to_findings(server: Server, settings: Settings) -> Iterator[Finding]:
    facts = probe(
        server.url,
        api_key=server.api_key,
        model=server.model,
        timeout_s=settings.timeouts.connect,
        wanted=server_to_route(server),
    )
    subject = f"server {server.url}"
    if not facts.usable:
        detail = facts.problem or "It offers no model."
        yield Finding(subject=subject, health=Health.FAULT, detail=detail, advice=_fallback_advice(settings))
        return
    yield Finding(subject=subject, health=Health.OK, detail=_facts_to_words(facts))
    if server.url.startswith("https:") and not server.verify:
        detail = "Its certificate is not looked at (verify: false), so anybody on the way there can read the pages."
        yield Finding(subject=subject, health=Health.WARNING, detail=detail, advice="Set ca of this server instead.")
    if facts.note:
        yield Finding(subject=subject, health=Health.WARNING, detail=facts.note)
    yield from _slots_to_findings(subject, facts, server, settings)
    profile = profile_for(facts.model or "", settings.profiles, origin=facts.origin)
    told = "its name" if profile == profile_for(facts.model or "", settings.profiles) else "what the server says of it"
    known = f", told by {told}" if profile is not GENERAL else ", since nothing tells its family"
    answers = _dialect_to_words(profile, facts, settings)
    detail = f"Profile {profile.name}{known}: pictures of {profile.longest_side_px} px, {answers}."
    health = Health.WARNING if profile.note else Health.OK
    yield Finding(subject=subject, health=health, detail=detail, advice=profile.note)
    yield _try_picture(subject, facts, profile, server, settings)


def _dialect_to_words(profile: Profile, facts: ServerFacts, settings: Settings) -> str:
    """What the answers are in: as the user has set, as a running daemon has seen, or as the family usually writes."""
    if profile.own_dialect is not None:
        return f"answers in {profile.own_dialect}, as set"
    used = servers_in_use(settings.outbox)
    seen = next((each.dialect for each in used if (each.url, each.model) == (facts.url, facts.model)), "")
    return f"answers in {seen}, as the daemon has seen" if seen else f"answers in {profile.dialect}, as is usual"


def _try_picture(subject: str, facts: ServerFacts, profile: Profile, server: Server, settings: Settings) -> Finding:
    """Have a worker send one picture of a page's size, to see whether the server takes it without making it smaller."""
    model = facts.model or server.model
    target = ServerTarget(url=facts.url, model=model, origin=facts.origin, api_key=server.api_key, route=facts.route)
    width, height = scale_of(*_LETTER, _size_of(profile))
    task = TrialTask(
        target=target,
        picture=_new_picture(width, height),
        size=(width, height),
        timeout_s=settings.timeouts.page,
        settings=WorkerSettings(connect_timeout_s=settings.timeouts.connect, profiles=settings.profiles),
    )
    policy, _ = try_out(servers_to_policy(settings.servers, readable=[], writable=[]))
    result = try_in_worker(task, policy, memory_mib=settings.limits.worker_mib)
    trial = result.trial
    if trial is None:
        return Finding(subject=subject, health=Health.FAULT, detail=f"It does not take a picture: {result.problem}")
    if trial.shrunk:
        detail = "It makes pictures smaller, or cuts them, before the model sees them."
        return Finding(subject=subject, health=Health.WARNING, detail=detail, advice=trial.advice(facts.kind))
    tokens = f", {trial.prompt_tokens} tokens with the prompt" if trial.prompt_tokens else ""
    detail = f"It takes a picture of {width} x {height} px in {trial.seconds:.1f} s{tokens}."
    return Finding(subject=subject, health=Health.OK, detail=detail)


def _size_of(profile: Profile) -> ImageSize:
    return ImageSize(
        longest_side_px=profile.longest_side_px, max_pixels=profile.max_pixels, multiple_of=profile.multiple_of
    )


def _new_picture(width: int, height: int) -> bytes:
    """A picture that no server has seen before, since for a known one it would use its cache."""
    stripe = os.urandom(width)
    blank = b"\xff" * width
    return rows_to_png([stripe if row % 8 == 0 else blank for row in range(height)], width=width, channels=1)


def _slots_to_findings(subject: str, facts: ServerFacts, server: Server, settings: Settings) -> Iterator[Finding]:
    if server.slots == "auto" and facts.slots and facts.slots < settings.workers:
        yield Finding(
            subject=subject,
            health=Health.WARNING,
            detail=f"The server works on {facts.slots} pages at once, and there are {settings.workers} workers.",
            advice="Load the model with more parallel slots, or lower `workers`.",
        )


def _fallback_advice(settings: Settings) -> str:
    if settings.when_unreachable is UnreachableAction.WAIT:
        return "Pages wait until it is there."
    return "Until then every page is read by basic extraction."


def _facts_to_words(facts: ServerFacts) -> str:
    parts = [f"{kind_to_words(facts.kind)}, model {facts.model}"]
    if facts.route.proxy is not None:
        parts.append(f"by the proxy {proxy_to_words(facts.route)}")
    if facts.slots:
        parts.append(f"{facts.slots} slots")
    if facts.context:
        parts.append(f"{facts.context} tokens of context")
    if facts.vision is None:
        parts.append("it does not say whether the model sees pictures")
    return ", ".join(parts) + "."


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
            health=Health.WARNING,
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
        advice="It works all the same; `dropleaf unit` limits the whole service besides.",
    )


def _memory(settings: Settings) -> Finding:
    """Say what limits the daemon that runs and its workers together, or a process like this one."""
    limit = read_memory_limit(holder_of(state_folder_of(settings.outbox).lock) or os.getpid())
    limits = settings.limits
    each = f"Each of {settings.workers} workers may have {limits.worker_mib} MiB, text recognition {limits.ocr_mib} MiB"
    if limit is not None:
        detail = f"{each}, and all together with the daemon {limit // _MIB} MiB (by their control group)."
        return Finding(subject="memory", health=Health.OK, detail=detail)
    return Finding(
        subject="memory",
        health=Health.OK,
        detail=f"{each}; nothing limits them all together.",
        advice="Where that matters, let systemd run it: the unit of `dropleaf unit` has a limit for all.",
    )


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.exists())
