"""Questions made from the documents of the interfaces: every place of every operation where a name can stand."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from tests.integration.rights.grid import GAS, NODE, OWN, STATION
from tests.integration.rights.routes import every_route

Json = dict[str, Any]
Place = tuple[str, ...]
"""Where a name stands: ("path", "line"), ("query", "q"), ("body", "what", "line")."""
HEX = "0" * 31
STATED = {
    "line": OWN,
    "node": NODE,
    "chromatograph": GAS,
    "name": NODE,
    "start": "2026-10-24T04:00:00Z",
    "month": "2026-10",
    "offset": "18",
    "export": HEX + "1",
    "schedule": "0" * 24,
    "delivery": "0" * 24 + ".2026-10-01",
    "manifest": HEX + "2",
    "receipt": HEX + "3",
    "key": "nobody",
    "wait": "0",
}
"""What stands at the places that must be filled where no name is put."""
_ORDER = {"line": [OWN], "node": [NODE], "from": "2026-10-01", "to": "2026-10-02"}
_HOURS = [{"start": "2026-10-24T04:00:00Z", "volume_m3n": 1}]
BODIES: Mapping[str, Json] = {
    "post_exports": _ORDER,
    "post_schedules": {
        "when": {"kind": "changes"},
        "what": _ORDER,
        "where": {"kind": "webhook", "url": "https://198.51.100.7/news"},
    },
    "post_readings": {
        "telegram": "T1",
        "station": STATION,
        "sent": "2026-10-24T05:00:00Z",
        "lines": [{"line": OWN, "hours": _HOURS}],
    },
    "post_decisions": {"kind": "release", "line": OWN, "reason": "a look", "hours": [{**_HOURS[0], "revision": 1}]},
    "post_topology_changes": {
        "reason": "a look",
        "lines": [{"id": OWN, "station": STATION, "name": "one", "from": "2026-09-01"}],
        "nodes": [{"id": NODE, "name": "two", "from": "2026-09-01", "lines": [{"line": OWN, "weight": 1}]}],
    },
}
"""Bodies that are taken; of an operation that is not here its body is made from its schema, as far as that says."""
MOST_DEEP = 5


@dataclass(frozen=True, slots=True)
class Question:
    """A question to a service: its parts, each of them text."""

    service: str
    operation: str
    method: str
    template: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    body: Json | None = None

    @property
    def url(self) -> str:
        """The address with its parameters."""
        address = self.template
        for name, text in self.path.items():
            address = address.replace(f"{{{name}}}", quote(text, safe=""))
        return f"{address}?{urlencode(self.query, doseq=True)}" if self.query else address

    @property
    def content(self) -> bytes | None:
        """The body as it is sent."""
        return None if self.body is None else json.dumps(self.body).encode()

    def says(self, name: str) -> bool:
        """Say whether a name stands anywhere in it."""
        return name in self.url or name.encode() in (self.content or b"")

    def naming(self, place: Place, name: str) -> Question:
        """Return the same question with a name at a place."""
        kind, *where = place
        path, query, body = dict(self.path), dict(self.query), copy.deepcopy(self.body)
        match kind:
            case "path":
                path[where[0]] = name
            case "query":
                query[where[0]] = name
            case _:
                _put(body, where, name)
        return Question(self.service, self.operation, self.method, self.template, path, query, body)


@dataclass(frozen=True, slots=True)
class Asking:
    """An operation: a question of it, and the places where it can name something."""

    question: Question
    places: tuple[Place, ...]


def askings(service: str, app: FastAPI) -> Iterator[Asking]:
    """Give every operation of a service: those of its document, and its pages, which have none."""
    hidden = [
        copy.copy(route) for route in every_route(app) if isinstance(route, APIRoute) and not route.include_in_schema
    ]
    for route in hidden:
        route.include_in_schema = True
    pages = get_openapi(title="pages", version="1", routes=hidden) if hidden else {"paths": {}}
    for document in (app.openapi(), pages):
        for template, operations in document["paths"].items():
            for method, told in operations.items():
                yield _asking(service, method.upper(), template, told, document)


def _asking(service: str, method: str, template: str, told: Json, document: Json) -> Asking:
    parameters = told.get("parameters", ())
    at = {"path": {}, "query": {}}  # type: dict[str, dict[str, str]]
    places: list[Place] = []
    for one in parameters:
        name, where = one["name"], one["in"]
        if where not in at:
            continue
        if where == "path" or one.get("required"):
            at[where][name] = STATED.get(name, "x")
        if _takes_text(one["schema"], document):
            places.append((where, name))
    operation = told["operationId"].partition("__")[0]
    if operation == "get_download":
        at["query"] |= {"line": OWN, "from": "2026-10-10", "to": "2026-10-11"}
    body = _body(operation, told, document)
    places += [("body", *where) for where in _leaves(body)]
    return Asking(Question(service, operation, method, template, at["path"], at["query"], body), tuple(places))


def _takes_text(schema: Json, document: Json) -> bool:
    """Say whether a name can stand there: a text, or a list of texts."""
    schema = _resolved(schema, document)
    forms = [_resolved(one, document) for one in schema.get("anyOf", [schema])]
    told = [one.get("items", one) for one in forms]
    return any(one.get("type", "string") == "string" and "enum" not in one and "const" not in one for one in told)


def _body(operation: str, told: Json, document: Json) -> Json | None:
    if operation in BODIES:
        return copy.deepcopy(BODIES[operation])
    content = told.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return None
    made = _made(content["application/json"]["schema"], document, 0)
    return made if isinstance(made, dict) else None


def _made(schema: Json, document: Json, depth: int) -> Any:
    """Return something of a schema's form: what it states, an example, else the plainest that there is."""
    schema = _resolved(schema, document)
    stated = [schema.get("const"), schema.get("default"), *schema.get("examples", ()), *schema.get("enum", ())]
    for one in stated:
        if one is not None:
            return one
    for choice in ("anyOf", "oneOf", "allOf"):
        if schema.get(choice):
            return _made(schema[choice][0], document, depth)
    return _plainest(schema, document, depth)


def _plainest(schema: Json, document: Json, depth: int) -> Any:
    kind, is_deep = schema.get("type", "string"), depth >= MOST_DEEP
    if kind == "object" and not is_deep:
        return {name: _made(one, document, depth + 1) for name, one in schema.get("properties", {}).items()}
    if kind == "array":
        return [_made(schema["items"], document, depth + 1)] if "items" in schema and not is_deep else []
    return {"integer": 1, "number": 1, "boolean": False, "string": "x"}.get(kind)


def _resolved(schema: Json, document: Json) -> Json:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _leaves(body: object, lead: Place = ()) -> Iterator[Place]:
    """Give the places of all texts in a body."""
    match body:
        case dict():
            for name, inner in body.items():
                yield from _leaves(inner, (*lead, name))
        case list():
            for place, inner in enumerate(body):
                yield from _leaves(inner, (*lead, str(place)))
        case str():
            yield lead


def _put(body: Any, where: Sequence[str], name: str) -> None:
    for step in where[:-1]:
        body = body[int(step)] if isinstance(body, list) else body[step]
    last = where[-1]
    body[int(last) if isinstance(body, list) else last] = name
