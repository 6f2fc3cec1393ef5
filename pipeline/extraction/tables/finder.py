"""Finds the tables of a page: in grids of rules, between rules, in aligned text, and those that the file names."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter

from pipeline.extraction.deadline import check
from pipeline.extraction.faults import Cost, Faults
from pipeline.extraction.model import BBox, PageContent, Ruling, Table, Word
from pipeline.extraction.tables.aligned_regions import text_to_regions
from pipeline.extraction.tables.bands import (
    drafts_to_upright,
    holds_rows,
    is_upright,
    lattice_is_coarse,
    lattice_to_drafts,
    split_bands,
    with_sideways_words,
)
from pipeline.extraction.tables.cells import Draft, drafts_to_table
from pipeline.extraction.tables.column_rules import edges_to_closed, is_mostly, is_without_sides
from pipeline.extraction.tables.figures import FigureCaptions, may_have_figures
from pipeline.extraction.tables.head_strips import HeadStrip, drafts_to_strip, with_strip
from pipeline.extraction.tables.headed_regions import edges_to_headed
from pipeline.extraction.tables.lattice import Lattice, edges_to_lattices
from pipeline.extraction.tables.margins import Surroundings, is_row_of_figures, with_margins
from pipeline.extraction.tables.open_tables import Region, region_to_drafts
from pipeline.extraction.tables.row_labels import mark_headers
from pipeline.extraction.tables.ruled_regions import box_to_region, edges_to_regions
from pipeline.extraction.tables.rules import (
    NO_EDGES,
    SNAP,
    Edges,
    edges_inside,
    rulings_to_edges,
    without_underlines,
)
from pipeline.extraction.tables.shaded_heads import box_with_shaded_head
from pipeline.extraction.tables.shading import fills_to_lattices
from pipeline.extraction.tables.stacked_regions import region_to_stacked
from pipeline.extraction.tables.table_text import TabularText, words_to_page_text
from pipeline.extraction.tables.tagged_tables import tables_to_tagged
from pipeline.extraction.tables.titles_and_notes import strip_frame, strip_notes
from pipeline.extraction.tables.turned_header import with_turned_heads
from pipeline.extraction.tables.turned_labels import with_turned_labels
from pipeline.extraction.tables.typed_rules import words_to_typed_rules
from pipeline.extraction.tables.verdict import (
    is_headed_table,
    is_lattice_table,
    is_lone_row,
    is_open_table,
    is_ruled_table,
    is_shaded_table,
    is_terse,
)
from pipeline.extraction.tables.visible_rules import rulings_to_visible
from pipeline.extraction.tables.word_index import WordIndex

#: On a page with more words than this, tables are looked for only in grids: it is no page of text.
MAX_WORDS = 20_000
#: A grid with at least so many cells that is no table is a chart, a form or a drawing, and contains no table.
DRAWING = 12

#: Two lines of two texts each are a table only in a grid or with a caption.
LEAST_PLACES = 5
#: With at least so many rows separated by rules, a table may contain running text.
PARTED_ROWS = 3


@dataclass(slots=True, kw_only=True)
class TableFinder:
    """The search for the tables of one page; it keeps intermediate results for people who tune it.

    Attributes:
        edges: The merged rules.
        lattices: The grids of rules or shaded cells, whether tables or not.
        regions: Where tables without a grid were looked for.
        tables: The tables found, in reading order.
        sideways: The turned words; those within the cells of a grid (mostly of its header) belong to these cells.
        faults: Receives the faults that cost a table.
    """

    content: PageContent
    words: Sequence[Word]
    deadline: float | None = None
    edges: Edges = NO_EDGES
    lattices: list[Lattice] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    sideways: Sequence[Word] = ()
    faults: Faults = field(default_factory=Faults)
    _used: set[int] = field(default_factory=set)
    _rulings: Sequence[Ruling] = ()
    _rules: frozenset[int] = frozenset()
    _text: tuple[int, TabularText] | None = None
    _around: TabularText | None = None
    _captions: FigureCaptions | None = None
    _strips: list[HeadStrip] = field(default_factory=list)
    _totals: list[BBox] = field(default_factory=list)

    def find(self) -> tuple[Table, ...]:
        """Look for tables.

        Raises:
            DeadlineExceeded: The deadline has passed; :attr:`tables` has the tables found so far.
        """
        self.sideways = [word for word in self.words if not is_upright(word)]
        turned = {id(word) for word in self.sideways}
        self.words = [word for word in self.words if id(word) not in turned]
        content = self.content
        self._rulings = rulings_to_visible(content.rulings, content.fills, content.images)
        self.edges = edges_to_closed(rulings_to_edges(self._rulings))
        check(self.deadline)
        lattices = edges_to_lattices(self.edges)
        with self.faults.cost_only(Cost.TABLES):
            self._find_around(lattices)
        with self.faults.cost_only(Cost.TABLES):
            self._find_in_lattices(lattices, is_lattice_table, drawn=True)
        with self.faults.cost_only(Cost.TABLES):
            self._find_in_shading()
        if len(self.words) <= MAX_WORDS:
            with self.faults.cost_only(Cost.TABLES):
                self._find_without_grids()
        for strip in list(self._strips):
            if not any(id(word) in self._used for draft in strip.drafts for word in draft.words):
                self._take_whole(strip.drafts, "lattice", is_lone_row)
        with self.faults.cost_only(Cost.TABLES):
            self.tables = tables_to_tagged(self.tables, content.tagged, [*self.words, *self.sideways])
        return self.found()

    def found(self) -> tuple[Table, ...]:
        """The tables found so far, from the top."""
        return tuple(sorted(self.tables, key=lambda table: (table.box.top, table.box.x0)))

    def _find_around(self, lattices: Sequence[Lattice]) -> None:
        """Look for tables between rules of one width of which column rules join only some."""
        if any(map(is_without_sides, lattices)) and len(self.words) <= MAX_WORDS:
            rules = without_underlines(self.edges, self.words)
            self._find_in_regions(
                lambda text: (region for region in edges_to_regions(rules, text) if is_mostly(region.box, lattices)),
                _is_ruled,
            )

    def _find_in_shading(self) -> None:
        shaded = fills_to_lattices(self.content.fills, [lattice.box for lattice in self.lattices])
        if shaded:
            unruled = [lattice for lattice in shaded if not _is_crossed(lattice.box, self.edges)]
            self._find_in_lattices(unruled, partial(_is_shaded, self._free_text()), drawn=False)

    def _find_in_lattices(self, lattices: Sequence[Lattice], accept: Callable[[Table], bool], *, drawn: bool) -> None:
        self.lattices += lattices
        upright, sideways = WordIndex(self.words), WordIndex(self.sideways)
        grids = []
        for lattice in lattices:
            check(self.deadline)
            with self.faults.cost_only(Cost.TABLES):
                drafts = self._lattice_to_drafts(lattice, upright, sideways)
                strip = drafts_to_strip(drafts, lattice.box) if drawn else None
                self._strips += [strip] if strip is not None else []
                totals = drawn and is_row_of_figures(drafts)
                self._totals += [lattice.box] if totals else []
                grids.append((totals or strip is not None, lattice, drafts))
        for is_strip, lattice, drafts in sorted(grids, key=itemgetter(0)):
            check(self.deadline)
            with self.faults.cost_only(Cost.TABLES):
                if any(id(word) in self._used for draft in drafts for word in draft.words):
                    continue
                taken = self._take_widened(drafts, accept) or self._take(drafts, "lattice", accept)
                if drawn and not (taken or is_strip) and len(lattice.spans) >= DRAWING and not holds_rows(drafts):
                    self._used.update(id(word) for draft in drafts for word in draft.words)

    def _lattice_to_drafts(self, lattice: Lattice, upright: WordIndex, sideways: WordIndex) -> Sequence[Draft]:
        words = [word for word in upright.inside(lattice.box) if id(word) not in self._used]
        drafts = lattice_to_drafts(lattice, words)
        if lattice_is_coarse(lattice, drafts):
            drafts = region_to_drafts(self._lattice_to_region(lattice, upright)) or drafts
        else:
            drafts = split_bands(strip_frame(drafts), lattice)
        drafts = strip_notes(drafts, wide=True)
        drafts = with_sideways_words(drafts, sideways.inside(lattice.box), lattice.xs)
        return drafts_to_upright(with_turned_labels(drafts, lattice.edges.horizontal))

    def _lattice_to_region(self, lattice: Lattice, upright: WordIndex) -> Region:
        """The region of a grid whose rules do not part all of its columns, with a shaded head upon it."""
        box = box_with_shaded_head(lattice.box, self.content.fills)
        text = words_to_page_text([word for word in upright.inside(box) if id(word) not in self._used])
        if text.captions:
            box = lattice.box
        return box_to_region(box, self._with_loose(lattice.edges, box), text)

    def _with_loose(self, edges: Edges, box: BBox) -> Edges:
        """The rules of a grid, and those within it that touch none of them: these underline headings."""
        loose = edges_inside(self.edges, box).horizontal
        return Edges(tuple(sorted({*edges.horizontal, *loose})), edges.vertical)

    def _take_widened(self, drafts: Sequence[Draft], accept: Callable[[Table], bool]) -> bool:
        """Take the table of these cells, with text outside of its rules where there is some."""
        turned = [word for word in self.sideways if id(word) not in self._used and not self._in_grid(word)]
        widened = with_margins(drafts, self._surroundings(), turned)
        return len(widened) > len(drafts) and self._take(widened, "lattice", accept)

    def _in_grid(self, word: Word) -> bool:
        x, y = (word.box.x0 + word.box.x1) / 2, (word.box.top + word.box.bottom) / 2
        return any(
            box.x0 <= x < box.x1 and box.top <= y < box.bottom
            for box in (lattice.box for lattice in self.lattices)
            if box not in self._totals
        )

    def _surroundings(self) -> Surroundings:
        """What is around the grids; the text is computed when first needed."""
        if self._around is None:
            self._around = words_to_page_text([word for word in self.words if not self._in_grid(word)])
        feet = [strip.box.bottom for strip in self._strips]
        return Surroundings(text=self._around, rules=self.edges.horizontal, feet=feet, totals=self._totals)

    def _find_without_grids(self) -> None:
        typed = words_to_typed_rules(self.words)
        if typed.words:
            self._rules, self._text = typed.words, None
        rules = without_underlines(self.edges, self.words)
        self._find_in_regions(lambda text: edges_to_regions(rules, text), _is_ruled)
        self._find_in_regions(lambda text: edges_to_headed(rules, text), _is_ruled)
        every = self._with_rulings(typed.all)
        self._find_in_regions(lambda text: text_to_regions(text, every), _is_open)
        if typed.bounding:  # last: aligned text is better evidence than a line of hyphens
            bounding = self._with_rulings(typed.bounding)
            self._find_in_regions(lambda text: edges_to_regions(bounding, text), _is_ruled)

    def _with_rulings(self, typed: Sequence[Ruling]) -> Edges:
        return rulings_to_edges([*self._rulings, *typed]) if typed else self.edges

    def _find_in_regions(
        self, search: Callable[[TabularText], Iterable[Region]], accept: Callable[[Region, TabularText, Table], bool]
    ) -> None:
        text = self._free_text()
        found = (part for region in search(text) for part in region_to_stacked(region, self.content.fills))
        for region in found:
            check(self.deadline)
            if not any(id(word) in self._used for word in region.words):
                self.regions.append(region)
                turned = (word for word in self.sideways if id(word) not in self._used)
                with self.faults.cost_only(Cost.TABLES):
                    drafts = with_turned_heads(strip_notes(region_to_drafts(region)), turned)
                    self._take(drafts, "stream", partial(accept, region, text))

    def _take(self, drafts: Sequence[Draft], kind: str, accept: Callable[[Table], bool]) -> bool:
        """Take the table of these cells, with a strip of headings above it where there is one."""
        for strip in self._strips:
            headed = with_strip(drafts, strip)
            if headed is not None and self._take_whole(headed, kind, accept):
                self._strips.remove(strip)
                return True
        return self._take_whole(drafts, kind, accept)

    def _take_whole(self, drafts: Sequence[Draft], kind: str, accept: Callable[[Table], bool]) -> bool:
        table = drafts_to_table(drafts, kind=kind)
        if table is None or not accept(table) or self._figure_captions().are_below(table):
            return False
        self.tables.append(mark_headers(table))
        self._used.update(id(word) for draft in drafts for word in draft.words)
        return True

    def _figure_captions(self) -> FigureCaptions:
        """Computed when first needed."""
        if self._captions is None:
            self._captions = FigureCaptions(self._free_text() if may_have_figures(self.words) else None)
        return self._captions

    def _free_text(self) -> TabularText:
        """The text that is in no table so far; computed again only after some of it went into one."""
        if self._text is None or self._text[0] != len(self._used):
            left_out = self._used | self._rules
            text = words_to_page_text([word for word in self.words if id(word) not in left_out])
            self._text = (len(self._used), text)
        return self._text[1]


def _is_crossed(box: BBox, edges: Edges) -> bool:
    """Whether a rule runs along or through most of the box: rules are better evidence for a table than shading."""
    return any(
        box.top - SNAP <= edge.at <= box.bottom + SNAP
        and min(edge.end, box.x1) - max(edge.start, box.x0) > (box.x1 - box.x0) / 2
        for edge in edges.horizontal
    )


def _is_shaded(text: TabularText, table: Table) -> bool:
    """Whether a shaded grid is a table. It is none if lines of several texts are directly above or below."""
    x0, top, x1, bottom = table.box
    reach = (bottom - top) / table.rows
    around = [
        *text.inside(BBox(x0, top - reach, x1, top), 0.0),
        *text.inside(BBox(x0, bottom, x1, bottom + reach), 0.0),
    ]
    return is_shaded_table(table) and all(len(row) == 1 or id(row[0]) in text.prose for row in around)


def _is_ruled(region: Region, text: TabularText, table: Table) -> bool:
    """Whether text between rules is a table. An inner rule is evidence if cells are short or rules separate rows."""
    if not region.horizontal:
        return _is_open(region, text, table) or is_headed_table(table)
    if table.rows * table.columns < LEAST_PLACES and not text.has_title_above(region.box):
        return False
    parted = table.rows >= PARTED_ROWS and len(region.horizontal) >= table.rows / 2
    return is_ruled_table(table) and (is_terse(table) or parted or text.has_title_above(region.box))


def _is_open(region: Region, text: TabularText, table: Table) -> bool:
    """Whether text without inner rules is a table. The caption of a table above it is evidence, too."""
    return is_ruled_table(table) if text.has_title_above(region.box) else is_open_table(table)
