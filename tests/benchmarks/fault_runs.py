"""Three runs of 40 pages through a simulated server that fails in every way that the peers were tried with.

5 slots, 0.5 s a page, page timeout 10 s; the bars are those that were set after the peers had been measured.
"""

from dataclasses import dataclass

from bench import beside_bar, console, idle_daemon, new_table, temporary_place, wait_until
from delivery import delivery_of
from pdfs import numbered_pdf
from simulator import Fault, Latency, Rule, Setup, Simulator

PAGES = 40
ONE_EACH = (Fault.BUSY, Fault.RESET, Fault.CUT_JSON, Fault.CLOSE_IN_BODY, Fault.HTML, Fault.EMPTY, Fault.LOOP_PARAGRAPH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What the server does wrong, and the most seconds that all pages may take."""

    name: str
    rules: tuple[Rule, ...]
    limit_s: float


RUNS = (
    Run(
        name="two 500s and two hangs at first try, one page hanging always",
        rules=(
            Rule(Fault.SERVER_ERROR, pages=(4, 17), attempts=(1,)),
            Rule(Fault.HANG, pages=(9, 23), attempts=(1,)),
            Rule(Fault.HANG, pages=(30,)),
        ),
        limit_s=13.5,
    ),
    Run(
        name="one page each: 503, reset, cut JSON, closed mid-body, 200 + HTML, empty, endless loop",
        rules=tuple(Rule(fault, pages=(3 + 5 * index,)) for index, fault in enumerate(ONE_EACH)),
        limit_s=18,
    ),
    Run(
        name="one page always 500, one always garbage",
        rules=(Rule(Fault.SERVER_ERROR, pages=(11,)), Rule(Fault.HTML, pages=(29,))),
        limit_s=18,
    ),
)


def main() -> None:
    """Print what became of every run."""
    table = new_table("40 pages and a server that fails", "run", "with content", "by the model", "wall s", "fell back")
    for run in RUNS:
        table.add_row(run.name, *figures(run))
    console.print(table)


def figures(run: Run) -> list[str]:
    """Pages with content, pages by the model, seconds from the first request, reasons by page."""
    with (
        Simulator(Setup(slots=5, latency=Latency(seconds=0.5), rules=run.rules)) as sim,
        temporary_place(server=sim.url, timeouts={"page": 10}) as place,
        idle_daemon(place, workers=5),
    ):
        place.drop(lambda path: numbered_pdf(path, PAGES), "r.pdf")
        manifest = place.outbox / "r.json"
        end = wait_until(manifest.exists)
        wall = end - sim.chats[0].arrived
        found = delivery_of(manifest)
    content = sum(bool(page.text) and page.tables == 1 for page in found.pages)
    return [
        beside_bar(content, PAGES, at_most=False),
        str(found.methods.get("vision", 0)),
        beside_bar(wall, run.limit_s, at_most=True),
        ", ".join(f"{page} {reason}" for page, reason in found.reasons.items()),
    ]


if __name__ == "__main__":
    main()
