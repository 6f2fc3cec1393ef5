"""One page in each of the forms that models give it: the same table and text are delivered, whatever the form."""

import html
import json
from collections.abc import Callable
from pathlib import Path

from daemons import Place
from delivery import delivery_of
from pdfs import numbered_pdf
from simulator import Ask, Fault, Mark, Rule, Setup, Simulator, mark_to_sheet
from simulator.sheet import Sheet, sheet_to_markdown


def _whole(sheet: Sheet) -> str:
    return sheet_to_markdown(sheet)


def _around(sheet: Sheet, table: str) -> str:
    return f"# {sheet.title}\n\n{sheet.opening}\n\n{table}\n\n{sheet.closing}\n"


def _fence_in_fence(sheet: Sheet) -> str:
    before, table, after = _whole(sheet).partition("<table>")[0], "<table>", _whole(sheet).partition("<table>")[2]
    inner, _, rest = after.partition("</table>")
    return f"```markdown\n{before}\n```html\n{table}{inner}</table>\n```\n{rest}\n```"


def _divs(sheet: Sheet) -> str:
    rows = "".join(
        f'<div class="row">{"".join(f"<div class=cell>{cell}</div>" for cell in row)}</div>' for row in sheet.rows
    )
    return _around(sheet, f'<div class="table">{rows}</div>')


def _pipes_on_one_line(sheet: Sheet) -> str:
    head, *body = (f"| {' | '.join(row)} |" for row in sheet.rows)
    return _around(sheet, " ".join([head, f"|{'---|' * len(sheet.rows[0])}", *body]))


def _json(sheet: Sheet) -> str:
    heads, *rows = sheet.rows
    blocks = {
        "title": sheet.title,
        "text": sheet.opening,
        "table": {"headers": heads, "rows": rows},
        "notes": sheet.closing,
    }
    return json.dumps(blocks)


FORMS: tuple[Callable[[Sheet], str], ...] = (
    _whole,
    _fence_in_fence,
    lambda sheet: html.escape(
        _around(sheet, _whole(sheet)[_whole(sheet).index("<table>") :].partition("</table>")[0] + "</table>")
    ),
    _divs,
    _pipes_on_one_line,
    lambda sheet: _around(sheet, "```csv\n" + "\n".join(",".join(row) for row in sheet.rows) + "\n```"),
    lambda sheet: json.dumps(_whole(sheet)),
    lambda sheet: (
        f"<think>A table.</think>\nHere is the page:\n\n{_whole(sheet)}\n\nLet me know if you need anything else!"
    ),
    _json,
)


def answer(ask: Ask) -> str:
    """Page n in the n-th form."""
    return FORMS[(ask.mark.page - 1) % len(FORMS)](mark_to_sheet(ask.mark)) if ask.mark is not None else "Ready."


def test_every_form_of_an_answer_gives_the_page_with_its_table(tmp_path: Path) -> None:
    with Simulator(Setup(answer=answer)) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, len(FORMS), document=3), "r.pdf")

        assert place.watch_once() == 0

    found = delivery_of(place.outbox / "r.json")
    tables = json.loads((place.outbox / "r.tables.json").read_text())["tables"]
    assert found.methods == {"vision": len(FORMS)}
    assert [table["page"] for table in tables] == list(range(1, len(FORMS) + 1))
    for table, page in zip(tables, found.pages, strict=True):
        sheet = mark_to_sheet(Mark(3, page.number))
        cells = {(cell["row"], cell["column"]): cell["text"] for cell in table["cells"]}
        rows = [[cells[row, column] for column in range(4)] for row in range(len(sheet.rows))]
        assert rows == [list(row) for row in sheet.rows], page.number
        assert sheet.opening in page.text
        assert sheet.closing in page.text
        assert not {"&lt;", "```", "think", "Let me know"} & {
            word for word in ("&lt;", "```", "think", "Let me know") if word in page.html
        }


def test_an_error_and_a_filter_in_the_middle_of_an_answer_are_the_servers_refusal(tmp_path: Path) -> None:
    rules = (Rule(Fault.LATE_ERROR, pages=(1,)), Rule(Fault.CONTENT_FILTER, pages=(2,)))
    with Simulator(Setup(rules=rules)) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 3), "r.pdf")

        assert place.watch_once() == 0

    assert delivery_of(place.outbox / "r.json").reasons == {1: "refused", 2: "refused"}
