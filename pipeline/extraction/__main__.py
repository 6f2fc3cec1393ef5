"""Basic extraction by itself: ``python -m pipeline.extraction FILE`` prints the file's HTML."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.extraction.debug_svg import page_to_picture, page_to_svg
from pipeline.extraction.errors import ExtractionError
from pipeline.extraction.page import content_to_extraction
from pipeline.extraction.readers.reader import Reader, open_reader
from pipeline.extraction.text.turning import content_to_upright


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Of the command line; None for the process's own.

    Returns:
        0 when every page was read, 1 when something could not be.
    """
    options = _parser().parse_args(arguments)
    try:
        with open_reader(options.file, options.reader) as reader:
            numbers = options.pages or range(1, reader.page_count + 1)
            return max([_print_page(reader, number, options) for number in numbers], default=0)
    except (ExtractionError, OSError) as error:
        _complain(str(error))
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipeline.extraction", description="Print a PDF's pages as HTML.")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--pages", type=int, nargs="+", metavar="N", help="only these pages, counted from 1")
    parser.add_argument("--debug-svg", type=Path, metavar="DIR", help="draw what was seen over each page, into DIR")
    parser.add_argument("--reader", choices=("pdfium", "pdfminer"), default="pdfium", help="who reads the characters")
    return parser


def _print_page(reader: Reader, number: int, options: argparse.Namespace) -> int:
    try:
        content = reader.read(number)
        page = content_to_extraction(content)
    except ExtractionError as error:
        _complain(str(error))
        return 1
    sys.stdout.write(f'<section data-page="{number}">\n{page.html}\n</section>\n')
    for warning in page.warnings:
        _complain(f"Page {number}: {warning}")
    if options.debug_svg is not None:
        upright, turned = content_to_upright(content)
        options.debug_svg.mkdir(parents=True, exist_ok=True)
        drawing = page_to_svg(upright, page, page_to_picture(options.file, number, turned))
        (options.debug_svg / f"{options.file.stem}-{number}.svg").write_text(drawing, encoding="utf-8")
    return 0


def _complain(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    sys.exit(main())
