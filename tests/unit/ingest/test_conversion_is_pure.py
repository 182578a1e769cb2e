"""Converting source records depends on their bytes alone (docs/adr/0009)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.ingest.conversion import Converter, forecast
from services.ingest.source_record import SourceRecord
from tests.architecture.sources import ROOT, imported, shown

FOLDER = ROOT / "services" / "ingest"
PURE = [
    FOLDER / f"{name}.py" for name in ("analyses", "columns", "conversion", "foreign", "source_record", "telegram")
] + sorted((FOLDER / "files").glob("*.py"))
FORBIDDEN = ("shared.store", "shared.runtime", "shared.access", "time", "asyncio")
TELEGRAM = json.dumps(
    {
        "telegram": "T/1",
        "station": "EX-1",
        "sent": "2026-11-23T11:02:10Z",
        "lines": [{"line": "NOBODY-KNOWS", "hours": [{"start": "2026-11-23T10:00:00Z", "volume_m3n": 1.0}]}],
    }
).encode()


@pytest.mark.parametrize("path", PURE, ids=shown)
def test_what_converts_knows_no_store_and_no_clock(path: Path) -> None:
    """So that reading a record again gives the same messages, whatever was registered meanwhile."""
    names = imported(path)
    assert not [name for name in names for root in FORBIDDEN if name == root or name.startswith(f"{root}.")]


def test_an_unknown_line_passes_the_door() -> None:
    """Validation judges it, in the log's order; twice converted it is twice the same."""
    record = SourceRecord("telemetry", 0, 7, TELEGRAM)
    assert forecast(record) == (1, [])
    once, again = (Converter(4), Converter(4))
    for converter in (once, again):
        converter.take(record)
        converter.flush()
    assert once.messages == again.messages
    assert once.recorded == 1
