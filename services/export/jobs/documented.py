"""The catalogue's part about exports that are ordered: what their operations answer, and their parameters."""

from __future__ import annotations

from http import HTTPStatus

from services.export.files.formats import MEDIA_TYPES
from services.export.jobs.keys import PATTERN
from services.export.jobs.told import ExportsTold, ExportTold
from services.export.manifests.documented import LINK
from shared.runtime.documented import Answer, Operation, Parameter

ORDERS = "Ordered files"
ORDERS_WORDS = "Files of any size: ordered, written by a worker, kept for a while, fetched whole or in parts."
_MEDIA_TYPES = tuple(media_type.partition(";")[0] for media_type in MEDIA_TYPES.values())
_HEADERS = {
    "ETag": "Strong: of exactly these bytes; for `If-Range`.",
    "Repr-Digest": "SHA-256 of the whole file (RFC 9530).",
    "Accept-Ranges": "bytes.",
    "Content-Disposition": "The name that the file should have.",
    **LINK,
}
_WHOLE = Answer("The file.", None, _MEDIA_TYPES, {**_HEADERS, "Content-Digest": "SHA-256 of what is sent."})
_WHICH = {**_HEADERS, "Content-Range": "Which bytes these are, of how many."}
_PART = Answer("The part that was asked for.", None, _MEDIA_TYPES, _WHICH)
_ORDERED = Answer("Taken; it waits for a worker.", ExportTold, headers={"Location": "Where to see what becomes of it."})
_NO_FILE = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.GONE, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
OPERATIONS = {
    "post_exports": Operation(
        ORDERS, {202: _ORDERED}, (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS)
    ),
    "get_exports": Operation(ORDERS, {200: Answer("A page, the newest first.", ExportsTold)}),
    "get_export": Operation(ORDERS, {200: Answer("Where it stands.", ExportTold)}, (HTTPStatus.NOT_FOUND,)),
    "delete_export": Operation(ORDERS, {204: Answer("It is gone.")}, (HTTPStatus.NOT_FOUND,)),
    "get_export_result": Operation(
        ORDERS, {200: _WHOLE, 206: _PART, 304: Answer("The reader has it still.")}, _NO_FILE
    ),
}
PARAMETERS = {
    "export": Parameter("From the answer to an order.", "019ad5f0c6a5e3d5b4a6f9a4f6c0b7d1"),
    "limit": Parameter("Rows a page.", 20),
    "cursor": Parameter("From the next link.", "019ad5f0c6a5e3d5b4a6f9a4f6c0b7d1"),
    "idempotency-key": Parameter(
        "A text of your own that names this order: the same key and body, however often, are one order.",
        '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
        {"pattern": PATTERN},
    ),
    "range": Parameter("One part of the file.", "bytes=0-1023"),
    "if-range": Parameter("The part only of the file with this tag, else the whole.", '"5f2c"'),
    "if-none-match": Parameter("304 where the reader holds this.", '"5f2c"'),
}
