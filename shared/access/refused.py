"""Why a change of the access register is refused: issues, and what kind of refusal it is."""

from __future__ import annotations

from enum import Enum, auto

from shared.domain.topology import Issue


class Kind(Enum):
    """What is in the way."""

    WRONG = auto()
    """What was asked for can never be."""
    CONFLICT = auto()
    """It cannot be as things stand now."""
    UNKNOWN = auto()
    """It concerns what is not known here, or is another's: the same for both."""
    ROLE = auto()
    """Whoever asks has no role for it."""


class ChangeRefusedError(Exception):
    """A change is refused as a whole, and nothing was written."""

    def __init__(self, *issues: Issue, kind: Kind = Kind.WRONG) -> None:
        super().__init__(", ".join(issue.code for issue in issues))
        self.issues, self.kind = issues, kind


def conflict(code: str, position: str, message: str) -> ChangeRefusedError:
    """Return the refusal of what cannot be as things stand now."""
    return ChangeRefusedError(Issue(code, position, message), kind=Kind.CONFLICT)


def wrong(code: str, position: str, message: str) -> ChangeRefusedError:
    """Return the refusal of what can never be."""
    return ChangeRefusedError(Issue(code, position, message))


def unknown(position: str, name: str) -> ChangeRefusedError:
    """Return the refusal of what is not known here, or is another's."""
    text = f"{position} {name[:64]!r} is not known here"
    return ChangeRefusedError(Issue("NOT_FOUND", position, text), kind=Kind.UNKNOWN)
