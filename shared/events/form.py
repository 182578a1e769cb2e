"""What is wrong with the form of a document, as issues: where, and what to do; whatever pydantic calls it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from shared.domain.topology import Issue


class FormError(ValueError):
    """What a document says does not fit together: at a position, which the message does not repeat."""

    def __init__(self, position: str, message: str) -> None:
        super().__init__(message)
        self.position = position


def require(holds: bool, position: str, message: str) -> None:  # noqa: FBT001 - a condition, where it is, and what it says
    """Let a document pass in which a condition holds.

    Raises:
        FormError: it does not.
    """
    if not holds:
        raise FormError(position, message)


def form_issues(fault: ValidationError) -> tuple[Issue, ...]:
    """Return what is wrong with a document."""
    return tuple(form_issue(error, error["loc"]) for error in fault.errors())


def form_issue(error: Any, place: Sequence[int | str]) -> Issue:
    """Return one of pydantic's errors as an issue; `place` is where in the document it stands."""
    raised = error.get("ctx", {}).get("error")
    if isinstance(raised, FormError):
        return Issue("FORM", raised.position, str(raised))
    message = str(raised) if isinstance(raised, ValueError) else str(error["msg"])
    return Issue("FORM", position_of(place), message)


def position_of(place: Sequence[int | str]) -> str:
    """Return a place in a document as answers write it: hours[0].start."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")
