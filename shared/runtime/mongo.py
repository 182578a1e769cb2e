"""MongoDB behind one module: the only one that knows motor (end of life 14 May 2026, see docs/adr/0006)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorClientSession, AsyncIOMotorDatabase
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.database import Database as SyncDatabase
from pymongo.errors import (
    BulkWriteError,
    CollectionInvalid,
    ConnectionFailure,
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

Database = AsyncIOMotorDatabase[dict[str, Any]]
Session = AsyncIOMotorClientSession
_NAMESPACE_EXISTS = 48
_NO_SUCH_MOMENT = {239, 246}
"""A snapshot is too old by now, or not to be had while a collection is being made: the next one is."""
_OUT_OF_DISK_SPACE = 14031
_UNKNOWN_ERROR = 8
_NO_SPACE_LEFT = "No space left on device"
"""What the storage engine says of a full disk, which the server passes on as an error unknown to it."""
SERVER_SELECTION_MS = 5_000
"""How long an operation waits for a server before it says that there is none."""

__all__ = [
    "ClientSession",
    "ConnectionFailure",
    "Database",
    "DuplicateKeyError",
    "PyMongoError",
    "Session",
    "SyncDatabase",
    "connect",
    "connect_sync",
    "create_collection",
    "in_transaction",
    "is_passing",
    "synchronous",
]


def connect(uri: str, database: str) -> Database:
    """Return the database: majority reads and writes, aware datetimes. Opens nothing until it is used."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(uri, serverSelectionTimeoutMS=SERVER_SELECTION_MS)
    return client.get_database(
        database,
        codec_options=CodecOptions(tz_aware=True),
        read_concern=ReadConcern("majority"),
        write_concern=WriteConcern("majority"),
    )


def connect_sync(uri: str, database: str) -> SyncDatabase[dict[str, Any]]:
    """Return the database for a command that does one thing after the other."""
    client: MongoClient[dict[str, Any]] = MongoClient(uri, serverSelectionTimeoutMS=SERVER_SELECTION_MS)
    return client.get_database(
        database,
        codec_options=CodecOptions(tz_aware=True),
        read_concern=ReadConcern("majority"),
        write_concern=WriteConcern("majority"),
    )


def synchronous(database: Database) -> SyncDatabase[dict[str, Any]]:
    """Return the same database, on the same connections, for work in a thread."""
    plain: SyncDatabase[dict[str, Any]] = database.delegate
    return plain


async def in_transaction(
    database: Database, work: Callable[[SyncDatabase[dict[str, Any]], ClientSession], None]
) -> None:
    """Do `work` in one transaction and one thread: all of it happens, or none of it.

    One hop to a thread for a transaction costs a sixth of one hop for each of its operations.
    """
    await asyncio.to_thread(_transacted, synchronous(database), work)


def _transacted(
    database: SyncDatabase[dict[str, Any]], work: Callable[[SyncDatabase[dict[str, Any]], ClientSession], None]
) -> None:
    with database.client.start_session() as session, session.start_transaction():
        work(database, session)


async def create_collection(database: Database, name: str) -> None:
    """Create a collection; one that somebody else has just created is as good."""
    try:
        await database.create_collection(name)
    except CollectionInvalid:
        return
    except OperationFailure as fault:
        if fault.code != _NAMESPACE_EXISTS:
            raise


def is_passing(fault: PyMongoError) -> bool:
    """Say whether a fault passes by itself: a server away or its disk full, or a transaction in another's way."""
    if isinstance(fault, ConnectionFailure) or fault.has_error_label("TransientTransactionError"):
        return True
    return isinstance(fault, OperationFailure) and (
        fault.has_error_label("RetryableWriteError")
        or fault.has_error_label("UnknownTransactionCommitResult")
        or fault.code in _NO_SUCH_MOMENT
        or _tells_of_a_full_disk(fault)
    )


def _tells_of_a_full_disk(fault: OperationFailure) -> bool:
    """MongoDB lives on for some seconds or minutes without room, refuses some writes, and ends itself then."""
    return any(
        code == _OUT_OF_DISK_SPACE or (code == _UNKNOWN_ERROR and _NO_SPACE_LEFT in message)
        for code, message in _told(fault)
    )


def _told(fault: OperationFailure) -> Iterator[tuple[int | None, str]]:
    """Yield code and message; of many writes at once those of each that failed."""
    if not isinstance(fault, BulkWriteError):
        yield fault.code, str(fault)
        return
    for error in (*fault.details["writeErrors"], *fault.details["writeConcernErrors"]):
        yield error["code"], error["errmsg"]
