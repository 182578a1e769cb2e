"""What people type into forms, and what is wrong with it, at the field where it stands."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Annotated

from fastapi import Depends, Request
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from services.query.access.asking import STATUSES
from shared.access.refused import ChangeRefusedError
from shared.domain.topology import Issue
from shared.events.form import form_issues
from shared.runtime.problem import ProblemError

REFUSALS = (ProblemError, ChangeRefusedError, ValidationError)
"""What a use case raises where it refuses what was typed."""
Refusal = ProblemError | ChangeRefusedError | ValidationError
_MOST_FIELDS, _MOST_FILES = 40, 2
_MOST_BYTES = 128 * 1024
"""Of a field: a thousand ids are 65 KB. The whole body is bounded before."""
_FILE = "_file"
"""A file stands for the field of its name without this, when one was chosen."""


class Typed:
    """What somebody typed, by field; a field that was not sent is empty."""

    def __init__(self, texts: Mapping[str, str] = MappingProxyType({})) -> None:
        self._texts = dict(texts)

    def __getitem__(self, field: str) -> str:
        return self._texts.get(field, "").strip()

    def or_none(self, field: str) -> str | None:
        """Return what stands in a field that may be left empty."""
        return self[field] or None

    def names(self, field: str) -> list[str]:
        """Return the ids that stand in a field: one a line, or separated by spaces or commas."""
        return re.split(r"[\s,;]+", self[field]) if self[field] else []

    def but(self, **texts: str) -> Typed:
        """Return it with other texts in some fields."""
        return Typed({**self._texts, **texts})


async def typed_in(request: Request) -> Typed:
    """Read a form that was sent; the text of a chosen file stands for the field that it belongs to."""
    async with request.form(max_files=_MOST_FILES, max_fields=_MOST_FIELDS, max_part_size=_MOST_BYTES) as form:
        texts, files = dict[str, str](), dict[str, str]()
        for field, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[field.removesuffix(_FILE)] = (await value.read()).decode(errors="replace")
            else:
                texts[field] = value
    return Typed(texts | {field: text for field, text in files.items() if text.strip()})


Sent = Annotated[Typed, Depends(typed_in)]


class Faults:
    """What is wrong with a form, by its fields; `elsewhere` is what stands at none of them.

    Args:
        issues: As use cases tell them, at positions such as `agreement.from` or `lines[3]`.
        fields: Those of the form, in its order.
        places: Where a field has another name than the position.
    """

    def __init__(
        self,
        issues: Sequence[Issue] = (),
        fields: Sequence[str] = (),
        places: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        told: defaultdict[str, dict[str, Issue]] = defaultdict(dict)
        for issue in issues:
            field = re.sub(r"\[\d+\]", "", issue.position).rpartition(".")[2]
            field = places.get(field, field)
            # Of a thousand lines that are written wrongly one is told: the field says how they are written.
            told[field if field in fields else ""].setdefault(issue.code, issue)
        self._told = {field: list(found.values()) for field, found in told.items()}
        self.fields = [field for field in fields if field in self._told]
        self.elsewhere = self._told.get("", [])

    def at(self, field: str) -> list[Issue]:
        """Return what is wrong at a field."""
        return self._told.get(field, [])

    def __bool__(self) -> bool:
        return bool(self._told)


NO_FAULTS = Faults()


def issues_in(fault: Refusal) -> Sequence[Issue]:
    """Return what a use case refuses."""
    return form_issues(fault) if isinstance(fault, ValidationError) else fault.issues


def status_of(fault: Refusal) -> HTTPStatus:
    """Return as what a refused form is answered."""
    if isinstance(fault, ProblemError):
        return fault.status
    return STATUSES[fault.kind] if isinstance(fault, ChangeRefusedError) else HTTPStatus.UNPROCESSABLE_ENTITY


def issues_of(*checks: Callable[[], object]) -> list[Issue]:
    """Return all that any of some checks finds wrong."""
    found: list[Issue] = []
    for check in checks:
        try:
            check()
        except REFUSALS as fault:
            found += issues_in(fault)
    return found
