"""The JSON Schemas of what stations and chromatographs send, with the limits that the types alone do not say."""

from __future__ import annotations

from typing import Any

import msgspec

from services.ingest.analysis_telegram import COMPOSITION, MAX_ANALYSES, MOST_CHARACTERS
from services.ingest.analysis_telegram import MAX_BYTES as MAX_ANALYSES_BYTES
from services.ingest.columns import MAX_METER
from services.ingest.telegram import MAX_BYTES, MAX_HOURS, MOMENT, QUALITIES, TelegramText, Words
from shared.domain.analysis import CHARACTERISTICS, SHARE
from shared.domain.physics.components import COMPONENTS
from shared.domain.quantities import GCV, QUANTITIES
from shared.domain.reading import Quality
from shared.events.topology import ID_PATTERN

_MOMENT: dict[str, Any] = {"pattern": f"^{MOMENT.pattern}$"}
_VOLUME_UNLESS_MISSING: dict[str, Any] = {
    "if": {"properties": {"quality": {"const": Quality.MISSING.name}}, "required": ["quality"]},
    "else": {"properties": {"volume_m3n": {"type": "number"}}, "required": ["volume_m3n"]},
}
"""Rule of the door: an hour says its volume, or that it is missing."""


def telegram_form(reference: str = "#/$defs/{name}") -> dict[str, Any]:
    """Return the schema of a telegram (topic `telemetry`, `POST /v1/readings`); its parts stand under `$defs`."""
    (whole,), parts = msgspec.json.schema_components([TelegramText], ref_template=reference)
    telegram, line, hour = (parts[name]["properties"] for name in ("TelegramText", "LineHours", "HourText"))
    telegram["telegram"] |= {"minLength": Words.min_length, "maxLength": Words.max_length}
    telegram["station"] |= {"pattern": ID_PATTERN}
    telegram["sent"] |= _MOMENT | {"description": "When it was sent; within a rank the later sent wins."}
    line["line"] |= {"pattern": ID_PATTERN}
    hour["start"] |= _MOMENT | {"description": "Start of the gas hour, with an offset or Z."}
    hour["quality"] |= {"enum": list(QUALITIES)}
    hour["meter"] |= {"maxLength": MAX_METER}
    for quantity in QUANTITIES:
        hour[quantity.field] |= {
            "anyOf": [{"type": "number", "minimum": quantity.lowest, "maximum": quantity.highest}, {"type": "null"}],
            "description": f"Kept to 1/{quantity.scale:,}, rounded half to even.",
        }
    parts["HourText"] |= _VOLUME_UNLESS_MISSING
    limits = f"At most {MAX_HOURS:,} hours of all lines together, {MAX_BYTES:,} bytes; unknown fields are ignored."
    return {"title": "Telegram", "$comment": limits, **whole, "$defs": parts}


def analysis_form() -> dict[str, Any]:
    """Return the schema of a telegram of a chromatograph (topic `analyses`, `POST /v1/analyses`)."""
    number = {"type": ["number", "null"]}
    limits = f"At most {MAX_ANALYSES:,} analyses, {MAX_ANALYSES_BYTES:,} bytes; unknown fields are ignored."
    share = {"type": "number", "minimum": SHARE.lowest, "maximum": SHARE.highest}
    composition = {
        "type": ["object", "null"],
        "description": f"mol %, kept to 1/{SHARE.scale:,}. C6+ comes as n_hexane.",
        "properties": dict.fromkeys(COMPONENTS, share),
        "additionalProperties": False,
    }
    told = {
        quantity.field: {
            **number,
            "minimum": quantity.lowest,
            "maximum": quantity.highest,
            "description": f"Kept to 1/{quantity.scale:,}, rounded half to even.",
        }
        for quantity in CHARACTERISTICS.values()
    }
    analysis = {
        "type": "object",
        "properties": {"start": {"type": "string", **_MOMENT}, COMPOSITION: composition, **told},
        "required": ["start"],
        "anyOf": [{"required": [GCV.field]}, {"required": [COMPOSITION]}],
    }
    named = {"type": "string", "minLength": 1, "maxLength": MOST_CHARACTERS}
    schema = {
        "type": "object",
        "properties": {
            "telegram": named,
            "chromatograph": {"type": "string", "pattern": ID_PATTERN},
            "sent": {"type": "string", **_MOMENT},
            "analyses": {"type": "array", "minItems": 1, "maxItems": MAX_ANALYSES, "items": analysis},
        },
        "required": ["telegram", "chromatograph", "sent", "analyses"],
    }
    return {"title": "Telegram of a chromatograph", "$comment": limits, **schema}
