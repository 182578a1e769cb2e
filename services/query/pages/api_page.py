"""The page of the interface: the documents of the services, shown by Swagger UI, from this address alone."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from services.query.pages.page_answers import templates
from shared.runtime.safe_values import PAGE_POLICY

api_page = APIRouter(include_in_schema=False)
POLICY = PAGE_POLICY.replace("img-src 'self'", "img-src 'self' data:")
"""Swagger UI's style sheet draws its small signs as data: images; nothing else is loosened."""


@api_page.get("/v1/docs")
async def get_docs() -> HTMLResponse:
    """Show what the services offer."""
    return HTMLResponse(templates.get_template("api.html").render(), headers={"Content-Security-Policy": POLICY})


def install_api_page(app: FastAPI) -> None:
    """Add the page, and Swagger UI's own files as their package brings them."""
    app.include_router(api_page)
    app.mount("/swagger-ui", StaticFiles(packages=[("fastapi_swagger", "resources")]))
