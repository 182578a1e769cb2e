"""The OpenAPI documents: valid, and with everything said that a reader needs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from fastapi import FastAPI
from openapi_spec_validator import validate

from gastrack.documents.interfaces import INTERFACES, interface
from shared.runtime.documented import document_of
from shared.runtime.problem_document import PROBLEM_JSON, PROBLEM_WORDS, example_of

Json = dict[str, Any]
DOCUMENTS: dict[str, Json] = {name: json.loads(interface(name)()) for name in INTERFACES}
OPERATIONS = {
    f"{service} {operation['operationId']}": operation
    for service, document in DOCUMENTS.items()
    for path in document["paths"].values()
    for operation in path.values()
}


OF_OAUTH = {("query post_token", "400"), ("query post_token", "401")}
"""Refused in the form of RFC 6749, as every library of OAuth expects it."""
OPEN = {
    "post_applications",
    "post_application_state",
    "post_token",
    "get_token_keys",
    "get_authorization_server",
    "get_keys",
    "get_key",
}
"""What needs no certificate."""


@pytest.mark.parametrize("service", DOCUMENTS)
def test_a_document_is_valid(service: str) -> None:
    """By the schema of OpenAPI 3.1, examples and defaults included."""
    assert DOCUMENTS[service]["openapi"].startswith("3.1")
    validate(DOCUMENTS[service])


@pytest.mark.parametrize("service", DOCUMENTS)
def test_a_document_says_what_it_is(service: str) -> None:
    """Title, words, licence, server, and every tag with its words; none is left over."""
    document = DOCUMENTS[service]
    assert document["info"]["title"] == f"Gastrack {service}"
    assert document["info"]["description"].endswith(".")
    assert document["info"]["license"]["identifier"] == "Apache-2.0"
    assert document["info"]["contact"]["name"]
    assert document["servers"][0]["url"] == "/"
    used = {tag for path in document["paths"].values() for operation in path.values() for tag in operation["tags"]}
    assert used == {tag["name"] for tag in document["tags"] if tag["description"].endswith(".")}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_explained(name: str) -> None:
    """A name of its own in the form of all, a summary without a full stop, words, one tag, a good answer."""
    operation = OPERATIONS[name]
    assert re.fullmatch(r"[a-z]+ [a-z]+(_[a-z]+)+", name)
    assert operation["summary"][0].isupper()
    assert operation["summary"][-1] != "."
    assert operation["description"].endswith(".")
    assert len(operation["tags"]) == 1
    assert [status for status in operation["responses"] if status.startswith("2")]
    for parameter in operation.get("parameters", ()):
        assert parameter["description"].endswith("."), parameter
        assert "example" in parameter, parameter


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_problem_is_documented_as_one(name: str) -> None:
    """4xx and 5xx come as problem+json alone, with an example that keeps the form."""
    operation = OPERATIONS[name]
    assert {"500", "503"} <= set(operation["responses"])
    assert not operation.get("parameters") or "422" in operation["responses"]
    assert ("requestBody" in operation) <= ({"413", "415"} <= set(operation["responses"]))
    for status, answer in operation["responses"].items():
        assert answer["description"].endswith(".")
        if status >= "400" and (name, status) not in OF_OAUTH:
            assert set(answer["content"]) == {PROBLEM_JSON}
            assert answer["content"][PROBLEM_JSON]["example"]["status"] == int(status)


@pytest.mark.parametrize("service", DOCUMENTS)
def test_no_schema_is_unused_or_unexplained(service: str) -> None:
    """What a document names, it uses and explains; FastAPI's own form of errors is not among it."""
    schemas = DOCUMENTS[service]["components"]["schemas"]
    text = json.dumps(DOCUMENTS[service])
    assert [name for name in schemas if f'"#/components/schemas/{name}"' not in text] == []
    assert "HTTPValidationError" not in schemas
    assert [name for name in schemas if not _explained(schemas[name])] == []


def _explained(schema: Json) -> bool:
    return "description" in schema or "title" in schema


def test_operation_ids_are_those_of_one_interface() -> None:
    """People see one address: no two services give two operations the same name."""
    ids = [name.partition(" ")[2] for name in OPERATIONS]
    assert len(ids) == len(set(ids))


def test_every_problem_has_words_and_an_example() -> None:
    """None of the statuses is left without."""
    assert all(words.endswith(".") and example_of(status)["issues"] for status, words in PROBLEM_WORDS.items())
    assert HTTPStatus.CONFLICT in PROBLEM_WORDS


def test_a_route_that_the_catalogue_does_not_name_has_no_document() -> None:
    """Whoever adds a route says what it answers."""
    app = FastAPI(generate_unique_id_function=lambda route: route.name)

    @app.get("/v1/new")
    async def get_new() -> None:
        """Answer nothing."""

    with pytest.raises(KeyError, match="get_new"):
        document_of(app, INTERFACES["query"][0])


def _lists() -> Iterator[tuple[str, Json]]:
    for path, operations in DOCUMENTS["query"]["paths"].items():
        content = operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        if "application/json" not in content:
            continue  # a stream, keys, or nothing to read
        schema = content["application/json"]["schema"]
        form = DOCUMENTS["query"]["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        if "rows" in form.get("properties", {}):
            yield path, form


def test_every_list_has_rows_and_next() -> None:
    """Whatever has rows says where they go on; whatever takes a cursor is such a list."""
    lists = dict(_lists())
    assert len(lists) > 5
    assert all({"rows", "next"} <= set(form["required"]) for form in lists.values())
    with_cursor = {
        path
        for path, operations in DOCUMENTS["query"]["paths"].items()
        if "cursor" in {parameter["name"] for parameter in operations.get("get", {}).get("parameters", ())}
    }
    assert with_cursor <= set(lists)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_says_who_may_ask(name: str) -> None:
    """By certificate or token, and then 401 and 403; what is open to everybody says neither; 429 may always come."""
    operation = OPERATIONS[name]
    is_open = name.split()[1] in OPEN
    assert operation["security"] == ([] if is_open else [{"certificate": []}, {"token": []}])
    assert "Retry-After" in operation["responses"]["429"]["headers"]
    if name != "query post_token":
        assert ({"401", "403"} <= set(operation["responses"])) is not is_open


@pytest.mark.parametrize("service", DOCUMENTS)
def test_a_document_says_how_to_show_who_asks(service: str) -> None:
    """Mutual TLS, and OAuth 2 client credentials."""
    schemes = DOCUMENTS[service]["components"]["securitySchemes"]
    assert {scheme["type"] for scheme in schemes.values()} == {"mutualTLS", "oauth2"}
