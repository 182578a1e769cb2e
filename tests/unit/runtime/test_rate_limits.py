"""Requests by minute: as many as may be, told in every answer, and no more."""

from __future__ import annotations

import re

import httpx2
import pytest
from fastapi import FastAPI

from shared.access.caller import Caller
from shared.runtime import http
from shared.runtime.door import everybody_is
from shared.runtime.problem import unauthorized
from shared.runtime.rate_limits import MOST_BUCKETS, RateLimits


class Seconds:
    """A clock that tests move."""

    now = 1_000.0

    def __call__(self) -> float:
        """Return its time."""
        return self.now


def test_a_bucket_empties_and_fills() -> None:
    """All at once, then one after the other as time goes by."""
    seconds = Seconds()
    limits = RateLimits(6, 3, clock=seconds)
    assert [limits.count("anna", "").left for _ in range(6)] == [5, 4, 3, 2, 1, 0]
    over = limits.count("anna", "")
    assert (over.left, over.wait_seconds, over.full_in_seconds) == (0, 10, 60)
    seconds.now += 9.9
    assert limits.count("anna", "").wait_seconds == 1
    seconds.now += 0.2
    assert limits.count("anna", "").wait_seconds == 0
    seconds.now += 60
    assert limits.count("anna", "").left == 5


def test_each_client_and_each_address_has_its_own() -> None:
    """Nobody takes from another; IPv6 counts by network, because one house has all of its addresses."""
    limits = RateLimits(2, 1, ("demo", 1_000), Seconds())
    for _ in range(3):
        limits.count("anna", "192.0.2.1")
    assert limits.count("bart", "192.0.2.1").wait_seconds == 0
    assert limits.count("", "192.0.2.1").wait_seconds == 0
    assert limits.count("", "192.0.2.1").wait_seconds > 0
    assert limits.count("", "2001:db8::1").wait_seconds == 0
    assert limits.count("", "2001:db8::2").wait_seconds > 0
    assert limits.count("", "::ffff:192.0.2.1").wait_seconds > 0
    assert limits.count("", "::ffff:192.0.2.9").wait_seconds == 0
    assert limits.count("demo", "192.0.2.1").left == 999


@pytest.mark.parametrize("address", ["", "unknown", "::ffff:", "a:b:c", "fe80::1%eth0"])
def test_an_address_may_be_anything(address: str) -> None:
    """What cannot be read is counted as it is."""
    assert RateLimits(2, 2, clock=Seconds()).count("", address).left == 1


def test_buckets_are_bounded() -> None:
    """Whoever comes from ever new addresses fills no memory."""
    limits = RateLimits(2, 2, clock=Seconds())
    for number in range(MOST_BUCKETS + 10):
        limits.count(f"c{number}", "")
    assert len(limits._full_at) == MOST_BUCKETS


def client(app: FastAPI) -> httpx2.AsyncClient:
    """Return a client of an application."""
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test")


async def test_answers_tell_what_is_left() -> None:
    """RateLimit and RateLimit-Policy as the draft has them, on good answers, on errors, and on 429 with Retry-After."""
    app = FastAPI()
    http.install(app, 100, everybody_is(Caller("anna")), RateLimits(2, 1))
    async with client(app) as asking:
        answers = [await asking.get("/nowhere") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"client";q=2;w=60'}
    assert all(re.fullmatch(r'"client";r=[0-9]+;t=[0-9]+', answer.headers["ratelimit"]) for answer in answers)
    assert answers[-1].json()["issues"][0]["code"] == "TOO_MANY_REQUESTS"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60


async def test_refusals_are_counted_by_address() -> None:
    """Whoever tries certificates or tokens is soon told to wait."""

    async def admit(_: object) -> Caller:
        raise unauthorized("NO_CERTIFICATE", "show one", "Bearer")

    app = FastAPI()
    http.install(app, 100, admit, RateLimits(1_000, 2))
    async with client(app) as asking:
        assert [(await asking.get("/")).status_code for _ in range(3)] == [401, 401, 429]
