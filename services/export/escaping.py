"""Free texts in files: what csv quotes, what a spreadsheet would take for a formula, what xml escapes."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
_LOWEST_IN_XML = " "


def csv_text(free: str) -> str:
    """Return a quoted cell; a leading formula sign is disarmed by an apostrophe (ASVS 1.2.10)."""
    safe = f"'{free}" if free.startswith(_FORMULA_STARTS) else free
    return '"' + safe.replace('"', '""') + '"'


def xml_attribute(free: str) -> str:
    """Return a quoted attribute value, without the control characters that xml 1.0 cannot carry."""
    return quoteattr("".join(sign for sign in free if sign >= _LOWEST_IN_XML), {'"': "&quot;"})
