"""An overlay's objects, and how tests ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

OVERLAYS = ("local", "staging", "production")
WORKLOADS = ("Deployment", "StatefulSet")
WITH_PODS = (*WORKLOADS, "CronJob")
NAME, PART_OF = "app.kubernetes.io/name", "app.kubernetes.io/part-of"
Json = dict[str, Any]


@dataclass(frozen=True)
class Overlay:
    """What one overlay renders to."""

    name: str
    objects: list[Json]

    def of(self, *kinds: str) -> list[Json]:
        """Return the objects of these kinds."""
        return [each for each in self.objects if each["kind"] in kinds]

    def one(self, kind: str, name: str) -> Json:
        """Return the one object of a kind whose name begins with this (a ConfigMap's ends with a digest)."""
        (found,) = [each for each in self.of(kind) if each["metadata"]["name"].startswith(name)]
        return found

    def services(self) -> dict[str, Json]:
        """Return the Deployment of each service of ours."""
        return {
            each["metadata"]["labels"][NAME]: each
            for each in self.of("Deployment")
            if each["metadata"]["labels"].get(PART_OF) == "gastrack"
        }

    def settings(self) -> dict[str, str]:
        """Return what all services are told by the environment."""
        told: dict[str, str] = self.one("ConfigMap", "gastrack-settings")["data"]
        return told

    def pod_labels(self) -> list[Json]:
        """Return the labels of every pod that there will be; operators' pods as their documentation says."""
        own = [_template(each)["metadata"]["labels"] for each in self.of(*WITH_PODS)]
        kafka = [
            {"strimzi.io/cluster": each["metadata"]["name"], "strimzi.io/component-type": kind}
            for each in self.of("Kafka")
            for kind in ("kafka", "entity-operator", "kafka-exporter")
        ]
        mongodb = [{"app.kubernetes.io/instance": each["metadata"]["name"]} for each in self.of("PerconaServerMongoDB")]
        return [*own, *kafka, *mongodb]


def pod(workload: Json) -> Json:
    """Return a workload's pod."""
    spec: Json = _template(workload)["spec"]
    return spec


def _template(workload: Json) -> Json:
    template: Json = workload["spec"].get("jobTemplate", workload)["spec"]["template"]
    return template


def containers(workload: Json) -> list[Json]:
    """Return all containers of a workload's pod."""
    spec = pod(workload)
    return [*spec["containers"], *spec.get("initContainers", ())]


def container(workload: Json) -> Json:
    """Return the one container of a service."""
    (found,) = containers(workload)
    return found


def matches(selector: Json, labels: Json) -> bool:
    """Say whether `matchLabels` takes these labels; an empty selector takes all."""
    return all(labels.get(key) == value for key, value in selector.items())


def named(key: str, thing: Any) -> Iterator[Any]:
    """Yield every value that stands under a key, however deep."""
    if isinstance(thing, dict):
        for name, value in thing.items():
            if name == key:
                yield value
            yield from named(key, value)
    elif isinstance(thing, list):
        for value in thing:
            yield from named(key, value)
