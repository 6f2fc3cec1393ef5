"""From words and tables to the page's parts in reading order."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.extraction.faults import Cost, Faults
from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.model import Line, PageContent, Table, Word
from pipeline.extraction.tables.captions import parts_to_captioned
from pipeline.extraction.tables.cells import word_to_angle
from pipeline.extraction.tables.row_labels import mark_indents
from pipeline.extraction.text.blocks import Block, BlockKind, Part, blocks_to_body_size, lines_to_blocks
from pipeline.extraction.text.column_flow import parts_to_flowing
from pipeline.extraction.text.headings import PageLook, parts_to_headed
from pipeline.extraction.text.leaders import line_to_led, table_without_leaders
from pipeline.extraction.text.lines import words_to_line, words_to_lines
from pipeline.extraction.text.reading_order import Item, items_to_regions
from pipeline.extraction.text.run_in_headings import parts_to_run_in
from pipeline.extraction.text.running_heads import parts_to_furnished
from pipeline.extraction.text.runs import line_to_text


def words_to_parts(words: Sequence[Word], tables: Sequence[Table], content: PageContent, faults: Faults) -> list[Part]:
    """Headers first, then blocks and tables in reading order, then turned text, footers last.

    Args:
        words: Of one page, those in tables left out.
        tables: Of the page.
        content: Of the page.
        faults: Takes what went wrong; the text is there all the same.
    """
    upright: list[Item] = [word for word in words if word_to_angle(word) == 0]
    parts = _items_to_parts([*upright, *tables], faults)
    turned = list(words_to_asides([word for word in words if word_to_angle(word) != 0]))
    body = blocks_to_body_size([part for part in parts if isinstance(part, Block)], tables)
    ordered = parts
    with faults.cost_only(Cost.HEADINGS):
        look = PageLook(height=content.height, body=body, titles=content.titles, images=content.images)
        ordered = parts_to_headed(parts_to_furnished(parts, content.height, body), look)
        ordered = parts_to_run_in(ordered, body, content.titles)
    ranks: dict[int, list[Part]] = {rank: [] for rank in range(4)}
    for part in [*ordered, *turned]:
        ranks[_part_to_rank(part)].append(part)
    flowing = ranks[1]
    with faults.cost_only(Cost.FLOW):
        ranks = {rank: list(map(_part_to_plain, members)) for rank, members in ranks.items()}
        flowing = ranks[1]
        flowing = parts_to_flowing(parts_to_captioned(ranks[1]), content.rulings, body)
    return [*ranks[0], *flowing, *ranks[2], *ranks[3]]


def _items_to_parts(items: Sequence[Item], faults: Faults) -> list[Part]:
    """Blocks and tables in reading order; lines from the top if that fails."""
    regions = [list(items)] if items else []
    with faults.cost_only(Cost.ORDER):
        regions = items_to_regions(items)
    parts: list[Part] = []
    for region in regions:
        found = None
        with faults.cost_only(Cost.BLOCKS):
            found = _region_to_parts(region)
        parts += _region_to_plain(region) if found is None else found
    return parts


def _region_to_plain(region: Sequence[Item]) -> Iterator[Part]:
    """A block for every line, and the tables, from the top."""
    line: list[Word] = []
    for item in sorted(region, key=lambda item: item.box.top + item.box.bottom):
        if line and (isinstance(item, Table) or item.box.top + item.box.bottom > 2 * line[0].box.bottom):
            yield _words_to_block(line)
            line = []
        if isinstance(item, Table):
            yield item
        else:
            line.append(item)
    if line:
        yield _words_to_block(line)


def _words_to_block(words: Sequence[Word]) -> Block:
    line = words_to_line(sorted(words, key=lambda word: word.box.x0))
    return Block(kind=BlockKind.PARAGRAPH, box=line.box, lines=(line,))


def _part_to_plain(part: Part) -> Part:
    if isinstance(part, Table):
        return mark_indents(table_without_leaders(part))  # leaders make all labels end at one place
    return replace(part, lines=tuple(map(line_to_led, part.lines)))


def _part_to_rank(part: Part) -> int:
    """Headers 0, the page's text 1, turned text 2, footers 3."""
    if isinstance(part, Table):
        return 1
    return {BlockKind.HEADER: 0, BlockKind.FOOTER: 3}.get(part.kind, 2 if part.angle else 1)


def _region_to_parts(region: Sequence[Item]) -> list[Part]:
    """The blocks and tables of one region, from the top."""
    tables = sorted((item for item in region if isinstance(item, Table)), key=lambda table: table.box.top)
    lines = words_to_lines([item for item in region if isinstance(item, Word)])
    parts: list[Part] = []
    start = 0
    for table in tables:
        end = start
        while end < len(lines) and _middle(lines[end]) < table.box.top + (table.box.bottom - table.box.top) / 2:
            end += 1
        parts += [*lines_to_blocks(lines[start:end]), table]
        start = end
    return [*parts, *lines_to_blocks(lines[start:])]


def _middle(line: Line) -> float:
    return (line.box.top + line.box.bottom) / 2


def words_to_asides(words: Sequence[Word]) -> Iterator[Block]:
    """A block for the words of each direction, as turned text and watermarks have it.

    Args:
        words: Of no line of the page's text.
    """
    by_angle: dict[int, list[Word]] = defaultdict(list)
    for word in words:
        by_angle[word_to_angle(word)].append(word)
    for angle in sorted(by_angle):
        lines = [words_to_line([word]) for word in by_angle[angle]]
        yield Block(
            kind=BlockKind.PARAGRAPH,
            box=boxes_to_box([line.box for line in lines]),
            lines=tuple(lines),
            angle=angle,
        )


def parts_to_texts(parts: Sequence[Part]) -> Iterator[str]:
    """The parts as plain text: a line per line of the page, a line per row of a table with tabs between its cells."""
    for part in parts:
        if isinstance(part, Block):
            yield from (line_to_text(line) for line in part.lines)
            continue
        yield from (line_to_text(line) for line in part.caption)
        rows: dict[int, list[str]] = defaultdict(list)
        for cell in sorted(part.cells, key=lambda cell: (cell.row, cell.column)):
            rows[cell.row].append(" ".join(line_to_text(line) for line in cell.lines))
        yield from ("\t".join(rows[row]) for row in sorted(rows))
