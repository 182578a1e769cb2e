"""What routes of pages about measurements have in common: who looks, when, in which language, and who is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from services.query.consulting import today_of
from services.query.pages.languages import Language
from services.query.pages.page_answers import Part, Speaking, html
from shared.access.caller import Caller
from shared.domain.period import Question
from shared.runtime.http_state import Now, Reading, Store
from shared.runtime.mongo import Database
from shared.runtime.reads_told import Tell, Telling
from shared.store.asking import Asking


@dataclass(frozen=True, slots=True)
class Viewed:
    """A request for a page; `is_part`: only for the part of it that changes."""

    request: Request
    caller: Caller
    store: Database
    now: datetime
    tell: Tell
    language: Language
    is_part: bool

    @property
    def today(self) -> date:
        """The gas day that is running."""
        return today_of(self.now)

    def asking(self, question: Question) -> Asking:
        """Return a question as it is asked: as known now."""
        return Asking(self.caller, question, self.now)

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
    return Viewed(request, caller, store, now, tell, language, part)


Viewing = Annotated[Viewed, Depends(viewed)]
