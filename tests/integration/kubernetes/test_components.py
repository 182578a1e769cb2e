"""Kafka, scaling, the edge and the alerts, as the code knows them."""

from __future__ import annotations

import yaml

from deploy.edge.doors import (
    CLIENT_CERTIFICATE,
    CURVES,
    EDGE_SECRET,
    HTTP_NAMES,
    MOST_STREAMS,
    PEER,
    TLS_1_2_CIPHERS,
    UNTRUSTED,
)
from deploy.edge.routes import REST, ROUTES, SERVICES, service_of
from deploy.local.kafka import OFFSETS_RETENTION_MINUTES
from services.aggregation.handlers import Aggregation
from services.validation.handlers import Validation
from shared.events.topics import MAX_MESSAGE_BYTES, RECORDED, TOPICS, VALIDATED
from tests.integration.kubernetes.objects import Json, Overlay, containers
from tests.pipeline.running import ROOT

READS = {Validation.name: RECORDED.name, Aggregation.name: VALIDATED.name}


def test_topics_have_the_partitions_that_services_are_told(overlays: dict[str, Overlay]) -> None:
    """One number, in staging as in production."""
    for name in ("staging", "production"):
        partitions = int(overlays[name].settings()["GASTRACK_PARTITIONS"])
        made = {each["metadata"]["name"]: each["spec"]["partitions"] for each in overlays[name].of("KafkaTopic")}
        assert made == {topic.name: topic.partitions or partitions for topic in TOPICS}


def test_kafka_takes_the_largest_message(overlays: dict[str, Overlay]) -> None:
    """Between brokers too, and lets nobody in whom no list names."""
    (cluster,) = overlays["production"].of("Kafka")
    config = cluster["spec"]["kafka"]["config"]
    assert {config["message.max.bytes"], config["replica.fetch.max.bytes"]} == {MAX_MESSAGE_BYTES}
    assert config["auto.create.topics.enable"] is False
    assert cluster["spec"]["kafka"]["authorization"] == {"type": "simple"}
    assert all(
        each["tls"] and each["authentication"] == {"type": "tls"} for each in cluster["spec"]["kafka"]["listeners"]
    )


def test_kafka_remembers_how_far_the_relay_is(overlays: dict[str, Overlay]) -> None:
    """For longer than gateways' topics keep what was relayed, with the operator and without."""
    (cluster,) = overlays["production"].of("Kafka")
    assert cluster["spec"]["kafka"]["config"]["offsets.retention.minutes"] == OFFSETS_RETENTION_MINUTES
    (server,) = containers(overlays["local"].one("StatefulSet", "gastrack-kafka"))
    assert {"name": "KAFKA_OFFSETS_RETENTION_MINUTES", "value": str(OFFSETS_RETENTION_MINUTES)} in server["env"]


def test_services_come_to_a_listener_that_there_is(overlays: dict[str, Overlay]) -> None:
    """Under the name that Strimzi gives it, with as many copies of topics as it has brokers for."""
    overlay = overlays["production"]
    (cluster,) = overlay.of("Kafka")
    host, port = overlay.settings()["GASTRACK_KAFKA_BOOTSTRAP"].split(":")
    assert host == f"{cluster['metadata']['name']}-kafka-bootstrap"
    assert int(port) in {each["port"] for each in cluster["spec"]["kafka"]["listeners"]}
    brokers = sum(each["spec"]["replicas"] for each in overlay.of("KafkaNodePool") if "broker" in each["spec"]["roles"])
    assert int(overlay.settings()["GASTRACK_KAFKA_REPLICATION"]) <= brokers


def test_workers_are_scaled_by_their_own_lag(overlays: dict[str, Overlay]) -> None:
    """Group and topic are those that a worker reads, all is text, and there are never more workers than partitions."""
    for name in ("staging", "production"):
        scaled = {each["spec"]["scaleTargetRef"]["name"]: each["spec"] for each in overlays[name].of("ScaledObject")}
        assert set(scaled) == {f"gastrack-{stage}" for stage in READS}
        for stage, topic in READS.items():
            _is_scaled_by(scaled[f"gastrack-{stage}"], stage, topic, overlays[name])


def _is_scaled_by(spec: Json, stage: str, topic: str, overlay: Overlay) -> None:
    (trigger,) = spec["triggers"]
    told = trigger["metadata"]
    assert (told["consumerGroup"], told["topic"]) == (f"gastrack-{stage}", topic)
    assert told["bootstrapServers"] == overlay.settings()["GASTRACK_KAFKA_BOOTSTRAP"]
    assert all(isinstance(value, str) for value in told.values())
    assert spec["minReplicaCount"] <= spec["maxReplicaCount"] <= int(overlay.settings()["GASTRACK_PARTITIONS"])
    assert "replicas" not in overlay.services()[stage]["spec"]  # KEDA's number, not ours
    assert {"ca.crt", "user.crt", "user.key"} == {
        each["key"] for each in overlay.one("TriggerAuthentication", "gastrack-kafka")["spec"]["secretTargetRef"]
    }


def test_routes_lead_where_the_edge_leads(overlays: dict[str, Overlay]) -> None:
    """Each route of the table and what no route names, by the rules of Gateway API: the longest path wins."""
    (route,) = overlays["production"].of("HTTPRoute")
    matches = [
        (match["path"]["value"], match.get("method"), rule["backendRefs"][0]["name"].removeprefix("gastrack-"))
        for rule in route["spec"]["rules"]
        for match in rule["matches"]
    ]
    asked = [(each.path, each.method or "GET") for each in ROUTES] + [("/v1/decisions", "GET"), ("/v1/lines", "GET")]
    for path, method in asked:
        taken = [
            each for each in matches if each[1] in {None, method} and (path + "/").startswith(each[0].rstrip("/") + "/")
        ]
        assert max(taken, key=lambda each: len(each[0]))[2] == service_of(path, method)
    assert {each[2] for each in matches} == {*SERVICES, REST}
    services = {each["metadata"]["name"] for each in overlays["production"].of("Service")}
    assert {f"gastrack-{each[2]}" for each in matches} <= services


def test_the_gateway_believes_clients_as_little_as_the_edge(overlays: dict[str, Overlay]) -> None:
    """The same ciphers, curves and versions; what a client says of itself is gone, before the peer is written."""
    spec = overlays["production"].one("ClientTrafficPolicy", "gastrack")["spec"]
    tls, headers = spec["tls"], spec["headers"]
    assert (tls["ciphers"], tls["ecdhCurves"]) == (list(TLS_1_2_CIPHERS), list(CURVES))
    assert (tls["alpnProtocols"], tls["minVersion"]) == (list(HTTP_NAMES), "1.2")
    assert "session" not in tls
    assert set(headers["earlyRequestHeaders"]["remove"]) >= {EDGE_SECRET, PEER, *UNTRUSTED}
    assert CLIENT_CERTIFICATE not in headers["earlyRequestHeaders"]["remove"]  # SanitizeSet has it
    assert headers["xForwardedClientCert"] == {"mode": "SanitizeSet", "certDetailsToAdd": ["Cert"]}
    assert spec["http2"]["maxConcurrentStreams"] == MOST_STREAMS
    injected = overlays["production"].one("HTTPRouteFilter", "gastrack-edge")["spec"]["credentialInjection"]
    assert (injected["header"], injected["overwrite"]) == (EDGE_SECRET, True)


def test_alerts_are_those_of_the_monitoring_room(overlays: dict[str, Overlay]) -> None:
    """Said once, written twice."""
    (rule,) = overlays["production"].of("PrometheusRule")
    files = sorted((ROOT / "deploy" / "monitoring" / "rules").glob("*.yml"))
    told = [group for file in files for group in yaml.safe_load(file.read_text())["groups"]]
    assert told
    assert rule["spec"] == {"groups": told}
