"""Kafka as an administrator sees it: brokers, topics with their copies and settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.runtime.brokers import reached


@dataclass(frozen=True, slots=True)
class TopicSeen:
    """A topic as it is. `copies` and `in_step` are the fewest of any partition; `headless` have no leader."""

    partitions: int
    copies: int
    in_step: int
    headless: tuple[int, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    """Empty where we may not see them."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """How many brokers answer, and every topic by its name."""

    brokers: int
    topics: dict[str, TopicSeen]


async def look(bootstrap: str, with_settings: Iterable[str]) -> Cluster:
    """Return what is there; with the settings of these topics.

    Raises:
        KafkaError: no broker answers.
        OSError: nobody listens at the address.
    """
    admin = AIOKafkaAdminClient(**reached(bootstrap))
    try:
        await admin.start()
        brokers = len((await admin.describe_cluster())["brokers"])
        described = {one["topic"]: one for one in await admin.describe_topics()}
        settings = await _settings(admin, sorted(set(with_settings) & set(described)))
    finally:
        await admin.close()
    return Cluster(brokers, {name: _seen(one, settings.get(name, {})) for name, one in described.items()})


def _seen(topic: dict[str, Any], settings: dict[str, str]) -> TopicSeen:
    partitions = topic["partitions"]
    return TopicSeen(
        len(partitions),
        min((len(one["replicas"]) for one in partitions), default=0),
        min((len(one["isr"]) for one in partitions), default=0),
        tuple(sorted(one["partition"] for one in partitions if one["leader"] < 0)),
        settings,
    )


async def _settings(admin: AIOKafkaAdminClient, names: list[str]) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
    return {
        name: {entry[0]: entry[1] for entry in entries}
        for answer in answers
        for code, _, _, name, entries in answer.resources
        if code == 0
    }
