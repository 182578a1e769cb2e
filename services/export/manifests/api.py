"""Routes of what goes with files: their manifests, and the public keys with which those are verified."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from joserfc.jwk import OKPKey

from services.export.manifests.manifest import MEDIA_TYPE
from shared.runtime.http_state import Downloading, Store
from shared.runtime.problem import not_found
from shared.store import signing_keys
from shared.store.manifests import find_manifest
from shared.store.signing import Signer

KEY_SET, PEM = "application/jwk-set+json", "application/x-pem-file"
api = APIRouter(prefix="/v1")


async def signer_of(request: Request) -> Signer:
    """Return what signs, as wiring made it."""
    signer: Signer = request.app.state.signer
    return signer


Signing = Annotated[Signer, Depends(signer_of)]


@api.get("/manifests/{manifest}", summary="The manifest of a file")
async def get_manifest(manifest: str, caller: Downloading, store: Store) -> Response:
    """Return the signed manifest of a file that the caller has fetched whole."""
    jws = await find_manifest(store, manifest, caller.identity)
    if jws is None:
        text = "no manifest is known here: its file was not fetched to its end, not by you, or too long ago"
        raise not_found("manifest", text)
    # For this caller alone, but it never changes.
    return Response(jws, media_type=MEDIA_TYPE, headers={"Cache-Control": "private, immutable, max-age=86400"})


@api.get("/keys", summary="The keys with which manifests are verified")
async def get_keys(signer: Signing, store: Store) -> JSONResponse:
    """Return all public keys with which anything was ever signed, as JWK set; to everybody."""
    await signer.key()
    return JSONResponse({"keys": await signing_keys.public_keys(store)}, media_type=KEY_SET)


@api.get("/keys/{key}", summary="A key as PEM")
async def get_key(key: str, signer: Signing, store: Store) -> Response:
    """Return a public key by its id, the `kid` of a manifest's header, as PEM; to everybody."""
    await signer.key()
    for jwk in await signing_keys.public_keys(store):
        if jwk["kid"] == key:
            return Response(OKPKey.import_key(jwk).as_pem(private=False), media_type=PEM)
    raise not_found("key", f"key {key[:64]!r} is not known here")
