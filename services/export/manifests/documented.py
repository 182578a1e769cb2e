"""The part of the catalogue that tells of manifests and keys."""

from __future__ import annotations

from http import HTTPStatus

from services.export.manifests.api import KEY_SET, PEM
from services.export.manifests.manifest import MEDIA_TYPE
from shared.runtime.documented import Answer, Json, Operation, Parameter

MANIFESTS = "Manifests"
WORDS = "What goes with each file, signed, and the keys that verify it."
LINK = {
    "Link": "As `describedby` where its manifest can be fetched once the file has been (`application/jose`); of csv "
    "also what its columns mean (CSVW metadata, `application/csvm+json`)."
}
"""The header of every answer that is a file."""
_MANIFEST = Answer("A compact JWS (RFC 7515), signed with Ed25519.", media_types=(MEDIA_TYPE,))
OPERATIONS = {
    "get_manifest": Operation(MANIFESTS, {200: _MANIFEST}, (HTTPStatus.NOT_FOUND,)),
    "get_keys": Operation(MANIFESTS, {200: Answer("The keys (RFC 7517).", "KeySet", media_types=(KEY_SET,))}),
    "get_key": Operation(MANIFESTS, {200: Answer("The key.", media_types=(PEM,))}, (HTTPStatus.NOT_FOUND,)),
}
PARAMETERS = {
    "manifest": Parameter("A manifest's id, from the `Link` of a file's answer.", "7c9e6679f0e84a3db5d1a94e5ad4f0f2"),
    "key": Parameter("A key's id: its thumbprint (RFC 7638).", "tpccUq72j9G3HTAF4K0TZ9ZDm2ptgg4HHiRVzkI90iA"),
}
_KEY = {
    "type": "object",
    "required": ["kty", "crv", "x", "kid"],
    "properties": {name: {"type": "string"} for name in ("kty", "crv", "x", "kid", "use", "alg")},
}


def schemas() -> dict[str, Json]:
    """Return the schemas by name."""
    return {
        "KeySet": {
            "description": "Public keys as a JWK set (RFC 7517); a key's `kid` is its thumbprint.",
            "type": "object",
            "required": ["keys"],
            "properties": {"keys": {"type": "array", "items": _KEY}},
        }
    }
