"""Routes of OAuth 2: a token for an assertion, what this server can (RFC 8414), and the keys that verify its tokens."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from services.query.tokens.assertion import ALGORITHMS
from services.query.tokens.giving import TokenGiver, TokenRefusedError
from shared.runtime.edge.admission import CHALLENGE, SHOWN
from shared.runtime.edge.tokens import LIFE_SECONDS
from shared.runtime.http_state import Store
from shared.runtime.problem import not_found
from shared.store.documents import Collection
from shared.store.signing_keys import public_keys

tokens_api = APIRouter()
KEY_SET = "application/jwk-set+json"
FORM = "application/x-www-form-urlencoded"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_MOST_FIELDS = 20
_NOT_KEPT = {"Cache-Control": "no-store"}


def giver_of(request: Request) -> TokenGiver:
    """Return what gives tokens, as wiring made it; 404 where none are given."""
    giver: TokenGiver | None = request.app.state.tokens
    if giver is None:
        raise not_found("request", "no tokens are given here: show your certificate")
    return giver


Giver = Annotated[TokenGiver, Depends(giver_of)]


@tokens_api.post("/v1/oauth/token", summary="Ask for an access token")
async def post_token(request: Request, giver: Giver) -> JSONResponse:
    """Give a token for five minutes to who proves by `private_key_jwt` that he is a registered client.

    It is bound to the certificate shown with this request, if one is, and then only counts together with it (RFC 8705).
    """
    try:
        asked = _asked(await request.body(), request.headers.get("content-type", ""))
        token = await giver.token_for(
            asked["client_assertion"], asked.get("client_id", ""), request.scope["state"].get(SHOWN)
        )
    except TokenRefusedError as refused:
        return _refusal(refused)
    return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": LIFE_SECONDS}, headers=_NOT_KEPT)


@tokens_api.get("/v1/oauth/keys", summary="The keys with which access tokens are verified")
async def get_token_keys(giver: Giver, store: Store) -> JSONResponse:
    """Return the public keys as JWK set; to everybody."""
    await giver.key()
    return JSONResponse({"keys": await public_keys(store, Collection.TOKEN_KEYS)}, media_type=KEY_SET)


@tokens_api.get("/.well-known/oauth-authorization-server", summary="What can be asked of the authorization server")
async def get_authorization_server(giver: Giver) -> dict[str, Any]:
    """Return the metadata of RFC 8414; to everybody."""
    return {
        "issuer": giver.issuer,
        "token_endpoint": f"{giver.issuer}/v1/oauth/token",
        "jwks_uri": f"{giver.issuer}/v1/oauth/keys",
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "tls_client_certificate_bound_access_tokens": True,
        "service_documentation": f"{giver.issuer}/v1/docs",
    }


def _asked(body: bytes, media_type: str) -> dict[str, str]:
    """Return the fields of a token request, each of which stands there once (RFC 6749, 3.2)."""
    try:
        pairs = parse_qsl(body.decode("ascii"), strict_parsing=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        pairs = []
    asked = dict(pairs)
    if media_type.partition(";")[0].strip().lower() != FORM or not pairs or len(asked) < len(pairs):
        raise TokenRefusedError("invalid_request", f"a body of type {FORM}, each field once")
    if "grant_type" not in asked:
        raise TokenRefusedError("invalid_request", "grant_type is missing")
    if asked["grant_type"] != "client_credentials":
        raise TokenRefusedError("unsupported_grant_type", "grant_type is client_credentials")
    if asked.get("scope"):
        raise TokenRefusedError(
            "invalid_scope", "there are no scopes: a token opens what its client may at each moment"
        )
    if asked.get("client_assertion_type") != ASSERTION_TYPE or not asked.get("client_assertion"):
        raise TokenRefusedError("invalid_client", f"a client_assertion of client_assertion_type {ASSERTION_TYPE}")
    return asked


def _refusal(refused: TokenRefusedError) -> JSONResponse:
    """Return a refusal as RFC 6749 (5.2) has it."""
    is_client = refused.error == "invalid_client"
    status = HTTPStatus.UNAUTHORIZED if is_client else HTTPStatus.BAD_REQUEST
    headers = {**_NOT_KEPT, "WWW-Authenticate": CHALLENGE} if is_client else _NOT_KEPT
    return JSONResponse({"error": refused.error, "error_description": refused.words}, status, headers=headers)
