"""Questions that were asked before: while no position has moved, the answer that was given is given again.

Before any framework, and after one look at the positions that all who ask at the same time share: this is what makes
thousands of small answers a second possible. Whoever asks something new, or after a move, takes the usual way, which
reads the versions; what it answers is remembered under the positions that stood before it read.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.query.measured.answering import Answer, measurements_response
from shared.access.caller import Caller
from shared.access.read import Read
from shared.domain.view import ended_before
from shared.runtime.entity_tags import HeldTags
from shared.runtime.http_state import Clock
from shared.runtime.kept_bodies import KeptBodies
from shared.runtime.mongo import PyMongoError
from shared.runtime.reads_told import READ
from shared.store.positions import Positions, Standing

MOST_QUESTIONS = 10_000
"""Some 5 MB of questions with their tags; the bodies are kept elsewhere."""
LONGEST_QUESTION = 1_000
"""Bytes behind the question mark that are remembered: ours have 200, but anybody may write 60,000 that mean nothing."""
_MEASUREMENTS = re.compile(r"/v1/(lines|nodes)/[^/]+/measurements")
_ANSWERED = (200, 304)


@dataclass(frozen=True, slots=True)
class _Given:
    """What was answered: the tag of the body, where aggregation stood before it was read, the route that did.

    `read` is what the answer lets read: it is told each time.
    """

    tag: str
    standing: Standing
    route: Any
    read: Read | None


def _may_be_remembered(scope: Scope) -> bool:
    return len(scope["query_string"]) <= LONGEST_QUESTION and _MEASUREMENTS.fullmatch(scope["path"]) is not None


class AskedBefore:
    """Answers questions on measurements that were asked before at the same positions."""

    def __init__(
        self, app: ASGIApp, positions: Positions, kept: KeptBodies, now: Clock, caller_of: Callable[[Request], Caller]
    ) -> None:
        self._app, self._positions, self._kept, self._now, self._caller_of = app, positions, kept, now, caller_of
        self._given: OrderedDict[tuple[object, ...], _Given] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _may_be_remembered(scope):
            await self._app(scope, receive, send)
            return
        # The hours that have ended when it is asked are part of the question, as who asks it is.
        asked = self._caller_of(Request(scope)), scope["path"], scope["query_string"], ended_before(self._now())
        standing = await self._standing()
        if not standing:
            await self._app(scope, receive, send)
            return
        answer = self._answer(asked, standing, Headers(scope=scope).get("if-none-match", ""))
        if answer is not None:
            given = self._given[asked]
            scope["route"], scope["state"][READ] = given.route, given.read
            await measurements_response(answer)(scope, receive, send)
            return
        await self._app(scope, receive, self._remembering(asked, standing, scope, send))

    async def _standing(self) -> Standing:
        """Return the positions; none while a replay empties the store or the store is away: nothing holds then."""
        try:
            return await self._positions.now()
        except PyMongoError:
            return ()

    def _answer(self, asked: tuple[object, ...], standing: Standing, held: str) -> Answer | None:
        given = self._given.get(asked)
        if given is None or given.standing != standing:
            return None
        self._given.move_to_end(asked)
        if given.tag in HeldTags.of(held):
            return Answer(given.tag, None)
        body = self._kept.get(given.tag)
        return None if body is None else Answer(given.tag, body)

    def _remembering(self, asked: tuple[object, ...], standing: Standing, scope: Scope, send: Send) -> Send:
        async def remembering(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in _ANSWERED:
                tag = Headers(raw=message["headers"])["etag"].strip('"')
                self._given[asked] = _Given(tag, standing, scope.get("route"), scope["state"].get(READ))
                if len(self._given) > MOST_QUESTIONS:
                    self._given.popitem(last=False)
            await send(message)

        return remembering
