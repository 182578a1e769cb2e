"""What the generated documents take from tables of words is as complete as the code that they tell of."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest
from pydantic import ValidationError

from gastrack.documents.columns import ANALYSIS_WORDS, HOUR_WORDS, READING_WORDS
from gastrack.documents.reason_codes import ACCESS, DECISIONS, REQUESTS, TOPOLOGY
from gastrack.documents.schemas import telegram_schema, topology_schema
from gastrack.documents.settings import settings
from gastrack.service_settings import SERVICES
from services.ingest.telegram import MOMENT, QUALITIES
from shared.domain.analysis import KEPT_ANALYSIS
from shared.domain.finding_words import HELD_WORDS
from shared.domain.quantities import QUANTITIES
from shared.domain.reading import READING
from shared.domain.reason import Reason
from shared.domain.revision import HOUR, HeldReason
from shared.events.topology import ID_PATTERN, ChangeText
from shared.runtime import metrics
from tests.architecture.sources import modules, tree

HEARD_AS_VARIABLE = {"FORMAT", "DIALECT", "VIEW", "UNIT", "NODE", "UNKNOWN_NODE", "CYCLE", "TOO_DEEP", "ROLE"}
"""Codes that the code builds from a name, or has from an error that tells its own."""

SAID_BY_THE_EDGE = {"EDGE"}
"""Codes that stand in the settings of Envoy."""


SAYING = {"Issue", "conflict", "forbidden", "unauthorized", "wrong"}
"""What is given a code first."""


def test_every_issue_code_has_its_meaning() -> None:
    """Whoever writes a new code writes its sentence; a code that is gone loses it."""
    written = {code for path in modules("services", "shared") for code in _issue_codes(tree(path))}
    assert written | HEARD_AS_VARIABLE | SAID_BY_THE_EDGE == {*TOPOLOGY, *REQUESTS, *DECISIONS, *ACCESS}


def _issue_codes(module: ast.Module) -> set[str]:
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call) and node.args]
    issues = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id in SAYING]
    return {code.value for code in issues if isinstance(code, ast.Constant) and isinstance(code.value, str)}


def test_held_reasons_and_columns_have_their_meaning() -> None:
    """None is missing and none is left over."""
    assert set(HELD_WORDS) == set(HeldReason)
    assert list(READING_WORDS) == list(READING.names or ())
    assert list(HOUR_WORDS) == list(HOUR.names or ())
    assert list(ANALYSIS_WORDS) == list(KEPT_ANALYSIS.names or ())
    assert all(reason.meaning for reason in Reason)


def test_every_metric_has_a_unit() -> None:
    """The catalogue and its units name the same metrics."""
    published = {family.name for family in metrics.CATALOGUE.collect()}
    assert {card.name for card in metrics.cards()} == published
    assert all(card.unit and card.meaning.endswith(".") for card in metrics.cards())


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_is_described(service: str) -> None:
    """Under the name that stands in the environment."""
    for name, field in SERVICES[service].model_fields.items():
        assert field.description
        assert f"`GASTRACK_{name.upper()}`" in settings()


def test_the_telegrams_schema_has_the_limits_of_the_door() -> None:
    """Ids, moments, qualities and bounds are those that ingest checks."""
    definitions: dict[str, Any] = json.loads(telegram_schema())["$defs"]
    hour = definitions["HourText"]["properties"]
    assert definitions["LineHours"]["properties"]["line"]["pattern"] == ID_PATTERN
    assert definitions["TelegramText"]["properties"]["station"]["pattern"] == ID_PATTERN
    assert hour["start"]["pattern"] == f"^{MOMENT.pattern}$"
    assert hour["quality"]["enum"] == list(QUALITIES)
    bounds = {name: hour[name]["anyOf"][0] for name in (quantity.field for quantity in QUANTITIES)}
    assert {name: (bound["minimum"], bound["maximum"]) for name, bound in bounds.items()} == {
        quantity.field: (quantity.lowest, quantity.highest) for quantity in QUANTITIES
    }


def test_the_registers_schema_names_fields_as_people_write_them() -> None:
    """`from` and `until`, not the names in the code; and nothing else is taken."""
    line = json.loads(topology_schema())["$defs"]["LineText"]
    assert {"from", "until"} <= set(line["properties"])
    assert line["additionalProperties"] is False
    with pytest.raises(ValidationError):
        ChangeText.model_validate({"reason": "new", "linse": []})
