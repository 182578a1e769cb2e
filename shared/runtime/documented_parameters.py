"""Parameters that query and export have in common, as documents explain them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from shared.domain.period import View
from shared.domain.physics.iso6976 import REFERENCES
from shared.domain.quantities import EnergyUnit
from shared.runtime.documented import Parameter

_DAY_OR_MONTH = {"pattern": r"^([0-9]{4}-[0-9]{2}(-[0-9]{2})?)?$"}


def one_of(kind: type[StrEnum] | tuple[str, ...]) -> dict[str, Any]:
    """Return the schema of a choice; empty is what is not said."""
    return {"enum": ["", *kind]}


OF_A_PERIOD = {
    "view": Parameter("How fine the rows are: hour (default), day or month.", "hour", one_of(View)),
    "from": Parameter("First gas day.", "2026-10-24", _DAY_OR_MONTH),
    "to": Parameter("End, exclusive: a gas day.", "2026-10-25", _DAY_OR_MONTH),
    "unit": Parameter("Of energy and calorific values: kWh (default), GJ or MJ.", "kWh", one_of(EnergyUnit)),
    "reference": Parameter("Of calorific values.", "25/0", one_of(tuple(REFERENCES))),
}
"""Which measurements are asked for."""
STATED = {
    "line": Parameter("A line's id.", "BE-0042-A"),
    "known_at": Parameter("As known at this moment, with an offset or Z.", "2026-11-23T11:02:10Z"),
    "layout": Parameter("rows (default) or columns.", "rows", {"enum": ["", "rows", "columns"]}),
    "columns": Parameter("Only these columns or groups of them, by their names with commas; default: all.", "gas_day"),
    "if-none-match": Parameter(
        "Tag of the content that the reader holds: 304 where it is that still.", '"5f2c-rows-zstd"'
    ),
}
"""Of whom, as known when, and how it is told."""
