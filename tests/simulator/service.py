"""Answers requests: a chat through the slots, everything else at once."""

import asyncio
import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.chat import Ask, body_to_ask
from simulator.connection import Connection
from simulator.control import control
from simulator.dialects import DIALECTS
from simulator.dialects.base import Reply, State
from simulator.drafts import Draft, text_to_tokens
from simulator.errors import AT_ONCE
from simulator.journal import Journal, Record
from simulator.jsons import NotJsonError, bytes_to_object
from simulator.models import Model, Shelf
from simulator.player import Player
from simulator.refusals import Refusal
from simulator.rules import Facts, Rule, RuleBook, seeded_dice
from simulator.scenes import Scene
from simulator.setups import Setup
from simulator.slots import Slots, Ticket
from simulator.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable

_CHAT_PATHS = ("/v1/chat/completions", "/chat/completions", "/api/v0/chat/completions")


class Service:
    """One server; lives in one event loop.

    Attributes:
        keep_alive: Seconds of idleness after which a connection is closed.
        on_death: Called by a fault that ends the server.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.dialect = DIALECTS[setup.dialect]
        self.keep_alive = self.dialect.keep_alive if setup.keep_alive is None else setup.keep_alive
        self.latency = setup.latency
        self.answer_text = setup.answer
        self.journal = Journal(keep_bodies=setup.keep_bodies)
        self.slots = Slots(self.dialect.slots if setup.slots is None else setup.slots, self.journal.notify)
        self.shelf = Shelf(setup.models, setup.loading)
        self.rules = RuleBook(setup.rules)
        self.connections: dict[Connection, Record | None] = {}
        self.on_death: Callable[[], None] = lambda: None
        self._tickets: dict[Connection, Ticket] = {}
        self._seen: set[str] = set()
        self._attempts: dict[str, int] = {}
        self._partings: set[asyncio.Task[None]] = set()

    # -- connections --------------------------------------------------------------------------------------------

    def opened(self, connection: Connection) -> int:
        """A connection was made; returns its number."""
        self.connections[connection] = None
        return self.journal.opened()

    def left(self, connection: Connection) -> None:
        """A connection is gone: what it asked for is given up as soon as this server would notice."""
        record = self.connections.pop(connection, None)
        if connection.task is not None and record is not None and record.ended is None:
            record.left = time.monotonic()
            parting = asyncio.get_running_loop().create_task(self._part(connection, connection.task, record))
            self._partings.add(parting)
            parting.add_done_callback(self._partings.discard)
        self.journal.closed()

    def streams(self, connection: Connection) -> bool:
        """Whether the connection carries a stream just now."""
        record = self.connections.get(connection)
        return record is not None and record.stream

    async def _part(self, connection: Connection, task: asyncio.Task[None], record: Record) -> None:
        notice = self.dialect.plain_notice if self.setup.plain_notice is None else self.setup.plain_notice
        if not record.stream:
            if notice == math.inf:
                return
            await self.slots.quiet(notice)
        ticket = self._tickets.get(connection)
        if ticket is not None and self.dialect.finishes_prompt:
            await asyncio.sleep(max(0.0, ticket.prompt_until - time.monotonic()))
        task.cancel()

    # -- requests -----------------------------------------------------------------------------------------------

    async def answer(self, request: Request, connection: Connection) -> None:
        """Answer one request and write down what came of it."""
        record = self.journal.began(
            Record(
                number=0,
                connection=connection.number,
                method=request.method,
                path=request.path,
                headers=request.headers,
                chat=request.method == "POST" and request.path in _CHAT_PATHS,
            ),
            request.body,
        )
        self.connections[connection] = record
        refused = False
        player = Player(connection, record, self.slots, self.on_death)
        try:
            await self._answer(request, record, player)
        except Refusal as refusal:
            refused = True
            player.refuse(self.dialect, refusal, last=self._last(request, connection, refusal.status))
        except asyncio.CancelledError:
            record.left = record.left or time.monotonic()
            connection.close()
        finally:
            self.journal.ended(record, _outcome(record, refused=refused))

    async def _answer(self, request: Request, record: Record, player: Player) -> None:
        path = request.path
        connection = player.connection
        if path.startswith("/simulator/"):
            reply = control(self, request)
        elif record.chat:
            await self._chat(request, record, player)
            return
        else:
            reply = self._listed(request)
        player.reply(self.dialect, reply, last=self._last(request, connection, reply.status))

    def _listed(self, request: Request) -> Reply:
        if request.path != "/health":
            self._check_key(request)
        if self.shelf.starting:
            raise self.dialect.loading()
        if request.path == "/slots":
            self.slots.reported_at = time.monotonic()
        reply = self.dialect.listing(request, self._state())
        if reply is None:
            raise self.dialect.not_found(request)
        return reply

    async def _chat(self, request: Request, record: Record, player: Player) -> None:
        self._check_key(request)
        if self.shelf.starting:
            raise self.dialect.loading()
        ask = self._read(request)
        rule = self._choose(ask, record)
        if rule is not None and rule.fault in AT_ONCE:
            raise AT_ONCE[rule.fault](self.dialect, rule)
        model = await self.shelf.pick(ask.model)
        if ask.pictures and not model.vision:
            raise self.dialect.blind()
        draft = self._draft(ask, record, model)
        ticket = await self.slots.take()
        self._tickets[player.connection] = ticket
        try:
            record.started = time.monotonic()
            scene = self._scene(ask, draft, rule, last=self._last(request, player.connection, 200))
            await player.perform(scene, ticket, encode=self.latency.encode if ask.pictures else 0.0)
        finally:
            self._tickets.pop(player.connection, None)
            self.slots.give_back(ticket)
            self.shelf.touch()

    def _read(self, request: Request) -> Ask:
        if request.headers.get("content-encoding"):
            raise Refusal(415, "", body=b"")
        try:
            body = bytes_to_object(request.body)
        except NotJsonError as error:
            raise self.dialect.bad_json(str(error)) from error
        return body_to_ask(body, self.dialect.pictures(body))

    def _choose(self, ask: Ask, record: Record) -> Rule | None:
        self.journal.chats += 1
        attempt = self._attempts[ask.key] = self._attempts.get(ask.key, 0) + 1
        record.stream, record.model, record.max_tokens, record.attempt = ask.stream, ask.model, ask.max_tokens, attempt
        record.picture = ask.pictures[0].name if ask.pictures else ""
        if ask.mark is not None:
            record.document, record.page = ask.mark.document, ask.mark.page
        facts = Facts(
            number=self.journal.chats,
            attempt=attempt,
            page=record.page,
            document=record.document,
            elapsed=time.monotonic() - self.journal.zero,
            dice=seeded_dice(self.setup.seed, ask.key, attempt),
        )
        rule = self.rules.choose(facts)
        record.fault = "" if rule is None else rule.fault.value
        self.journal.notify()
        return rule

    def _draft(self, ask: Ask, record: Record, model: Model) -> Draft:
        prompt = sum(picture.tokens(self.dialect.resize) for picture in ask.pictures) + len(ask.text) // 4
        cut = prompt >= model.context
        if cut and not self.dialect.truncates:
            raise self.dialect.overflow(prompt, model.context)
        prompt = model.context // 2 if cut else prompt
        # A model that has seen a part of the picture reads a page that is not there.
        text = self.answer_text(replace(ask, mark=None) if cut else ask)
        tokens = text_to_tokens(text)
        limit = min(model.context - prompt, len(tokens) if ask.max_tokens is None else ask.max_tokens)
        return Draft(
            identity=self.dialect.identity(record.number),
            model=model.id,
            created=int(time.time()),
            content="".join(tokens[:limit]),
            finish="length" if limit < len(tokens) else "stop",
            prompt_tokens=prompt,
            completion_tokens=min(limit, len(tokens)),
            cached=prompt if self._is_cached(ask) else 0,
        )

    def _is_cached(self, ask: Ask) -> bool:
        if not self.setup.prompt_cache or not ask.pictures:
            return False
        name = ask.pictures[0].name
        known = name in self._seen
        self._seen.add(name)
        return known

    def _scene(self, ask: Ask, draft: Draft, rule: Rule | None, *, last: bool) -> Scene:
        first, rest = self.latency.split(ask.key, draft.completion_tokens)
        return Scene(
            dialect=self.dialect,
            ask=ask,
            draft=draft,
            rule=rule,
            first=0.0 if draft.cached else first,
            rest=rest,
            last=last,
            pace=self.latency.tokens_per_second,
            events=self.setup.events,
        )

    # -- what every request needs -------------------------------------------------------------------------------

    def _check_key(self, request: Request) -> None:
        key = self.setup.api_key
        if key is not None and request.headers.get("authorization") != f"Bearer {key}":
            raise self.dialect.unauthorised()

    def _last(self, request: Request, connection: Connection, status: int) -> bool:
        worn_out = self.dialect.max_requests is not None and connection.served + 1 >= self.dialect.max_requests
        closing = request.headers.get("connection", "").lower() == "close"
        return worn_out or closing or (self.dialect.closes_on_error and status >= 400)

    def _state(self) -> State:
        return State(
            models=self.shelf.current(),
            slots=self.slots.count,
            running=len(self.slots.running),
            waiting=self.slots.waiting,
            on_demand=self.shelf.loading.on_demand,
            starting=self.shelf.starting,
            copies=dict(self.shelf.copies),
        )


def _outcome(record: Record, *, refused: bool) -> str:
    if record.fault:
        return "disconnected" if record.left is not None else "fault"
    if record.left is not None:
        return "disconnected"
    return "refused" if refused else "completed"
