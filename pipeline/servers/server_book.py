"""Chooses the server for the next page by free slots and last known state. It has no clock and does no I/O."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from pipeline.conditions import is_of_other_model, server_note
from pipeline.server_target import USUAL_ROUTE, Route, ServerTarget
from pipeline.servers.breaker import Breaker, BreakerState
from pipeline.servers.facts import ServerFacts
from pipeline.vision.profiles.context_size import answer_tokens
from pipeline.vision.profiles.profiles import Profile, profile_for
from pipeline.vision.profiles.seen_dialects import SeenDialects

# Seconds between two questions to a server that could not be used; questions are cheap, but not free.
_ASK_AGAIN_S = 5.0
# Seconds without a page after which a server may have put its model away: Ollama does after five minutes, LM Studio
# after an hour.  Five pages at once would have it loaded five times, and on their own time.
_FORGETS_S = 240.0
# Seconds between two looks at a server that has nothing to do, so that a dead one is not said to be ready for long.
_LOOK_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerEntry:
    """A server as the settings describe it.

    Attributes:
        model: An id, or ``auto``.
        slots: Pages at once; None to ask the server.
        route: What the settings say about the route; its proxy may be :data:`pipeline.servers.routes.NO_PROXY`.
    """

    url: str
    model: str = "auto"
    slots: int | None = None
    api_key: str | None = field(default=None, repr=False)
    route: Route = USUAL_ROUTE


class ServerState:
    """One server: what is known of it, and how many pages it has."""

    def __init__(
        self, entry: ServerEntry, workers: int, most: int, profiles: Sequence[Profile], seen: SeenDialects
    ) -> None:
        self.entry = entry
        self.facts: ServerFacts | None = None
        self.in_flight = 0
        self.breaker = Breaker()
        self.trouble = ""
        self._workers = workers
        self._most = most
        self._profiles = profiles
        self._seen = seen
        self._asking = False
        self._looking = False
        self._doubted = False
        self._held = False
        self._asked_at = -math.inf
        self._used_at = -math.inf
        self._looked_at = -math.inf

    @property
    def url(self) -> str:
        """Its base address, which identifies it."""
        return self.entry.url

    @property
    def model(self) -> str | None:
        """The model that pages are sent to; None while none is known."""
        return self.facts.model if self.facts else None

    @property
    def dialect(self) -> str | None:
        """What its model's answers have been in; None while none has come."""
        return self._seen.of(self.url, self.model) if self.model is not None else None

    @property
    def family(self) -> str:
        """The profile of its model and the dialect of the answers, in a few words; empty while no model is known."""
        if self.facts is None or self.model is None:
            return ""
        profile = profile_for(self.model, self._profiles, origin=self.facts.origin)
        seen = self.dialect
        if profile.own_dialect is not None:
            return f"{profile.name}: answers in {profile.own_dialect}, as set"
        return f"{profile.name}: answers in {seen}, as seen" if seen else f"{profile.name}: no answer yet"

    @property
    def slots(self) -> int:
        """How many pages it takes at once: as set, as it says, or as many as there are workers."""
        said = self.facts.slots if self.facts is not None else None
        return min(self._most, self.entry.slots or said or self._workers)

    @property
    def words(self) -> str:
        """Its state, in a few words."""
        if self.facts is None:
            return "not asked yet"
        if not self.facts.usable:
            return self.facts.problem or "no model"
        return f"resting: {self.trouble}" if self.breaker.tripped else "ready"

    @property
    def note(self) -> str:
        """That another model has answered its last page, or what could be better; empty where it can take no page."""
        if self.facts is None or not self.facts.usable:
            return ""
        return self.trouble if is_of_other_model(self.trouble) else self.facts.note or ""

    def free(self, now: float) -> int:
        """How many slots are free."""
        if self.facts is None or not self.facts.usable or self._held or self.idle(now) or not self.breaker.admits(now):
            return 0
        return self.slots - self.in_flight

    def idle(self, now: float) -> bool:
        """Whether it has been unused for so long that its model may be unloaded: it is asked before the next page."""
        return not self.in_flight and now - max(self._asked_at, self._used_at) > _FORGETS_S

    def down(self, now: float) -> bool:
        """Whether it is known to take no page. False before it was asked for the first time, and in its first rest.

        A rest may be the doing of three pages that no server can read; the others wait for the trial that follows.
        """
        if self.facts is None:
            return False
        return not self.facts.usable or (self.breaker.keeps_failing and self.breaker.state(now) is BreakerState.OPEN)

    def is_due(self, now: float, *, wanted: bool) -> bool:
        """Whether it is time to ask about its state; ``wanted``: pages wait, so an idle server is asked, too."""
        if self._asking:
            return False
        if self.facts is None or self._held:
            return True
        if self.facts.usable and not self.breaker.tripped and not self._doubted:
            return wanted and self.idle(now)
        return now >= self._asked_at + _ASK_AGAIN_S

    def is_due_for_a_look(self, now: float) -> bool:
        """Whether it has been idle for so long that it may have gone away unnoticed."""
        if self._asking or self.in_flight or self.facts is None or not self.facts.usable:
            return False
        return now - max(self._asked_at, self._used_at, self._looked_at) >= _LOOK_S

    def asked(self, *, looking: bool = False) -> None:
        """Note that its state is being asked for; ``looking``: its model is not loaded for that."""
        self._asking, self._looking = True, looking

    def done(self, now: float) -> None:
        """Note that a page came back from it."""
        self.in_flight -= 1
        self._used_at = now
        self.breaker.returned()

    def doubt(self, *, hold: bool) -> None:
        """Note that a page went badly, so what is known may be out of date; ``hold``: ask before the next page."""
        self._doubted = True
        self._held = self._held or hold

    def learn(self, facts: ServerFacts, now: float) -> bool:
        """Store what it says about its state. Returns whether it can be used again after it could not."""
        looking, self._looking = self._looking, False
        if looking:
            self._asking, self._looked_at = False, now
            if self.in_flight and not facts.usable:
                return False  # pages were sent meanwhile, which will fail if it is gone
            if facts.usable and not facts.loaded:
                self._learn_without_model(facts)
                return False
        idly = self._doubted and not self._held
        self._asking = self._doubted = self._held = False
        self._asked_at = now
        if idly and not facts.reachable and self.facts is not None:
            return False  # it is busy with pages, which will fail if it is gone
        is_back = self.facts is not None and not self.facts.usable and facts.usable
        self.facts = facts
        if facts.usable:
            self.breaker.refreshed(now)
        return is_back

    def _learn_without_model(self, facts: ServerFacts) -> None:
        """Store what it says while its model is not in memory; slots and context keep their last known values."""
        before = self.facts or facts
        if facts.loaded is False:  # so that it is asked, and loaded, before the next page
            self._asked_at = self._used_at = -math.inf
        self.facts = replace(facts, slots=facts.slots or before.slots, context=facts.context or before.context)

    def target(self, profiles: Sequence[Profile]) -> ServerTarget:
        """The server and model for a page, of which one of these profiles of the user may hold."""
        assert self.facts is not None  # noqa: S101 — the caller has seen a free slot
        model = self.facts.model or self.entry.model
        slots = self.entry.slots or self.facts.slots
        origin = self.facts.origin
        tokens = answer_tokens(profile_for(model, profiles, origin=origin), self.facts.context, slots)
        context = self.facts.context
        return ServerTarget(
            url=self.url,
            model=model,
            origin=origin,
            api_key=self.entry.api_key,
            context=context,
            answer_tokens=tokens,
            route=self.facts.route,
            seen=self._seen.of(self.url, model),
        )


class ServerBook:
    """All servers of the settings, identified by url; ``now`` is always seconds of the same steady clock."""

    def __init__(
        self,
        entries: Sequence[ServerEntry],
        *,
        workers: int,
        most: int | None = None,
        profiles: Sequence[Profile] = (),
        seen: SeenDialects | None = None,
    ) -> None:
        """Prepare.

        Args:
            entries: As the settings describe them.
            workers: Pages that are in work at once on this machine.
            most: The same of all machines; None where there is no other.
            profiles: The user's own.
            seen: What is known of the models' answers, None for nothing.
        """
        self._seen = seen or SeenDialects()
        self._servers = {
            entry.url: ServerState(entry, workers, most or workers, profiles, self._seen) for entry in entries
        }
        self._workers = workers
        self._now = -math.inf

    @property
    def states(self) -> tuple[ServerState, ...]:
        """Every server, in the order of the settings."""
        return tuple(self._servers.values())

    def choose(
        self, now: float, exclude: Collection[str] = (), profiles: Sequence[Profile] = ()
    ) -> ServerTarget | None:
        """The server with the most free slots; None where there is none.  To be followed by :meth:`sent`.

        Args:
            now: The time.
            exclude: Urls of servers that have failed this page already.
            profiles: The user's own, for this page.
        """
        self._now = now
        others = [server for server in self.states if server.url not in exclude]
        best = max(others, key=lambda server: server.free(now), default=None)
        return best.target(profiles) if best is not None and best.free(now) > 0 else None

    def sent(self, url: str) -> None:
        """Note that a page was sent to a server: one slot less."""
        server = self._servers[url]
        server.in_flight += 1
        server.breaker.sent(self._now)

    def done(self, url: str, now: float) -> None:
        """Note that a page came back, with any result: one slot more."""
        self._servers[url].done(now)

    def answered(self, url: str) -> None:
        """Note that a page was answered, with a good answer or a bad one: the server works."""
        server = self._servers[url]
        server.trouble = ""
        server.breaker.succeeded()

    def note_dialects(self, target: ServerTarget, dialects: Sequence[str]) -> None:
        """Note the dialects of an accepted answer: the next requests to this model name them."""
        self._seen.note(target.url, target.model, dialects)

    def failed(self, url: str, detail: str, now: float) -> None:
        """Note that a page failed in a way that concerns every page (``is_server_fault`` of its error)."""
        self._now = now
        server = self._servers[url]
        server.trouble = detail
        server.breaker.failed(now)
        # A server in a pause is asked from time to time, but that is no proof: it may list models and fail every page.
        server.doubt(hold=not server.breaker.tripped)

    def doubted(self, url: str) -> None:
        """Note that a page went badly, because of the page itself or of the server."""
        self._servers[url].doubt(hold=False)

    def learn(self, facts: ServerFacts, now: float) -> bool:
        """Store what a server says about its state. Returns whether it can be used again after it could not."""
        self._now = now
        return facts.url in self._servers and self._servers[facts.url].learn(facts, now)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know of servers that pages are sent to: a sentence each."""
        return tuple(server_note(server.url, server.note) for server in self.states if server.note)

    def to_ask(self, now: float, *, wanted: bool) -> list[ServerEntry]:
        """The servers whose state is to be asked for; each once until :meth:`learn`.

        Args:
            now: The time.
            wanted: Whether pages wait: a server that was idle for long is asked only then.
        """
        due = [server for server in self.states if server.is_due(now, wanted=wanted)]
        for server in due:
            server.asked()
        return [server.entry for server in due]

    def to_look_at(self, now: float) -> list[ServerEntry]:
        """The servers that have nothing to do and are to be asked whether they are still there."""
        due = [server for server in self.states if server.is_due_for_a_look(now)]
        for server in due:
            server.asked(looking=True)
        return [server.entry for server in due]

    def may_answer(self, exclude: Collection[str] = ()) -> bool:
        """Whether a page may still be answered, by a server that is not in ``exclude``."""
        return any(not server.down(self._now) for server in self.states if server.url not in exclude)

    def outage(self, now: float) -> str | None:
        """Why no page can be answered at present; None where one can, or where that is not known yet."""
        if not all(server.down(now) for server in self.states):
            return None
        return " ".join(_down_to_words(server) for server in self.states)


def _down_to_words(server: ServerState) -> str:
    facts = server.facts
    words = facts.problem if facts is not None and facts.problem else server.trouble or "no model"
    return f"{server.url}: {words.rstrip('.')}."
