"""What watches for metrics may fail without harm; servers that are away are met elsewhere."""

import pytest
from structlog.testing import capture_logs

from services.query.watched.harmless import harmless
from shared.runtime.kafka import KafkaError


async def test_a_defect_is_told_and_ends_nothing() -> None:
    """By an error in the log that names the watch."""

    async def counting() -> None:
        raise KeyError("log_offset")

    with capture_logs() as logs:
        await harmless("counts", counting)()
    (told,) = logs
    assert told["log_level"] == "error"
    assert told["watch"] == "counts"


async def test_a_server_that_is_away_is_for_the_next_turn() -> None:
    """Whoever turns it waits then."""

    async def counting() -> None:
        raise KafkaError

    with pytest.raises(KafkaError):
        await harmless("counts", counting)()
