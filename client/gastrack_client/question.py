"""What is asked for, in the words of the interface; the service alone judges them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Measurements of lines and nodes over a period.

    Attributes:
        lines: Ids of lines.
        nodes: Ids of nodes.
        first: First gas day (`2026-11-01`), or gas month (`2026-11`) in the month view; the interface's `from`.
        end: End, exclusive; the interface's `to`.
        view: hour (default), day or month.
        format: csv (default), or what the service offers beside it.
        since: Only what changed after this moment: `next_since` of the manifest before.
        more: Further parameters of the interface by their names: dialect, unit, reference ...
    """

    lines: Sequence[str] = ()
    nodes: Sequence[str] = ()
    first: str = ""
    end: str = ""
    view: str = ""
    format: str = ""
    since: str = ""
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The parameters of `GET /v1/download`."""
        repeated = [("line", line) for line in self.lines] + [("node", node) for node in self.nodes]
        return [*repeated, *self._single().items()]

    @property
    def order(self) -> dict[str, object]:
        """The body of `POST /v1/exports`."""
        repeated = {"line": list(self.lines), "node": list(self.nodes)}
        return {**{name: ids for name, ids in repeated.items() if ids}, **self._single()}

    def _single(self) -> dict[str, str]:
        said = {"from": self.first, "to": self.end, "view": self.view, "format": self.format, "since": self.since}
        return {name: text for name, text in {**said, **self.more}.items() if text}
