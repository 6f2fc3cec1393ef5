"""A dialect that models answer in, and the state of reading one answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from pipeline.markup.repairs import Repair
from pipeline.vision.answers.page_words import PageWords
from pipeline.vision.dialects.set_aside import SetAside


@dataclass(slots=True, kw_only=True)
class Reading:
    """One answer while it is being read.

    Attributes:
        page: The page's own words.
        read: Reads a part of the answer by itself, in any dialect; gives HTML that is not yet sanitised.
        aside: Keeps what was read already, so that later dialects do not read it again.
        repairs: What was repaired.
        dialects: Names of the dialects that were seen, in the order in which they were read.
        fault: Why the structure is lost and the page cannot be used, empty where it is not.
        cut: Whether the answer ends within its own structure.
        unfinished: Whether the server says that the answer was cut.
    """

    page: PageWords
    read: Callable[[str], str]
    aside: SetAside = field(default_factory=SetAside)
    repairs: set[Repair] = field(default_factory=set)
    dialects: list[str] = field(default_factory=list)
    fault: str = ""
    cut: bool = False
    unfinished: bool = False

    def keep_block(self, html: str) -> str:
        """A place holder, in a paragraph of its own, for a block that is HTML already."""
        return f"\n\n{self.aside.keep(html)}\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A way in which models write a page; each is a module of this package with the constant ``DIALECT``.

    Attributes:
        name: As in the settings.
        order: Dialects of one answer are read from the lowest to the highest.
        shows: Whether a text is in the dialect, or parts of it are.
        to_markup: Replaces what is in the dialect by place holders for HTML, or by Markdown; the rest stays.
    """

    name: str
    order: int
    shows: Callable[[str], bool]
    to_markup: Callable[[str, Reading], str]


@cache
def dialects() -> tuple[Dialect, ...]:
    """Every dialect that this package has a module for, in the order of reading."""
    package = import_module(__package__)
    modules = (import_module(f"{__package__}.{module.name}") for module in iter_modules(package.__path__))
    found = (getattr(module, "DIALECT", None) for module in modules)
    return tuple(sorted((each for each in found if isinstance(each, Dialect)), key=lambda each: each.order))


def cell_text_to_html(text: str, reading: Reading, *, only: str | None = None) -> str:
    """A page, or a part of one, as HTML that is not yet sanitised.

    Args:
        text: What the model wrote, without what was wrapped around it.
        reading: Of the answer.
        only: The dialect that the user has set; then no other special dialect is looked for.
    """
    for dialect in dialects():
        wanted = only in {None, dialect.name} or dialect.order >= COMMON
        if wanted and dialect.shows(text):
            if dialect.name not in reading.dialects:
                reading.dialects.append(dialect.name)
            text = dialect.to_markup(text, reading)
    return reading.aside.restore(text)


#: From this order on: dialects that any other one may contain, as HTML, Markdown and their kinds of tables.
COMMON = 60
