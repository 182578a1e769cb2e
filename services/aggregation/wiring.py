"""Builds aggregation from its parts."""

from __future__ import annotations

from collections.abc import Sequence

from services.aggregation.handlers import Aggregation
from services.aggregation.settings import AggregationSettings
from shared.events.register_history import RegisterHistory
from shared.events.topics import VALIDATED
from shared.runtime.faust_worker import FaustWorker
from shared.runtime.health import Health
from shared.runtime.lifecycle import Part
from shared.runtime.mongo import connect
from shared.runtime.same_topic import LineLog
from shared.store.documents import ensure_collections


async def wire(settings: AggregationSettings, health: Health) -> Sequence[Part]:
    """Return the parts of the service, in the order in which they start."""
    database = connect(settings.mongo_uri, settings.mongo_database)
    await ensure_collections(database)
    stage = Aggregation(database, LineLog(settings.brokers), RegisterHistory(settings.brokers), settings.partitions)
    return [
        FaustWorker(stage, VALIDATED, settings.brokers, health, settings.batch_records),
    ]
