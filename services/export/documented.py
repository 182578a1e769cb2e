"""The catalogue of export's document: what a download answers, and its parameters."""

from __future__ import annotations

from http import HTTPStatus

from services.export.asked import Dialect, FileFormat
from services.export.manifest import MEDIA_TYPE
from services.export.manifests_api import KEY_SET, PEM
from shared.runtime.documented import Answer, Catalogue, Operation, Parameter
from shared.runtime.documented_parameters import OF_A_PERIOD, one_of

FILES, MANIFESTS = "Files", "Manifests"
_FILE = Answer(
    "The file, streamed; an xml file ends with the number of its rows.",
    media_types=("text/csv", "application/xml"),
    headers={
        "Content-Disposition": "The name that the file should have.",
        "Link": "Where its manifest can be fetched once the file has been, as `describedby`.",
    },
)
_MANIFEST = Answer("A compact JWS (RFC 7515), signed with Ed25519.", media_types=(MEDIA_TYPE,))
OPERATIONS = {
    "get_download": Operation(FILES, {200: _FILE}, (HTTPStatus.NOT_FOUND,)),
    "get_schema": Operation(FILES, {200: Answer("The XSD.", media_types=("application/xml",))}),
    "get_manifest": Operation(MANIFESTS, {200: _MANIFEST}, (HTTPStatus.NOT_FOUND,)),
    "get_keys": Operation(MANIFESTS, {200: Answer("The keys (RFC 7517).", "KeySet", media_types=(KEY_SET,))}),
    "get_key": Operation(MANIFESTS, {200: Answer("The key.", media_types=(PEM,))}, (HTTPStatus.NOT_FOUND,)),
}
"""Every operation of the interface; a route that is not here has no document."""
PARAMETERS = {
    **OF_A_PERIOD,
    "line": Parameter("A line's id; repeats.", ["BE-0042-A"]),
    "node": Parameter("A node's id; repeats.", ["NODE-1"]),
    "format": Parameter("csv (default) or xml.", "csv", one_of(FileFormat)),
    "manifest": Parameter("A manifest's id, from the `Link` of a file's answer.", "7c9e6679f0e84a3db5d1a94e5ad4f0f2"),
    "key": Parameter("A key's id: its thumbprint (RFC 7638).", "tpccUq72j9G3HTAF4K0TZ9ZDm2ptgg4HHiRVzkI90iA"),
    "dialect": Parameter("Of csv: rfc4180 (default) or excel-be.", "rfc4180", one_of(Dialect)),
}
_KEY = {
    "type": "object",
    "required": ["kty", "crv", "x", "kid"],
    "properties": {name: {"type": "string"} for name in ("kty", "crv", "x", "kid", "use", "alg")},
}
_KEY_SET = {
    "description": "Public keys as a JWK set (RFC 7517); a key's `kid` is its thumbprint.",
    "type": "object",
    "required": ["keys"],
    "properties": {"keys": {"type": "array", "items": _KEY}},
}
CATALOGUE = Catalogue(
    "Gastrack export",
    "Measurements as files. Whatever is wrong is said before the first byte.",
    {
        FILES: "Measurements as csv and xml, and the schema of the xml.",
        MANIFESTS: "What goes with each file, signed, and the keys that verify it.",
    },
    OPERATIONS,
    PARAMETERS,
    lambda: {"KeySet": _KEY_SET},
)
