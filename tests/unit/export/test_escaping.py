"""Free texts in files."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from services.export.files.escaping import csv_text, xml_attribute


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0"])
def test_no_name_is_a_formula(start: str) -> None:
    """A leading sign that a spreadsheet obeys stands behind an apostrophe."""
    assert csv_text(f"{start}1+1").startswith("\"'")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
def test_a_csv_reader_finds_the_name(name: str) -> None:
    """Quotes and separators inside a name stay inside it."""
    (row,) = csv.reader(io.StringIO(csv_text(name) + ",x", newline=""))
    assert row == [f"'{name}" if name.startswith(("=", "+", "-", "@")) else name, "x"]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=30))
def test_an_xml_reader_finds_the_name(name: str) -> None:
    """Whatever is in a name, the file can be read; control characters are left out."""
    found = etree.fromstring(f"<a b={xml_attribute(name)}/>".encode()).get("b")
    assert found == "".join(sign for sign in name if sign >= " ")
