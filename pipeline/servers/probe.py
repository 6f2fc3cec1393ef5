"""Asks a server what it is and chooses the model that reads pages.  It blocks, so it needs its own thread."""

import json
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Self

from pipeline.conditions import only_model
from pipeline.deadline import Deadline
from pipeline.errors import EmptyAnswer, TruncatedAnswer
from pipeline.server_target import USUAL_ROUTE, Route, ServerTarget
from pipeline.servers import listings
from pipeline.servers.facts import ServerFacts, ServerKind
from pipeline.servers.listings import Listed
from pipeline.servers.routes import resolve_route
from pipeline.vision.client.client import FOREIGN, VisionClient
from pipeline.vision.client.complaint import body_to_complaint
from pipeline.vision.client.connection_problem import connection_problem, proxy_to_words
from pipeline.vision.client.request import Sampling, VisionRequest
from pipeline.vision.client.transport import Meter, MeteredSession
from pipeline.vision.profiles.context_size import answer_tokens
from pipeline.vision.profiles.profiles import looks_like_vision, profile_for

# The most bytes of a list; LM Studio's list of very many models is far smaller.
_LISTING_BYTES = 4 * 1024 * 1024
# For so many of Ollama's models it is asked whether they take pictures; each question is a request.
_MOST_SHOWN = 12
# With these codes servers say that they have no such list: Not Found, Method Not Allowed, Not Implemented.
_NOT_THERE = frozenset({404, 405, 501})
# The model's name in requests where the server lists none.
_ANY_MODEL = "default"
# With room for fewer tokens than this, answers for ordinary pages are cut off.
_SHORT_ANSWER = 2048


class _Unusable(Exception):  # noqa: N818 — ends the questions; never raised outside of this module
    """The server cannot be used, for the reason that the text gives."""

    def __init__(self, problem: str, *, reachable: bool = True) -> None:
        super().__init__(problem)
        self.problem = problem
        self.reachable = reachable


class _Questions:
    """GET and POST of small JSON documents, all within one time limit."""

    def __init__(self, url: str, api_key: str | None, timeout_s: float, route: Route) -> None:
        self._route = route
        self.url = url.rstrip("/")
        self.root = self.url.removesuffix("/v1")
        self._key = api_key
        self._deadline = Deadline.after(timeout_s)
        self._timeout_s = timeout_s
        self._meter = Meter(connect_timeout_s=timeout_s, silence_s=timeout_s)
        self._session = MeteredSession(self._meter)
        self._session.take(route)
        self.status = 0  # of the last answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def ask(self, address: str, body: object = None) -> object:
        """The JSON at an address; None where there is none.

        Raises:
            _Unusable: There is no answer, or it shows that the server cannot be used.
        """
        headers = {} if self._key is None else {"Authorization": f"Bearer {self._key}"}
        method = "GET" if body is None else "POST"
        self._meter.start(self._deadline)
        try:
            with self._session.request(
                method, address, json=body, headers=headers, stream=True, allow_redirects=False
            ) as response:
                data = b""
                while len(data) < _LISTING_BYTES and (more := response.raw.read1(65536, decode_content=False)):
                    data += more
        except FOREIGN as error:
            raise self._silence(error) from None
        self.status = response.status_code
        if response.status_code in {401, 403}:
            raise _Unusable("The server requires a valid key: set api_key of this server in settings.yaml.")
        if response.status_code == 503:  # noqa: PLR2004 — Service Unavailable
            words = body_to_complaint(data, response.status_code, secret=self._key).words
            raise _Unusable(f"The server is not ready yet ({words}); it is asked again.")
        if not response.ok:
            return None
        try:
            value: object = json.loads(data)
        except (ValueError, RecursionError):
            return None
        return value

    def _silence(self, error: Exception) -> _Unusable:
        if self._deadline.expired:
            words = f"The server did not say what it is within {self._timeout_s:g} s; is it overloaded?"
            return _Unusable(words, reachable=False)
        if (problem := connection_problem(error, self.url, self._route)) is not None:
            return _Unusable(problem, reachable=False)
        if not self._meter.connected:
            if self._route.proxy is not None:
                words = f"No proxy answers at {proxy_to_words(self._route)}: correct proxy of this server."
                return _Unusable(words, reachable=False)
            return _Unusable(
                f"Nothing answers at {self.url}. Start the server (in LM Studio: Developer, Start server), "
                "or correct its url in settings.yaml.",
                reachable=False,
            )
        return _Unusable(f"What answers at {self.url} is no model server.")


def probe(
    url: str, *, api_key: str | None = None, model: str = "auto", timeout_s: float = 5.0, wanted: Route = USUAL_ROUTE
) -> ServerFacts:
    """What a server is, and which of its models is to read pages.

    Args:
        url: Its base address, up to and including ``/v1``.
        api_key: A bearer token; None for none.
        model: An id, or ``auto``.
        timeout_s: Seconds for all questions together.
        wanted: What the settings say about the route.

    Returns:
        The facts; if pages cannot be sent, ``problem`` says what to do. No answer of a server makes it raise.
    """
    route = resolve_route(url, wanted)
    with _Questions(url, api_key, timeout_s, route) as questions:
        try:
            kind, models = _ask_models(questions)
            if kind is ServerKind.OLLAMA:
                models = _ask_vision(questions, models or [], model)
        except _Unusable as error:
            return ServerFacts(url=url, reachable=error.reachable, problem=error.problem, route=route)
    facts = _unlisted_to_facts(url, model) if models is None else _models_to_facts(url, kind, models, model)
    return replace(facts, route=route)


def warm_up(target: ServerTarget, *, timeout_s: float) -> None:
    """Have the model loaded by one tiny text request: it costs no page's time, and the model is loaded only once.

    Args:
        target: The server and its model.
        timeout_s: Seconds for the loading.

    Raises:
        PageError: The server cannot answer.
    """
    request = VisionRequest(prompt="Answer with the word yes.", sampling=Sampling(max_tokens=1))
    client = VisionClient(connect_timeout_s=min(5.0, timeout_s))
    try:
        with suppress(EmptyAnswer, TruncatedAnswer):
            client.ask(request, target=target, deadline=Deadline.after(timeout_s), attempts=[])
    finally:
        client.close()


def _ask_models(questions: _Questions) -> tuple[ServerKind, list[Listed] | None]:
    """The models, from the most detailed list that the server has; None where it has none."""
    root = questions.root
    found = listings.lmstudio_to_models(questions.ask(f"{root}/api/v1/models"))
    if found is None:
        found = listings.older_lmstudio_to_models(questions.ask(f"{root}/api/v0/models"))
    if found is not None:
        if not questions.url.endswith("/v1"):
            raise _Unusable(f"This is LM Studio, but its url must end in /v1: write {root}/v1 into settings.yaml.")
        return ServerKind.LMSTUDIO, found
    single = listings.props_to_model(questions.ask(f"{root}/props"))
    if single is not None:
        named = listings.openai_to_models(questions.ask(f"{questions.url}/models")) or []
        # Answers spell the model's name as the list does.
        return ServerKind.LLAMACPP, [replace(single, id=named[0].id if len(named) == 1 else single.id)]
    tags = questions.ask(f"{root}/api/tags")
    found = listings.ollama_to_models(tags, questions.ask(f"{root}/api/ps") if tags else None)
    if found is not None:
        return ServerKind.OLLAMA, found
    found = listings.openai_to_models(questions.ask(f"{questions.url}/models"))
    if found is None and not (questions.url.endswith("/v1") and questions.status in _NOT_THERE):
        raise _Unusable(f"No list of models at {questions.url}/models; the url must end in /v1.")
    return ServerKind.OPENAI, found


def _ask_vision(questions: _Questions, models: list[Listed], wanted: str) -> list[Listed]:
    """Ask Ollama for each model whether it takes pictures, the loaded and likely ones first."""
    likely = sorted(models, key=lambda each: (wanted != each.id, not each.loaded, not looks_like_vision(each.id)))
    asked: list[Listed] = []
    for each in likely[:_MOST_SHOWN]:
        shown = questions.ask(f"{questions.root}/api/show", {"model": each.id})
        asked.append(replace(each, vision=listings.show_to_vision(shown)))
    return asked + likely[_MOST_SHOWN:]


def _unlisted_to_facts(url: str, wanted: str) -> ServerFacts:
    """The facts of a server without a list: a gateway may answer chats all the same; the first request will show it."""
    model = _ANY_MODEL if wanted == "auto" else wanted
    note = f"The server lists no models at {url}/models; pages are sent to the one that it has as {model}."
    return ServerFacts(url=url, model=model, note=note)


def _models_to_facts(url: str, kind: ServerKind, models: list[Listed], wanted: str) -> ServerFacts:
    names = tuple(dict.fromkeys(model.id for model in models))
    chosen = listings.choose_model(models, wanted)
    note = None
    if chosen is None and kind is ServerKind.LLAMACPP and models:
        # llama.cpp answers with its one model, whatever name a request has.
        chosen = models[0]
        note = only_model(chosen.id, wanted)
    if chosen is None:
        return ServerFacts(url=url, kind=kind, models=names, problem=_no_model(kind, models, wanted))
    return ServerFacts(
        url=url,
        kind=kind,
        model=chosen.id,
        origin=chosen.origin,
        vision=chosen.vision,
        slots=chosen.slots,
        context=chosen.context,
        loaded=chosen.loaded,
        models=names,
        problem=_problem_of(chosen, kind),
        note=note or _note_of(chosen),
    )


def _no_model(kind: ServerKind, models: list[Listed], wanted: str) -> str:
    if wanted != "auto":
        near = ", ".join(listings.nearest_names(models, wanted)[:3]) or ", ".join(each.id for each in models[:3])
        return (
            f"The server has no model {wanted}; it has {near or 'none'}. Correct model in settings.yaml, or say auto."
        )
    if kind is ServerKind.LMSTUDIO:
        return "LM Studio has no vision model. Download one (for example olmOCR-2 or Qwen3-VL) and load it."
    if kind is ServerKind.OLLAMA:
        return "Ollama has no vision model. Get one, for example: ollama pull qwen2.5vl"
    return "The server has no model. Load a vision model."


def _problem_of(model: Listed, kind: ServerKind) -> str | None:
    if model.vision is False:
        hint = "start the server with its vision file (--mmproj)" if kind is ServerKind.LLAMACPP else "load another one"
        return f"The model {model.id} reads text only: {hint}."
    if kind is ServerKind.LMSTUDIO and profile_for(model.id, origin=model.origin).special_tokens:
        return f"LM Studio strips the markup that {model.id} writes; load another vision model."
    return None


def _note_of(model: Listed) -> str | None:
    tokens = answer_tokens(profile_for(model.id, origin=model.origin), model.context, model.slots)
    if tokens < _SHORT_ANSWER:
        return (
            f"The context of {model.context} tokens leaves {tokens} for an answer, which cuts long pages short; "
            "load the model with 16384 or more."
        )
    if model.loaded is False:
        return f"The model {model.id} is not loaded yet; the first page waits for it."
    return None
