"""Messages to applicants, ready to be sent, in each language; whoever decides sends them as his house does."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from shared.access.application import State

LANGUAGES = ("en", "fr", "nl", "de")
_FOLDER = Path(__file__).parent


@cache
def catalogue(language: str) -> dict[str, dict[str, str]]:
    """Return the messages of a language, by the state that they tell."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def mails_for(document: dict[str, Any], person: dict[str, Any] | None) -> dict[str, dict[str, str]]:
    """Return what to write to an applicant about where his application (its document) stands now."""
    reasons = [step["reasons"] for step in document["steps"] if step["state"] == State.REFUSED]
    told = {
        "application": document["_id"],
        "company": document["asked"]["company"],
        "name": "" if person is None else person["name"],
        "fingerprint": document["key"]["fingerprint"],
        "expires": f"{document['key']['not_after']:%Y-%m-%d}",
        "client": document["client"],
        "reasons": "\n".join(reasons),
    }
    return {language: _mail(catalogue(language)[document["state"]], told) for language in LANGUAGES}


def _mail(words: dict[str, str], told: dict[str, str]) -> dict[str, str]:
    return {"subject": words["subject"].format(**told), "body": words["body"].lstrip("\n").format(**told)}
