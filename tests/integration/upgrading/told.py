"""Asked of the version before: what it reads, as it says itself. Runs on its code, so nothing newer is used here.

Arguments: address and name of a database, Kafka, partitions; there it begins as each service does. Standard input:
`{name: event in hex}`. Answer: `{code, events: {name: as it writes them again}, rows: {name: forms that it reads},
topics, sources, groups, collections, indexes}`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from shared.domain.analysis import KEPT_ANALYSIS
from shared.domain.gas_told import GAS_TOLD
from shared.events import access_read, answer, line_log, operation
from shared.events.topics import GROUPS, SOURCES, TOPICS
from shared.runtime.kafka import ensure_topics
from shared.runtime.mongo import connect
from shared.store.documents import INDEXES, Collection, ensure_collections
from shared.store.forms import HOUR_FORMS, ROLLUP_FORMS, RUN_FORMS

CODECS: dict[str, Any] = {"answer": answer, "access_read": access_read, "operation": operation}
ROWS = {
    "hours": HOUR_FORMS,
    "rollups": ROLLUP_FORMS,
    "runs": RUN_FORMS,
    "analyses": (KEPT_ANALYSIS,),
    "gas_told": (GAS_TOLD,),
}


def again(name: str, written: bytes) -> str:
    """Return an event, read and written again, in hex."""
    codec = CODECS.get(name, line_log)
    return bytes(codec.encode(codec.decode(written))).hex()


async def begin(mongo_uri: str, database: str, bootstrap: str, partitions: str) -> None:
    """Do what each service does at its start."""
    await ensure_collections(connect(mongo_uri, database))
    await ensure_topics(bootstrap, int(partitions))


def main() -> None:
    """Begin, and tell."""
    asyncio.run(begin(*sys.argv[1:]))
    events = {name: again(name, bytes.fromhex(text)) for name, text in json.load(sys.stdin).items()}
    told = {
        "code": line_log.__file__,
        "events": events,
        "rows": {name: [str(form.descr) for form in forms] for name, forms in ROWS.items()},
        "topics": {topic.name: [topic.partitions, topic.settings, topic.retention_ms] for topic in TOPICS},
        "sources": SOURCES,
        "groups": GROUPS,
        "collections": [str(name) for name in Collection],
        "indexes": [[str(index.collection), index.fields, index.options] for index in INDEXES],
    }
    print(json.dumps(told))  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
