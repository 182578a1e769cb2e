"""The methods by which a compression factor is computed, and the standards they come from."""

from __future__ import annotations

from enum import StrEnum


class Method(StrEnum):
    """How a compression factor is computed; the edition is what travels with the number."""

    SGERG88 = "sgerg88"
    AGA8 = "aga8"
    GERG2008 = "gerg2008"

    @property
    def edition(self) -> str:
        """The standard and its edition."""
        return _EDITIONS[self]


_EDITIONS = {
    Method.SGERG88: "ISO 12213-3:2006 (SGERG-88)",
    Method.AGA8: "ISO 12213-2:2006 (AGA8-DC92 DETAIL)",
    Method.GERG2008: "ISO 20765-2:2015 (GERG-2008)",
}
