"""Verifies a manifest and its file, offline: a compact JWS (RFC 7515) signed with Ed25519, size and SHA-256."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from joserfc import jws
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import OKPKey

from gastrack_client.errors import NotVerifiedError, Reason

ALGORITHM: Literal["Ed25519"] = "Ed25519"
TYPE = "gastrack-manifest+jws"
_PARTS = 3


class Keys:
    """Public keys by their ids (thumbprints, RFC 7638), as far as they can verify a manifest."""

    def __init__(self, *keys: OKPKey) -> None:
        self.of = {key.thumbprint(): key for key in keys if key.curve_name == ALGORITHM}

    @classmethod
    def of_pem(cls, pem: bytes | str) -> Keys:
        """Return the key of a PEM text.

        Raises:
            ValueError: it holds no Ed25519 key.
        """
        try:
            keys = cls(OKPKey.import_key(pem))
        except (JoseError, ValueError) as fault:
            raise ValueError("no PEM of a public key") from fault
        if not keys.of:
            raise ValueError("no Ed25519 key")
        return keys

    @classmethod
    def of_set(cls, key_set: Mapping[str, Any]) -> Keys:
        """Return the keys of a JWK set as `/v1/keys` answers it; what is no Ed25519 key is left out."""
        ours = [jwk for jwk in key_set.get("keys", ()) if jwk.get("crv") == ALGORITHM]
        return cls(*(OKPKey.import_key(jwk) for jwk in ours))


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a verified manifest tells; `told` is all of it, `text` the JWS."""

    text: str
    key_id: str
    told: Mapping[str, Any]

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return int(self.told["file"]["size"])

    @property
    def sha256(self) -> str:
        """Digest of the file, in hexadecimal digits."""
        return str(self.told["file"]["sha256"])

    @property
    def next_since(self) -> str:
        """What to ask with next time as `since`, empty where nothing is known yet."""
        return str(self.told.get("next_since") or "")


def read_manifest(text: str, keys: Keys) -> Manifest:
    """Read a manifest that one of these keys has signed.

    Raises:
        NotVerifiedError: FORM, KEY or SIGNATURE.
    """
    text = text.strip()
    key_id = _key_id(text)
    key = keys.of.get(key_id)
    if key is None:
        known = ", ".join(keys.of) or "none"
        raise NotVerifiedError(Reason.KEY, f"signed with key {key_id}, which is not among the given ones ({known})")
    try:
        payload = jws.deserialize_compact(text, key, algorithms=[ALGORITHM]).payload
    except BadSignatureError:
        raise NotVerifiedError(Reason.SIGNATURE, "the manifest was changed after it was signed") from None
    except (JoseError, ValueError) as fault:
        raise _no_manifest(str(fault)) from None
    return Manifest(text, key_id, _told(payload))


def verify_file(file: Path, manifest: Manifest) -> None:
    """Compare a file with its manifest; half a second for each GB.

    Raises:
        NotVerifiedError: SIZE or DIGEST.
    """
    size = file.stat().st_size
    if size != manifest.size:
        raise NotVerifiedError(Reason.SIZE, f"{file} has {size:,} bytes; {manifest.size:,} were signed")
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    if digest != manifest.sha256:
        raise NotVerifiedError(Reason.DIGEST, f"{file} has the SHA-256 {digest}; {manifest.sha256} was signed")


def _key_id(text: str) -> str:
    """Return the id of the key that signed; what is signed is strictly written, so that no bit of it is free."""
    parts = text.split(".")
    if len(parts) != _PARTS:
        raise _no_manifest("it does not have three parts")
    try:
        said, _, _ = map(_strictly, parts)
        header = json.loads(said)
    except ValueError:
        raise _no_manifest("a part is no base64url, or its header no JSON") from None
    if not isinstance(header, dict) or (header.get("typ"), header.get("alg")) != (TYPE, ALGORITHM):
        raise _no_manifest(f"its header does not say {TYPE} and {ALGORITHM}")
    return str(header.get("kid"))


def _strictly(part: str) -> bytes:
    decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if base64.urlsafe_b64encode(decoded).rstrip(b"=") != part.encode():
        raise ValueError("bits that say nothing, or signs that are none of base64url")
    return decoded


def _told(payload: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(payload)
        int(told["file"]["size"])
        bytes.fromhex(told["file"]["sha256"])
    except (ValueError, KeyError, TypeError):
        raise _no_manifest("it does not tell size and digest of a file") from None
    said: Mapping[str, Any] = told
    return said


def _no_manifest(why: str) -> NotVerifiedError:
    return NotVerifiedError(Reason.FORM, f"this is no manifest: {why}")
