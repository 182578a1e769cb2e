"""Measurements and files in the codings that readers accept, over a real MongoDB."""

from __future__ import annotations

import httpx2
import pytest

MEASUREMENTS = "/v1/lines/BE-0042-A/measurements?from=2026-10-01&to=2026-11-01"
DOWNLOAD = "/v1/download?line=BE-0042-A&from=2026-10-01&to=2026-11-01"


@pytest.mark.parametrize("coding", ["zstd", "gzip"])
async def test_measurements_are_encoded_and_known_again(query: httpx2.AsyncClient, coding: str) -> None:
    """The same content in each coding under a tag of its own, which gives 304 for that coding and for no other."""
    plain = await query.get(MEASUREMENTS, headers={"Accept-Encoding": "identity"})
    async with query.stream("GET", MEASUREMENTS, headers={"Accept-Encoding": coding}) as told:
        travelled = b"".join([block async for block in told.aiter_raw()])
    assert told.headers["content-encoding"] == coding
    assert told.headers["etag"] == f'{plain.headers["etag"][:-1]}-{coding}"'
    assert len(travelled) < len(plain.content) / 5
    for accepts, status in ((coding, 304), ("identity", 200)):
        asked = {"Accept-Encoding": accepts, "If-None-Match": told.headers["etag"]}
        again = await query.get(MEASUREMENTS, headers=asked)
        assert (again.status_code, again.headers["vary"]) == (status, "Accept-Encoding")
        assert again.headers["etag"] == (told if status == 304 else plain).headers["etag"]


@pytest.mark.parametrize("path", [MEASUREMENTS, MEASUREMENTS.replace("lines/BE-0042-A", "nodes/NODE-1")])
async def test_one_of_the_tags_that_a_reader_holds_is_enough(query: httpx2.AsyncClient, path: str) -> None:
    """Of several, in one header or two, also when something on the way made it a weak one; `*` is whatever there is."""
    tag = (await query.get(path, headers={"Accept-Encoding": "gzip"})).headers["etag"]
    holds = {'"another"': 200, f'"another", W/{tag}': 304, "*": 304}
    for held, status in holds.items():
        asked = [("Accept-Encoding", "gzip"), ("If-None-Match", held)]
        assert (await query.get(path, headers=asked)).status_code == status
    twice = [("Accept-Encoding", "gzip"), ("If-None-Match", '"another"'), ("If-None-Match", tag)]
    assert (await query.get(path, headers=twice)).headers["etag"] == tag
    assert (await query.get(path, headers=twice)).status_code == 304


async def test_a_file_is_encoded_on_its_way(export: httpx2.AsyncClient) -> None:
    """It is the same file after decoding, and has no length that it could not keep."""
    plain = await export.get(DOWNLOAD, headers={"Accept-Encoding": "identity"})
    encoded = await export.get(DOWNLOAD, headers={"Accept-Encoding": "gzip"})
    assert encoded.headers["content-encoding"] == "gzip"
    assert "content-length" not in encoded.headers
    assert encoded.content == plain.content
