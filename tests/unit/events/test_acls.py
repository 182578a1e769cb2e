"""Access control lists: rendered from who writes and reads each topic, and nobody gets more than that."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from gastrack.__main__ import app
from shared.events.acls import RESERVED, Acl, Operation, Pattern, ReservedNameError, Resource, acls, gateway_acls
from shared.events.topics import (
    GATEWAY_PREFIX,
    INTAKE,
    OPERATIONS,
    RECORDED,
    TELEMETRY,
    TOPICS,
    gateway_of,
    gateway_topic,
)


def who_may(operation: Operation, topic: str) -> set[str]:
    """Return who may do something to a topic, by its name or by what it begins with."""
    return {
        acl.principal
        for acl in acls(["acme-gw", "other-gw"])
        if acl.resource is Resource.TOPIC
        and acl.operation is operation
        and (acl.name == topic or (acl.pattern is Pattern.PREFIXED and topic.startswith(acl.name)))
    }


def test_each_topic_is_written_and_read_by_those_who_are_named_with_it() -> None:
    """The line log by ingest alone; what is asked of the grid by its doors alone."""
    assert who_may(Operation.WRITE, RECORDED.name) == {"ingest"}
    assert who_may(Operation.WRITE, OPERATIONS.name) == {"ingest"}
    assert who_may(Operation.WRITE, TELEMETRY.name) == {"ingest", "telecontrol"}
    for topic in TOPICS:
        assert who_may(Operation.WRITE, topic.name) == set(topic.writers)
        assert who_may(Operation.READ, topic.name) == set(topic.readers)
        assert who_may(Operation.DELETE, topic.name) == set(topic.emptied_by)
    assert all("ingest" in topic.readers for topic in TOPICS if topic.name in INTAKE)


def test_a_gateways_topic_is_its_own() -> None:
    """Ingest reads it and makes it, and not even ingest writes to it."""
    topic = gateway_topic("acme-gw").name
    assert who_may(Operation.WRITE, topic) == {"acme-gw"}
    assert who_may(Operation.READ, topic) == {"ingest"}
    assert who_may(Operation.CREATE, topic) == {"ingest"}
    assert {acl.name for acl in gateway_acls("acme-gw")} == {topic}
    assert (gateway_of(topic), gateway_of(TELEMETRY.name)) == ("acme-gw", "")


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_no_gateway_has_the_name_of_a_service(name: str) -> None:
    """Kafka would take it for the service."""
    with pytest.raises(ReservedNameError, match=name):
        gateway_acls(name)
    assert CliRunner().invoke(app, ["acls", "--gateway", name]).exit_code == 2


def test_the_command_prints_them() -> None:
    """One a line for people, and as a list for programs."""
    told = CliRunner().invoke(app, ["acls", "--gateway", "acme-gw", "--json"])
    found = [Acl(**one) for one in json.loads(told.stdout)]
    assert found == acls(["acme-gw"])
    lines = CliRunner().invoke(app, ["acls"]).stdout.splitlines()
    assert len(lines) == len(acls())
    assert any(line.split() == ["User:ingest", "Read", "Topic", "Prefixed", GATEWAY_PREFIX] for line in lines)
