"""The catalogue of export's document: what a download answers, and its parameters."""

from __future__ import annotations

from http import HTTPStatus

from services.export.files import csvw
from services.export.files.asked import Dialect, FileFormat
from services.export.files.formats import MEDIA_TYPES
from services.export.jobs import documented as job_documented
from services.export.manifests import documented as manifests
from services.export.schedules import documented as schedule_documented
from shared.runtime.documented import Answer, Catalogue, Operation, Parameter
from shared.runtime.documented_parameters import OF_A_PERIOD, STATED, one_of

FILES = "Files"
_FILE = Answer(
    "The file, streamed; xml and json end with the number of their rows, xlsx and parquet with where everything is: "
    "a file that was cut off says so.",
    media_types=tuple(media_type.partition(";")[0] for media_type in MEDIA_TYPES.values()),
    headers={
        "Content-Disposition": "The name that the file should have.",
        **manifests.LINK,
    },
)
OPERATIONS = {
    "get_download": Operation(FILES, {200: _FILE}, (HTTPStatus.NOT_FOUND,)),
    "get_schema": Operation(FILES, {200: Answer("The XSD.", media_types=("application/xml",))}),
    "get_csv_metadata": Operation(FILES, {200: Answer("CSV on the Web metadata.", media_types=(csvw.MEDIA_TYPE,))}),
    **job_documented.OPERATIONS,
    **manifests.OPERATIONS,
    **schedule_documented.OPERATIONS,
}
"""Every operation of the interface; a route that is not here has no document."""
PARAMETERS = {
    **job_documented.PARAMETERS,
    **manifests.PARAMETERS,
    **schedule_documented.PARAMETERS,
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
    "file": Parameter(
        "Name of the csv file that is described.", "gastrack_BE-0042-A_day_2026-10-01_2026-11-01_kWh.csv"
    ),
    "dialect": Parameter("Of csv: rfc4180 (default) or excel-be.", "rfc4180", one_of(Dialect)),
}
CATALOGUE = Catalogue(
    "Gastrack export",
    "Measurements as files. Whatever is wrong is said before the first byte.",
    {
        FILES: "Measurements as csv, xml, xlsx, parquet and json, and what describes them.",
        job_documented.ORDERS: job_documented.ORDERS_WORDS,
        manifests.MANIFESTS: manifests.WORDS,
        schedule_documented.SCHEDULES: schedule_documented.SCHEDULES_WORDS,
    },
    OPERATIONS,
    PARAMETERS,
    manifests.schemas,
)
