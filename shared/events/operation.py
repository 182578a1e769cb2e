"""What operators and the register ask for, as it stands in `operations`: one partition, one order."""

from __future__ import annotations

import msgspec

TOPOLOGY, DECISION = "topology", "decision"
"""Kinds of operations: a change of the register, and a decision on hours or a month of one line."""


class OperationError(ValueError):
    """Bytes in `operations` that are no operation."""


class Operation(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something asked for: its kind, its receipt, who asked, when (ms since 1970), and its document (JSON).

    A decision also names the station of its line, which says to which partition of the line log it goes.
    """

    kind: str
    receipt: str
    author: str
    asked_at_ms: int
    document: bytes
    station: str = ""


def encode(operation: Operation) -> bytes:
    """Return an operation as the bytes of a Kafka record."""
    return msgspec.msgpack.encode(operation)


def decode(record: bytes) -> Operation:
    """Return the operation in a Kafka record.

    Raises:
        OperationError: the bytes are no operation.
    """
    try:
        return msgspec.msgpack.decode(record, type=Operation)
    except msgspec.MsgspecError as fault:
        raise OperationError(str(fault)) from fault
