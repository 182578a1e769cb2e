"""How analyses travel: msgpack around the raw rows of one telegram of a chromatograph."""

from __future__ import annotations

import numpy as np

from shared.domain.analysis import ANALYSIS, Analyses
from shared.events.codec import MalformedEventError, pack, unpack


def pack_analyses(analyses: Analyses) -> bytes:
    """Return analyses as one msgpack array."""
    told = analyses
    head = [told.chromatograph, told.telegram, told.offset, told.sent_ms, told.known_at_ms]
    return pack([*head, told.rows.tobytes()])


def unpack_analyses(packed: bytes) -> Analyses:
    """Return the analyses of a msgpack array.

    Raises:
        MalformedEventError: the bytes are not such an array.
    """
    try:
        chromatograph, telegram, offset, sent_ms, known_at_ms, raw = unpack(packed)
        return Analyses(chromatograph, telegram, offset, sent_ms, known_at_ms, np.frombuffer(raw, ANALYSIS))
    except (TypeError, ValueError) as fault:
        raise MalformedEventError(str(fault)) from fault
