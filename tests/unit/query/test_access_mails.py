"""Messages to applicants: the same in each language, with the same places."""

from __future__ import annotations

from datetime import UTC, datetime
from string import Formatter

import pytest

from services.query.access.mails import LANGUAGES, catalogue, mails_for
from shared.access.application import State


def places(text: str) -> set[str]:
    """Return the names of the places that a text leaves open."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_says_the_same(language: str) -> None:
    """The same steps, and in each the same places."""
    told, english = catalogue(language), catalogue("en")
    assert set(told) == set(State)
    for state, words in told.items():
        assert set(words) == {"subject", "body"}
        assert {name: places(text) for name, text in words.items()} == {
            name: places(text) for name, text in english[state].items()
        }


@pytest.mark.parametrize("state", State)
def test_a_message_is_ready_to_be_sent(state: State) -> None:
    """Nothing is left open, and what somebody wrote stays as he wrote it; who was erased has no name."""
    document = {
        "_id": "1",
        "state": state,
        "asked": {"company": "{Acme} NV"},
        "key": {"fingerprint": "f" * 64, "not_after": datetime(2027, 1, 2, tzinfo=UTC)},
        "client": "ACME-1",
        "steps": [{"state": "refused", "reasons": "a {b}"}],
    }
    mails = mails_for(document, None)
    assert set(mails) == set(LANGUAGES)
    for mail in mails.values():
        assert "{Acme} NV" in mail["body"]
        assert "\n" not in mail["subject"]
        assert not places(mail["body"].replace("{Acme}", "").replace("{b}", ""))
