"""Which of MongoDB's errors pass by themselves, as the driver hands them over; a full disk as MongoDB 6 tells it."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WriteError,
)

from shared.runtime.mongo import is_passing

FULL = "28: No space left on device"
BUILD = f"Index build failed: 44f1: Collection gastrack.line_days ( d3b8 ) :: caused by :: {FULL}"


def of_many(*errors: dict[str, Any]) -> BulkWriteError:
    """Return what many writes at once raise where these failed."""
    return BulkWriteError({"writeErrors": list(errors), "writeConcernErrors": []})


@pytest.mark.parametrize(
    "fault",
    [
        OperationFailure(FULL, 8, {"code": 8, "codeName": "UnknownError", "errmsg": FULL}),
        OperationFailure(BUILD, 8, {"code": 8, "codeName": "UnknownError", "errmsg": BUILD}),
        WriteError(FULL, 8, {"index": 0, "code": 8, "errmsg": FULL}),
        of_many({"index": 3, "code": 8, "errmsg": FULL}),
        OperationFailure("available disk space of 12 bytes is less than required", 14031),
        of_many({"index": 0, "code": 14031, "errmsg": "no room"}),
    ],
    ids=["command", "index", "write", "writes", "out of disk space", "writes, out of disk space"],
)
def test_a_full_disk_passes(fault: PyMongoError) -> None:
    """Somebody makes room: work waits, and doors ask to come again."""
    assert is_passing(fault)


@pytest.mark.parametrize(
    "fault",
    [AutoReconnect("connection closed"), ServerSelectionTimeoutError("nobody answers"), OperationFailure("old", 239)],
    ids=["closed", "nobody", "snapshot"],
)
def test_a_server_that_is_away_passes(fault: PyMongoError) -> None:
    """It comes back, and another moment can be read."""
    assert is_passing(fault)


@pytest.mark.parametrize(
    "fault",
    [
        OperationFailure("an assertion of the server's own", 8),
        OperationFailure(f"the field is named {FULL!r}", 2),
        DuplicateKeyError("E11000 duplicate key", 11000),
        of_many({"index": 0, "code": 11000, "errmsg": "E11000 duplicate key"}),
        OperationFailure("not authorized", 13),
    ],
    ids=["unknown", "words", "twice", "writes, twice", "rights"],
)
def test_a_defect_does_not_pass(fault: PyMongoError) -> None:
    """Trying again helps nobody: it ends the process, or is answered 500."""
    assert not is_passing(fault)
