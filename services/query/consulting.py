"""What routes about measurements have in common: who consults, and of rows what is kept and held of the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Header, Request

from services.query.asked import parameters
from services.query.asked.parameters import Asked
from services.query.measured.answering import Reader
from services.query.measured.answers import Layout
from shared.access.caller import Caller
from shared.domain import gas_time
from shared.domain.period import Question
from shared.domain.view import ended_before
from shared.runtime.entity_tags import MOST_CHARACTERS, HeldTags
from shared.runtime.http_state import Now, Reading, Store
from shared.runtime.kept_bodies import KeptBodies
from shared.runtime.mongo import Database
from shared.runtime.reads_told import Tell, Telling
from shared.store.asking import Asking


def today_of(now: datetime) -> date:
    """Return the gas day that is running."""
    return gas_time.gas_day(ended_before(now))


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """Who consults the store, when, and who is told of it."""

    caller: Caller
    store: Database
    now: datetime
    tell: Tell

    @property
    def today(self) -> date:
        """The gas day that is running."""
        return today_of(self.now)

    def asking(self, question: Question, known_at: str = "") -> Asking:
        """Return the question as it is asked; 422 for a moment that lies in the future."""
        return Asking(self.caller, question, self.now, parameters.past_ms(known_at, self.now))


@dataclass(frozen=True, slots=True, kw_only=True)
class Consulted(Consultation):
    """A request for rows, whatever they are of."""

    kept: KeptBodies
    held: HeldTags

    def in_rows(self, write: Callable[[Any, Layout], bytes]) -> Reader[Any]:
        """Return a reader of an answer that lies in rows; `write` takes a view and its layout."""
        return Reader(Layout.ROWS, self.held, self.kept, write)

    def as_asked(self, asked: Asked, write: Callable[..., bytes]) -> Reader[Any]:
        """Return a reader of measurements; `write` takes a view, its layout, and the `names` of the asked columns."""
        names = parameters.columns(asked)
        return Reader(parameters.layout(asked), self.held, self.kept, partial(write, names=names), names)


async def consulted(  # noqa: PLR0913, PLR0917 - what routes take
    request: Request,
    caller: Reading,
    store: Store,
    now: Now,
    tell: Telling,
    if_none_match: Annotated[str, Header(max_length=MOST_CHARACTERS)] = "",
) -> Consulted:
    """Return a request for rows."""
    kept, held = request.app.state.kept_answers, HeldTags.of(if_none_match)
    return Consulted(caller=caller, store=store, now=now, tell=tell, kept=kept, held=held)


Consulting = Annotated[Consulted, Depends(consulted)]
