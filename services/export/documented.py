"""The catalogue of export's document: what a download answers, and its parameters."""

from __future__ import annotations

from http import HTTPStatus

from services.export.asked import Dialect, FileFormat
from services.export.job_keys import PATTERN
from services.export.job_told import ExportsTold, ExportTold
from shared.runtime.documented import Answer, Catalogue, Operation, Parameter
from shared.runtime.documented_parameters import OF_A_PERIOD, one_of

FILES, ORDERS = "Files", "Ordered files"
_FILE = Answer(
    "The file, streamed; an xml file ends with the number of its rows.",
    media_types=("text/csv", "application/xml"),
    headers={"Content-Disposition": "The name that the file should have."},
)
_RESULT_HEADERS = {
    "ETag": "Strong: of exactly these bytes; for `If-Range`.",
    "Repr-Digest": "SHA-256 of the whole file (RFC 9530).",
    "Accept-Ranges": "bytes.",
    "Content-Disposition": "The name that the file should have.",
}
_WHOLE = Answer(
    "The file.",
    media_types=("text/csv", "application/xml"),
    headers={**_RESULT_HEADERS, "Content-Digest": "SHA-256 of what is sent."},
)
_PART = Answer(
    "The part that was asked for.",
    media_types=("text/csv", "application/xml"),
    headers={**_RESULT_HEADERS, "Content-Range": "Which bytes these are, of how many."},
)
_ORDERED = Answer("Taken; it waits for a worker.", ExportTold, headers={"Location": "Where to see what becomes of it."})
OPERATIONS = {
    "get_download": Operation(FILES, {200: _FILE}, (HTTPStatus.NOT_FOUND,)),
    "get_schema": Operation(FILES, {200: Answer("The XSD.", media_types=("application/xml",))}),
    "post_exports": Operation(
        ORDERS, {202: _ORDERED}, (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS)
    ),
    "get_exports": Operation(ORDERS, {200: Answer("A page, the newest first.", ExportsTold)}),
    "get_export": Operation(ORDERS, {200: Answer("Where it stands.", ExportTold)}, (HTTPStatus.NOT_FOUND,)),
    "delete_export": Operation(ORDERS, {204: Answer("It is gone.")}, (HTTPStatus.NOT_FOUND,)),
    "get_export_result": Operation(
        ORDERS,
        {200: _WHOLE, 206: _PART, 304: Answer("The reader has it still.")},
        (
            HTTPStatus.NOT_FOUND,
            HTTPStatus.CONFLICT,
            HTTPStatus.GONE,
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
        ),
    ),
}
"""Every operation of the interface; a route that is not here has no document."""
PARAMETERS = {
    **OF_A_PERIOD,
    "line": Parameter("A line's id; repeats.", ["BE-0042-A"]),
    "node": Parameter("A node's id; repeats.", ["NODE-1"]),
    "format": Parameter("csv (default) or xml.", "csv", one_of(FileFormat)),
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
    "dialect": Parameter("Of csv: rfc4180 (default) or excel-be.", "rfc4180", one_of(Dialect)),
}
CATALOGUE = Catalogue(
    "Gastrack export",
    "Measurements as files. Whatever is wrong is said before the first byte.",
    {
        FILES: "Measurements as csv and xml, and the schema of the xml.",
        ORDERS: "Files of any size: ordered, written by a worker, kept for a while, fetched whole or in parts.",
    },
    OPERATIONS,
    PARAMETERS,
)
