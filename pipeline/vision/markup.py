"""Any dialect that a model may answer in becomes one kind of markup."""

import re
from typing import Final

from pipeline.markup.characters import text_to_plain
from pipeline.markup.repairs import Repair
from pipeline.vision.htmlblocks import blocks_aside, has_blocks, has_markdown
from pipeline.vision.keeper import Keeper
from pipeline.vision.markdown import markdown_to_html

_FENCE: Final = re.compile(r"\A\s*```[A-Za-z]*[ \t]*\n(.*?)\n?```\s*\Z", re.DOTALL)


def answer_to_html(answer: str, dialect: str, repairs: set[Repair]) -> str:
    """The answer as HTML that is not yet sanitised.

    Args:
        answer: What the model wrote.
        dialect: A hint at what it is.
        repairs: Receives what was mended.
    """
    del dialect
    text = text_to_plain(answer)
    if fenced := _FENCE.match(text):
        repairs.add(Repair.FENCE)
        text = fenced[1]
    keeper = Keeper()
    rest = blocks_aside(text, keeper)
    if has_blocks(text) and not has_markdown(rest):
        return text
    return markdown_to_html(rest, keeper, repairs)
