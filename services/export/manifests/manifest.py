"""What goes with a file: what was asked, what it came to, and its digest; signed once its last byte was given out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from services.export.files.asked import Download
from services.export.files.formats import MEDIA_TYPES
from services.export.files.tally import Tally
from services.export.files.writing import Text
from shared.access.caller import Caller
from shared.domain.instants import known_instant
from shared.domain.period import Question
from shared.domain.rules.catalogue import RULES_VERSION
from shared.runtime.mongo import Database
from shared.runtime.version import SOFTWARE_VERSION
from shared.store.manifests import keep_manifest
from shared.store.signing import Signer

MEDIA_TYPE = "application/jose"
Given = tuple[Sequence[str], Sequence[str], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of a file before it is written.

    Attributes:
        query: What was asked, in the texts in which it was given; what was left out is not there.
        question: What that means: the view, and the period also where it was left out.
        file_name: The name that the file should have.
        media_type: What kind of file it is.
        created: When it was asked for.
        by: Identity of who fetches the file; nobody else is given its manifest.
        known_until_ms: Whatever became known before that, has been read for the file.
        known_at_ms: The moment as known at which it was asked for; None: as everything is known now.
        id: Under which its manifest can be fetched.
    """

    query: Mapping[str, str | Sequence[str]]
    question: Question
    file_name: str
    media_type: str
    created: datetime
    by: str
    known_until_ms: int
    known_at_ms: int | None = None
    id: str = field(default_factory=lambda: uuid4().hex)

    @classmethod
    def of(cls, download: Download, given: Given, now: datetime, caller: Caller, known_until_ms: int) -> Draft:
        """Return what is known of a download; `given` are its lines, its nodes, and all else, as written."""
        return cls(
            query_of(*given),
            download.question,
            download.file_name,
            MEDIA_TYPES[download.format],
            now,
            caller.identity,
            known_until_ms,
            download.known_at_ms,
        )

    @property
    def link(self) -> str:
        """The `Link` header of the file's answer."""
        return link_to(self.id)

    @property
    def next_since_ms(self) -> int:
        """The `since` to ask with next time: of the last moment itself more may still become known."""
        settled_ms = max(0, self.known_until_ms - 1)
        return settled_ms if self.known_at_ms is None else min(self.known_at_ms, settled_ms)


def link_to(manifest: str) -> str:
    """Return the `Link` header of an answer whose manifest has this id."""
    return f'</v1/manifests/{manifest}>; rel="describedby"; type="{MEDIA_TYPE}"'


def query_of(lines: Sequence[str], nodes: Sequence[str], given: Mapping[str, str]) -> dict[str, str | Sequence[str]]:
    """Return a question in the texts in which it was given; what is empty was not said."""
    said: dict[str, str | Sequence[str]] = {"line": list(lines), "node": list(nodes), **given}
    return {name: text for name, text in said.items() if text}


def manifest_of(draft: Draft, tally: Tally) -> dict[str, Any]:
    """Return the manifest of a file that has been written whole."""
    asked = draft.question
    known_at_ms = tally.known_at_ms if draft.known_at_ms is None else draft.known_at_ms
    return {
        "id": draft.id,
        "created": known_instant(int(draft.created.timestamp() * 1000)),
        "software": {"name": "gastrack", "version": SOFTWARE_VERSION},
        "rules_version": RULES_VERSION,
        "query": dict(draft.query),
        "period": {"view": asked.view.value, "from": asked.shown_from, "to": asked.shown_to},
        "known_at": known_instant(known_at_ms),
        "moments": tally.moments,
        "next_since": known_instant(draft.next_since_ms),
        "rows": tally.rows,
        "hours_expected": tally.hours_expected,
        "hours_present": tally.hours_present,
        "file": {
            "name": draft.file_name,
            "media_type": draft.media_type,
            "size": tally.size,
            "sha256": tally.digest,
        },
    }


async def keep_signed(database: Database, signer: Signer, draft: Draft, tally: Tally) -> str:
    """Sign and keep the manifest of a file that has been written whole, for who fetches it; return its id."""
    jws = await signer.signed(manifest_of(draft, tally))
    await keep_manifest(database, draft.id, draft.by, jws, draft.created)
    return draft.id


async def with_manifest(
    texts: AsyncGenerator[Text, None], database: Database, signer: Signer, draft: Draft, tally: Tally
) -> AsyncGenerator[Text, None]:
    """Give out a file, then keep its manifest, then end: who sees the end finds it, who was cut off does not."""
    async with aclosing(texts):
        async for text in texts:
            yield text
    await keep_signed(database, signer, draft, tally)
