"""How the keys of a client change: renewed by himself, revoked by those who may. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from shared.access.client import Client, Key
from shared.access.refused import conflict, unknown, wrong

MOST_KEYS_IN_USE = 2
"""The one that runs out, and the one that follows it."""


def require_in_use(client: Client, fingerprint: str, now: datetime) -> None:
    """Raise where a key does not open anything for a client at this moment: with it nothing more is registered.

    The door looked a second ago, and a token may have been stolen: neither may outlive a revocation by a new key.

    Raises:
        ChangeRefusedError: code STATEMENT.
    """
    key = client.key(fingerprint)
    if key is None or key.refusal(now) is not None:
        text = "show the certificate that is registered, or send a statement signed by its key: a token is not enough"
        raise wrong("STATEMENT", "statement", text)


def with_renewed(client: Client, key: Key, now: datetime) -> Client:
    """Return a client with another key, or with the same one under a newer certificate.

    Raises:
        ChangeRefusedError: the key was revoked, or two are in use already.
    """
    mine = client.key(key.fingerprint)
    if mine is not None and mine.revoked_at is not None:
        raise conflict("KEY_REVOKED", "certificate", "this key was revoked: make a new key, and have that certified")
    others = tuple(one for one in client.keys if one.fingerprint != key.fingerprint)
    in_use = [one for one in others if one.is_in_use(now)]
    if len(in_use) >= MOST_KEYS_IN_USE:
        text = "two certificates are in use already: revoke the older one first, or wait until it has expired"
        raise conflict("TWO_KEYS", "certificate", text)
    return replace(client, keys=(*others, key))


def with_revoked(client: Client, fingerprint: str, now: datetime) -> Client:
    """Return a client one of whose keys is good no more.

    Raises:
        ChangeRefusedError: he has no such key, or it was revoked before.
    """
    key = client.key(fingerprint)
    if key is None:
        raise unknown("certificate", fingerprint)
    if key.revoked_at is not None:
        raise conflict("STATE", "certificate", "it was revoked already")
    revoked = replace(key, revoked_at=now)
    return replace(client, keys=tuple(revoked if one == key else one for one in client.keys))


def ended(client: Client, now: datetime) -> Client:
    """Return a client whose access is over; his keys stay known, so that he is told so.

    Raises:
        ChangeRefusedError: it was over before.
    """
    if client.ended_at is not None:
        raise conflict("STATE", "client", "his access has ended already")
    return replace(client, ended_at=now)
