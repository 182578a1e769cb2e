"""docs/schemas: the JSON Schemas of what outsiders send."""

from __future__ import annotations

import json
from typing import Any

from services.ingest.body_schemas import analysis_form, telegram_form
from services.query.access.bodies import ApplicationBody
from shared.events.decision import DecisionText
from shared.events.topology import ChangeText

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def telegram_schema() -> str:
    """Return the schema of a telegram (topic `telemetry`, `POST /v1/readings`)."""
    return _text({"$schema": _DIALECT, **telegram_form()})


def analysis_schema() -> str:
    """Return the schema of a telegram of a chromatograph (topic `analyses`, `POST /v1/analyses`)."""
    return _text({"$schema": _DIALECT, **analysis_form()})


def topology_schema() -> str:
    """Return the schema of a change of the register (`gastrack topology apply`, `POST /v1/topology/changes`)."""
    return _text({"$schema": _DIALECT, **ChangeText.model_json_schema()})


def decision_schema() -> str:
    """Return the schema of a decision (`POST /v1/decisions`)."""
    return _text({"$schema": _DIALECT, **DecisionText.model_json_schema()})


def application_schema() -> str:
    """Return the schema of an application for access (`POST /v1/access/applications`)."""
    return _text({"$schema": _DIALECT, **ApplicationBody.model_json_schema()})


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
