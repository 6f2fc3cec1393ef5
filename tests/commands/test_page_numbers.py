"""Page numbers as people write them."""

import pytest

from pipeline.commands.page_numbers import text_to_pages
from pipeline.errors import UsageError


@pytest.mark.parametrize(
    ("text", "pages"),
    [("1", (1,)), ("1-3,7", (1, 2, 3, 7)), (" 7 , 2 - 3,3", (2, 3, 7)), ("5-5", (5,)), ("100000", (100_000,))],
)
def test_lists_and_ranges_come_in_order_and_once(text: str, pages: tuple[int, ...]) -> None:
    assert text_to_pages(text) == pages


@pytest.mark.parametrize("text", ["", "0", "3-1", "1,,2", "-3", "1-", "a", "1.5", "1-999999", "9999999"])
def test_anything_else_is_told_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="for example 1-3,7"):
        text_to_pages(text)
