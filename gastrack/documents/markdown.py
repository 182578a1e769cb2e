"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable

GENERATED = "Generated from the code by `python -m gastrack.documents`; do not edit."
"""Stands on a line of its own, so that no document outgrows the width of a page."""


def row(*cells: str) -> str:
    """Return one row; a bar in a cell does not break it."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table with its heading."""
    return "\n".join([row(*heading), "|" + "---|" * len(heading), *(row(*cells) for cells in rows)])


def code(text: str) -> str:
    """Return text as code; nothing where there is none."""
    return f"`{text}`" if text else ""
