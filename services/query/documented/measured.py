"""The measurements answer as JSON schemas, made from the columns that are published: written in one place only."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any, Protocol

from shared.domain.attribution import GasHow
from shared.domain.node_rows import no_node_rows
from shared.domain.period import View
from shared.domain.physics.iso6976 import REFERENCES
from shared.domain.published import COMPOSITION_GROUP, Column, VolumeBasis, columns_of
from shared.domain.published_nodes import node_columns
from shared.domain.quantities import EnergyUnit
from shared.domain.reading import Quality, Validity
from shared.domain.view import no_rows

Json = dict[str, Any]
MEASUREMENTS, NODE_MEASUREMENTS = "Measurements", "NodeMeasurements"


class Told(Protocol):
    """Gives the columns of a view without rows."""

    def __call__(self, view: View, *, with_gas: bool) -> list[Column]:
        """Return the columns."""


_MOMENT, _DAY = {"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}
_COUNT = {"type": "integer", "minimum": 0}
_FORMS: dict[str, Json] = {
    "start": _MOMENT,
    "end": _MOMENT,
    "local_start": _MOMENT,
    "analysis_start": _MOMENT,
    "gas_day": _DAY,
    "month": {"type": "string", "examples": ["2026-10"]},
    "hour": {"type": "integer", "minimum": 1, "maximum": 25},
    "revision": _COUNT,
    "hours_expected": _COUNT,
    "hours_present": _COUNT,
    "lines_expected": _COUNT,
    "lines_complete": _COUNT,
    "validity": {"type": "string", "enum": list(Validity.__members__)},
    "quality": {"type": "string", "enum": list(Quality.__members__)},
    "volume_basis": {"type": "string", "enum": list(VolumeBasis)},
    "gas_quality": {"type": "string", "enum": [name for name in GasHow.__members__ if name != GasHow.NONE.name]},
}
_WORDS = {
    "start": "Start, UTC.",
    "end": "End, UTC.",
    "local_start": "Start in Brussels, with its offset.",
    "gas_day": "The gas day.",
    "month": "The gas month.",
    "hour": "Which hour of its gas day, 1 to 25.",
    "volume_m3n": "m³(n); of an hour with volume_basis operating, m³ as they flow.",
    "energy": "In the answer's unit.",
    "gcv": "Gross calorific value in the answer's unit per m³, at its reference.",
    "temperature_c": "°C; of a period the mean by volume.",
    "validity": "Of a period the weakest in it.",
    "quality": "MISSING where nothing is known.",
    "revision": "1 for the first value, one more for each change.",
    "volume_basis": "What kind of cubic metre is counted.",
    "method": "By which an hour was estimated, M0 to M8.",
    "hours_expected": "Hours that have ended.",
    "hours_present": "Hours of which something is known.",
    "lines_expected": "Lines that the node counts here.",
    "lines_complete": "Lines of which no hour is missing.",
    "lines_missing": "Ids of the lines of which hours are missing, as far as the reader may see them.",
    "density": "kg/m³ at the reference.",
    "wobbe": "Wobbe index in the answer's unit per m³, at its reference.",
    "ncv": "Net calorific value in the answer's unit per m³, at its reference.",
    "kref": "Compression factor at 0 °C and 1.01325 bar.",
    "chromatograph": "Whose analysis it is.",
    "gas_quality": "How the gas was found.",
    "analysis_start": "Hour of the analysis, UTC.",
}
_GROUP_WORDS = {
    COMPOSITION_GROUP: "Shares in mol %.",
    "hours_by_validity": "How many hours have each validity.",
    "hours_by_quality": "How many hours have each quality.",
    "lines_by_validity": "How many lines have each validity.",
    "lines_by_quality": "How many lines have each quality.",
}


def measurement_schemas() -> dict[str, Json]:
    """Return the schemas of the answer: its head, with rows of one of the views or with columns."""
    return {**_schemas(MEASUREMENTS, "", _line_columns), **_schemas(NODE_MEASUREMENTS, "Node", _node_columns)}


def _schemas(name: str, prefix: str, told: Told) -> dict[str, Json]:
    rows = {f"{prefix}{view.capitalize()}Row": _row(view, told) for view in View}
    columns = {f"{prefix}{view.capitalize()}Columns": _columns(view, told) for view in View}
    ending = {"next": {"type": "null", "description": "An answer has all of its period."}}
    head = {"type": "object", "properties": {**_head(), **ending}, "required": [*_head(), *ending]}
    forms = [
        {
            "title": "layout=rows",
            "properties": {"rows": {"type": "array", "items": _any_of(rows)}},
            "required": ["rows"],
        },
        {"title": "layout=columns", "properties": {"columns": _any_of(columns)}, "required": ["columns"]},
    ]
    return {name: {"description": "Measurements of a period.", **head, "anyOf": forms}, **rows, **columns}


def _head() -> Json:
    return {
        "id": {"type": "string", "examples": ["BE-0042-A"]},
        "name": {"type": "string"},
        "view": {"type": "string", "enum": list(View)},
        "unit": {"type": "string", "enum": list(EnergyUnit), "description": "Of energy and calorific values."},
        "reference": {"type": "string", "enum": list(REFERENCES), "description": "Of calorific values."},
        "from": {"type": "string", "description": "First gas day, or gas month in the month view."},
        "to": {"type": "string", "description": "End, exclusive."},
        "known_at": {
            "anyOf": [_MOMENT, {"type": "null"}],
            "description": "As known at this moment; unasked, when the latest change that is shown became known.",
        },
    }


def _line_columns(view: View, *, with_gas: bool) -> list[Column]:
    return columns_of(no_rows(view, with_gas=with_gas), EnergyUnit.KWH)


def _node_columns(view: View, *, with_gas: bool) -> list[Column]:
    return node_columns(no_node_rows(view, with_gas=with_gas), EnergyUnit.KWH)


def _row(view: View, told: Told) -> Json:
    return {"type": "object", "description": f"A row of the {view} view.", **_fields(view, told, _value)}


def _columns(view: View, told: Told) -> Json:
    words = f"The {view} view column by column, each as long as the others."
    return {
        "type": "object",
        "description": words,
        **_fields(view, told, lambda one: {"type": "array", "items": _value(one)}),
    }


def _fields(view: View, told: Told, form: Callable[[Column], Json]) -> Json:
    """Return the properties; those of the gas are where a chromatograph serves.

    None is required, because `columns=` leaves out what it does not name; without it all of them are told.
    """
    properties: Json = {}
    for group, members in groupby(told(view, with_gas=True), lambda one: one.group):
        named = {column.name: form(column) for column in members}
        if group:
            inner = {"type": "object", "properties": named}
            properties[group] = {**inner, "description": _GROUP_WORDS[group]}
        else:
            properties.update({name: {**one, "description": _WORDS[name]} for name, one in named.items()})
    return {"properties": properties}


def _value(column: Column) -> Json:
    if column.as_json is not None:
        return {"type": "array", "items": {"type": "string"}}
    if column.group.startswith(("hours_", "lines_")):
        form = _COUNT
    else:
        form = _FORMS.get(column.name, {"type": "number"} if column.is_number else {"type": "string"})
    return form if column.present is None else {"anyOf": [form, {"type": "null"}]}


def _any_of(schemas: dict[str, Json]) -> Json:
    return {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in schemas]}
