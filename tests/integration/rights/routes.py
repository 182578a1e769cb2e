"""Every route of an application, also those of the routers that it includes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount, Route

Known = APIRoute | Route | Mount


def every_route(app: FastAPI) -> Iterator[Known]:
    """Give the routes of an application; what is no route that we know of is not passed over in silence."""
    yield from _routes(app.routes)


def _routes(told: Iterable[BaseRoute]) -> Iterator[Known]:
    for route in told:
        included = getattr(route, "original_router", None)
        if isinstance(included, APIRouter):
            yield from _routes(included.routes)
        elif isinstance(route, Known):
            yield route
        else:
            raise TypeError(route)
