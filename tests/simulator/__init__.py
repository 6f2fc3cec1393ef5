"""A simulated model server: LM Studio, llama.cpp, Ollama and others, with all their faults, on loopback.

**It is a simulation.**  It reads no page; it answers with made-up text, or with the words that a numbered page is
known to hold.  What it imitates is how such servers behave: their bodies, headers, slots, times and failures, as
measured with llama.cpp and as read of the others.

In a test, in a thread of the same process::

    from pdfs import numbered_pdf
    from simulator import Fault, Latency, Rule, Setup, Simulator

    setup = Setup(slots=5, latency=Latency(seconds=2), rules=(Rule(Fault.HANG, pages=(2,)),))
    with Simulator(setup) as sim:
        numbered_pdf(inbox / "report.pdf", 5, document=7)
        run_dropleaf(sim.url)                                # http://127.0.0.1:PORT/v1
        assert sim.peak_in_flight == 5
        assert {record.page for record in sim.chats} == {1, 2, 3, 4, 5}
        assert sim.connections == 5

Pages are recognised by the strip of squares that ``pdfs.numbered_pdf`` puts along their upper edge, as long as they
are sent as 8-bit PNG.  By default a numbered page is answered with its own words and table (``mark_to_sheet``), any
other picture with an invented page; both end with ``Picture`` and the picture's name (``picture_name(png)``), so
every page can be shown to have got its own answer.  ``Setup(answer=...)`` or ``sim.set_answer`` take another function
from :class:`Ask` to text.

Rules choose the fault of a request by page, document, attempt, position, time or chance; ``Fault`` lists what there
is.  ``sim.set_rules(...)`` changes them while the server runs.  ``sim.wait_until(lambda sim: sim.in_flight == 5)``
waits for a state without sleeping.  ``sim.die()`` resets every connection and closes the port, ``sim.revive()``
opens the same port again; ``sim.retire(grace)`` ends it as SIGTERM ends llama.cpp.  ``mark_to_png(Mark(7, 2))``
makes the picture of a page without a PDF.

Beside this package: ``pdfs`` and ``odd_pdfs`` draw documents, ``raw_http`` is a client that sees every header and
byte, FIN and RST.

By hand, and as a process that tests may kill::

    python -m simulator --slots 5 --latency 2 --fault hang:pages=2      # in the folder tests; --help shows the rest

    with SimulatorProcess("--dialect", "llama.cpp", "--latency", "1") as server:
        server.kill()
        server.start()                                       # the same port
        server.set_rules(Rule(Fault.EMPTY, attempts=(1,)))
        assert server.log()["peak_in_flight"] == 4
        server.send(signal.SIGSTOP)                          # accepts connections, and reads nothing
"""

from simulator.chat import Ask
from simulator.faults import Fault
from simulator.host import Simulator
from simulator.journal import Record
from simulator.latency import Latency, ideal_makespan
from simulator.mark import Mark, mark_to_png
from simulator.models import Loading, Model
from simulator.pictures import picture_name
from simulator.process import SimulatorProcess
from simulator.rules import Rule
from simulator.setups import Setup
from simulator.sheet import Sheet, mark_to_sheet

__all__ = [
    "Ask",
    "Fault",
    "Latency",
    "Loading",
    "Mark",
    "Model",
    "Record",
    "Rule",
    "Setup",
    "Sheet",
    "Simulator",
    "SimulatorProcess",
    "ideal_makespan",
    "mark_to_png",
    "mark_to_sheet",
    "picture_name",
]
