"""What the manifests tell the services is what the services ask for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Mount, Route

from deploy.edge.doors import UPSTREAM_IDLE_S
from deploy.local.authority import Period, founded, issued
from deploy.local.services import SERVICES, WITH_HTTP
from gastrack.doctor.environment import KNOWN
from gastrack.service_settings import SERVICES as SETTINGS
from shared.events.topics import Party
from shared.runtime.health import STUCK_AFTER_SECONDS, Health, operations_app
from shared.runtime.settings import PREFIX, HttpSettings, KafkaSettings
from tests.integration.kubernetes.objects import Json, Overlay, container, pod

OPERATIONS, HTTP = "operations", "http"
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
ENDPOINTS_KNOWN_WITHIN_SECONDS = 5
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def _named(kind: type[Any]) -> set[str]:
    return {f"{PREFIX}{name.upper()}" for name in kind.model_fields}


def _told(overlay: Overlay, workload: Json) -> dict[str, str]:
    """Return what a service finds in its environment; of a secret, something in its place."""
    (source,) = container(workload)["envFrom"]
    assert source["configMapRef"]["name"] == overlay.one("ConfigMap", "gastrack-settings")["metadata"]["name"]
    own = {each["name"]: each.get("value", "mongodb://secret") for each in container(workload)["env"]}
    return {**overlay.settings(), **own}


def test_there_are_the_five_services(overlay: Overlay) -> None:
    """Each runs the subcommand of its name."""
    assert set(overlay.services()) == set(SERVICES)
    assert {name: container(each)["args"] for name, each in overlay.services().items()} == {
        name: [name] for name in SERVICES
    }


def test_what_is_told_to_all_is_a_setting_of_some(overlay: Overlay) -> None:
    """A name with a letter wrong would be read by nobody, and said by nobody."""
    assert set(overlay.settings()) <= set().union(*(_named(kind) for kind in SETTINGS.values()))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_with_what_it_is_told(
    overlay: Overlay, service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own settings take the environment as the pod has it, and what is its own is one of its settings."""
    workload = overlay.services()[service]
    assert {each["name"] for each in container(workload)["env"]} <= _named(SETTINGS[service])
    for name, value in _told(overlay, workload).items():
        monkeypatch.setenv(name, value)
    for name, file in _files(tmp_path).items():
        monkeypatch.setenv(f"{PREFIX}{name}_FILE", str(file))
    settings = SETTINGS[service]()
    assert settings.operations_host == "0.0.0.0"  # noqa: S104 - inside its own pod


def _files(folder: Path) -> dict[str, Path]:
    """Make what is mounted in a pod: the secret of the edge, an authority, a certificate of it and its key."""
    authority = founded("authority", Period.of(NOW, timedelta(days=1)))
    pair = issued(authority, "service", Period.of(NOW, timedelta(days=1)))
    contents = {
        "EDGE_SECRET": b"s" * 64,
        "ACCESS_AUTHORITIES": authority.certificate_pem,
        "KAFKA_AUTHORITIES": authority.certificate_pem,
        "KAFKA_CERTIFICATE": pair.certificate_pem,
        "KAFKA_KEY": pair.key_pem,
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in contents}


@pytest.mark.parametrize("service", SERVICES)
def test_files_that_are_named_are_mounted(overlay: Overlay, service: str) -> None:
    """Each setting that ends in FILE lies in a mounted folder, if the service reads it."""
    workload = overlay.services()[service]
    mounted = {each["mountPath"] for each in container(workload)["volumeMounts"]}
    files = {
        name: value
        for name, value in _told(overlay, workload).items()
        if name.endswith("_FILE") and name in _named(SETTINGS[service])
    }
    assert {str(Path(value).parent) for value in files.values()} <= mounted
    assert (f"{PREFIX}EDGE_SECRET_FILE" in files) == issubclass(SETTINGS[service], HttpSettings)


def test_who_speaks_kafka_has_a_certificate_for_it(overlays: dict[str, Overlay]) -> None:
    """And nobody else has one."""
    speaking = {name for name, kind in SETTINGS.items() if issubclass(kind, KafkaSettings)}
    given = {
        name: each["secret"]["secretName"]
        for name, workload in overlays["production"].services().items()
        for each in pod(workload)["volumes"]
        if each["name"] == "kafka-user"
    }
    assert given == {name: f"kafka-user-{name}" for name in speaking}


def test_ports_are_those_of_the_settings(overlay: Overlay) -> None:
    """The operations port of each, and HTTP of those that have a face, behind a Service."""
    settings = overlay.settings()
    for name, workload in overlay.services().items():
        ports = {each["name"]: str(each["containerPort"]) for each in container(workload)["ports"]}
        http = {HTTP: settings["GASTRACK_HTTP_PORT"]} if name in WITH_HTTP else {}
        assert ports == {OPERATIONS: settings["GASTRACK_OPERATIONS_PORT"], **http}
    faces = {each["metadata"]["labels"].get("app.kubernetes.io/name") for each in overlay.of("Service")
             if each["spec"]["ports"][0].get("targetPort") == HTTP}  # fmt: skip
    assert faces == set(WITH_HTTP)


def test_probes_ask_what_the_operations_port_answers(overlay: Overlay) -> None:
    """Live for life, ready for traffic; and a loop that stands is found before it is forgotten."""
    answered = {route.path for route in operations_app(Health()).routes if isinstance(route, Route | Mount)}
    for workload in overlay.services().values():
        probes = {kind: container(workload)[kind] for kind in PROBES}
        asked = {kind: probe["httpGet"]["path"] for kind, probe in probes.items()}
        assert asked == {"startupProbe": "/health/live", "livenessProbe": "/health/live",
                         "readinessProbe": "/health/ready"}  # fmt: skip
        assert {probe["httpGet"]["port"] for probe in probes.values()} == {OPERATIONS}
        assert set(asked.values()) <= answered
        live = probes["livenessProbe"]
        assert live["timeoutSeconds"] < live["periodSeconds"] < STUCK_AFTER_SECONDS


def test_a_pod_is_given_the_time_that_a_service_takes_to_end(overlay: Overlay) -> None:
    """The deadline is shorter than the grace, and begins with it: nothing is waited for before SIGTERM."""
    for workload in overlay.services().values():
        assert "lifecycle" not in container(workload)
        needed = float(overlay.settings()["GASTRACK_SHUTDOWN_SECONDS"])
        assert needed + 5 <= pod(workload)["terminationGracePeriodSeconds"]


def test_a_pod_drains_until_nobody_is_led_to_it(overlay: Overlay) -> None:
    """Longer than lists of endpoints take, and then an edge to close what it does not use; and there is time left."""
    drain, deadline = (float(overlay.settings()[f"GASTRACK_{name}_SECONDS"]) for name in ("DRAIN", "SHUTDOWN"))
    assert drain >= ENDPOINTS_KNOWN_WITHIN_SECONDS + UPSTREAM_IDLE_S
    assert drain <= deadline / 2


def test_metrics_are_read_where_they_are(overlays: dict[str, Overlay]) -> None:
    """By the port's name, at the path of the operations port."""
    monitor = overlays["production"].one("PodMonitor", "gastrack")
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == (OPERATIONS, "/metrics")
    assert "/metrics" in {route.path for route in operations_app(Health()).routes if isinstance(route, Mount)}


def test_the_command_has_what_it_needs_where_no_service_may(overlays: dict[str, Overlay]) -> None:
    """The same program in the same environment, with its own certificate; by itself it never runs."""
    overlay = overlays["production"]
    job = overlay.one("CronJob", "gastrack-command")
    assert job["spec"]["suspend"] is True
    told, service = _told(overlay, job), overlay.services()["ingest"]
    assert container(job)["image"] == container(service)["image"]
    assert set(told) <= KNOWN
    mounted = {each["mountPath"]: each["name"] for each in container(job)["volumeMounts"]}
    files = {str(Path(value).parent) for name, value in told.items() if name.endswith("_FILE")}
    assert files < set(mounted)
    volumes = {each["name"]: each.get("secret", {}).get("secretName") for each in pod(job)["volumes"]}
    assert volumes[mounted["/etc/gastrack/kafka-user"]] == f"kafka-user-{Party.COMMAND}"
    of_services = {each["name"]: each.get("secret", {}).get("secretName") for each in pod(service)["volumes"]}
    assert all(volumes[name] == of_services[name] for name in ("kafka-cluster", "mongodb-authority"))
