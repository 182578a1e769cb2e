"""What the settings of the edge say that only a test of minutes could see."""

from __future__ import annotations

from typing import Any

from deploy.local.edge_routes import envoy_settings, routes

NEVER = "0s"


def test_no_route_ends_what_is_still_coming() -> None:
    """Envoy cuts answers off after 15 s, and silent streams after 5 minutes, where it is not told otherwise."""
    assert {route["route"]["timeout"] for route in routes()} == {NEVER}
    assert _manager(envoy_settings(1, 2, {"query": 3}))["stream_idle_timeout"] == NEVER


def _manager(settings: dict[str, Any]) -> dict[str, Any]:
    (listener,) = settings["static_resources"]["listeners"]
    manager: dict[str, Any] = listener["filter_chains"][0]["filters"][0]["typed_config"]
    return manager
