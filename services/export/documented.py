"""The catalogue of export's document: what a download answers, and its parameters."""

from __future__ import annotations

from http import HTTPStatus

from services.export.asked import Dialect, FileFormat
from shared.runtime.documented import Answer, Catalogue, Operation, Parameter
from shared.runtime.documented_parameters import OF_A_PERIOD, one_of

FILES = "Files"
_FILE = Answer(
    "The file, streamed; an xml file ends with the number of its rows.",
    media_types=("text/csv", "application/xml"),
    headers={"Content-Disposition": "The name that the file should have."},
)
OPERATIONS = {
    "get_download": Operation(FILES, {200: _FILE}, (HTTPStatus.NOT_FOUND,)),
    "get_schema": Operation(FILES, {200: Answer("The XSD.", media_types=("application/xml",))}),
}
"""Every operation of the interface; a route that is not here has no document."""
PARAMETERS = {
    **OF_A_PERIOD,
    "line": Parameter("A line's id; repeats.", ["BE-0042-A"]),
    "node": Parameter("A node's id; repeats.", ["NODE-1"]),
    "format": Parameter("csv (default) or xml.", "csv", one_of(FileFormat)),
    "dialect": Parameter("Of csv: rfc4180 (default) or excel-be.", "rfc4180", one_of(Dialect)),
}
CATALOGUE = Catalogue(
    "Gastrack export",
    "Measurements as files. Whatever is wrong is said before the first byte.",
    {FILES: "Measurements as csv and xml, and the schema of the xml."},
    OPERATIONS,
    PARAMETERS,
)
