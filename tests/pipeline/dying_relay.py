"""`python -m tests.pipeline.dying_relay`: a relay that kills itself in the middle of its first transaction.

What it read has been written and acknowledged, and how far it came is told to the broker; only the end is missing.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from functools import partial

from services.ingest.relay import RELAY_GROUP, Relay
from shared.events.acls import RELAY_TRANSACTIONS
from shared.runtime.health import Health
from shared.runtime.http_state import utc_now
from shared.runtime.kafka import TopicPartition, consumer, watcher
from shared.runtime.mongo import connect
from shared.runtime.transactions import Message, Transactions
from shared.store.access.gateways import gateways
from shared.store.access.register import ClientRegister


class Dying(Transactions):
    """Never ends a transaction that holds something."""

    async def write(self, messages: Sequence[Message], offsets: Mapping[TopicPartition, int], group: str) -> None:
        """Do all but the commit."""
        if not messages:
            await super().write(messages, offsets, group)
            return
        producer = self._producer
        await producer.begin_transaction()
        sent = [await producer.send(one.topic, one.value, one.key, headers=list(one.headers)) for one in messages]
        await asyncio.gather(*sent)
        await producer.send_offsets_to_transaction(dict(offsets), group)
        os.kill(os.getpid(), signal.SIGKILL)


async def main() -> None:
    """Relay until there is something to relay."""
    bootstrap = os.environ["GASTRACK_KAFKA_BOOTSTRAP"]
    database = connect(os.environ["GASTRACK_MONGO_URI"], os.environ["GASTRACK_MONGO_DATABASE"])
    relay = Relay(
        (consumer(bootstrap, None, reset="none"), watcher(bootstrap, RELAY_GROUP)),
        partial(Dying, bootstrap, RELAY_TRANSACTIONS),
        (partial(gateways, database), ClientRegister(database, utc_now).caller_named),
        lambda: True,
        Health(),
    )
    await relay.start()
    await relay.ended()


if __name__ == "__main__":
    asyncio.run(main())
