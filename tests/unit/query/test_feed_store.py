"""What streams that stand at the same place ask the store once."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest
from pymongo.errors import ConnectionFailure

from services.query.feed import store as feed_store
from services.query.feed.store import SharedFeedStore
from shared.runtime.mongo import Database
from shared.store import changes
from shared.store.changes import BEGIN, Card, Place

NO_STORE = cast("Database", None)
CARD = Card(3, Place(5), 1, 9)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Return what the store was asked; it always has one card."""
    questions: list[tuple[object, ...]] = []

    async def cards(_: Database, *question: object) -> list[Card]:
        questions.append(question)
        await asyncio.sleep(0)
        return [CARD]

    monkeypatch.setattr(changes, "cards", cards)
    return questions


async def test_who_stands_at_the_same_place_asks_once(asked: list[tuple[object, ...]]) -> None:
    """Until there is news."""
    store = SharedFeedStore(NO_STORE)
    assert await asyncio.gather(*(store.cards(3, Place(4), 7) for _ in range(5))) == [[CARD]] * 5
    await store.cards(3, Place(3), 7)
    assert [question[1] for question in asked] == [Place(4), Place(3)]
    store.forget()
    await store.cards(3, Place(4), 7)
    assert len(asked) == 3


async def test_only_before_the_first_document_time_counts(asked: list[tuple[object, ...]]) -> None:
    """Behind any other place everything is to be read."""
    store = SharedFeedStore(NO_STORE)
    await store.cards(3, BEGIN, 7)
    await store.cards(3, Place(4), 7)
    assert [question[2] for question in asked] == [7, 0]


async def test_a_reader_who_goes_takes_no_answer_from_the_others(asked: list[tuple[object, ...]]) -> None:
    """The question goes on without him."""
    store = SharedFeedStore(NO_STORE)
    goes, stays = (asyncio.create_task(store.cards(3, Place(4), 7)) for _ in range(2))
    await asyncio.sleep(0)
    goes.cancel()
    assert await stays == [CARD]
    assert len(asked) == 1


async def test_not_more_is_kept_than_there_is_room_for(
    asked: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then everything is asked anew."""
    monkeypatch.setattr(feed_store, "MOST_KEPT", 2)
    store = SharedFeedStore(NO_STORE)
    for offset in (1, 2, 3, 1):
        await store.cards(3, Place(offset), 7)
    assert len(asked) == 4


async def test_a_failure_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """All who wait for it hear of it; whoever asks next asks the store."""
    answers: list[list[Card]] = []

    async def cards(*_: object) -> list[Card]:
        if not answers:
            answers.append([CARD])
            raise ConnectionFailure("away")
        return answers[0]

    monkeypatch.setattr(changes, "cards", cards)
    store = SharedFeedStore(NO_STORE)
    with pytest.raises(ConnectionFailure):
        await store.cards(3, Place(4), 7)
    assert await store.cards(3, Place(4), 7) == [CARD]
