"""What `gastrack access` does: the same changes as over HTTP, by the command; each one an event."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from gastrack.reach import complain, find, say
from shared.access.acting import Acting
from shared.access.application import Grant
from shared.access.certificates.certificate import Certificate, checked, read_authorities
from shared.access.certificates.expiry import days_left, last_key, left
from shared.access.client import Client
from shared.access.company import Agreement, Company, Under
from shared.access.days import Run
from shared.access.refused import ChangeRefusedError, wrong
from shared.access.roles import Role
from shared.domain.instants import instant
from shared.domain.period import day_of
from shared.domain.topology import Issue
from shared.runtime.mongo import Database, synchronous
from shared.store.access import clients, granting
from shared.store.access.events import events_listed, verified
from shared.store.access.forms import client_of, company_of, right_document
from shared.store.access.listing import found, listed
from shared.store.documents import Collection, ensure_collections

GOOD, WRONG, WRONG_USE = 0, 1, 2
COMMAND = "command"
"""Who acts in events: whoever may reach the database."""
MOST_CLIENTS = 100_000
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be opened, as it was written."""

    line: str
    node: str
    lines: bool
    days_from: str
    days_until: str


def add_staff(certificate: Path, role: str, name: str, authorities: Path, *, as_json: bool) -> int:
    """Register somebody of the grid's own. 0: done; 1: refused; 2: no such role, or a file that cannot be read."""
    if role not in set(Role) or not Role(role).is_staff:
        complain(f"{role!r} is no role of staff: operator, commercial, security or auditor")
        return WRONG_USE
    try:
        pem, trusted = certificate.read_text(encoding="utf-8"), read_authorities(authorities.read_bytes())
    except (OSError, ValueError) as fault:
        complain(f"a file cannot be read: {fault}")
        return WRONG_USE

    async def work(database: Database, acting: Acting) -> dict[str, Any]:
        told = checked(pem, trusted, acting.at)
        if not isinstance(told, Certificate):
            raise ChangeRefusedError(*told)
        await ensure_collections(database)
        made = await clients.add_staff(database, acting, name, Role(role), told)
        return {"client": made.id, "role": role, "fingerprint": told.fingerprint}

    return _changed(work, "{client} may come in as {role} with the key {fingerprint}", as_json=as_json)


def sign(company: str, name: str, agreement: str, term: tuple[str, str], *, as_json: bool) -> int:
    """Register a company by its name, an agreement of it, or both. 0: done; 1: refused; 2: neither is told."""
    if not name and not agreement:
        complain("say what is new: --name, or --agreement with --from and --until")
        return WRONG_USE

    async def work(database: Database, acting: Acting) -> dict[str, Any]:
        await ensure_collections(database)
        if name:
            await granting.add_company(database, acting, Company(company, name))
        if agreement:
            signed = Agreement(agreement, *_run(*term, "from", "until"))
            await granting.sign(database, acting, company, signed)
        return {"company": company, "agreement": agreement or None}

    return _changed(work, "company {company} is registered", as_json=as_json)


def open_to(company: str, agreement: str, client: str, asked: Asked, *, as_json: bool) -> int:
    """Open a line or node to a company. 0: done; 1: refused; 2: neither or both, or a line with lines."""
    if bool(asked.line) == bool(asked.node) or (asked.lines and not asked.node):
        complain("name --line or --node, and not both; only a node has --lines")
        return WRONG_USE

    async def work(database: Database, acting: Acting) -> dict[str, Any]:
        document = await found(database, Collection.COMPANIES, company)
        signed = company_of(document).agreement(agreement) if document else None
        if signed is None:
            raise wrong("UNKNOWN_AGREEMENT", "agreement", f"company {company} has no agreement {agreement!r}")
        first, end = asked.days_from or str(signed.first), asked.days_until or str(signed.end)
        days = _run(first, end, "days-from", "days-until")
        granted = Grant((signed.first, signed.end), days, asked.line, asked.node, asked.lines)
        right = await granting.grant(database, acting, Under(company, agreement), granted, client)
        told = right_document(right)
        return {"right": told.pop("_id"), **told, "revoked_at": None}

    return _changed(work, "right {right}: {company} may read on gas days {days_from} to {days_until}", as_json=as_json)


def list_clients(company: str, *, as_json: bool) -> int:
    """List clients: id, company, roles, and how long the last certificate is still good."""

    async def read(database: Database) -> list[dict[str, Any]]:
        where = {"company": company} if company else {}
        return [dict(one) for one in await listed(database, Collection.CLIENTS, where, "", MOST_CLIENTS)]

    rows = [_row(client_of(document), datetime.now(UTC)) for document in _read(read)]
    if as_json:
        say(json.dumps(rows))
        return GOOD
    for row in rows:
        ending = "ended" if row["has_ended"] else f"{row['days_left'] or 0} days left"
        say(f"{row['client']:<28} {row['company'] or 'staff':<20} {','.join(row['roles']):<24} {ending}")
    return GOOD


def _row(client: Client, now: datetime) -> dict[str, Any]:
    key = last_key(client)
    return {
        "client": client.id,
        "company": client.company or None,
        "roles": sorted(client.roles),
        "has_ended": client.ended_at is not None,
        "fingerprint": key.fingerprint if key else None,
        "days_left": days_left(key, now) if key else None,
        "left": left(key, now) if key else None,
    }


def list_events(of: str, limit: int, *, as_json: bool) -> int:
    """List events, the newest first."""
    for event in _read(lambda database: events_listed(database, of, 0, limit)):
        at = instant(round(event.at.timestamp() * 1000))
        told = {"number": event.number, "at": at, "by": event.by, "what": event.what, "of": event.of}
        if as_json:
            say(json.dumps({**told, "told": event.told, "hash": event.hash}))
        else:
            say(f"{event.number:>8} {at} {event.by:<20} {event.what:<24} {event.of}")
    return GOOD


def verify_events(*, as_json: bool) -> int:
    """Check the chain of events. 0: unbroken; 1: broken, and where."""

    async def read(database: Database) -> Any:
        return await asyncio.to_thread(verified, synchronous(database))

    count, last, broken = _read(read)
    if as_json:
        place = None if broken is None else {"number": broken.number, "message": broken.words}
        say(json.dumps({"events": count, "last": last, "broken": place}))
    elif broken is None:
        say(f"{count} events of the access register, unbroken; the last one is {last or 'none'}")
    else:
        complain(f"The chain of the access register is broken: {broken.words}")
    return GOOD if broken is None else WRONG


def _run(first: str, end: str, first_name: str, end_name: str) -> Run:
    days = day_of(first), day_of(end)
    if days[0] is None or days[1] is None:
        raise wrong("DATE", first_name, "write gas days as 2026-11-23, 1990 to 2099")
    if days[1] <= days[0]:
        raise wrong("PERIOD_BACKWARDS", end_name, f"it must lie after {first_name}")
    return days[0], days[1]


def _changed(work: Callable[[Database, Acting], Awaitable[dict[str, Any]]], words: str, *, as_json: bool) -> int:
    try:
        told = _read(lambda database: work(database, Acting(COMMAND, datetime.now(UTC))))
    except ChangeRefusedError as refused:
        return _complained(refused.issues, as_json=as_json)
    say(json.dumps(told) if as_json else words.format(**told))
    return GOOD


def _complained(issues: tuple[Issue, ...], *, as_json: bool) -> int:
    if as_json:
        told = [{"code": issue.code, "position": issue.position, "message": issue.message} for issue in issues]
        say(json.dumps({"issues": told}))
    else:
        complain("\n".join(f"{issue.code} {issue.position}: {issue.message}" for issue in issues))
    return WRONG


def _read(read: Callable[[Database], Awaitable[_Read]]) -> _Read:
    async def run() -> _Read:
        database = find().database()
        try:
            return await read(database)
        finally:
            database.client.close()

    return asyncio.run(run())
