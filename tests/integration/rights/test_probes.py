"""No operation tells a foreign name from one that there is not, and no answer names what is foreign.

The questions are made from the documents of the services and from their pages: what is added there is asked by itself.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import httpx2
import pytest
from fastapi import FastAPI

from services.query.asked.parameters import cursor_of
from shared.access.caller import Caller
from shared.runtime.mongo import SyncDatabase
from shared.store.documents import Collection
from tests.integration.rights.conftest import WHO
from tests.integration.rights.grid import (
    ANNA,
    CLIENTS,
    FAR,
    FAR_GAS,
    FAR_STATION,
    FOREIGN_WORDS,
    GAS,
    INNER,
    NODE,
    NOW,
    OUTER,
    OWN,
    STATION,
    TWIN,
)
from tests.integration.rights.questions import Asking, Place, Question, askings

Database = SyncDatabase[dict[str, Any]]
LEAST_PROBES = 2_000
MADE_BY_CHANCE = re.compile(rb"whsec_[A-Za-z0-9+/=]+|[0-9a-f]{32}|[0-9a-f]{24}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,}")
FORMATS = ("csv", "xlsx", "xml", "json")

FOREIGN = {TWIN: "line", FAR: "line", INNER: "node", OUTER: "node", FAR_STATION: "station", FAR_GAS: "chromatograph"}
"""What it is that each id names."""
KINDS = frozenset(FOREIGN.values())


@dataclass(frozen=True, slots=True)
class Pair:
    """A name of something foreign, and one of the same form that nothing has."""

    kind: str
    foreign: str
    absent: str


def _absent(name: str) -> str:
    """Return a name like another one that nothing has, and that sorts among the others as it does."""
    last = ord(name[-1])
    return name[:-1] + chr(last + 1 if name[-1] in "Aa0" else last - 1)


def names_of(client: Caller) -> Iterator[Pair]:
    """Give what is foreign to a client, by every word that names it."""
    for name, kind in FOREIGN.items():
        yield Pair(kind, name, _absent(name))
        for word in FOREIGN_WORDS[name]:
            yield Pair("word", word, _absent(word))
        yield Pair("cursor", cursor_of(name), cursor_of(_absent(name)))
    if not client.may_read(OWN):
        yield Pair("line", OWN, _absent(OWN))
        yield Pair("chromatograph", GAS, _absent(GAS))
    if not client.may_read_node(NODE):
        yield Pair("node", NODE, _absent(NODE))


def forbidden_to(client: Caller) -> set[str]:
    """Return every word that no answer to a client may hold."""
    words = {word for name, more in FOREIGN_WORDS.items() for word in (name, *more)}
    words |= set() if client.may_read(OWN) else {"Moerbroek city run 1", "66001/9"}
    words |= set() if client.may_read_node(NODE) else {"541453180000000001"}
    return words


@pytest.fixture
def belongings(grid: Database) -> Iterator[list[Pair]]:
    """One of everything that belongs to somebody, made by another client; and names of the same form for nothing."""
    job, schedule = "a1" * 16, "b2" * 12
    asked = {"line": [OWN], "node": [], "given": {"from": "2026-10-01", "to": "2026-10-02"}}
    state = {"state": "done", "asked_at": 1, "attempts": 1, "progress": {"rows": 1, "bytes": 1}, "digest": "x"}
    result = {"name": "n", "file_name": f"gastrack_{OWN}.csv", "media_type": "text/csv", "size": 1, "rows": 1}
    result |= {"sha256": "0" * 64, "manifest": "c3" * 16}
    of_anna = {"owner": ANNA, "asked": asked}
    where = {"kind": "list"}
    delivery = {"schedule": schedule, "occasion": "2026-10-01", "number": 1, "where": "list", "state": "ready"}
    made: dict[str, tuple[Collection, dict[str, Any]]] = {
        "export": (Collection.EXPORT_JOBS, {"_id": job, **of_anna, **state, "result": result,
                                            "expires": NOW.replace(2036)}),
        "schedule": (Collection.SCHEDULES, {"_id": schedule, **of_anna, "when": {"kind": "changes"}, "where": where,
                                            "state": "active", "made": 1, "since": 1}),
        "delivery": (Collection.DELIVERIES, {"_id": f"{schedule}.2026-10-01", **of_anna, **delivery, "attempts": 0,
                                             "place": f"{1:012x}.{schedule}.2026-10-01", "job": job}),
        "manifest": (Collection.MANIFESTS, {"_id": "c3" * 16, "by": ANNA, "jws": "x.y.z", "at": NOW}),
        "receipt": (Collection.RECEIPTS, {"_id": "d4" * 16, "by": ANNA, "at": NOW, "positions": []}),
    }  # fmt: skip
    for collection, document in made.values():
        grid[collection].replace_one({"_id": document["_id"]}, document, upsert=True)
    yield [
        *(Pair(kind, one["_id"], "e5" + one["_id"][2:]) for kind, (_, one) in made.items()),
        Pair("offset", "99817", "99819"),
    ]
    for collection, document in made.values():
        assert grid[collection].delete_one({"_id": document["_id"]}).deleted_count == 1


ANYWHERE = ("line", "node", "word")
"""What is put at a place of another kind, or one that we know nothing of: the last name of each."""
BY_ANY_NAME = ("q", "code", "name", "id")
"""Places that take every word by which something is named."""


def probes_of(asking: Asking, names: Sequence[Pair]) -> Iterator[tuple[Place, Pair]]:
    """Give the names that are put at the places of an operation: each where its kind is meant, some elsewhere."""
    others = {one.kind: one for one in names if one.kind in ANYWHERE}
    for place in asking.places:
        kind = place[-1] if not place[-1].isdecimal() else place[-2]
        meant = [one for one in names if one.kind == kind or (kind in BY_ANY_NAME and one.kind in (*KINDS, "word"))]
        yield from ((place, one) for one in meant or others.values())


@dataclass(slots=True)
class Prober:
    """Asks as a client, and remembers what was wrong."""

    clients: dict[str, httpx2.AsyncClient]
    grid: Database
    count: int = 0

    async def ask(self, client: Caller, question: Question) -> tuple[int, list[tuple[str, str]], bytes]:
        """Return status, headers and body of an answer."""
        accept = "application/json" if question.template.startswith("/v1/") else "text/html"
        headers = {WHO: client.identity, "Accept": accept, "Accept-Encoding": "identity"}
        headers |= {"Content-Type": "application/json"} if question.content is not None else {}
        answer = await self.clients[question.service].request(
            question.method, question.url, content=question.content, headers=headers
        )
        self.count += 1
        if answer.status_code in (201, 202):
            for collection in (Collection.EXPORT_JOBS, Collection.SCHEDULES):
                self.grid[collection].delete_many({"owner": client.identity})
        return answer.status_code, sorted(answer.headers.multi_items()), answer.content

    async def compare(self, client: Caller, question: Question, place: Place, pair: Pair) -> None:
        """Ask with a foreign name and with an absent one: both answers are the same but for the name."""
        told = [await self.ask(client, question.naming(place, name)) for name in (pair.foreign, pair.absent)]
        names = (pair.foreign, pair.absent)
        foreign, absent = (_plain(*answer, name) for answer, name in zip(told, names, strict=True))
        assert foreign == absent, (client.identity, question.operation, place, pair, foreign, absent)
        self._look(client, question.naming(place, pair.foreign), told[0], {pair.foreign})

    async def read(self, client: Caller, question: Question) -> int:
        """Ask what may be asked: nothing foreign is named; return the status."""
        answer = await self.ask(client, question)
        assert answer[0] < 500, (client.identity, question.url, answer)
        self._look(client, question, answer, set())
        return answer[0]

    def _look(self, client: Caller, question: Question, answer: tuple[int, Any, bytes], said: set[str]) -> None:
        """Look for foreign words in what an answer says, and in what its tokens and packed files hold."""
        headers, body = str(answer[1]), answer[2]
        for word in (*said, *map(quote_plus, said), *map(cursor_of, said)):
            headers, body = headers.replace(word, ""), body.replace(word.encode(), b"")
        text = "\n".join([headers, *_texts(body)])
        found = {word for word in forbidden_to(client) if word in text}
        assert not found, (client.identity, question.method, question.url, found, text[:3_000])


def _plain(status: int, headers: list[tuple[str, str]], body: bytes, name: str) -> tuple[object, ...]:
    """Return an answer without the name that was asked, the date, and what is made by chance."""
    told = [(key, _without(value.encode(), name)) for key, value in headers if key != "date"]
    return status, told, _without(body, name)


def _without(text: bytes, name: str) -> bytes:
    for said in (name, quote_plus(name), cursor_of(name)):
        text = text.replace(said.encode(), b"<>")
    return MADE_BY_CHANCE.sub(b"#", text)


def _texts(body: bytes) -> Iterator[str]:
    """Give what an answer says: its text, what its cursors say, and what is packed in it."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            for name in packed.namelist():
                yield packed.read(name).decode("utf-8", "replace")
        return
    text = body.decode("utf-8", "replace")
    yield text
    for token in set(_TOKEN.findall(text[:20_000])):
        yield base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("latin-1") if len(token) % 4 != 1 else ""


def every_asking(apps: dict[str, FastAPI]) -> list[Asking]:
    """Return the operations of all services."""
    return [asking for service, app in apps.items() for asking in askings(service, app)]


async def test_foreign_and_absent_are_the_same(
    apps: dict[str, FastAPI],
    clients: dict[str, httpx2.AsyncClient],
    grid: Database,
    belongings: list[Pair],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every operation, every place of it where a name can stand, every client, everything foreign."""
    prober, asked = Prober(clients, grid), every_asking(apps)
    for client in CLIENTS.values():
        names = [*names_of(client), *belongings]
        for asking in asked:
            for place, pair in probes_of(asking, names):
                if not asking.question.naming(place, "").says(pair.foreign):
                    await prober.compare(client, asking.question, place, pair)
    with capsys.disabled():
        print(f"{prober.count} answers, {len(asked)} operations, {len(CLIENTS)} clients")  # noqa: T201 - how many there were
    assert prober.count >= 2 * LEAST_PROBES


async def test_what_may_be_read_names_nothing_foreign(
    apps: dict[str, FastAPI], clients: dict[str, httpx2.AsyncClient], grid: Database
) -> None:
    """Lines, sums of nodes, topology, news, findings, files, pages: as rows and columns, by days, then as now."""
    prober, good = Prober(clients, grid), 0
    for client in CLIENTS.values():
        for asking in every_asking(apps):
            if asking.question.method == "GET":
                for question in variants(asking.question):
                    good += await prober.read(client, question) == 200
    assert good > 300


PERIOD = {"from": "2026-10-09", "to": "2026-10-14"}
KNOWN = {"known_at": "2026-11-20T00:00:00Z"}


def variants(question: Question) -> Iterator[Question]:
    """Give a question as it is, and with what shows most: each view, form, unit and moment of it."""
    asked: list[dict[str, str | Sequence[str]]] = [{}]
    if question.template.endswith(("/measurements", "/download")) or question.template in {
        "/lines/{line}",
        "/nodes/{node}",
    }:
        views: list[dict[str, str | Sequence[str]]] = [
            {"view": "hour", **PERIOD},
            {"view": "day", **PERIOD},
            {"view": "month", "from": "2026-10", "to": "2026-11"},
        ]
        asked += [*views, *({**view, **KNOWN} for view in views), {"view": "day", "layout": "columns", **PERIOD}]
    if question.operation == "get_download":
        asked = [
            {**one, "format": form, "line": lines, "node": nodes}
            for one in asked
            for form in FORMATS
            for lines, nodes in (([OWN], [NODE]), ([], [NODE]), ([OWN], []))
        ]
    if "topology" in question.template:
        asked += [{"at": day, **known} for day in ("2026-10-10", "2026-11-12") for known in ({}, KNOWN)]
    if question.operation in {"get_changes", "get_stream"}:
        asked += [{"since": "earliest"}, {"since": "earliest", "node": NODE}, {"since": "earliest", "line": OWN}]
    if question.operation in {"get_lines", "get_nodes", "get_findings", "get_chromatographs", "get_start"}:
        asked += [{"limit": "1"}, {"q": STATION}, {"q": "a"}]
    if question.operation == "get_analyses":
        asked += [{"from": "2026-10-24", "to": "2026-10-25"}]
    for more in asked:
        yield Question(question.service, question.operation, question.method, question.template, question.path,
                       {**question.query, **more}, question.body)  # fmt: skip
