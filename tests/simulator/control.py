"""The simulator's own address: ``/simulator/log`` and ``/simulator/rules``, for tests of another process."""

from typing import Protocol

from simulator.dialects.base import Reply
from simulator.journal import Journal, record_to_json
from simulator.jsons import Json, bytes_to_object, json_to_bytes
from simulator.rules import RuleBook, json_to_rules, rule_to_json
from simulator.slots import Slots
from simulator.wire import Request


class Controlled(Protocol):
    """What can be looked at and changed."""

    journal: Journal
    rules: RuleBook
    slots: Slots


def control(service: Controlled, request: Request) -> Reply:
    """The response to a request below ``/simulator/``.

    ``GET /simulator/log`` shows every request so far; ``GET /simulator/rules`` the rules in force;
    ``POST /simulator/rules`` puts others in force: ``{"rules": [{"fault": "hang", "pages": [2]}]}``.
    """
    match request.method, request.path:
        case "GET", "/simulator/log":
            return _shown(log_to_json(service))
        case "GET", "/simulator/rules":
            return _shown({"rules": [rule_to_json(rule) for rule in service.rules.rules]})
        case "POST", "/simulator/rules":
            return _replaced(service, request)
        case _:
            return _shown({"error": "there is only GET /simulator/log and GET or POST /simulator/rules"}, 404)


def log_to_json(service: Controlled) -> Json:
    """Everything that is known; moments in seconds since the server's start."""
    journal, slots = service.journal, service.slots
    return {
        "simulation": True,
        "in_flight": len(slots.running),
        "peak_in_flight": slots.peak,
        "waiting": slots.waiting,
        "connections": journal.connections,
        "open_connections": journal.open_connections,
        "requests": [record_to_json(record, journal.zero) for record in journal.records],
    }


def _replaced(service: Controlled, request: Request) -> Reply:
    try:
        rules = json_to_rules(bytes_to_object(request.body).get("rules"))
    except ValueError as error:
        return _shown({"error": str(error)}, 400)
    service.rules.replace(rules)
    return _shown({"rules": [rule_to_json(rule) for rule in rules]})


def _shown(value: Json, status: int = 200) -> Reply:
    return Reply(status=status, body=json_to_bytes(value))
