"""Ids that a gateway may have: in Kafka it is a principal, and part of a topic's name, so not every free id will do."""

from __future__ import annotations

import re

from shared.access.refused import conflict, wrong
from shared.access.roles import Role
from shared.events.acls import RESERVED
from shared.store.access.changing import Writing
from shared.store.documents import Collection

_ALIKE = "[._]"
"""Kafka writes both as one in the names of its metrics, and makes no topic whose name differs by them alone."""


def require_possible(writing: Writing, gateway: str) -> None:
    """Raise where a gateway cannot have an id.

    Raises:
        ChangeRefusedError: one of our services has it, or another gateway has one that Kafka cannot tell from it; one
            whose access has ended, too: its topic is still there.
    """
    if gateway in RESERVED:
        raise wrong("GATEWAY_NAME", "client", f"{gateway} is a name of one of our services: a gateway needs another id")
    alike = "^" + _ALIKE.join(map(re.escape, re.split(_ALIKE, gateway))) + "$"
    named = {"_id": {"$regex": alike, "$ne": gateway}, "roles": Role.GATEWAY.value}
    other = writing.store[Collection.CLIENTS].find_one(named, session=writing.session)
    if other is not None:
        text = f"{gateway} differs from gateway {other['_id']} by . and _ alone, which are one to Kafka: take another"
        raise conflict("GATEWAY_NAME", "client", text)
