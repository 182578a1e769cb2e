"""Access control lists of Kafka, rendered from who writes and reads each topic: nothing is allowed that is not here.

Only what these name is allowed (`allow.everyone.if.no.acl.found=false`); administrators are super users of the broker.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from shared.events.topics import GATEWAY_PREFIX, TOPICS, Party, Topic, gateway_topic

RELAY_TRANSACTIONS = "gastrack-ingest-relay"
"""Transactional id of the relay: whoever begins with it anew fences the one before."""


RESERVED = frozenset(party.value for party in Party)
"""No gateway may have one of these ids: Kafka would take it for the service."""


class ReservedNameError(ValueError):
    """A gateway with the name of one of our own; the message says which."""


class Operation(StrEnum):
    """What Kafka lets somebody do."""

    READ = "Read"
    WRITE = "Write"
    CREATE = "Create"
    DELETE = "Delete"
    DESCRIBE = "Describe"
    DESCRIBE_CONFIGS = "DescribeConfigs"


class Resource(StrEnum):
    """What it lets him do it to."""

    TOPIC = "Topic"
    GROUP = "Group"
    TRANSACTIONAL_ID = "TransactionalId"


class Pattern(StrEnum):
    """How a name is meant."""

    LITERAL = "Literal"
    PREFIXED = "Prefixed"


class Acl(NamedTuple):
    """One permission. The principal is a user's name, without its kind (`User:`)."""

    principal: str
    operation: Operation
    resource: Resource
    name: str
    pattern: Pattern = Pattern.LITERAL


def acls(gateways: Iterable[str] = ()) -> list[Acl]:
    """Return what every service may do, and each of these gateways; in order, none twice."""
    of_topics = {acl for topic in TOPICS for acl in _of_topic(topic)}
    of_gateways = {acl for gateway in gateways for acl in gateway_acls(gateway)}
    return sorted(of_topics | _OF_INGEST | set(_groups()) | of_gateways)


def gateway_acls(gateway: str) -> list[Acl]:
    """Return what a gateway may do: write to its own topic, and nothing else.

    Raises:
        ReservedNameError: it has the name of one of our own, and would be taken for it.
    """
    if gateway in RESERVED:
        raise ReservedNameError(f"{gateway} is a name of our own: a gateway needs another id")
    return [Acl(gateway, operation, Resource.TOPIC, gateway_topic(gateway).name) for operation in _WRITING]


_WRITING = (Operation.DESCRIBE, Operation.WRITE)
"""An idempotent producer needs no more: who may write to some topic may have a producer id."""
_READING = (Operation.DESCRIBE, Operation.READ)
_LOOKING = (Operation.DESCRIBE, Operation.DESCRIBE_CONFIGS)


def _of_topic(topic: Topic) -> Iterator[Acl]:
    allowed = ((topic.writers, _WRITING), (topic.readers, _READING), (topic.emptied_by, (Operation.DELETE,)))
    for parties, operations in allowed:
        for party in parties:
            yield from (Acl(party, operation, Resource.TOPIC, topic.name) for operation in operations)
    yield Acl(Party.INGEST, Operation.CREATE, Resource.TOPIC, topic.name)
    # So that it can see whether the line log has the partitions that it was told.
    yield Acl(Party.INGEST, Operation.DESCRIBE, Resource.TOPIC, topic.name)
    # `gastrack doctor` compares what is there with what shall be.
    yield from (Acl(Party.COMMAND, one, Resource.TOPIC, topic.name) for one in _LOOKING)


_OF_INGEST = {
    *(
        Acl(Party.INGEST, operation, Resource.TOPIC, GATEWAY_PREFIX, Pattern.PREFIXED)
        for operation in (Operation.CREATE, *_READING)
    ),
    *(
        Acl(Party.INGEST, operation, Resource.TRANSACTIONAL_ID, RELAY_TRANSACTIONS)
        for operation in (Operation.DESCRIBE, Operation.WRITE)
    ),
}
"""Topics of gateways are read by prefix: a gateway that registers later needs nothing but its own permission."""


def _groups() -> Iterator[Acl]:
    """Return the groups of those who read; a service's begin with its name, and the command sees and sets all."""
    for party in {party for topic in TOPICS for party in topic.readers}:
        group = "gastrack-" if party is Party.COMMAND else f"gastrack-{party}"
        yield from (Acl(party, operation, Resource.GROUP, group, Pattern.PREFIXED) for operation in _READING)
