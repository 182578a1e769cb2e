"""The catalogue of export's document: what a download answers, and its parameters."""

from __future__ import annotations

from http import HTTPStatus

from services.export import csvw
from services.export import manifests_documented as manifests
from services.export.asked import Dialect, FileFormat
from services.export.formats import MEDIA_TYPES
from services.export.job_told import ExportsTold, ExportTold
from shared.runtime.documented import Answer, Catalogue, Operation, Parameter
from shared.runtime.documented_parameters import OF_A_PERIOD, STATED, one_of

FILES, ORDERS = "Files", "Ordered files"
_MEDIA_TYPES = tuple(media_type.partition(";")[0] for media_type in MEDIA_TYPES.values())
_FILE = Answer(
    "The file, streamed; xml and json end with the number of their rows, xlsx and parquet with where everything is: "
    "a file that was cut off says so.",
    media_types=_MEDIA_TYPES,
    headers={
        "Content-Disposition": "The name that the file should have.",
        **manifests.LINK,
    },
)
_RESULT_HEADERS = {
    "ETag": "Strong: of exactly these bytes; for `If-Range`.",
    "Repr-Digest": "SHA-256 of the whole file (RFC 9530).",
    "Accept-Ranges": "bytes.",
    "Content-Disposition": "The name that the file should have.",
    **manifests.LINK,
}
_WHOLE = Answer(
    "The file.",
    media_types=_MEDIA_TYPES,
    headers={**_RESULT_HEADERS, "Content-Digest": "SHA-256 of what is sent."},
)
_PART = Answer(
    "The part that was asked for.",
    media_types=_MEDIA_TYPES,
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
    **manifests.OPERATIONS,
    "get_csv_metadata": Operation(FILES, {200: Answer("CSV on the Web metadata.", media_types=(csvw.MEDIA_TYPE,))}),
}
"""Every operation of the interface; a route that is not here has no document."""
PARAMETERS = {
    **OF_A_PERIOD,
    **{name: STATED[name] for name in ("known_at", "columns")},
    "since": Parameter(
        "Only rows that are not the same as they were known at this moment: `next_since` of the manifest before; "
        "1970-01-01T00:00:00Z: all.",
        "2026-11-23T11:02:10.123Z",
    ),
    "line": Parameter("A line's id; repeats.", ["BE-0042-A"]),
    "node": Parameter("A node's id; repeats.", ["NODE-1"]),
    "format": Parameter("csv (default), xml, xlsx, parquet or json.", "csv", one_of(FileFormat)),
    **manifests.PARAMETERS,
    "export": Parameter("From the answer to an order.", "019ad5f0c6a5e3d5b4a6f9a4f6c0b7d1"),
    "limit": Parameter("Rows a page.", 20),
    "cursor": Parameter("From the next link.", "019ad5f0c6a5e3d5b4a6f9a4f6c0b7d1"),
    "idempotency-key": Parameter(
        "A text of your own that names this order: the same key and body, however often, are one order.",
        '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
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
        FILES: "Measurements as csv, xml, xlsx, parquet and json, and what describes them.",
        ORDERS: "Files of any size: ordered, written by a worker, kept for a while, fetched whole or in parts.",
        manifests.MANIFESTS: manifests.WORDS,
    },
    OPERATIONS,
    PARAMETERS,
    manifests.schemas,
)
