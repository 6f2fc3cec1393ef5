"""One line for people per request."""

from dataclasses import dataclass

from simulator.journal import Record

_RED, _GREEN, _YELLOW, _DIM, _PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[2m", "\x1b[0m"
_COLOURS = {"completed": _GREEN, "fault": _RED, "refused": _RED, "disconnected": _YELLOW}


@dataclass(frozen=True, slots=True)
class Style:
    """Whether lines are coloured."""

    coloured: bool

    def paint(self, colour: str, text: str) -> str:
        """The text in a colour, where there are any."""
        return f"{colour}{text}{_PLAIN}" if self.coloured else text


def record_to_line(record: Record, zero: float, style: Style) -> str:
    """What became of a request; times in seconds, the first one since the server's start."""
    ended = record.arrived if record.ended is None else record.ended
    what = _page(record) if record.chat else f"{record.method} {record.path}"
    waited = f"waited {record.waited:.2f}  " if record.waited is not None and record.waited > 0.005 else ""
    outcome = style.paint(_COLOURS.get(record.outcome, ""), f"{record.outcome:<12}")
    fault = style.paint(_RED, f"  {record.fault}") if record.fault else ""
    status = "---" if record.status is None or not record.sent else str(record.status)
    moment = style.paint(_DIM, f"{record.arrived - zero:8.2f} #{record.number:<5}c{record.connection:<3}")
    return f"{moment} {outcome} {status}  {ended - record.arrived:6.2f} s  {waited}{what}{fault}"


def _page(record: Record) -> str:
    page = f"page {record.page}" if record.page is not None else f"picture {record.picture or 'none'}"
    document = f" of document {record.document}" if record.document is not None else ""
    attempt = f", attempt {record.attempt}" if record.attempt > 1 else ""
    return f"{page}{document}{attempt}, {'stream' if record.stream else 'plain'}"
