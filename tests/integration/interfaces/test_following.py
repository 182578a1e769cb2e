"""Lists page by page: following the next links reaches everything exactly once, in every list that takes a cursor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.integration.interfaces.conftest import LISTED
from tests.pipeline.running import System

_DOCUMENT = json.loads((Path(__file__).parents[3] / "docs/openapi/query.json").read_text(encoding="utf-8"))
LISTS = [
    path
    for path, operations in _DOCUMENT["paths"].items()
    if "{" not in path
    and "cursor" in {parameter["name"] for parameter in operations.get("get", {}).get("parameters", ())}
]
"""Those of one part's history are followed where it has one (`tests/integration/query/test_nodes.py`)."""


def test_there_are_lists() -> None:
    """As many as we know of: the test below cannot pass by finding none."""
    assert {"/v1/lines", "/v1/nodes", "/v1/chromatographs", "/v1/findings", "/v1/decisions", "/v1/dead-letters"} <= set(
        LISTS
    )


@pytest.mark.parametrize("path", LISTS)
def test_next_links_reach_everything_once(served: System, path: str) -> None:
    """One row a page gives the same as all at once; a link keeps what was asked, and its cursor says nothing."""
    whole = served.get(f"{path}?limit=500")
    assert whole["next"] is None
    assert len(whole["rows"]) >= LISTED
    found: list[Any] = []
    following: str | None = f"{path}?limit=1"
    while following is not None:
        page = served.get(following)
        assert set(page) == {"rows", "next"}
        assert len(page["rows"]) <= 1
        found += page["rows"]
        assert len(found) <= len(whole["rows"]), "a link leads back"
        following = page["next"]
        if following is not None:
            link = urlsplit(following)
            assert (link.path, parse_qs(link.query)["limit"]) == (path, ["1"])
            assert page["rows"][0]["id"] not in following
    assert found == whole["rows"]
    assert len({row["id"] for row in found}) == len(found)
