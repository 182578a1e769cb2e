"""Every operation of the documents, asked in many right and wrong ways: what comes back is what they promise.

schemathesis makes the questions, always the same ones. All its checks are on; the exceptions stand below, with reasons.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection

from tests.integration.interfaces.conftest import address_of
from tests.pipeline.running import System

DOCUMENTS = Path(__file__).parents[3] / "docs" / "openapi"
EXAMPLES = 12
"""Made by chance for each operation, beside those of the documents and those on every bound: 60 s altogether."""
MEANING = ["2xx", "3xx", "404", "409", "415", "422"]
"""What a right question may be answered with. 422 is among them, because no schema can say that `to` comes after `from`
or that a line is registered; 415, because an empty form has no boundary."""
TAKEN_WHOLE = {"post_readings", "post_analyses"}
"""Where data against the schema are accepted, for that is promised: one bad hour harms only itself. It is told in the
202 and becomes a dead letter; only a body that is no telegram at all is refused."""

ENDLESS = {"get_stream"}
"""A stream answers until its reader leaves: it has tests of its own."""


def document(service: str) -> Any:
    """Return a service's document as questions."""
    told = schemathesis.openapi.from_dict(json.loads((DOCUMENTS / f"{service}.json").read_text(encoding="utf-8")))
    made: Any = told.exclude(operation_id=sorted(ENDLESS))
    made.config.checks.positive_data_acceptance.expected_statuses = MEANING
    return made


bounded = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def session() -> Any:
    """One connection for all questions."""
    with requests.Session() as made:
        yield made


def ask(case: schemathesis.Case[Any], served: System, service: str, session: requests.Session) -> None:
    """Ask one question, and check the answer against the document."""
    taken_whole = case.operation.definition.raw["operationId"] in TAKEN_WHOLE
    # Its door is open to everybody, as on a newcomer's machine: who is let in elsewhere has tests of its own.
    excluded: list[CheckFunction] = [ignored_auth, *([negative_data_rejection] if taken_whole else [])]
    case.call_and_validate(address_of(served, service), session=session, excluded_checks=excluded)


@document("query").parametrize()  # type: ignore[untyped-decorator]  # the library has no types for it
@bounded
def test_query_keeps_its_document(case: schemathesis.Case[Any], served: System, session: requests.Session) -> None:
    """What it answers is documented, in status, kind, headers and form."""
    ask(case, served, "query", session)


@document("export").parametrize()  # type: ignore[untyped-decorator]  # the library has no types for it
@bounded
def test_export_keeps_its_document(case: schemathesis.Case[Any], served: System, session: requests.Session) -> None:
    """What it answers is documented, in status, kind, headers and form."""
    ask(case, served, "export", session)


@document("ingest").parametrize()  # type: ignore[untyped-decorator]  # the library has no types for it
@bounded
def test_ingest_keeps_its_document(case: schemathesis.Case[Any], served: System, session: requests.Session) -> None:
    """What it answers is documented, in status, kind, headers and form."""
    ask(case, served, "ingest", session)


def test_nothing_of_that_was_lost(served: System) -> None:
    """Whatever was asked: every reading received is in exactly one place."""
    served.ledger()
