"""Who asks: every handler that reads or writes takes a caller."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Caller:
    """The one on whose behalf a request is handled. Until access is built, a demo identity that may do all."""

    identity: str
    roles: frozenset[str] = field(default_factory=frozenset)

    def may_read(self, line: str) -> bool:
        """Say whether this caller may see a line."""
        return bool(line) and "demo" in self.roles


def demo_caller(identity: str) -> Caller:
    """Return the caller of the demo: loopback only, may do all."""
    return Caller(identity, frozenset({"demo"}))
