"""MongoDB behind one module: the only one that knows motor (end of life 14 May 2026, see docs/adr/0006)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorClientSession, AsyncIOMotorDatabase
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.database import Database as SyncDatabase
from pymongo.errors import CollectionInvalid, ConnectionFailure, DuplicateKeyError, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

Database = AsyncIOMotorDatabase[dict[str, Any]]
Session = AsyncIOMotorClientSession
_NAMESPACE_EXISTS = 48
_NO_SUCH_MOMENT = {239, 246}
"""A snapshot is too old by now, or not to be had while a collection is being made: the next one is."""
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
    """Say whether a fault passes by itself: a server away, or a transaction in another's way."""
    if isinstance(fault, ConnectionFailure) or fault.has_error_label("TransientTransactionError"):
        return True
    return isinstance(fault, OperationFailure) and (
        fault.has_error_label("RetryableWriteError")
        or fault.has_error_label("UnknownTransactionCommitResult")
        or fault.code in _NO_SUCH_MOMENT
    )
