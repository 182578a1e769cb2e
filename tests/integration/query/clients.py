"""Clients of applications in this process."""

from __future__ import annotations

import json
from typing import Any

import httpx2
from fastapi import FastAPI
from joserfc import jws


def client_of(app: FastAPI) -> httpx2.AsyncClient:
    """Return a client of an application in this process."""
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://gastrack")


async def manifest_of(client: httpx2.AsyncClient, file: httpx2.Response) -> dict[str, Any]:
    """Return what the manifest of a file tells; who verifies it is another test's matter."""
    text = (await client.get(file.links["describedby"]["url"])).text
    told: dict[str, Any] = json.loads(jws.extract_compact(text.encode()).payload)
    return told
