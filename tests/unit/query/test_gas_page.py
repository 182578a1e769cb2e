"""The page of gas properties without a browser: what it computes, and what it says where it cannot."""

from __future__ import annotations

import pytest

from services.query.pages.gas_page import gas_page
from services.query.pages.languages import language

ENGLISH = language("en")
METHANE = {"methane": "100", "pressure_bar": "60", "temperature_c": "10"}


def test_an_example_where_nothing_is_asked() -> None:
    """Methane is what the others leave, and everything is computed."""
    page = gas_page({}, ENGLISH)
    assert page.is_balanced
    assert {share.name: share.value for share in page.shares}["methane"] == "92.7"
    assert not page.issues
    assert any("ISO 6976:2016 at reference 25/0" in line for line in page.computed)
    assert any("AGA8" in line for line in page.computed)


def test_pure_methane() -> None:
    """The published numbers, with their units."""
    rows = {(row.label, row.unit): row.value for row in gas_page(METHANE, ENGLISH).rows}
    assert rows["Gross calorific value", "MJ/m³"] == "39.8283"
    assert rows["Gross calorific value", "kWh/m³"] == "11.0634"
    assert rows["Kref", ""] == "0.997613"


def test_a_normalised_gas_says_so() -> None:
    """Who reads the number must know that it is not of what he wrote."""
    page = gas_page({**METHANE, "methane": "99.6", "method": "sgerg88"}, ENGLISH)
    assert any("99.6 mol\u00a0% and were normalised" in line for line in page.computed)


@pytest.mark.parametrize(
    ("asked", "code", "rows"),
    [
        ({"methane": "90"}, "COMPOSITION_SUM", 0),
        ({"methane": "x"}, "NUMBER", 0),
        ({"methane": "1_00"}, "NUMBER", 0),
        ({"methane": "100", "reference": "1/2"}, "UNKNOWN_REFERENCE", 0),
        ({**METHANE, "method": "guess"}, "UNKNOWN_METHOD", 11),
        ({**METHANE, "pressure_bar": ""}, "NUMBER", 11),
        ({**METHANE, "pressure_bar": "5000"}, "OUT_OF_RANGE", 11),
        ({"ethane": "101", "balance": "on"}, "COMPOSITION_NEGATIVE", 0),
    ],
)
def test_a_reason_code_never_a_number(asked: dict[str, str], code: str, rows: int) -> None:
    """What can be computed all the same is."""
    page = gas_page(asked, ENGLISH)
    assert [issue["code"] for issue in page.issues] == [code]
    assert len(page.rows) == rows


def test_a_decimal_comma_is_read_where_it_is_the_habit() -> None:
    """And numbers are told with it; a point is read everywhere, as in addresses."""
    french = gas_page(
        {"methane": "99,5", "nitrogen": "0.5", "pressure_bar": "60", "temperature_c": "10"}, language("fr")
    )
    assert not french.issues
    assert french.rows[0].value.count(",") == 1
    assert [issue["code"] for issue in gas_page({**METHANE, "methane": "99,5"}, ENGLISH).issues] == ["NUMBER"]
