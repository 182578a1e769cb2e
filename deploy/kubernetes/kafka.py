"""Topics, and who may do what to them, as objects of Strimzi."""

from __future__ import annotations

from itertools import groupby

from deploy.kubernetes.objects import Json, documents, named
from deploy.local.services import SERVICES
from shared.events.acls import Acl, Operation, Pattern, Resource, acls
from shared.events.topics import RECORDED, TOPICS, VALIDATED, Topic

API = "kafka.strimzi.io/v1"
CLUSTER = "gastrack"
OF_CLUSTER = {"strimzi.io/cluster": CLUSTER}
AS_THE_LINE_LOG = {"gastrack/partitions": "as-the-line-log"}
"""Topics with as many partitions as the line log; their number is set from GASTRACK_PARTITIONS, in one place."""
PARTITIONS = 48
REPLICAS = 3
MOST_AWAY = 1
SCALER = "keda"
"""Who looks at the lag of validation and aggregation, and at nothing else."""
SECRET_PREFIX = "kafka-user-"  # noqa: S105 - the beginning of names of secrets
SPEAKS_KAFKA = {"gastrack/speaks-kafka": "true"}
_RESOURCES = {Resource.TOPIC: "topic", Resource.GROUP: "group", Resource.TRANSACTIONAL_ID: "transactionalId"}
_PATTERNS = {Pattern.LITERAL: "literal", Pattern.PREFIXED: "prefix"}


def topics() -> str:
    """Return every topic of ours. Those of gateways are made by ingest, when a gateway is registered."""
    return documents(_topic(topic) for topic in TOPICS)


def _topic(topic: Topic) -> Json:
    labels = OF_CLUSTER | (AS_THE_LINE_LOG if topic.partitions is None else {})
    config = {
        "retention.ms": topic.retention_ms,
        "max.message.bytes": topic.max_message_bytes,
        "min.insync.replicas": REPLICAS - MOST_AWAY,
        **topic.settings,
    }
    spec = {"partitions": topic.partitions or PARTITIONS, "replicas": REPLICAS, "config": config}
    return named(API, "KafkaTopic", topic.name, labels) | {"spec": spec}


def users() -> str:
    """Return every principal with its permissions. A gateway's is made when it is registered: by the runbook."""
    return documents(
        _user(str(name), list(theirs)) for name, theirs in groupby(permissions(), lambda acl: acl.principal)
    )


def permissions() -> list[Acl]:
    """Return what is allowed, in order; our own topics are made by Strimzi and by nobody else."""
    makes_ours = {
        Acl(acl.principal, acl.operation, acl.resource, acl.name)
        for acl in acls()
        if acl.operation is Operation.CREATE and acl.pattern is Pattern.LITERAL
    }
    watched = [(Resource.TOPIC, RECORDED.name), (Resource.TOPIC, VALIDATED.name)]
    groups = [(Resource.GROUP, f"gastrack-{stage}") for stage in ("validation", "aggregation")]
    looks = [Acl(SCALER, Operation.DESCRIBE, resource, name) for resource, name in (*watched, *groups)]
    return sorted({*acls(), *looks} - makes_ours)


def _user(name: str, allowed: list[Acl]) -> Json:
    def place(acl: Acl) -> tuple[Resource, str, Pattern]:
        return acl.resource, acl.name, acl.pattern

    rows = [
        {
            "resource": {"type": _RESOURCES[resource], "name": name, "patternType": _PATTERNS[pattern]},
            "operations": [acl.operation.value for acl in acls_of_place],
        }
        for (resource, name, pattern), acls_of_place in groupby(sorted(allowed, key=place), place)
    ]
    spec = {"authentication": {"type": "tls"}, "authorization": {"type": "simple", "acls": rows}}
    return named(API, "KafkaUser", name, OF_CLUSTER) | {"spec": spec}


def principals() -> list[str]:
    """Return who has permissions, in order."""
    return sorted({str(acl.principal) for acl in permissions()})


def identities() -> str:
    """Return, for every service that speaks to Kafka, the change that gives it its own certificate."""
    return documents(_identity(name) for name in SERVICES if name in principals())


def _identity(service: str) -> Json:
    volume = {"name": "kafka-user", "secret": {"secretName": f"{SECRET_PREFIX}{service}", "defaultMode": 0o440}}
    template = {"metadata": {"labels": SPEAKS_KAFKA}, "spec": {"volumes": [volume]}}
    labelled = named("apps/v1", "Deployment", f"gastrack-{service}", SPEAKS_KAFKA)
    return labelled | {"spec": {"template": template}}
