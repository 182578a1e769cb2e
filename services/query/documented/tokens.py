"""Answers of OAuth 2: tokens, their refusals, what the authorization server can do, and its keys."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Literal

from pydantic import Field

from services.query.documented.told import Told
from services.query.tokens.api import ASSERTION_TYPE, FORM, KEY_SET
from shared.runtime.documented import Answer, Operation

TOKENS = "Tokens"
WORDS = "Access tokens for programs that cannot show their certificate on every connection."


class TokenTold(Told):
    """An access token (RFC 6749)."""

    access_token: str = Field(description="Opaque to clients: goes into `Authorization: Bearer`.")
    token_type: Literal["Bearer"]
    expires_in: int = Field(description="Seconds for which it counts.")


class TokenRefused(Told):
    """Why no token was given (RFC 6749, 5.2); the same for every client that is not proved."""

    error: str = Field(examples=["invalid_client"])
    error_description: str


class KeyTold(Told):
    """A public key (RFC 7517)."""

    kty: str
    crv: str
    x: str
    kid: str = Field(description="Its thumbprint (RFC 7638).")
    use: str
    alg: str


class TokenKeys(Told):
    """Public keys as JWK set."""

    keys: list[KeyTold]


class AuthorizationServer(Told):
    """Metadata of the authorization server (RFC 8414)."""

    issuer: str
    token_endpoint: str
    jwks_uri: str
    grant_types_supported: list[str]
    response_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    token_endpoint_auth_signing_alg_values_supported: list[str]
    tls_client_certificate_bound_access_tokens: bool
    service_documentation: str


_FIELDS: dict[str, Any] = {
    "grant_type": {"type": "string", "const": "client_credentials"},
    "client_assertion_type": {"type": "string", "const": ASSERTION_TYPE},
    "client_assertion": {
        "type": "string",
        "description": "A JWT of at most five minutes: iss and sub are the client, aud is our issuer, jti counts once; "
        "its header brings the registered key as jwk or x5c.",
    },
    "client_id": {"type": "string", "description": "The client again, if at all."},
}
_BODY = {FORM: {"schema": {"type": "object", "required": list(_FIELDS)[:3], "properties": _FIELDS}}}
_NONE_GIVEN = (HTTPStatus.NOT_FOUND,)
OPERATIONS = {
    "post_token": Operation(
        TOKENS,
        {
            200: Answer("The token.", TokenTold),
            400: Answer("The request is none of those that are taken.", TokenRefused),
            401: Answer("The assertion does not prove a registered client.", TokenRefused),
        },
        _NONE_GIVEN,
        _BODY,
    ),
    "get_token_keys": Operation(TOKENS, {200: Answer("The keys.", TokenKeys, (KEY_SET,))}, _NONE_GIVEN),
    "get_authorization_server": Operation(TOKENS, {200: Answer("What it can do.", AuthorizationServer)}, _NONE_GIVEN),
}
