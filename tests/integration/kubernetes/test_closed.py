"""Pods may no more than they must; nothing secret is contained; what is named is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.integration.kubernetes.objects import WITH_PODS, WORKLOADS, Json, Overlay, containers, matches, named, pod
from tests.pipeline.running import ROOT

README = ROOT / "deploy" / "kustomize" / "README.md"
DOCUMENTED = re.compile(r"^\| `([a-z0-9-]+)` \|([^|]*)\| (?:you|Percona|Strimzi)", re.MULTILINE)
EXACT = re.compile(r"^[a-z0-9./-]+:\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$")
SECRET_WORDS = re.compile(r"password|secret|token|-----BEGIN|mongodb://[^/]*@", re.IGNORECASE)
OF_NODES = {"namespaceSelector", "serviceName"}


def _workloads(overlay: Overlay) -> list[Json]:
    return overlay.of(*WITH_PODS)


def test_pods_are_restricted(overlay: Overlay) -> None:
    """As the Pod Security Standard `restricted` says, for every pod that is ours."""
    for workload in _workloads(overlay):
        spec, context = pod(workload), pod(workload)["securityContext"]
        assert spec["automountServiceAccountToken"] is False
        assert context["runAsNonRoot"] is True
        assert context["runAsUser"] > 0
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec)
        assert not list(named("hostPath", spec))
        for each in containers(workload):
            assert each["securityContext"]["allowPrivilegeEscalation"] is False
            assert each["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_what_we_write_ourselves_has_a_root_that_is_read_only(overlay: Overlay) -> None:
    """And a place of limited size for what is put down."""
    for workload in overlay.of("Deployment", "CronJob"):
        assert all(each["securityContext"]["readOnlyRootFilesystem"] is True for each in containers(workload))
        empty = [each["emptyDir"] for each in pod(workload)["volumes"] if "emptyDir" in each]
        assert empty
        assert all("sizeLimit" in each for each in empty)


def test_containers_say_what_they_need(overlay: Overlay) -> None:
    """Processor time and memory asked for, memory limited."""
    for workload in _workloads(overlay):
        for each in containers(workload):
            assert set(each["resources"]["requests"]) == {"cpu", "memory"}
            assert "memory" in each["resources"]["limits"]


def test_images_are_exact(overlay: Overlay) -> None:
    """A version, never `latest`; those of others by digest where we run them ourselves."""
    images = [each["image"] for workload in _workloads(overlay) for each in containers(workload)]
    operated = [image for kind in overlay.of("PerconaServerMongoDB") for image in named("image", kind["spec"])]
    assert [image for image in images + operated if not EXACT.match(image)] == []
    assert all("@sha256:" in image for image in images if not image.startswith("registry.example/gastrack:"))


def test_nothing_secret_is_contained(overlay: Overlay) -> None:
    """No Secret, and no word in a ConfigMap that belongs into one."""
    assert not overlay.of("Secret")
    for each in overlay.of("ConfigMap"):
        for name, text in each["data"].items():
            kept = (
                [line for line in text.splitlines() if not line.startswith("#")] if name.startswith("GASTRACK") else []
            )
            assert not [line for line in kept if SECRET_WORDS.search(line)], name


def test_secrets_that_are_named_are_documented(overlay: Overlay) -> None:
    """With their keys: whoever installs it makes them by the README, or finds there who does."""
    told = {name: set(re.findall(r"`([^`]+)`", keys)) for name, keys in DOCUMENTED.findall(README.read_text())}
    for name, keys in _secrets(overlay):
        assert name in told
        assert keys <= told[name], name


def _secrets(overlay: Overlay) -> list[tuple[str, set[str]]]:
    """Return the secrets that an overlay names, with the keys that it takes from each."""
    found: list[tuple[str, set[str]]] = []
    for each in overlay.objects:
        found += [
            (key["name"], {key["key"]}) for kind in ("secretKeyRef", "passwordSecretRef") for key in named(kind, each)
        ]
        found += [(volume["secretName"], _items(volume)) for volume in named("secret", each) if "secretName" in volume]
        found += [(source["name"], _items(source)) for source in named("secret", each) if "name" in source]
        found += [(key["name"], {key["key"]}) for keys in named("secretTargetRef", each) for key in keys]
        found += [(name, set()) for name in named("credentialsSecret", each)]
    mongodb = [name for each in overlay.of("PerconaServerMongoDB") for name in each["spec"]["secrets"].values()]
    gateway = [key["name"] for each in overlay.of("Gateway") for keys in named("certificateRefs", each) for key in keys]
    trusted = [
        key["name"]
        for each in overlay.of("ClientTrafficPolicy")
        for keys in named("caCertificateRefs", each)
        for key in keys
    ]
    injected = [
        each["spec"]["credentialInjection"]["credential"]["valueRef"]["name"] for each in overlay.of("HTTPRouteFilter")
    ]
    found += [(name, set()) for name in (*mongodb, *gateway)]
    found += [(name, {"ca.crt"}) for name in trusted] + [(name, {"credential"}) for name in injected]
    assert found
    return found


def _items(volume: Json) -> set[str]:
    return {item["key"] for item in volume.get("items", ())}


def test_selectors_select_something(overlay: Overlay) -> None:
    """Services, budgets, spreading, monitors and policies each mean a pod that there is."""
    pods = overlay.pod_labels()
    for kind, selector in _selectors(overlay):
        assert any(matches(selector, labels) for labels in pods), (kind, selector)


def _selectors(overlay: Overlay) -> list[tuple[str, dict[str, Any]]]:
    of_services = [("Service", each["spec"]["selector"]) for each in overlay.of("Service")]
    others = [
        (each["kind"], selector)
        for each in overlay.objects
        for place, selector in _match_labels(each)
        if place not in OF_NODES
    ]
    assert all(selector for _, selector in of_services)
    return of_services + others


def _match_labels(thing: Any, place: str = "", elsewhere: bool = False) -> list[tuple[str, dict[str, Any]]]:  # noqa: FBT001, FBT002 - a walk's own memory
    """Return every `matchLabels` for pods of this namespace, with the key under which it stands."""
    found: list[tuple[str, dict[str, Any]]] = []
    if isinstance(thing, dict):
        away = elsewhere or "namespaceSelector" in thing
        for key, value in thing.items():
            if key == "matchLabels" and not elsewhere:
                found.append((place, value))
            else:
                found += _match_labels(value, key, away if key == "podSelector" else elsewhere)
    elif isinstance(thing, list):
        for value in thing:
            found += _match_labels(value, place, elsewhere)
    return found


def test_each_workload_is_named_by_itself_alone(overlay: Overlay) -> None:
    """Two workloads with one selector would fight over pods."""
    for each in overlay.of(*WORKLOADS):
        selector = each["spec"]["selector"]["matchLabels"]
        assert sum(matches(selector, labels) for labels in overlay.pod_labels()) == 1


def test_accounts_budgets_and_settings_are_there(overlay: Overlay) -> None:
    """What a pod names exists, and no account has a token."""
    accounts = {each["metadata"]["name"]: each["automountServiceAccountToken"] for each in overlay.of("ServiceAccount")}
    maps = {each["metadata"]["name"] for each in overlay.of("ConfigMap")}
    assert set(accounts.values()) == {False}
    assert {pod(each)["serviceAccountName"] for each in overlay.of("Deployment", "CronJob")} == set(accounts)
    for workload in overlay.of("Deployment"):
        labels = workload["spec"]["template"]["metadata"]["labels"]
        budgets = [
            each
            for each in overlay.of("PodDisruptionBudget")
            if matches(each["spec"]["selector"]["matchLabels"], labels)
        ]
        assert len(budgets) == 1
        named_maps = [each["name"] for each in named("configMapRef", workload)]
        assert {*named_maps, *(each["name"] for each in named("configMap", workload))} <= maps


def test_nothing_may_speak_unless_it_is_named(overlays: dict[str, Overlay]) -> None:
    """All pods begin with nothing; services are entered from the edge and from Prometheus alone."""
    overlay = overlays["production"]
    (denied,) = [each for each in overlay.of("NetworkPolicy") if each["metadata"]["name"] == "default-deny"]
    assert denied["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    labels = {"app.kubernetes.io/part-of": "gastrack", "gastrack/behind-the-edge": "true"}
    into = [
        (port["port"], tuple(sorted(source)))
        for each in overlay.of("NetworkPolicy")
        if each["spec"]["podSelector"] and matches(each["spec"]["podSelector"]["matchLabels"], labels)
        for rule in each["spec"].get("ingress", ())
        for port in rule["ports"]
        for source in rule["from"]
    ]
    assert sorted(into) == [("http", ("namespaceSelector", "podSelector")), ("operations", ("namespaceSelector",))]


def test_who_asks_kubernetes_may_reach_it(overlays: dict[str, Overlay]) -> None:
    """The operators of topics and users do, and a broker that is to know its zone, before it starts."""
    overlay = overlays["production"]
    (cluster,) = overlay.of("Kafka")
    asking = ["entity-operator", *(["kafka"] if "rack" in cluster["spec"]["kafka"] else [])]
    for kind in asking:
        labels = {"strimzi.io/cluster": cluster["metadata"]["name"], "strimzi.io/component-type": kind}
        ports = {
            port["port"]
            for each in overlay.of("NetworkPolicy")
            if matches(each["spec"]["podSelector"].get("matchLabels", {}), labels)
            for rule in each["spec"].get("egress", ())
            if "to" not in rule  # the address of the API server cannot be selected
            for port in rule["ports"]
        }
        assert ports >= {443, 6443}, kind


def test_operated_servers_may_write_their_disks(overlays: dict[str, Overlay]) -> None:
    """What we say of a pod's rights is in place of what its operator says, so the group of its volumes is said too."""
    overlay = overlays["production"]
    contexts = [*named("podSecurityContext", overlay.of("PerconaServerMongoDB")),
                *(each["securityContext"] for each in named("pod", overlay.of("Kafka")))]  # fmt: skip
    assert len(contexts) == 2
    assert all("fsGroup" in context for context in contexts)


def test_kafka_shares_its_folder_with_nobody(overlays: dict[str, Overlay]) -> None:
    """A disk comes with a folder of its own (`lost+found`); Kafka ends where it finds one that is no partition."""
    (kafka,) = [each for each in overlays["local"].of("StatefulSet") if each["metadata"]["name"] == "gastrack-kafka"]
    (server,) = containers(kafka)
    (folder,) = [each["value"] for each in server["env"] if each["name"] == "KAFKA_LOG_DIRS"]
    (disk,) = [each["mountPath"] for each in server["volumeMounts"]]
    assert Path(disk) in Path(folder).parents
