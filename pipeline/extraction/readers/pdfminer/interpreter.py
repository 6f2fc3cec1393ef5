"""pdfminer.six's page interpreter, made interruptible, faster, and closer to the PDF standard."""

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

    It also corrects six things: it tells the device about clips, lines are 1 unit wide by default, and as wide
    as the matrix makes them when they are drawn, the operators F and " do all that they should, and a form begins with
    the colours and the line width at the place where it is used.
    """

    def __init__(self, manager: PDFResourceManager, device: LeanDevice, deadline: float | None) -> None:
        super().__init__(manager, device)
        self._shown_on = device
        self._deadline = deadline
        self._inherited: PDFGraphicState | None = None
        self._operators: dict[object, tuple[Callable[..., None], int] | None] = {}  # type: ignore[explicit-any]  # every operator has its own operands

    def dup(self) -> "LeanInterpreter":
        """Another interpreter with the same device and deadline, for nested content."""
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
        """Save the state, including the clip."""
        super().do_q()
        self._shown_on.save_clip()

    def do_Q(self) -> None:  # noqa: N802 — the operator's name
        """Restore the state, including the clip."""
        if self.gstack:
            self._shown_on.restore_clip()
        super().do_Q()

    def do_W(self) -> None:  # noqa: N802 — the operator's name
        """Clip to the path. The path itself is painted next, and is not changed by this clip."""
        points = []
        for _, *operands in self.curpath:
            points += list(zip(operands[::2], operands[1::2], strict=False))
        self._shown_on.clip_to(points)

    def do_W_a(self) -> None:  # noqa: N802 — the operator's name
        """The same, with the even-odd rule."""
        self.do_W()

    def do_w(self, linewidth: PDFStackT) -> None:
        """Store the line width as written: the matrix at the time of drawing decides."""
        width = safe_float(linewidth)
        if width is not None:
            self.graphicstate.linewidth = width

    def do_F(self) -> None:  # noqa: N802 — the operator's name
        """Fill; an old operator."""
        self.do_f()

    def do__w(self, aw: PDFStackT, ac: PDFStackT, s: PDFStackT) -> None:
        """Set both spacings, move to the next line, show text."""
        self.do_Tw(aw)
        self.do_Tc(ac)
        self.do_T_a()
        self.do_TJ([s])

    def do_BDC(self, tag: PDFStackT, props: PDFStackT) -> None:  # noqa: N802 — the operator's name
        """Begin marked content, with the named property list instead of its name."""
        named = resolve1(self.resources.get("Properties")) if isinstance(props, PSLiteral) else None
        if isinstance(props, PSLiteral) and isinstance(named, dict):
            super().do_BDC(tag, resolve1(named.get(props.name, props)))
        else:
            super().do_BDC(tag, props)

    def execute(self, streams: Sequence[object]) -> None:
        """Run the streams one after the other.

        Raises:
            DeadlineExceeded: The deadline has passed.
        """
        deadline.check(self._deadline)  # forms within forms may be many and short
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
        """The streams, without those already running: a form that contains itself would never end."""
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
