"""The OpenAPI document of a service: what FastAPI knows of its routes, and what they answer, which is said here once.

Answers that are written by hand or by columns pass no response model: a catalogue by operation names what they look
like. A route that the catalogue does not name has no document, and a test says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.telemetry import TelemetryConfig
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.runtime.documented_access import EITHER, GUARDED, SCHEMES, headers_of, needs_nobody
from shared.runtime.problem_document import PROBLEM_JSON, PROBLEM_WORDS, Problem, example_of

Json = dict[str, Any]
VERSION = "1"
"""Of the interface: what stands under /v1 is extended, never renamed."""
_LICENCE = {"name": "Apache 2.0", "identifier": "Apache-2.0"}
_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""Our metrics are Prometheus'; to look for another's costs each request 15 µs."""
_REFERENCE = "#/components/schemas/{model}"
_EVERYWHERE = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE)
_WITH_BODY = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, HTTPStatus.UNPROCESSABLE_ENTITY)


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: what it is, and its form: a model, a schema of the catalogue by name, or a file."""

    words: str
    form: type[BaseModel] | str | None = None
    media_types: tuple[str, ...] = ("application/json",)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def document(self) -> Json:
        """The answer as OpenAPI writes it."""
        told: Json = {"description": self.words}
        if self.headers:
            schema = {"type": "string"}
            told["headers"] = {name: {"description": words, "schema": schema} for name, words in self.headers.items()}
        if self.form is not None:
            name = self.form if isinstance(self.form, str) else self.form.__name__
            told["content"] = {media_type: {"schema": _reference(name)} for media_type in self.media_types}
        elif self.media_types != ("application/json",):
            kinds = {
                media_type: "object" if media_type.endswith("json") else "string" for media_type in self.media_types
            }
            told["content"] = {media_type: {"schema": {"type": kind}} for media_type, kind in kinds.items()}
        return told


@dataclass(frozen=True, slots=True)
class Operation:
    """What an operation answers: good answers by status, and the problems beside those that all may have."""

    tag: str
    answers: Mapping[int, Answer]
    problems: tuple[HTTPStatus, ...] = ()
    body: Json | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a parameter means wherever it stands, an example, and more of its schema; a route's own word counts."""

    words: str
    example: str | int | list[str] | None = None
    schema: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that the document of a service says beside what FastAPI knows."""

    title: str
    words: str
    tags: Mapping[str, str]
    operations: Mapping[str, Operation]
    parameters: Mapping[str, Parameter]
    schemas: Callable[[], Mapping[str, Json]] = dict
    """Schemas by name, made where they are needed: whoever imports a catalogue makes none."""


def application(catalogue: Catalogue, service: str) -> FastAPI:
    """Return an application that tells its OpenAPI document by a catalogue, under `/v1/openapi/<service>.json`."""
    url = f"/v1/openapi/{service}.json"
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=url,
        generate_unique_id_function=lambda route: route.name,
        telemetry=_NO_TELEMETRY,
    )

    def told() -> Json:
        if app.openapi_schema is None:
            app.openapi_schema = document_of(app, catalogue)
        return app.openapi_schema

    app.openapi = told  # type: ignore[method-assign]  # FastAPI's own way to another document
    return app


def document_of(app: FastAPI, catalogue: Catalogue) -> Json:
    """Return the OpenAPI document of an application.

    Raises:
        KeyError: an operation or a parameter that the catalogue does not name.
    """
    routed = get_openapi(
        title=catalogue.title,
        version=VERSION,
        description=catalogue.words,
        routes=app.routes,
        tags=[{"name": name, "description": words} for name, words in catalogue.tags.items()],
        servers=[{"url": "/", "description": "The one address"}],
        contact={"name": "Gastrack"},
        license_info=dict(_LICENCE),
    )
    for path, methods in routed["paths"].items():
        for method, operation in methods.items():
            _complete(operation, catalogue, is_open=needs_nobody(method, path))
    given = routed.get("components", {}).get("schemas", {})
    schemas = _used(routed["paths"], {**given, **_schemas(catalogue)})
    routed["components"] = {"schemas": schemas, "securitySchemes": dict(SCHEMES)}
    return routed


def _complete(operation: Json, catalogue: Catalogue, *, is_open: bool) -> None:
    name = operation["operationId"]
    said = catalogue.operations[name]
    operation["tags"] = [said.tag]
    if said.body is not None:
        operation["requestBody"] = {"required": True, "content": said.body}
    good = {str(status): answer.document for status, answer in said.answers.items()}
    problems = {*_statuses(operation, said), *(() if is_open else GUARDED)}
    operation["responses"] = {**{str(status.value): _problem(status) for status in sorted(problems)}, **good}
    operation["security"] = [] if is_open else EITHER
    for parameter in operation.get("parameters", ()):
        _explain(parameter, catalogue.parameters)


def _statuses(operation: Json, said: Operation) -> list[HTTPStatus]:
    """Return what may go wrong: by its own word, by what it takes, and everywhere."""
    by_parameters = [HTTPStatus.UNPROCESSABLE_ENTITY] if operation.get("parameters") else []
    by_body = _WITH_BODY if "requestBody" in operation else ()
    return sorted({*said.problems, *by_parameters, *by_body, *_EVERYWHERE})


def _problem(status: HTTPStatus) -> Json:
    content = {PROBLEM_JSON: {"schema": _reference(Problem.__name__), "example": example_of(status)}}
    return {"description": PROBLEM_WORDS[status], **headers_of(status), "content": content}


def _explain(parameter: Json, words: Mapping[str, Parameter]) -> None:
    said = words[parameter["name"]]
    parameter.setdefault("description", said.words)
    schema: Json = parameter["schema"]
    for name in ("title", "description"):
        schema.pop(name, None)
    own = schema.pop("examples", [said.example])[0]
    schema.update({name: value for name, value in said.schema.items() if name not in schema})
    if own is not None:
        parameter["example"] = own


def _schemas(catalogue: Catalogue) -> Json:
    answers = [answer for operation in catalogue.operations.values() for answer in operation.answers.values()]
    models: set[type[BaseModel]] = {answer.form for answer in answers if isinstance(answer.form, type)}
    asked: list[type[BaseModel]] = sorted({Problem, *models}, key=lambda model: model.__name__)
    _, made = models_json_schema([(model, "serialization") for model in asked], ref_template=_REFERENCE)
    return {**made["$defs"], **catalogue.schemas()}


def _used(paths: Json, schemas: Json) -> Json:
    """Return the schemas that paths refer to, directly or by others."""
    found: set[str] = set()
    ahead = list(_referred(paths))
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += _referred(schemas[name])
    return {name: schemas[name] for name in sorted(found)}


def _referred(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"].rpartition("/")[2]
        for value in part.values():
            yield from _referred(value)
    elif isinstance(part, list):
        for value in part:
            yield from _referred(value)


def _reference(name: str) -> Json:
    return {"$ref": _REFERENCE.format(model=name)}
