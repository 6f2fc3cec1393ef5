"""pdfminer.six's page interpreter, made interruptible and faster, and corrected to follow the PDF standard."""

from collections.abc import Callable, Sequence

from pdfminer.casting import safe_float
from pdfminer.pdfinterp import PDFContentParser, PDFGraphicState, PDFPageInterpreter, PDFResourceManager, PDFStackT
from pdfminer.pdftypes import PDFStream, resolve1, stream_value
from pdfminer.psexceptions import PSEOF
from pdfminer.psparser import PSKeyword, PSLiteral
from pdfminer.utils import Matrix

from pipeline.extraction import deadline
from pipeline.extraction.readers.pdfminer.device import LeanDevice

_CHECK_EVERY = 256
_MAX_OPERANDS = 10_000


class LeanInterpreter(PDFPageInterpreter):
    """Runs content streams until the deadline.

    Beside the time it mends six things: what is clipped is told to the device, lines are 1 unit wide until told
    otherwise, and as wide as the matrix at the time of drawing makes them, the operators F and " do all that they
    should, and a form starts with the colours and the line width of the place that calls it.
    """

    def __init__(self, manager: PDFResourceManager, device: LeanDevice, deadline: float | None) -> None:
        super().__init__(manager, device)
        self._shown_on = device
        self._deadline = deadline
        self._inherited: PDFGraphicState | None = None
        self._operators: dict[object, tuple[Callable[..., None], int] | None] = {}  # type: ignore[explicit-any]  # every operator has its own operands

    def dup(self) -> "LeanInterpreter":
        """Another interpreter with the same device and deadline, for what is inside this one's content."""
        inner = LeanInterpreter(self.rsrcmgr, self._shown_on, self._deadline)
        inner.inherit(self.graphicstate)
        return inner

    def inherit(self, state: PDFGraphicState) -> None:
        """Begin with this state when the content is run."""
        self._inherited = state

    def init_state(self, ctm: Matrix) -> None:
        """Start with the standard's state, or the caller's."""
        super().init_state(ctm)
        if self._inherited is None:
            self.graphicstate.linewidth = 1.0
        else:
            self.graphicstate = self._inherited.copy()

    def do_q(self) -> None:
        """Save the state, with what can be seen."""
        super().do_q()
        self._shown_on.save_clip()

    def do_Q(self) -> None:  # noqa: N802 — the operator's name
        """Restore the state, with what can be seen."""
        if self.gstack:
            self._shown_on.restore_clip()
        super().do_Q()

    def do_W(self) -> None:  # noqa: N802 — the operator's name
        """Let nothing be seen outside the path; it is painted next, which the clip that it makes does not change."""
        points = []
        for _, *operands in self.curpath:
            points += list(zip(operands[::2], operands[1::2], strict=False))
        self._shown_on.clip_to(points)

    def do_W_a(self) -> None:  # noqa: N802 — the operator's name
        """As above, by the other rule of what is inside."""
        self.do_W()

    def do_w(self, linewidth: PDFStackT) -> None:
        """Keep the line width as it is written: what counts is the matrix when the line is drawn."""
        width = safe_float(linewidth)
        if width is not None:
            self.graphicstate.linewidth = width

    def do_F(self) -> None:  # noqa: N802 — the operator's name
        """Fill, the old way."""
        self.do_f()

    def do__w(self, aw: PDFStackT, ac: PDFStackT, s: PDFStackT) -> None:
        """Set both spacings, move to the next line, show text."""
        self.do_Tw(aw)
        self.do_Tc(ac)
        self.do_T_a()
        self.do_TJ([s])

    def do_BDC(self, tag: PDFStackT, props: PDFStackT) -> None:  # noqa: N802 — the operator's name
        """Begin marked content, with the property list that is named, not with its name."""
        named = resolve1(self.resources.get("Properties")) if isinstance(props, PSLiteral) else None
        if isinstance(props, PSLiteral) and isinstance(named, dict):
            super().do_BDC(tag, resolve1(named.get(props.name, props)))
        else:
            super().do_BDC(tag, props)

    def execute(self, streams: Sequence[object]) -> None:
        """Run the streams one after the other.

        Raises:
            DeadlineExceeded: The time is over.
        """
        try:
            parser = PDFContentParser(self._runnable(streams))
            count = 0
            while True:
                _, token = parser.nextobject()
                count += 1
                if count % _CHECK_EVERY == 0:
                    deadline.check(self._deadline)
                if isinstance(token, PSKeyword):
                    self._run(token)
                elif len(self.argstack) < _MAX_OPERANDS:
                    self.argstack.append(token)
        except PSEOF:
            return

    def _runnable(self, streams: Sequence[object]) -> list[PDFStream]:
        """The streams without those that are already running: a form that calls itself would never end."""
        self.stream_ids.clear()
        runnable = []
        for item in streams:
            stream = stream_value(item)
            if stream.objid is None or stream.objid not in self.parent_stream_ids:
                runnable.append(stream)
                if stream.objid is not None:
                    self.stream_ids.add(stream.objid)
        return runnable

    def _run(self, keyword: PSKeyword) -> None:
        name = keyword.name
        if name not in self._operators:
            self._operators[name] = self._name_to_operator(name)
        found = self._operators[name]
        if found is None:
            return
        operator, count = found
        if not count:
            operator()
            return
        operands = self.argstack[-count:]
        del self.argstack[-count:]
        if len(operands) == count:
            operator(*operands)

    def _name_to_operator(self, name: object) -> tuple[Callable[..., None], int] | None:  # type: ignore[explicit-any]  # as above
        text = name.decode("latin-1") if isinstance(name, bytes) else str(name)
        text = text.replace("*", "_a").replace('"', "_w").replace("'", "_q")
        operator = getattr(self, f"do_{text}", None)
        return None if operator is None else (operator, operator.__code__.co_argcount - 1)
