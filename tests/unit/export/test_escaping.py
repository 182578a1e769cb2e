"""Free texts in files."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from services.export.files.escaping import csv_text, xml_attribute, xml_text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0"])
def test_no_name_is_a_formula(start: str) -> None:
    """A leading sign that a spreadsheet obeys stands behind an apostrophe."""
    assert csv_text(f"{start}1+1").startswith("\"'")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
def test_a_csv_reader_finds_the_name(name: str) -> None:
    """Quotes and separators inside a name stay inside it."""
    (row,) = csv.reader(io.StringIO(csv_text(name) + ",x", newline=""))
    assert row == [f"'{name}" if name.startswith(("=", "+", "-", "@")) else name, "x"]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
@example("a\ufffeb\uffffc\U0001fffe")
def test_an_xml_reader_finds_the_name(name: str) -> None:
    """Whatever is in a name, the file can be read, a workbook too; what xml cannot carry is left out."""
    left = "".join(sign for sign in name if sign >= " " and sign not in "\ufffe\uffff")
    assert etree.fromstring(f"<a b={xml_attribute(name)}/>".encode()).get("b") == left
    assert (etree.fromstring(f"<a>{xml_text(name)}</a>".encode()).text or "") == left
