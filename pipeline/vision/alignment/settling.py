"""Makes an answer agree with its page: corrects words, repairs rows of tables, takes tables from the page.

Each table is aligned with the page. Where the page contradicts it, misread words get the page's characters, and rows
are repaired. If contradictions remain, the built-in engine's tables of the same part of the page are aligned, too, and
the reading with clearly fewer contradictions is taken whole. If there is no clear difference, the model's stays.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pipeline.markup.table import blocks_to_table_nodes, node_to_table
from pipeline.markup.tree import Node, node_to_text
from pipeline.page_result import Correction, Method, TableOrigin, TableReason
from pipeline.vision.alignment.answer_rest import blocks_to_rest
from pipeline.vision.alignment.contradictions import (
    Contradictions,
    confirmed_by,
    laid_to_contradictions,
    tables_to_free,
)
from pipeline.vision.alignment.correcting import correct_tables, correct_text
from pipeline.vision.alignment.flattened_tables import blocks_to_unflattened
from pipeline.vision.alignment.laid_table import LaidTable, tables_to_laid
from pipeline.vision.alignment.left_out import with_left_out
from pipeline.vision.alignment.page_tokens import PageTokens, Token, page_to_tokens, text_to_tokens
from pipeline.vision.alignment.regions import Region, laid_to_hulls, laid_to_regions
from pipeline.vision.alignment.replacing import Replacement, with_replacements
from pipeline.vision.alignment.row_mending import RowMend, mend_rows
from pipeline.vision.faithfulness.comparison import Faith, compare
from pipeline.vision.faithfulness.page_text import PageText, is_unreadable

#: The weight of the engine's contradictions must be this much less, since one or two may be counted wrongly.
_MARGIN: Final = 2.0
#: The same where the page's words still contradict the answer's.
_DOUBTED_MARGIN: Final = 1.0
#: The weight of a cell that had to be filled, as evidence against a table.
_FILLED: Final = 0.25
#: A table says more than the page if it has at least so many tokens, and this share of its tokens, that the page lacks
#: and that replace none of the page's words.
_MORE_TOKENS: Final = 4
_MORE_SHARE: Final = 0.2
#: The reasons of tables whose rows the page itself has told.
_CERTAIN: Final = frozenset({TableReason.MENDED, TableReason.CONTRADICTED, TableReason.LEFT_OUT})


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginePage:
    """The page as the built-in engine reads it.

    Attributes:
        blocks: Clean.
        method: Where its words come from.
    """

    blocks: tuple[Node, ...]
    method: Method


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A page that agrees with its own text as far as possible.

    Attributes:
        blocks: Of the page.
        corrections: Corrected words.
        origins: Of each table, in order, where it comes from.
        changed: Whether anything differs from what the model wrote.
        certain: Whether the page tells where the cells of uneven tables stand: they were mended or replaced, or the
            built-in engine has the same table.
    """

    blocks: tuple[Node, ...]
    corrections: tuple[Correction, ...] = ()
    origins: tuple[TableOrigin, ...] = ()
    changed: bool = False
    certain: bool = False


def settle(
    blocks: tuple[Node, ...],
    page: PageText,
    read_page: Callable[[], EnginePage | None],
    *,
    doubtful: bool,
    uneven: bool = False,
) -> Settled:
    """Make an answer agree with its page.

    Args:
        blocks: Blocks of a clean page; they are changed.
        page: Its own text; nothing is changed where it is not usable, or the positions of its words are not known.
        read_page: Gives the built-in engine's page, None where there is none; called only if needed.
        doubtful: Whether the page's words contradict the answer's, regardless of positions.
        uneven: Whether rows of some table had too few cells, so that it is compared with the engine's in any case.
    """
    tables = blocks_to_table_nodes(blocks)
    if not (page.usable and page.boxes):
        return Settled(blocks=blocks, origins=(TableOrigin(reason=TableReason.UNCHECKED),) * len(tables))
    if not (tables or doubtful):
        return Settled(blocks=blocks)
    return _Settler(blocks, page, doubtful=doubtful, uneven=uneven).settled(read_page)


class _Settler:
    """The tables of one answer, with what is known about them."""

    def __init__(self, blocks: tuple[Node, ...], page: PageText, *, doubtful: bool, uneven: bool) -> None:
        self._blocks = blocks
        self._tables = tables = blocks_to_table_nodes(blocks)
        self._page = page
        self._tokens = page_to_tokens(page)
        self._rest = blocks_to_rest(blocks)
        self._laid = tables_to_laid(tables, self._tokens)
        self._mended: list[tuple[RowMend, ...]] = [()] * len(tables)
        self._corrections: tuple[Correction, ...] = ()
        self._doubtful = doubtful
        self._uneven = uneven

    def settled(self, read_page: Callable[[], EnginePage | None]) -> Settled:
        if self._doubtful:
            self._corrections = correct_text(self._blocks, self._page)
        contradicted = [each.total > 0 for each in self._contradictions()]
        if any(contradicted) or (self._doubtful and self._tables):
            self._correct()
            self._mend(contradicted)
            contradicted = [each.total > 0 for each in self._contradictions()]
        changed = bool(self._corrections) or any(self._mended)
        needed = any(contradicted) or any(self._mended) or self._uneven or not self._faithful
        engine = read_page() if needed else None
        if engine is None:
            reasons = (
                TableReason.NO_OTHER if doubt else TableReason.MENDED if mended else TableReason.AGREES
                for doubt, mended in zip(contradicted, self._mended, strict=True)
            )
            origins = tuple(TableOrigin(reason=reason) for reason in reasons)
            return Settled(
                blocks=self._blocks,
                corrections=self._corrections,
                origins=origins,
                changed=changed,
                certain=all(origin.reason in _CERTAIN for origin in origins),
            )
        return self._choose(engine, contradicted, changed=changed)

    def _contradictions(self) -> list[Contradictions]:
        free = tables_to_free(self._laid, self._tokens)
        return [laid_to_contradictions([laid], laid_to_hulls([laid]), free, self._rest) for laid in self._laid]

    def _correct(self) -> None:
        found = correct_tables(self._blocks, self._tables, self._laid, self._page)
        if found:
            self._corrections += found
            self._laid = tables_to_laid(self._tables, self._tokens)

    def _mend(self, contradicted: Sequence[bool]) -> None:
        for number, doubt in enumerate(contradicted):
            if doubt:
                others = (laid.taken for other, laid in enumerate(self._laid) if other != number)
                used = frozenset[int]().union(*others)
                mends = mend_rows(self._tables[number], self._laid[number], self._page, used, self._rest)
                self._mended[number] = mends
        if any(self._mended):
            self._laid = tables_to_laid(self._tables, self._tokens)
            self._correct()

    def _choose(self, engine: EnginePage, contradicted: Sequence[bool], *, changed: bool) -> Settled:
        theirs = _Reading.of(engine.blocks, self._tokens)
        ours = _Reading(tables=self._tables, laid=self._laid, rest=self._rest)
        origin_of: dict[int, TableOrigin] = {}
        replacements: list[Replacement] = []
        regions = laid_to_regions(self._laid, theirs.laid)
        for region in regions:
            if not region.ours:
                continue
            doubted = any(contradicted[one] or self._mended[one] for one in region.ours)
            reason = self._reason(region, ours, theirs, contradicted=doubted)
            if reason is TableReason.CONTRADICTED:
                replacement = Replacement.of(region, ours.tables, self._laid, theirs.tables, theirs.laid)
                replacements.append(replacement)
                origin = TableOrigin(method=engine.method, reason=reason)
                origin_of |= {id(table): origin for table in replacement.tables}
            else:
                for one in region.ours:
                    kept = TableReason.MENDED if self._mended[one] and not contradicted[one] else reason
                    origin_of[id(self._tables[one])] = TableOrigin(reason=kept)
        free = [theirs.tables[other] for region in regions if not region.ours for other in region.theirs]
        replacements += () if self._faithful else blocks_to_unflattened(self._blocks, free)
        blocks, put_back = with_replacements(self._blocks, replacements), False
        if not self._faithful:
            blocks, put_back = with_left_out(blocks, engine.blocks)
        left_out = TableOrigin(method=engine.method, reason=TableReason.LEFT_OUT)
        tables = blocks_to_table_nodes(blocks)
        origins = tuple(origin_of.get(id(table), left_out) for table in tables)
        return Settled(
            blocks=blocks,
            corrections=self._corrections,
            origins=origins,
            changed=changed or bool(replacements) or put_back,
            certain=self._uneven
            and all(
                origin.reason in _CERTAIN or (origin.reason is TableReason.AGREES and _is_one_of(table, theirs.tables))
                for table, origin in zip(tables, origins, strict=True)
            ),
        )

    @cached_property
    def _faithful(self) -> bool:
        """Whether the page's words agree with the answer's, after misread words were corrected."""
        return not self._doubtful or compare(self._blocks, self._page).faith is Faith.FAITHFUL

    def _reason(self, region: Region, ours: "_Reading", theirs: "_Reading", *, contradicted: bool) -> TableReason:
        """Whose tables are taken, and why: the engine's where the page contradicts them less."""
        if not contradicted:
            return TableReason.AGREES
        if not region.theirs or any(is_unreadable(node_to_text(theirs.tables[other])) for other in region.theirs):
            return TableReason.NO_OTHER
        hulls = laid_to_hulls(
            [*(self._laid[one] for one in region.ours), *(theirs.laid[other] for other in region.theirs)]
        )
        my_tables, their_tables = (
            [self._laid[one] for one in region.ours],
            [theirs.laid[other] for other in region.theirs],
        )
        free = ours.free(self._tokens)
        mine = laid_to_contradictions(my_tables, hulls, free, self._rest)
        tokens = sum(len(word.tokens) for one in region.ours for words in self._laid[one].words for word in words)
        if mine.foreign - mine.lost >= max(_MORE_TOKENS, tokens * _MORE_SHARE):
            return TableReason.SAYS_MORE
        other = laid_to_contradictions(their_tables, hulls, theirs.free(self._tokens), theirs.rest)
        faithful = self._faithful
        margin = _MARGIN if faithful else _DOUBTED_MARGIN
        filled = sum(self._mended[one].count(RowMend.FILLED) for one in region.ours)
        confirmed = confirmed_by(my_tables, their_tables, hulls, free)
        weight = mine.weight(faithful=faithful) + filled * _FILLED + confirmed
        taken = other.weight(faithful=faithful) + margin <= weight
        return TableReason.CONTRADICTED if taken else TableReason.LESS_CONTRADICTED


def _is_one_of(table: Node, others: Iterable[Node]) -> bool:
    """Whether one of the other tables has the same texts at the same places."""
    places = _node_to_places(table)
    return any(_node_to_places(other) == places for other in others)


def _node_to_places(table: Node) -> Mapping[tuple[int, int], tuple[str, ...]]:
    cells = node_to_table(table).cells
    return {(cell.row, cell.column): tuple(text_to_tokens(cell.text)) for cell in cells if cell.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """The tables of one answer aligned with the page, and the rest of the answer."""

    tables: tuple[Node, ...]
    laid: tuple[LaidTable, ...]
    rest: Counter[str]

    @classmethod
    def of(cls, blocks: tuple[Node, ...], tokens: PageTokens) -> "_Reading":
        """Align the tables of a clean page."""
        tables = blocks_to_table_nodes(blocks)
        return cls(tables=tables, laid=tables_to_laid(tables, tokens), rest=blocks_to_rest(blocks))

    def free(self, tokens: PageTokens) -> Mapping[int, Sequence[Token]]:
        """The page's tokens that are in none of the tables, by line."""
        return tables_to_free(self.laid, tokens)
