"""`gastrack acls`: Kafka's access control lists, for whoever gives its users their permissions."""

from __future__ import annotations

import json
from collections.abc import Sequence

from gastrack.reach import complain, say
from shared.events.acls import ReservedNameError, acls

GOOD, WRONG_USE = 0, 2


def tell(gateways: Sequence[str], *, as_json: bool) -> int:
    """Print one permission a line: principal, operation, resource, name, pattern; no server is asked."""
    try:
        found = acls(gateways)
    except ReservedNameError as fault:
        complain(str(fault))
        return WRONG_USE
    if as_json:
        say(json.dumps([acl._asdict() for acl in found]))
    else:
        for acl in found:
            say(f"User:{acl.principal:<16} {acl.operation:<9} {acl.resource:<16} {acl.pattern:<9} {acl.name}")
    return GOOD
