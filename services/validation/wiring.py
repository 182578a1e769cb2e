"""Builds validation from its parts."""

from __future__ import annotations

from collections.abc import Sequence

from services.validation.handlers import Validation
from services.validation.settings import ValidationSettings
from shared.events.register_history import RegisterHistory
from shared.events.topics import RECORDED, Topic
from shared.runtime.faust_worker import FaustWorker
from shared.runtime.health import Health
from shared.runtime.lifecycle import Part
from shared.runtime.mongo import connect
from shared.runtime.same_topic import LineLog


class _ToWorker:
    """The stage's way out, through the worker that is built around the stage."""

    worker: FaustWorker

    async def send(self, topic: Topic, messages: Sequence[tuple[int, bytes]]) -> None:
        """Send through the worker's producer."""
        await self.worker.send(topic, messages)


async def wire(settings: ValidationSettings, health: Health) -> Sequence[Part]:
    """Return the parts of the service, in the order in which they start."""
    database = connect(settings.mongo_uri, settings.mongo_database)
    sink = _ToWorker()
    stage = Validation(database, LineLog(settings.brokers), RegisterHistory(settings.brokers), sink)
    sink.worker = FaustWorker(stage, RECORDED, settings.brokers, health, settings.batch_records)
    return [sink.worker]
