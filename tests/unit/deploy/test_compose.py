"""compose.yaml: its files exist, its names are settings, its ports are those that are asked."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local.kafka import OFFSETS_RETENTION_MINUTES
from deploy.local.services import WITH_HTTP
from gastrack.service_settings import SERVICES as SETTINGS
from shared.events.topics import gateway_topic
from shared.runtime.settings import PREFIX, HttpSettings

ROOT = Path(__file__).parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
EXACT = re.compile(r"^[a-z/-]+:[\w.-]*\d+\.\d+\.\d+@sha256:[0-9a-f]{64}$")
OPEN_ROOT = {"kafka", "mongodb"}
"""Images that write beside their data."""
MOUNT_PATH = re.compile(r"^(\./[^:]+):(/[^:]+):ro$")


def test_the_five_services_are_one_image() -> None:
    """Each with its own argument, as the tag of the project's version."""
    ours = {name: each for name, each in SERVICES.items() if each["image"].startswith("gastrack:")}
    assert {name: each["command"] for name, each in ours.items()} == {name: [name] for name in SETTINGS}
    version = re.search(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    assert {each["image"] for each in ours.values()} == {f"gastrack:{version[1]}"}


def test_images_of_others_are_exact() -> None:
    """By version for people and by digest for machines."""
    others = [each["image"] for each in SERVICES.values() if not each["image"].startswith("gastrack:")]
    assert len(others) == 5
    assert all(EXACT.match(image) for image in others)


@pytest.mark.parametrize("service", SETTINGS)
def test_a_service_starts_with_what_it_is_told(service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name is a setting, and no obligatory one is missing."""
    told, kind = dict(SERVICES[service]["environment"]), SETTINGS[service]
    assert set(told) <= {f"{PREFIX}{name.upper()}" for each in SETTINGS.values() for name in each.model_fields}
    if issubclass(kind, HttpSettings):
        assert told["GASTRACK_EDGE_SECRET_FILE"] == "/run/secrets/credential"  # noqa: S105 - where compose puts it
        assert "credential" in SERVICES[service]["secrets"]
        secret = tmp_path / "secret"
        secret.write_text("s" * 64)
        told["GASTRACK_EDGE_SECRET_FILE"] = str(secret)
    told.pop("GASTRACK_ACCESS_AUTHORITIES_FILE", None)  # its file is the README's, and looked at below
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    settings = kind()
    assert settings.shutdown_seconds < int(SERVICES[service]["stop_grace_period"].removesuffix("s"))
    assert f":{settings.operations_port}/health/ready" in SERVICES[service]["healthcheck"]["test"][-1]


def test_files_that_are_mounted_exist() -> None:
    """And nothing of the project is mounted to be written."""
    mounts = [mount for each in SERVICES.values() for mount in each.get("volumes", ()) if mount.startswith(".")]
    found = [MOUNT_PATH.match(mount) for mount in mounts]
    assert mounts
    assert all(match and (ROOT / match[1]).exists() for match in found)
    volumes = {mount.split(":")[0] for each in SERVICES.values() for mount in each.get("volumes", ())
               if not mount.startswith(".")}  # fmt: skip
    assert volumes == set(COMPOSE["volumes"])


def test_secrets_are_files_that_the_readme_makes() -> None:
    """Each secret that a container gets is declared, and its file is made by the README's commands."""
    declared = {name: each["file"].rpartition("/")[2] for name, each in COMPOSE["secrets"].items()}
    given = {secret if isinstance(secret, str) else secret["source"]
             for each in SERVICES.values() for secret in each.get("secrets", ())}  # fmt: skip
    assert given == set(declared)
    readme = (ROOT / "deploy" / "compose" / "README.md").read_text(encoding="utf-8")
    assert all(re.search(rf"(> |-keyout |-out ){re.escape(file)}\b", readme) for file in declared.values())


def test_settings_that_name_a_secret_are_given_it() -> None:
    """And people can apply: query knows the authorities whose certificates the edge lets clients show."""
    for each in (SERVICES[name] for name in SETTINGS):
        named = [value for name, value in each["environment"].items() if name.endswith("_FILE")]
        assert {value.removeprefix("/run/secrets/") for value in named} <= set(each.get("secrets", ()))
    at_the_edge = {each["source"] for each in SERVICES["edge"]["secrets"] if each["target"] == "/etc/edge/clients.crt"}
    file = SERVICES["query"]["environment"]["GASTRACK_ACCESS_AUTHORITIES_FILE"]
    assert {file.removeprefix("/run/secrets/")} == at_the_edge


def test_nothing_listens_to_other_machines() -> None:
    """Ports are published on the machine's own address."""
    published = [port for each in SERVICES.values() for port in each.get("ports", ())]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_kafka_remembers_how_far_the_relay_is() -> None:
    """As the local one does: for longer than gateways' topics keep what was relayed."""
    told = SERVICES["kafka"]["environment"]["KAFKA_OFFSETS_RETENTION_MINUTES"]
    assert int(told) == OFFSETS_RETENTION_MINUTES > gateway_topic("any").retention_ms / 60_000


def test_containers_may_no_more_than_they_must() -> None:
    """No capabilities, nothing gained, and a root that is read-only where the image lets it."""
    for name, each in SERVICES.items():
        assert each["cap_drop"] == ["ALL"]
        assert each["security_opt"] == ["no-new-privileges:true"]
        assert each.get("read_only", False) is (name not in OPEN_ROOT)


def test_the_edge_finds_services_and_papers() -> None:
    """Hosts are names of services, ports theirs, files those that compose puts there."""
    settings = yaml.safe_load((ROOT / "deploy" / "compose" / "envoy.yaml").read_text(encoding="utf-8"))
    for cluster in settings["static_resources"]["clusters"]:
        ((endpoint,),) = ([place["lb_endpoints"][0] for place in cluster["load_assignment"]["endpoints"]],)
        address = endpoint["endpoint"]["address"]["socket_address"]
        environment = SERVICES[address["address"]]["environment"]
        assert str(address["port_value"]) == environment["GASTRACK_HTTP_PORT"]
    assert {each["name"] for each in settings["static_resources"]["clusters"]} == set(WITH_HTTP)
    put = {each["target"] for each in SERVICES["edge"]["secrets"]}
    assert set(re.findall(r"/etc/edge/[\w.]+", json.dumps(settings))) == put


def test_prometheus_scrapes_the_operations_ports() -> None:
    """Of all five, under the labels of the dashboards."""
    told = json.loads((ROOT / "deploy" / "compose" / "prometheus-targets.json").read_text(encoding="utf-8"))
    assert {each["labels"]["service"]: each["targets"] for each in told} == {
        name: [f"{name}:{SERVICES[name]['environment']['GASTRACK_OPERATIONS_PORT']}"] for name in SETTINGS
    }
