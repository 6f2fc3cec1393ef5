"""What ``dropleaf doctor`` finds about the model servers."""

import os
from collections.abc import Iterator, Sequence

from pipeline.choices import UnreachableAction
from pipeline.commands.findings import Finding, Health
from pipeline.commands.trial_worker import try_in_worker
from pipeline.dispatch.server_routes import server_to_route, servers_to_policy
from pipeline.pictures.png import rows_to_png
from pipeline.pictures.render import ImageSize, scale_of
from pipeline.sandbox.policy import try_out
from pipeline.server_target import ServerTarget
from pipeline.servers.facts import ServerFacts, kind_to_words
from pipeline.servers.probe import probe
from pipeline.settings.sections import Server
from pipeline.settings.settings import Settings
from pipeline.status.snapshot import read_snapshot
from pipeline.vision.client.connection_problem import proxy_to_words
from pipeline.vision.profiles.profiles import GENERAL, Profile, profile_for
from pipeline.worker.tasks import TrialTask, WorkerSettings

_LETTER = (612.0, 792.0)


def servers_to_findings(settings: Settings) -> Iterator[Finding]:
    """Ask each server of the settings what it is, have it read a picture, and say how many workers they keep busy."""
    slots: list[int | None] = []
    for server in settings.servers:
        facts = probe(
            server.url,
            api_key=server.api_key,
            model=server.model,
            timeout_s=settings.timeouts.connect,
            wanted=server_to_route(server),
        )
        if facts.usable:
            slots.append(facts.slots if server.slots == "auto" else server.slots)
        yield from _server_to_findings(server, facts, settings)
    if slots:
        yield slots_to_finding(slots, settings.workers)


def slots_to_finding(slots: Sequence[int | None], workers: int) -> Finding:
    """How many workers fit the servers.

    Args:
        slots: Of each server that can be used; None where it does not say.
        workers: Of the settings.
    """
    known = [each for each in slots if each]
    have = f"There {_are(workers, 'worker')}"
    if len(known) < len(slots):
        detail = f"{have}; the server does not say how many pages it takes at once, so it gets one from each worker."
        return Finding(subject="workers", health=Health.OK, detail=detail)
    most = sum(known)
    fits = f"the server{'s' if len(slots) > 1 else ''} can take {most} page{'s' if most > 1 else ''} at once"
    if workers == most:
        return Finding(subject="workers", health=Health.OK, detail=f"{have}, and {fits}: that fits.")
    advice = (
        f"{most} workers fit: set workers: {most}, and pages are done sooner."
        if workers < most
        else f"{most} would do: the others read, draw and check meanwhile. More slots of the server would use them all."
    )
    return Finding(subject="workers", health=Health.OK, detail=f"{have}, and {fits}.", advice=advice)


def _are(count: int, noun: str) -> str:
    return f"is 1 {noun}" if count == 1 else f"are {count} {noun}s"


def _server_to_findings(server: Server, facts: ServerFacts, settings: Settings) -> Iterator[Finding]:
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
    profile = profile_for(facts.model or "", settings.profiles, origin=facts.origin)
    told = "its name" if profile == profile_for(facts.model or "", settings.profiles) else "what the server says of it"
    known = f", told by {told}" if profile is not GENERAL else ", since nothing tells its family"
    answers = _dialect_to_words(profile, facts, settings)
    detail = f"Profile {profile.name}{known}: pictures of {profile.longest_side_px} px, {answers}."
    health = Health.WARNING if profile.note else Health.OK
    yield Finding(subject=subject, health=health, detail=detail, advice=profile.note)
    yield _try_picture(subject, facts, profile, server, settings)


def _dialect_to_words(profile: Profile, facts: ServerFacts, settings: Settings) -> str:
    """The dialect of the answers: set by the user, else seen by a running daemon, else usual for the family."""
    if profile.own_dialect is not None:
        return f"answers in {profile.own_dialect}, as set"
    snapshot = read_snapshot(settings.outbox)
    used = snapshot.servers if snapshot else ()
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


def _fallback_advice(settings: Settings) -> str:
    if settings.when_unreachable is UnreachableAction.WAIT:
        return "Pages wait until it is there."
    return "Until then the built-in engine reads every page."


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
