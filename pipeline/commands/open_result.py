"""``dropleaf open``: shows the result of a document in the browser."""

import webbrowser
from pathlib import Path

from pipeline.results.published import find_named
from pipeline.results.result_names import HTML_END, with_end


def open_result(outbox: Path, name: str) -> tuple[Path, bool]:
    """Show the HTML file of a document.

    Args:
        outbox: The outbox that has it.
        name: Name of a result or an original, with or without extension, with or without folder.

    Returns:
        The file, and whether a browser was opened.

    Raises:
        UsageError: There is no such document.
    """
    (document,) = find_named(outbox, [name])
    file = with_end(document.stem, HTML_END)
    return file, webbrowser.open(file.absolute().as_uri())
