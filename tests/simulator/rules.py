"""Which request gets which fault."""

import dataclasses
import random
import threading
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass

from simulator.faults import Fault
from simulator.jsons import Json, JsonObject

_NUMBER_LISTS = ("pages", "documents", "nth", "attempts")


@dataclass(frozen=True, slots=True)
class Rule:
    """One fault and the requests that get it: those for which every condition that is set holds.

    Only chat requests count.  The first rule that fits decides.

    Attributes:
        fault: What happens.
        pages: Numbers of pages (requests without a mark never fit).
        documents: Numbers of documents, as the marks carry them.
        nth: Which requests since the server's start, from 1.
        every: Every so many-th request.
        attempts: Which attempts at the same page, from 1: ``(1,)`` lets the second attempt pass.
        after: Seconds since the server's start from which the rule holds.
        until: Seconds since the server's start at which it ends.
        share: Probability, 0 to 1, drawn by the server's seed, the page and the attempt.
        times: How often it may happen at all.
        seconds: The fault's own measure of time (a pause between bytes, a delay); None for its default.
        size: The fault's own measure of length in bytes; None for its default.
        message: Text of an error; None for the server's usual words.
    """

    fault: Fault
    _: KW_ONLY
    pages: tuple[int, ...] = ()
    documents: tuple[int, ...] = ()
    nth: tuple[int, ...] = ()
    every: int | None = None
    attempts: tuple[int, ...] = ()
    after: float | None = None
    until: float | None = None
    share: float | None = None
    times: int | None = None
    seconds: float | None = None
    size: int | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a request when its fault is chosen.

    Attributes:
        number: Of the chat request, from 1.
        attempt: Which attempt at this page it is, from 1.
        elapsed: Seconds since the server's start.
        dice: A number from 0 to 1 that depends on seed, page and attempt only.
    """

    number: int
    attempt: int
    page: int | None
    document: int | None
    elapsed: float
    dice: float = 0.0


def fits(rule: Rule, facts: Facts) -> bool:
    """Whether every condition of the rule holds, its ``times`` aside."""
    return (
        _listed(facts.page, rule.pages)
        and _listed(facts.document, rule.documents)
        and _listed(facts.number, rule.nth)
        and _listed(facts.attempt, rule.attempts)
        and (rule.every is None or facts.number % rule.every == 0)
        and (rule.after is None or facts.elapsed >= rule.after)
        and (rule.until is None or facts.elapsed < rule.until)
        and (rule.share is None or facts.dice < rule.share)
    )


def seeded_dice(seed: int, key: str, attempt: int) -> float:
    """The number that decides a rule's ``share``."""
    return random.Random(f"{seed}/{key}/{attempt}").random()


class RuleBook:
    """The rules in force; they may be replaced at any time, from any thread."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._lock = threading.Lock()
        self._rules = tuple(rules)
        self._used: dict[Rule, int] = {}

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in force, in order."""
        return self._rules

    def replace(self, rules: Iterable[Rule]) -> None:
        """Put other rules in force; what was used up counts no more."""
        with self._lock:
            self._rules, self._used = tuple(rules), {}

    def choose(self, facts: Facts) -> Rule | None:
        """The rule for a request; it counts as used from now on."""
        with self._lock:
            for rule in self._rules:
                used = self._used.get(rule, 0)
                if fits(rule, facts) and (rule.times is None or used < rule.times):
                    self._used[rule] = used + 1
                    return rule
        return None


class RuleError(ValueError):
    """A rule that cannot be read; the message says why."""


def json_to_rules(value: Json) -> list[Rule]:
    """Rules from a list of their JSON forms.

    Raises:
        RuleError: One of them is none.
    """
    if not isinstance(value, list):
        raise RuleError('{"rules": [...]} is wanted')
    return [json_to_rule(item) for item in value]


def json_to_rule(value: Json) -> Rule:
    """A rule from its JSON form, an object with the attributes' names.

    Raises:
        RuleError: It is none.
    """
    if not isinstance(value, dict) or value.get("fault") not in list(Fault):
        raise RuleError(f'a rule is an object with at least {{"fault": "..."}}, one of {", ".join(Fault)}')
    names = {field.name for field in dataclasses.fields(Rule)}
    unknown = sorted(set(value) - names)
    if unknown:
        raise RuleError(f"unknown {', '.join(unknown)}; a rule may have {', '.join(sorted(names))}")
    fault = Fault(str(value["fault"]))
    message = value.get("message")
    every, times, size = (_whole(value, name) for name in ("every", "times", "size"))
    after, until, share, seconds = (_number(value, name) for name in ("after", "until", "share", "seconds"))
    pages, documents, nth, attempts = (_numbers(value, name) for name in _NUMBER_LISTS)
    return Rule(
        fault,
        pages=pages,
        documents=documents,
        nth=nth,
        attempts=attempts,
        every=every,
        times=times,
        size=size,
        after=after,
        until=until,
        share=share,
        seconds=seconds,
        message=None if message is None else str(message),
    )


def rule_to_json(rule: Rule) -> JsonObject:
    """The rule without what is not set."""
    shown: JsonObject = {}
    for field in dataclasses.fields(Rule):
        value = getattr(rule, field.name)
        if value not in (None, ()):
            shown[field.name] = list(value) if isinstance(value, tuple) else value
    return shown


def _listed(value: int | None, allowed: tuple[int, ...]) -> bool:
    return not allowed or value in allowed


def _number(value: JsonObject, name: str) -> float | None:
    found = value.get(name)
    if found is None or (isinstance(found, int | float) and not isinstance(found, bool)):
        return found
    raise RuleError(f"{name} is a number, not {found!r}")


def _whole(value: JsonObject, name: str) -> int | None:
    found = _number(value, name)
    return None if found is None else int(found)


def _numbers(value: JsonObject, name: str) -> tuple[int, ...]:
    found = value.get(name, [])
    if isinstance(found, list) and all(isinstance(item, int) for item in found):
        return tuple(item for item in found if isinstance(item, int))
    raise RuleError(f"{name} is a list of whole numbers, not {found!r}")
