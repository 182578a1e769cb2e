"""What routes of pages about measurements have in common: who looks, when, in which language, and who is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from services.query.consulting import Consultation
from services.query.pages.languages import Language
from services.query.pages.page_answers import Part, Speaking, html
from shared.runtime.http_state import Now, Reading, Store
from shared.runtime.reads_told import Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewed(Consultation):
    """A request for a page; `is_part`: only for the part of it that changes."""

    request: Request
    language: Language
    is_part: bool

    def whole(self, name: str, **given: object) -> HTMLResponse:
        """Return a page that is always drawn whole."""
        return html(self.request, f"{name}.html", **given)

    def drawn(self, name: str, **given: object) -> HTMLResponse:
        """Return a page, or the part of it that is asked for."""
        return html(self.request, f"{name}_part.html" if self.is_part else f"{name}.html", **given)


async def viewed(  # noqa: PLR0913, PLR0917 - what routes take
    request: Request,
    caller: Reading,
    store: Store,
    now: Now,
    tell: Telling,
    language: Speaking,
    part: Part = False,  # noqa: FBT002 - a parameter of routes
) -> Viewed:
    """Return a request for a page."""
    return Viewed(caller=caller, store=store, now=now, tell=tell, request=request, language=language, is_part=part)


Viewing = Annotated[Viewed, Depends(viewed)]
