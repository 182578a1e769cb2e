"""Topics and permissions as Strimzi gets them: what the code says, and nothing more."""

from __future__ import annotations

import yaml

from deploy.kubernetes import kafka
from services.ingest.relay import RELAY_GROUP
from services.query.trail.worker import GROUP as TRAIL_GROUP
from shared.events.acls import Operation, Pattern, Resource, acls
from shared.events.topics import ACCESS_READ, GROUPS, INGEST_GROUP, RECORDED, TOPICS, VALIDATED, Party


def _users() -> dict[str, list[dict[str, object]]]:
    users = yaml.safe_load_all(kafka.users())
    return {each["metadata"]["name"]: each["spec"]["authorization"]["acls"] for each in users}


def test_topics_are_those_of_the_code() -> None:
    """With their retention and their settings; copied so that one broker may be away."""
    made = {each["metadata"]["name"]: each["spec"] for each in yaml.safe_load_all(kafka.topics())}
    assert set(made) == {topic.name for topic in TOPICS}
    for topic in TOPICS:
        config = made[topic.name]["config"]
        assert config["retention.ms"] == topic.retention_ms
        assert config["max.message.bytes"] == topic.max_message_bytes
        assert topic.settings.items() <= config.items()
        assert config["min.insync.replicas"] == made[topic.name]["replicas"] - 1


def test_everybody_may_what_the_code_lets_him() -> None:
    """Each permission of the code is rendered, but for making our own topics: Strimzi makes those."""
    left_out = {acl for acl in acls() if acl.operation is Operation.CREATE and acl.pattern is Pattern.LITERAL}
    assert {acl.principal for acl in left_out} == {Party.INGEST}
    assert set(acls()) - left_out <= set(kafka.permissions())
    rendered = sum(len(row["operations"]) for rows in _users().values() for row in rows)  # type: ignore[arg-type, misc]  # of YAML
    assert rendered == len(kafka.permissions())


def test_the_scaler_may_look_at_lag_and_at_nothing_else() -> None:
    """Where topics end, and how far two groups are."""
    allowed = [acl for acl in kafka.permissions() if acl.principal == kafka.SCALER]
    assert {acl.operation for acl in allowed} == {Operation.DESCRIBE}
    assert {acl.name for acl in allowed if acl.resource is Resource.TOPIC} == {RECORDED.name, VALIDATED.name}
    assert {acl.name for acl in allowed if acl.resource is Resource.GROUP} == {
        "gastrack-aggregation",
        "gastrack-validation",
    }


def test_groups_that_services_join_are_allowed_to_them() -> None:
    """Each group of the code begins with the name of its service."""
    joined = {
        Party.INGEST: {INGEST_GROUP, RELAY_GROUP},
        Party.VALIDATION: {"gastrack-validation"},
        Party.AGGREGATION: {"gastrack-aggregation"},
        Party.QUERY: {f"{TRAIL_GROUP}-{ACCESS_READ.name}"},
        Party.COMMAND: set(GROUPS),
    }
    groups = [acl for acl in kafka.permissions() if acl.resource is Resource.GROUP and acl.operation is Operation.READ]
    assert {acl.principal for acl in groups} == set(joined)
    for acl in groups:
        assert acl.pattern is Pattern.PREFIXED
        assert all(group.startswith(acl.name) for group in joined[Party(acl.principal)])


def test_no_gateway_is_written_down() -> None:
    """Who they are is the register's, not the manifests'."""
    assert Party.GATEWAY not in _users()
