"""What is under way ends when its reader may do less, or nobody can say what he may; it breaks off visibly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from http import HTTPStatus

import pytest
from starlette.types import Message, Receive, Scope, Send

from shared.access.caller import NO_RIGHTS, Caller
from shared.domain.topology import Issue
from shared.runtime.door import AGAIN, CALLER
from shared.runtime.ending import Ending
from shared.runtime.problem import ProblemError, forbidden
from tests.callers import someone

ANNA = someone(["BE-1"])
LOOK_SECONDS = 0.01
PATIENCE_SECONDS = 10.0
AWAY = ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, [Issue("STORE_AWAY", "request", "away")])


@dataclass
class Register:
    """What is said of who may what; counts how often it is asked."""

    says: Caller | Exception = ANNA
    asked: int = 0
    _was_asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def until_asked(self, times: int) -> None:
        """Wait until it was asked so many times."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.asked < times:
                self._was_asked.clear()
                await self._was_asked.wait()

    async def again(self) -> Caller:
        """Say it."""
        self.asked += 1
        self._was_asked.set()
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


@dataclass
class Served:
    """An application that sends for ever, or waits before it says anything, and what was sent."""

    register: Register
    begins: bool = True
    reads: bool = False
    ends: asyncio.Event = field(default_factory=asyncio.Event)
    body: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)
    sent: list[Message] = field(default_factory=list)
    is_cleaned_up: bool = False

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        try:
            while self.reads and (await receive())["more_body"]:
                pass
            if self.begins:
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body", "body": b"some", "more_body": True})
            await self.ends.wait()
            if not self.begins:
                await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"last"})
        finally:
            self.is_cleaned_up = True

    async def answer(self, ending: Ending, method: str = "GET") -> None:
        """Handle a request to its end."""
        state = {CALLER: ANNA, AGAIN: self.register.again}
        scope = {"type": "http", "method": method, "path": "/", "headers": [], "state": state}

        async def send(message: Message) -> None:
            self.sent.append(message)

        async def receive() -> Message:
            if not self.reads:
                raise AssertionError
            return await self.body.get()

        async with asyncio.timeout(PATIENCE_SECONDS):
            await ending(scope, receive, send)

    @property
    def was_whole(self) -> bool:
        """Whether the answer came to its end."""
        return bool(self.sent) and not self.sent[-1].get("more_body", False)


def serve(register: Register, *, begins: bool = True, reads: bool = False) -> tuple[Ending, Served]:
    """Return an application and what ends it; `reads`: it takes the body first."""
    served = Served(register, begins, reads)
    return Ending(served, LOOK_SECONDS), served


@pytest.mark.parametrize(
    "says",
    [
        forbidden("CERTIFICATE_REVOKED", "revoked"),
        replace(ANNA, rights=NO_RIGHTS),
        replace(ANNA, roles=frozenset()),
        RuntimeError("a defect of ours"),
        AWAY,
    ],
)
async def test_an_answer_under_way_breaks_off(says: Caller | Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its end, and with everything given back; whether revoked, less, broken, or unknown for too long."""
    monkeypatch.setattr("shared.runtime.ending.UNKNOWN_SECONDS", 5 * LOOK_SECONDS)
    register = Register()
    ending, served = serve(register)
    answering = asyncio.create_task(served.answer(ending))
    await register.until_asked(2)  # it goes on while nothing is lost
    assert not answering.done()
    register.says = says
    await answering
    assert not served.was_whole
    assert served.is_cleaned_up


async def test_what_has_not_begun_is_refused() -> None:
    """A reader who waits for his first byte is told why there will be none."""
    register = Register(forbidden("CERTIFICATE_REVOKED", "revoked"))
    ending, served = serve(register, begins=False)
    await served.answer(ending)
    assert served.sent[0]["status"] == 403
    assert b"CERTIFICATE_REVOKED" in served.sent[1]["body"]


async def test_a_change_is_left_to_finish() -> None:
    """What was asked for while it was allowed happens, and is told."""
    register = Register(forbidden("CERTIFICATE_REVOKED", "revoked"))
    ending, served = serve(register, begins=False)
    answering = asyncio.create_task(served.answer(ending, "POST"))
    await register.until_asked(2)
    served.ends.set()
    await answering
    assert served.sent[0]["status"] == 200


async def test_a_body_that_still_comes_carries_no_right_beyond_its_end() -> None:
    """Letter by letter it could come for hours; what has come whole is left to finish."""
    register = Register()
    ending, served = serve(register, begins=False, reads=True)
    answering = asyncio.create_task(served.answer(ending, "POST"))
    served.body.put_nowait({"type": "http.request", "body": b"{", "more_body": True})
    await register.until_asked(2)
    register.says = forbidden("CERTIFICATE_REVOKED", "revoked")
    await answering
    assert served.is_cleaned_up
    assert served.sent[0]["status"] == 403

    register = Register(forbidden("CERTIFICATE_REVOKED", "revoked"))
    ending, served = serve(register, begins=False, reads=True)
    served.body.put_nowait({"type": "http.request", "body": b"{}", "more_body": False})
    answering = asyncio.create_task(served.answer(ending, "POST"))
    await register.until_asked(2)
    served.ends.set()
    await answering
    assert served.sent[0]["status"] == 200


async def test_a_moment_of_silence_ends_nothing() -> None:
    """The store may be away for a second; what more somebody may read interrupts him neither."""
    register = Register(AWAY)
    ending, served = serve(register)
    answering = asyncio.create_task(served.answer(ending))
    await register.until_asked(2)
    register.says = someone(["BE-1", "BE-2"])
    await register.until_asked(register.asked + 2)
    served.ends.set()
    await answering
    assert served.was_whole


async def test_one_turn_looks_at_all() -> None:
    """Many answers under way are looked at side by side, and nothing is while there are none."""
    registers = [Register() for _ in range(50)]
    served = [Served(register) for register in registers]
    turn: Iterator[Served] = iter(served)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await next(turn)(scope, receive, send)

    ending = Ending(app, LOOK_SECONDS)
    answering = [asyncio.create_task(one.answer(ending)) for one in served]
    await asyncio.gather(*(register.until_asked(1) for register in registers))
    assert max(register.asked for register in registers) == 1
    for one in served:
        one.ends.set()
    await asyncio.gather(*answering)
    looking = ending._looking
    assert looking is not None
    await looking


async def test_whoever_cancels_beside_us_is_heard() -> None:
    """The server stops, or the reader is gone, in the moment in which the right is lost."""
    register = Register()
    ending, served = serve(register)
    answering = asyncio.create_task(served.answer(ending))
    await register.until_asked(1)
    answering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answering
    assert served.is_cleaned_up


@pytest.mark.parametrize("state", [{}, {CALLER: ANNA}])
async def test_who_is_not_in_the_register_is_not_looked_at(state: dict[str, object]) -> None:
    """The demo's caller, and whoever asks for what is open."""
    ran: list[Scope] = []

    async def app(scope: Scope, _: Receive, __: Send) -> None:
        ran.append(scope)

    ending = Ending(app)
    calls: Callable[..., Awaitable[None]] = ending
    await calls({"type": "http", "method": "GET", "state": state}, None, None)
    await calls({"type": "lifespan"}, None, None)
    assert len(ran) == 2
    assert ending._looking is None
