"""Clients of applications in this process."""

from __future__ import annotations

import httpx2
from fastapi import FastAPI


def client_of(app: FastAPI) -> httpx2.AsyncClient:
    """Return a client of an application in this process."""
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://gastrack")
