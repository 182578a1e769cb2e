"""The pages as several people see them, each with a browser of his own."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx2
from starlette.types import Scope

from services.query.wiring import application
from shared.access.caller import Caller
from shared.access.roles import Role
from shared.runtime.edge.admission import SHOWN
from shared.runtime.http_state import Clock
from shared.runtime.mongo import Database
from shared.store.access.register import ClientRegister
from tests.integration.query.clients import client_of
from tests.issuers import Issued, an_authority
from tests.registered import shown_by

ROOT = an_authority()
STAFF = {
    "carla": Caller("carla", frozenset({Role.COMMERCIAL})),
    "sven": Caller("sven", frozenset({Role.SECURITY})),
    "aude": Caller("aude", frozenset({Role.AUDITOR})),
    "both": Caller("both", frozenset({Role.COMMERCIAL, Role.SECURITY})),
    "adam": Caller("adam", frozenset({Role.ADMINISTRATOR}), "ACME"),
    "olga": Caller("olga", frozenset({Role.OPERATOR})),
    "nobody": Caller(""),
}
FORM = {
    "company": "Acme NV",
    "number": "A-1",
    "from": "2026-01-01",
    "until": "2029-01-01",
    "name": "Anna Peeters",
    "email": "anna@acme.example",
    "role": "downloader",
    "lines": "BE-0042-A",
}
"""The application form, filled in, but for the certificate."""


class Site:
    """The pages of the query service for each of several callers: staff, or clients of the register."""

    def __init__(self, database: Database, register: ClientRegister, clock: Clock) -> None:
        async def admit(scope: Scope) -> Caller:
            who = dict(scope["headers"])[b"x-as"].decode()
            scope.setdefault("state", {})[SHOWN] = await shown_by(database, who)
            return STAFF[who] if who in STAFF else await register.caller_named(who)

        self.client = client_of(application(database, admit, clock, authorities=[ROOT.certificate]))

    async def get(self, who: str, path: str, language: str = "en") -> httpx2.Response:
        """Open a page."""
        return await self.client.get(path, headers=_headers(who, language))

    async def see(self, who: str, path: str, language: str = "en") -> str:
        """Return what stands on a page that is there, without its tags."""
        return words_on(await self.get(who, path, language))

    async def send(
        self, who: str, path: str, form: dict[str, str], language: str = "en", file: str | None = None
    ) -> httpx2.Response:
        """Send a form, with the text of a chosen file where one is told."""
        files: Any = None if file is None else {"certificate_file": ("my.pem", file.encode())}
        return await self.client.post(path, data=form, files=files, headers=_headers(who, language))

    async def done(self, who: str, path: str, form: dict[str, str]) -> str:
        """Send a form that is taken, and return where its answer leads."""
        answer = await self.send(who, path, form)
        assert answer.status_code == 303, words_on(answer, 422)
        return str(answer.headers["location"])

    async def applied(self, issued: Issued | None = None, **more: str) -> tuple[str, str]:
        """Apply, and return id and secret as the page tells them."""
        answer = await self.send(
            "nobody", "/apply", {**FORM, "certificate": (issued or ROOT.issue("anna")).pem, **more}
        )
        assert answer.status_code == 201, words_on(answer, 422)
        return shown(answer.text, "id"), shown(answer.text, "secret")


def shown(text: str, element: str) -> str:
    """Return what an element of a page holds, by its id."""
    found = re.search(rf'id="{element}"[^>]*>([^<]*)<', text)
    assert found is not None
    return unescape(found[1])


def words_on(answer: httpx2.Response, status: int = 200) -> str:
    """Return what stands on a page, without its tags."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    text = re.sub(r"<(script|style).*?</\1>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r"[ \n]+", " ", unescape(re.sub(r"<[^>]*>", " ", text)))


def _headers(who: str, language: str) -> dict[str, str]:
    return {"x-as": who, "Accept": "text/html", "Accept-Language": language}
