"""What the settings of the edge say that only a test of minutes could see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.local.edge_routes import envoy_settings, routes

NEVER = "0s"
DOCUMENTS = Path(__file__).parents[3] / "docs" / "openapi"


def test_no_route_ends_what_is_still_coming() -> None:
    """Envoy cuts answers off after 15 s, and silent streams after 5 minutes, where it is not told otherwise."""
    assert {route["route"]["timeout"] for route in routes()} == {NEVER}
    assert _manager(envoy_settings(1, 2, {"query": 3}))["stream_idle_timeout"] == NEVER


def _manager(settings: dict[str, Any]) -> dict[str, Any]:
    (listener,) = settings["static_resources"]["listeners"]
    manager: dict[str, Any] = listener["filter_chains"][0]["filters"][0]["typed_config"]
    return manager


def _service_of(path: str, method: str) -> str:
    """Return which service gets a request, as Envoy chooses: the first route that matches."""
    for route in routes():
        match = route["match"]
        prefix = match.get("path_separated_prefix", "")
        wanted = match["headers"][0]["string_match"]["exact"] if "headers" in match else method
        if wanted == method and (path == prefix or path.startswith(f"{prefix}/")):
            return str(route["route"]["cluster"])
    raise AssertionError(path)


@pytest.mark.parametrize("service", ["query", "ingest", "export"])
def test_what_a_service_documents_comes_to_it(service: str) -> None:
    """At the one address: every operation of its document."""
    document = json.loads((DOCUMENTS / f"{service}.json").read_text(encoding="utf-8"))
    asked = [(path, method.upper()) for path, operations in document["paths"].items() for method in operations]
    assert len(asked) > 3
    assert [one for one in asked if _service_of(*one) != service] == []
