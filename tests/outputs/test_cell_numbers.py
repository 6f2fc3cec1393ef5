"""Cells that are numbers, and those that may be two."""

import pytest

from pipeline.outputs.cell_numbers import DecimalSign, Evidence, table_to_valued, text_to_value
from pipeline.table import Table, Value, rows_to_table

POINT, COMMA = DecimalSign.POINT, DecimalSign.COMMA


def value(number: float, unit: str | None = None) -> Value:
    return Value(number=number, unit=unit)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", value(0)),
        ("2010", value(2010)),
        ("-5", value(-5)),
        ("\N{EN DASH}5", value(-5)),
        ("\N{MINUS SIGN}0.5", value(-0.5)),
        ("(734)", value(-734)),
        ("$(734.2)", value(-734.2, "$")),
        ("(7.5)%", value(-7.5, "%")),
        ("12,5 %", value(12.5, "%")),
        ("$1,234.50", value(1234.5, "$")),
        ("\N{EURO SIGN} 12", value(12, "\N{EURO SIGN}")),
        ("1.234,56 EUR", value(1234.56, "EUR")),
        ("1 234 567", value(1234567)),
        ("1\N{NARROW NO-BREAK SPACE}234,5", value(1234.5)),
        ("1'234'567.25", value(1234567.25)),
        ("1,234,567", value(1234567)),
        ("0,123", value(0.123)),
        (".5", value(0.5)),
        ("1234.567", value(1234.567)),
        ("1.5e-3", value(0.0015)),
        ("12.5*", value(12.5)),
        ("*\N{EN DASH}1,826.5", value(-1826.5)),
        ("12.5¹", value(12.5)),
        ("12.5ᵃ", value(12.5)),
        ("3 m²", value(3, "m²")),
        ("12 kg", value(12, "kg")),
    ],
)
def test_a_number_is_read_in_each_spelling(text: str, expected: Value) -> None:
    assert text_to_value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "\N{EN DASH}", "n/a", "007", "1-2", "1.2.3", "12.05.2020", "5/8", "10²", "12 Smith", "1,23,456", "(7",
        "--5", "1 2", "12345678901234567890", "\N{LESS-THAN OR EQUAL TO}5", "5 \N{PLUS-MINUS SIGN} 2", "Q1", "1e5",
        "-(5)",
    ],
)  # fmt: skip
def test_what_is_no_number_stays_text(text: str) -> None:
    assert text_to_value(text) is None
    assert text_to_value(text, POINT) is None


def test_what_may_be_two_numbers_is_none_until_the_sign_is_known() -> None:
    assert text_to_value("1,234") is None
    assert text_to_value("1,234", POINT) == value(1234)
    assert text_to_value("1,234", COMMA) == value(1.234)
    assert text_to_value("-1.234 %", COMMA) == value(-1234, "%")


def numbers_of(table: Table, document: DecimalSign | None = None) -> list[float | None]:
    cells = table_to_valued(table, document).cells
    return [cell.value.number if cell.value else None for cell in cells]


def test_another_number_of_the_table_decides() -> None:
    assert numbers_of(rows_to_table([["1,234", "0.5"]])) == [1234, 0.5]
    assert numbers_of(rows_to_table([["1,234", "0,5"]])) == [1.234, 0.5]
    assert numbers_of(rows_to_table([["1,234", "1,234,567"]])) == [1234, 1234567]


def test_short_integers_in_the_column_show_that_groups_are_thousands() -> None:
    assert numbers_of(rows_to_table([["1,234"], ["567"]])) == [1234, 567]
    assert numbers_of(rows_to_table([["1,234"], ["0"]])) == [None, 0]
    assert numbers_of(rows_to_table([["1,234"], ["5678"]])) == [None, 5678]


def test_signs_that_contradict_each_other_decide_nothing() -> None:
    assert numbers_of(rows_to_table([["1,234", "0,5", "0.5"]])) == [None, 0.5, 0.5]


def test_the_document_decides_where_the_table_does_not() -> None:
    evidence = Evidence()
    for rows in ([["0.5", "12.25"]], [["a", "b"]]):
        evidence.add(rows_to_table(rows))

    assert evidence.decimal is POINT
    assert numbers_of(rows_to_table([["1,234"]]), evidence.decimal) == [1234]
    assert numbers_of(rows_to_table([["1,234", "0,5"]]), evidence.decimal) == [1.234, 0.5]
