"""The command line of ``python -m simulator``."""

import argparse
import json
import math
import textwrap
from collections.abc import Sequence
from pathlib import Path

from simulator.dialects import DIALECTS
from simulator.faults import Fault
from simulator.jsons import Json, JsonObject
from simulator.latency import Latency
from simulator.models import Loading, Model
from simulator.rules import Rule, RuleError, json_to_rule, json_to_rules
from simulator.setups import Setup

_DESCRIPTION = """\
A SIMULATED model server for tests and demonstrations of Dropleaf.  No model runs here: numbered test pages are
answered with the words that they are known to hold, every other picture with an invented page.  Its headers, bodies,
slots, times and failures are those of the server that --dialect names.
"""
_FAULTS = textwrap.fill(f"Faults: {', '.join(Fault)}.", 110)
_EPILOGUE = f"""\
A fault is NAME or NAME:key=value,...  with the keys of a rule (lists with + between numbers):
  --fault hang:pages=2+5 --fault server_error:share=0.1,attempts=1 --fault slow:every=7,seconds=20
{_FAULTS}

GET /simulator/log shows what happened, POST /simulator/rules changes the faults while it runs.
"""


def build_parser() -> argparse.ArgumentParser:
    """All options, each with its default."""
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description=_DESCRIPTION,
        epilog=_EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    server = parser.add_argument_group("server")
    server.add_argument("--dialect", choices=sorted(DIALECTS), default="lmstudio", help="default: lmstudio")
    server.add_argument("--port", type=int, default=1234, help="default: 1234, LM Studio's own; 0 for any free one")
    server.add_argument("--slots", type=int, help="requests at once; default: the dialect's own number")
    server.add_argument("--api-key", help="ask for this bearer token")
    server.add_argument("--keep-alive", type=float, metavar="S", help="close connections that are idle for so long")
    server.add_argument("--quiet", action="store_true", help="no line per request")
    _add_models(parser.add_argument_group("models"))
    _add_times(parser.add_argument_group("times"))
    faults = parser.add_argument_group("faults")
    faults.add_argument("--fault", action="append", default=[], metavar="NAME[:KEY=VALUE,...]", help="see below")
    faults.add_argument("--rules", type=Path, metavar="FILE", help="a JSON list of rules")
    return parser


def _add_models(group: "argparse._ArgumentGroup") -> None:
    group.add_argument("--model", action="append", metavar="ID", help="a model that sees and is loaded; repeatable")
    group.add_argument("--unloaded", action="append", default=[], metavar="ID", help="one that is only on disk")
    group.add_argument("--text-only", action="append", default=[], metavar="ID", help="one that cannot see")
    group.add_argument("--context", type=int, default=8192, metavar="TOKENS", help="of one request; default: 8192")
    group.add_argument("--load", type=float, default=0.0, metavar="S", help="time that a load takes")
    group.add_argument("--start", type=float, default=0.0, metavar="S", help='time of 503 "Loading model" at the start')
    group.add_argument("--idle", type=float, metavar="S", help="unload after so much idleness")
    group.add_argument("--no-jit", action="store_true", help="do not load models on demand")


def _add_times(group: "argparse._ArgumentGroup") -> None:
    group.add_argument("--latency", type=float, default=2.0, metavar="S", help="median time of a page; default: 2")
    group.add_argument("--spread", type=float, default=0.0, metavar="SIGMA", help="of a lognormal distribution")
    group.add_argument("--tail", type=float, default=0.0, metavar="SHARE", help="of pages that take six times as long")
    group.add_argument("--first-token", type=float, default=0.3, metavar="SHARE", help="of a page's time; default: 0.3")
    group.add_argument("--tokens-per-second", type=float, help="then --latency is the time to the first token")
    group.add_argument("--encode", type=float, default=0.0, metavar="S", help="encode one picture, all streams halt")
    group.add_argument("--seed", type=int, default=0, help="of everything that is drawn by chance; default: 0")
    group.add_argument("--notice", type=float, metavar="S", help="until a plain client's disconnect is noticed")


def arguments_to_setup(arguments: Sequence[str]) -> tuple[Setup, bool]:
    """The server that a command line describes, and whether it is to be quiet.

    Raises:
        SystemExit: The command line makes no sense; what is wrong has been printed.
    """
    parser = build_parser()
    given = parser.parse_args(arguments)
    try:
        rules = [fault_to_rule(text) for text in given.fault]
        if given.rules is not None:
            rules += json_to_rules(json.loads(given.rules.read_text()))
    except (OSError, ValueError) as error:
        parser.error(str(error))
    setup = Setup(
        dialect=given.dialect,
        port=given.port,
        slots=given.slots,
        api_key=given.api_key,
        keep_alive=given.keep_alive,
        plain_notice=given.notice,
        models=_models(given),
        loading=Loading(on_demand=not given.no_jit, seconds=given.load, idle=given.idle, at_start=given.start),
        latency=Latency(
            seconds=given.latency,
            spread=given.spread,
            tail=given.tail,
            first_token=given.first_token,
            tokens_per_second=given.tokens_per_second,
            encode=given.encode,
            seed=given.seed,
        ),
        rules=tuple(rules),
        seed=given.seed,
    )
    return setup, bool(given.quiet)


def fault_to_rule(text: str) -> Rule:
    """A rule from ``NAME:key=value,...``.

    Raises:
        RuleError: It is none.
    """
    name, _, conditions = text.partition(":")
    value: JsonObject = {"fault": name}
    for condition in filter(None, conditions.split(",")):
        key, _, number = condition.partition("=")
        value[key] = _value(key, number)
    return json_to_rule(value)


def _value(key: str, text: str) -> Json:
    if key == "message":
        return text
    try:
        if key in ("pages", "documents", "nth", "attempts"):
            return [int(number) for number in text.split("+")]
        number = float(text)
    except ValueError as error:
        raise RuleError(f"{key}={text}: a number is wanted") from error
    return int(number) if math.isfinite(number) and number.is_integer() else number


def _models(given: argparse.Namespace) -> tuple[Model, ...]:
    seeing = given.model or ([] if given.unloaded or given.text_only else [Model().id])
    return (
        *(Model(id=name, context=given.context) for name in seeing),
        *(Model(id=name, context=given.context, vision=False) for name in given.text_only),
        *(Model(id=name, context=given.context, loaded=False) for name in given.unloaded),
    )
