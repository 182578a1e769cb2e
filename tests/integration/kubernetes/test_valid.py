"""Every object of every overlay is what Kubernetes and the operators take; what is not is refused."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.integration.kubernetes.objects import Overlay
from tests.integration.kubernetes.schemas import Schemas

Way = tuple[str | int, ...]
BROKEN: dict[str, tuple[str, Way, Any]] = {
    "a field that nobody knows": ("Deployment", ("spec", "template", "spec", "containers", 0, "readynessProbe"), {}),
    "a number that is text": ("PodDisruptionBudget", ("spec", "selector"), "all"),
    "metadata of a scaler that is no text": ("ScaledObject", ("spec", "triggers", 0, "metadata", "lagThreshold"), 200),
    "a mode that Envoy Gateway does not know": ("ClientTrafficPolicy", ("spec", "tls", "minVersion"), "1.4"),
    "a route to nowhere": ("HTTPRoute", ("spec", "rules", 0, "matches", 0, "path", "type"), "Prefix"),
    "an operation that Kafka does not know": (
        "KafkaUser",
        ("spec", "authorization", "acls", 0, "operations"),
        ["Look"],
    ),
    "a set of two": ("PerconaServerMongoDB", ("spec", "replsets", 0, "size"), 2),
    "an alert without condition": ("PrometheusRule", ("spec", "groups", 0, "rules", 0, "expr"), None),
    "metrics of a port that is no name": ("PodMonitor", ("spec", "podMetricsEndpoints", 0, "port"), 9000),
}


def test_objects_are_valid(overlay: Overlay, schemas: Schemas) -> None:
    """By the schemas of Kubernetes and the definitions of the custom resources."""
    assert [fault for each in overlay.objects if (fault := schemas.fault(each))] == []


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_broken_is_refused(broken: str, overlays: dict[str, Overlay], schemas: Schemas) -> None:
    """So that the test above can fail."""
    kind, way, value = BROKEN[broken]
    thing = deepcopy(overlays["production"].of(kind)[0])
    assert not schemas.fault(thing)
    place: Any = thing
    for step in way[:-1]:
        place = place[step]
    place[way[-1]] = value
    assert schemas.fault(thing)


def test_no_two_objects_have_one_name(overlay: Overlay) -> None:
    """The second would take the place of the first."""
    names = [(each["apiVersion"], each["kind"], each["metadata"]["name"]) for each in overlay.objects]
    assert len(set(names)) == len(names)


def test_all_is_in_one_namespace(overlay: Overlay) -> None:
    """And the namespace is among it."""
    (namespace,) = overlay.of("Namespace")
    others = {each["metadata"]["namespace"] for each in overlay.objects if each is not namespace}
    assert others == {namespace["metadata"]["name"]}
