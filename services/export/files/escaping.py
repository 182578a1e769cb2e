"""Free texts in files: what csv quotes, what a spreadsheet would take for a formula, what xml escapes."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
_NOT_IN_XML = dict.fromkeys((*range(ord(" ")), 65534, 65535))
"""Control characters, and the two noncharacters that XML 1.0 leaves out: one of them makes a whole file unreadable."""


def csv_text(free: str) -> str:
    """Return a quoted cell; a leading formula sign is disarmed by an apostrophe (ASVS 1.2.10)."""
    safe = f"'{free}" if free.startswith(_FORMULA_STARTS) else free
    return '"' + safe.replace('"', '""') + '"'


def plain_csv_text(free: str) -> str:
    """Return a quoted cell as it is: for what reads csv on its way into another format, never for a file."""
    return '"' + free.replace('"', '""') + '"'


def xml_text(free: str) -> str:
    """Return the text of an element, without the characters that xml 1.0 cannot carry."""
    return escape(free.translate(_NOT_IN_XML))


def xml_attribute(free: str) -> str:
    """Return a quoted attribute value, without the characters that xml 1.0 cannot carry."""
    return quoteattr(free.translate(_NOT_IN_XML), {'"': "&quot;"})
