"""Builds aggregation from its parts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from services.aggregation.handlers import Aggregation
from services.aggregation.settings import AggregationSettings
from shared.events.register_history import RegisterHistory
from shared.events.topics import RECORDED, VALIDATED
from shared.runtime.faust_worker import FaustWorker
from shared.runtime.health import Health
from shared.runtime.kafka import first_offset
from shared.runtime.lifecycle import Part
from shared.runtime.mongo import connect
from shared.store.documents import ensure_collections


async def wire(settings: AggregationSettings, health: Health) -> Sequence[Part]:
    """Return the parts of the service, in the order in which they start."""
    database = connect(settings.mongo_uri, settings.mongo_database)
    await ensure_collections(database)
    log_begins = partial(first_offset, settings.brokers, RECORDED)
    stage = Aggregation(database, log_begins, RegisterHistory(settings.brokers), settings.partitions)
    return [
        FaustWorker(stage, VALIDATED, settings.brokers, health, settings.batch_records),
    ]
